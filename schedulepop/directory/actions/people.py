"""Users and memberships, edited by managers and admins.

Owned fields may be edited; the next sync overwrites them, and the answer says which (SPEC §3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from schedulepop import employee
from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.actions import checks, duties
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Duty, Membership, Zone
from schedulepop.employee import Kind, Status
from schedulepop.lib.text import whole_number
from schedulepop.messages import addresses

ADMIN_FIELDS = employee.MEMBERSHIP_COLUMNS.keys() - {"ends_on"}


@dataclass(frozen=True)
class Edited:
    """What an edit did. `overwritten` are the changed fields that the next sync sets back to payroll's value."""

    changed: tuple[str, ...]
    overwritten: tuple[str, ...]


@transaction.atomic
def edit_user(
    user: User, changes: Mapping[str, object], *, actor: Actor, now: datetime | None = None
) -> Edited:
    """Change `first_name`, `last_name`, `email`, `phone` (managers too) or `local` (admins)."""
    at = now or timezone.now()
    checks.require_manages_person(actor, user)
    if "email" in changes:  # a set-up link goes to that address
        checks.require_rank(actor, user)
    if "local" in changes:
        checks.require_settings(actor, user.organization)
    user.refresh_from_db(from_queryset=User.objects.select_for_update(of=("self",), no_key=True))
    done: list[dict[str, object]] = []
    for field, given in changes.items():
        if field == "first_name" and not user.first_name and not str(given or "").strip():
            continue  # a name of one word stays one
        value, old = _user_value(field, given), getattr(user, field)
        if value != old:
            setattr(user, field, value)
            done.append(audit.change(field, old, value))
    if not done:
        return Edited((), ())
    changed = tuple(str(item["field"]) for item in done)
    user.save(update_fields=[*changed, "sort_name"])
    labels = ", ".join(employee.BY_NAME[field].label for field in changed if field in employee.BY_NAME)
    user.memberships.update(changed_at=at, changed_what=f"{labels or 'Local'} by {actor.by}"[:80])
    for item in done:
        if item["field"] == "email":
            addresses.moved(user, str(item["old"]), at)
    audit.record(actor, user.organization, "edited", ("user", user.pk), user=user, changes=done)
    owned = user.memberships.filter(payroll_owned=True).exists()
    return Edited(changed, tuple(f for f in changed if owned and f in employee.OWNED_FIELDS))


@transaction.atomic
def edit_membership(
    membership: Membership, changes: Mapping[str, object], *, actor: Actor, now: datetime | None = None
) -> Edited:
    """Change `duty`, `zone` (the primary ones: a Duty, a Zone), `notes`, and as an admin the fields of ADMIN_FIELDS.

    The given object is not changed: read the membership again.
    """
    at = now or timezone.now()
    checks.require_manages(actor, membership.location)
    if any(field in ADMIN_FIELDS for field in changes):
        checks.require_settings(actor, membership.organization)
    if "status" in changes:  # it ends sign-in as surely as a block
        checks.require_rank(actor, membership.user, location=membership.location)
    membership = checks.lock(membership)
    done: list[dict[str, object]] = []
    for field, given in changes.items():
        if field in ("duty", "zone"):
            item = _edit_primary(membership, field, given)
        else:
            value = _membership_value(field, given)
            old = getattr(membership, field)
            item = audit.change(field, old, value) if old != value else None
            setattr(membership, field, value)
        done += [item] if item else []
    if not done:
        return Edited((), ())
    changed = tuple(str(item["field"]) for item in done)
    labels = [employee.BY_NAME[field].label for field in changed if field in employee.BY_NAME]
    membership.changed_at, membership.changed_what = at, f"{', '.join(labels) or 'Notes'} by {actor.by}"[:80]
    plain = [field for field in changed if field not in ("duty", "zone")]
    membership.save(update_fields=[*plain, "changed_at", "changed_what"])
    if "status" in changed:
        sign_in_access.close_ended([membership.user_id], at)
    checks.record(actor, membership, "edited", done)
    owned = membership.payroll_owned
    return Edited(changed, tuple(f for f in changed if owned and f in employee.OWNED_FIELDS))


def _edit_primary(membership: Membership, field: str, given: object) -> dict[str, object] | None:
    old = membership.primary_duty if field == "duty" else membership.primary_zone
    if given is None:
        if old is None:
            return None
        by = (
            "It comes from payroll: change it there."
            if membership.payroll_owned
            else "Choose another one instead."
        )
        raise Refused(
            f"{old.name} is the primary {field} of {membership.user.full_name} at {membership.location.name} "
            f"and cannot be removed. {by}"
        )
    if not isinstance(given, Duty | Zone) or duties.word(given) != field:
        raise Refused(f"Choose a {field} of {membership.location.name}.")
    if old == given:
        return None
    duties.move_primary(membership, given)
    return audit.change(field, old.name if old else None, given.name)


def _user_value(field: str, value: object) -> object:
    checked: dict[str, Callable[[object], object]] = {
        "first_name": lambda given: checks.name(given, "The first name"),
        "last_name": lambda given: checks.name(given, "The last name"),
        "email": checks.email,
        "phone": checks.phone,
        "local": bool,
    }
    if field not in checked:
        raise Refused(f"{field} of a user cannot be edited.")
    return checked[field](value)


def _membership_value(field: str, value: object) -> object:
    if field == "notes":
        return str(value or "").replace("\x00", "").strip()
    if field == "status":
        if str(value) not in set(Status):
            raise Refused(f"“{value}” is not an employment status.")
        return str(value)
    if field not in ADMIN_FIELDS:
        raise Refused(f"{field} of a membership cannot be edited.")
    kind = employee.MEMBERSHIP_COLUMNS[field]
    if kind is Kind.DATE:
        return checks.day(value, employee.BY_NAME[field].label)
    if kind is Kind.LABOR:
        if value in (None, ""):
            return None
        code = whole_number(str(value))
        if code is None or not 1 <= code <= 40:
            raise Refused("CMS labor codes are 1 to 40.")
        return code
    return str(value or "").strip()[:64]
