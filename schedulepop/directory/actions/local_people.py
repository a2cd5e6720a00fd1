"""People payroll does not know, agency and contractors: their status and days are the location's own to set.

No run of the dates knows them, so `apply_due` begins and ends them at their location's midnight: on the first day, and
after the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from schedulepop import employee
from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.employee import Status

FIELDS = ("status", "hire_date", "last_day")
"""What a manager sets of somebody payroll does not know; `last_day` is the last one at this location."""


def last_day(membership: Membership) -> date | None:
    """The last day here, past or still to come."""
    return membership.ends_on or membership.termination_date


@transaction.atomic
def edit_local(
    membership: Membership, changes: Mapping[str, object], *, actor: Actor, now: datetime | None = None
) -> None:
    """Set some of FIELDS. A last day still to come is staged; one that is over ends the employment at once.

    Refused for people of payroll. The given object is not changed: read the membership again.
    """
    at = now or timezone.now()
    checks.require_manages(actor, membership.location)
    checks.require_rank(actor, membership.user, location=membership.location)
    membership = checks.lock(membership)
    if membership.payroll_owned:
        raise Refused(f"{membership.user.full_name} comes from payroll: change it there.")
    if actor.user is not None and actor.user.pk == membership.user_id:
        raise Refused("You cannot change your own status or last day.")
    before = {name: getattr(membership, name) for name in _COLUMNS}
    for name, value in changes.items():
        if name == "last_day":
            _set_last_day(membership, checks.day(value, "The last day"), at)
        elif name == "hire_date":
            membership.hire_date = checks.day(value, "The hire date")
        elif name == "status":
            _set_status(membership, str(value), at)
        else:
            raise Refused(f"{name} is not set here.")
    first, last = membership.hire_date, last_day(membership)
    if first and last and last < first:
        raise Refused("The last day is before the hire date.")
    _save(membership, before, actor, at)


_COLUMNS = ("status", "hire_date", "termination_date", "ends_on", "leave_end")


def _set_status(membership: Membership, value: str, at: datetime) -> None:
    if value not in set(Status):
        raise Refused(f"“{value}” is not an employment status.")
    membership.status = value
    if employee.is_ended(value):
        membership.termination_date = last_day(membership) or _today(membership.location, at)
        membership.ends_on = None
    elif membership.ends_on is None:
        membership.termination_date = None
    if value not in employee.ON_LEAVE:
        membership.leave_end = None


def _set_last_day(membership: Membership, value: date | None, at: datetime) -> None:
    over = value is not None and value < _today(membership.location, at)
    ended = employee.is_ended(membership.status)
    if value is not None and not over and ended:
        raise Refused("Choose a status that is not over first: this person has left.")
    if value is None and ended:
        raise Refused("Who has left has a last day. Choose another status first.")
    membership.termination_date = value
    membership.ends_on = None if over else value
    if over and not ended:
        membership.status = Status.TERMINATED


def _save(membership: Membership, before: Mapping[str, object], actor: Actor, at: datetime) -> None:
    done = [
        audit.change(name, old, getattr(membership, name))
        for name, old in before.items()
        if old != getattr(membership, name)
    ]
    if not done:
        return
    names = [str(item["field"]) for item in done]
    labels = [employee.BY_NAME[name].label for name in names if name in employee.BY_NAME]
    membership.changed_at = at
    membership.changed_what = f"{', '.join(labels) or 'Last day'} by {actor.by}"[:80]
    membership.save(update_fields=[*names, "changed_at", "changed_what"])
    if "status" in names:
        sign_in_access.close_ended([membership.user_id], at)
    checks.record(actor, membership, "edited", done)


def apply_due(at: datetime, *, actor: Actor) -> int:
    """Begin whose first day has come, and end whose last day is over; how many.

    Relies on membership_ends and membership_upcoming, partial indexes of few rows.
    """
    local = Membership.objects.filter(payroll_owned=False, location__closed_at=None)
    upcoming = Q(status=Status.UPCOMING, hire_date__lte=(at + timedelta(days=1)).date())
    leaving = Q(ends_on__lte=at.date()) & ~Q(status__in=sorted(employee.ENDED))
    due = [*local.filter(upcoming).order_by("pk"), *local.filter(leaving).order_by("pk")]
    return sum(_apply_day(membership, actor, at) for membership in due)


@transaction.atomic
def _apply_day(membership: Membership, actor: Actor, at: datetime) -> bool:
    membership = checks.lock(membership)
    before = {name: getattr(membership, name) for name in _COLUMNS}
    today = _today(membership.location, at)
    if membership.payroll_owned or employee.is_ended(membership.status):
        return False
    if membership.ends_on and membership.ends_on < today:
        membership.termination_date, membership.ends_on = membership.ends_on, None
        membership.status = Status.TERMINATED
    elif membership.status == Status.UPCOMING and membership.hire_date and membership.hire_date <= today:
        membership.status = Status.ACTIVE
    else:
        return False
    _save(membership, before, actor, at)
    return True


def _today(location: Location, at: datetime) -> date:
    return at.astimezone(ZoneInfo(location.timezone)).date()
