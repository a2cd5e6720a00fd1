"""Owned fields held against payroll: set, released, listed (SPEC §1.7, §3).

The value is on the User List at once; the sync leaves it there until payroll sends the same, its day comes, or
somebody releases it. The same door releases what an undo pinned.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import actions
from schedulepop.directory.actions.pay import edit_pay
from schedulepop.directory.models import Duty, Location, Membership, Zone
from schedulepop.employee import BY_NAME, MEMBERSHIP_COLUMNS, TELLS_PAY, USER_FIELDS
from schedulepop.lib.text import clean, fold_code
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import FieldOverride
from schedulepop.sync.run import returned_letters

LONGEST = timedelta(days=366)
_NEITHER = ("status", "ends_on", "leave_end")  # a day of a leave or a staged end goes with the status
AT_LOCATION = ("duty", "zone", "status", *(n for n in MEMBERSHIP_COLUMNS if n not in _NEITHER), "pay_rate")
FIELDS = (*USER_FIELDS, *AT_LOCATION)
"""What can be overridden. Where somebody works is an answer or a transfer, not a value."""
BY_HAND, REPLACED, EXPIRED = "by hand", "replaced", "expired"


@transaction.atomic
def set(
    user: User,
    location: Location | None,
    field: str,
    value: object,
    *,
    reason: str,
    until: date,
    actor: Actor,
    now: datetime | None = None,
) -> FieldOverride:
    """Hold this value of this person until that day, the first on which payroll speaks again.

    `location` for what belongs to a membership. Duties and zones by object, name or payroll code. An override or a
    pin of the same field is replaced. Raises NotAllowed or Refused (also those of the directory's own actions).
    """
    at = now or clock()
    _must_decide(actor, user.organization, field)
    why = clean(reason)[:200]
    if not why:
        raise Refused("Say why: the reason is shown wherever the value is.")
    membership = _membership(user, location, field)
    place = membership.location if membership else None
    today = _today(place, user.organization, at)
    if not today < until <= today + LONGEST:
        raise Refused("An override ends: choose a day from tomorrow on, at most a year ahead.")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    for open_one in _open(user, place, field):
        _end(open_one, REPLACED, actor, at)
    text = _write(user, membership, field, value, actor, at)
    override = FieldOverride.objects.create(
        organization=user.organization,
        user=user,
        location=place,
        field=field,
        kind=FieldOverride.Kind.OVERRIDE,
        value=text,
        reason=why,
        until=until,
        by=actor.by,
        at=at,
    )
    told = {
        "field": field,
        "old": None,
        "new": None if field in TELLS_PAY else text,
        "why": f"{why} (until {until})",
    }
    audit.record(
        actor,
        user.organization,
        "overrode",
        ("keep", override.pk),
        user=user,
        location_id=override.location_id,
        changes=[told],
    )
    touch([user.pk])
    return override


@transaction.atomic
def release(
    user: User, location: Location | None, field: str, *, actor: Actor, now: datetime | None = None
) -> FieldOverride:
    """Payroll speaks again with the next sync. For overrides, and for what an undo pinned."""
    _must_decide(actor, user.organization, field)
    place = None if field in (*USER_FIELDS, "location") else location
    override = _open(user, place, field).select_for_update().first()
    if override is None:
        label = BY_NAME[field].label if field in BY_NAME else field
        raise Refused(f"{label} of {user.full_name} is not held against payroll.")
    _end(override, BY_HAND, actor, now or clock())
    touch([user.pk])
    return override


def of_organization(actor: Actor, organization: Organization) -> QuerySet[FieldOverride]:
    """All that is held against payroll, newest first, for those who decide; nothing for others."""
    found = FieldOverride.objects.filter(organization=organization, released_at=None)
    if not actor.runs_syncs(organization):
        return found.none()
    return found.select_related("user", "location", "run__undo_of").defer("run__plan").order_by("-at", "-pk")


def of_person(membership: Membership) -> dict[str, FieldOverride]:
    """What is held of a person at one location, and of their own, by field."""
    found = FieldOverride.objects.filter(user=membership.user_id, released_at=None).filter(
        Q(location=None) | Q(location=membership.location_id)
    )
    return {
        override.field: override
        for override in found.select_related("run__undo_of").defer("run__plan").order_by("pk")
    }


def due(organization: Organization, now: datetime) -> list[FieldOverride]:
    """Overrides whose day has come: at their location's midnight, the person's own at the organization's."""
    found = FieldOverride.objects.filter(
        organization=organization, released_at=None, until__lte=(now + timedelta(days=1)).date()
    )
    dated = found.select_related("user", "location", "organization").order_by("pk")
    return [
        override
        for override in dated
        if override.until and override.until <= _today(override.location, organization, now)
    ]


def organizations_due(now: datetime) -> list[Organization]:
    """Where an override's day may have come."""
    soon = FieldOverride.objects.filter(released_at=None, until__lte=(now + timedelta(days=1)).date())
    return list(Organization.objects.filter(pk__in=soon.values("organization")).order_by("pk"))


@transaction.atomic
def expire(organization: Organization, *, actor: Actor, now: datetime) -> list[FieldOverride]:
    """Release what is due; the next sync brings payroll's values. Again changes nothing."""
    over = due(organization, now)
    for override in over:
        _end(override, EXPIRED, actor, now)
    touch([override.user_id for override in over])
    return over


def touch(users: list[int]) -> None:
    """Their records are compared again, although their text did not change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sync_touch(person) FROM unnest(%s::bigint[]) AS w (person)", [sorted(users)])


def _must_decide(actor: Actor, organization: Organization, field: str) -> None:
    if not actor.runs_syncs(organization):
        raise NotAllowed("Only an admin or Client Success can hold a value against payroll, or release it.")
    if field in TELLS_PAY and not actor.is_admin(organization):
        raise NotAllowed("Pay is an admin's alone.")


def _membership(user: User, location: Location | None, field: str) -> Membership | None:
    """The membership of the field; None for the person's own ones. Payroll must give the field at all."""
    if field not in FIELDS:
        raise Refused(f"{field} cannot be held against payroll. These can: {', '.join(FIELDS)}.")
    theirs = user.memberships.filter(payroll_owned=True).select_related("location", "user", "organization")
    if not theirs.exists():
        raise Refused(f"{user.full_name} does not come from payroll, so there is nothing to hold against it.")
    if field in USER_FIELDS:
        return None
    here = theirs.filter(location=location).first() if location else None
    if here is None:
        at = f"at {location.name}" if location else "without a location"
        raise Refused(
            f"Payroll gives {user.full_name} no {BY_NAME[field].label.lower()} {at}. Name their location."
        )
    return here


def _open(user: User, location: Location | None, field: str) -> QuerySet[FieldOverride]:
    return FieldOverride.objects.filter(user=user, location=location, field=field, released_at=None)


def _end(override: FieldOverride, why: str, actor: Actor, at: datetime) -> None:
    FieldOverride.objects.filter(pk=override.pk, released_at=None).update(
        released_at=at, released_by=actor.by, released_why=why
    )
    told = {"field": override.field, "old": override.kind, "new": None, "why": why}
    audit.record(
        actor,
        override.organization,
        "released",
        ("keep", override.pk),
        user=override.user,
        location_id=override.location_id,
        changes=[told],
    )


def _write(
    user: User, membership: Membership | None, field: str, value: object, actor: Actor, at: datetime
) -> str:
    """The value on the User List by the directory's own action; returns it as overrides write values."""
    if membership is None:
        actions.edit_user(user, {field: value}, actor=actor, now=at)
        if field == "email":
            returned_letters.renew([user.pk], at)
        user.refresh_from_db()
        return str(getattr(user, field))
    if field == "pay_rate":
        return str(edit_pay(membership, value, actor=actor, now=at))
    if field in ("duty", "zone"):
        value = _part(membership, field, value)
    actions.edit_membership(membership, {field: value}, actor=actor, now=at)
    membership.refresh_from_db()
    stored = getattr(membership, f"primary_{field}_id" if field in ("duty", "zone") else field)
    return "" if stored is None else str(stored)


def _part(membership: Membership, field: str, given: object) -> Duty | Zone:
    if isinstance(given, Duty | Zone):
        return given
    named = Q(name__iexact=clean(str(given))) | Q(codes__code=fold_code(str(given)))
    here = {"location": membership.location_id}
    model: type[Duty] | type[Zone] = Duty if field == "duty" else Zone
    found = model._default_manager.filter(named, **here).order_by("pk").first()
    if found is None:
        raise Refused(f"{membership.location.name} has no {field} {given}.")
    return found


def _today(location: Location | None, organization: Organization, at: datetime) -> date:
    zone = location.timezone if location else organization.timezone
    return at.astimezone(ZoneInfo(zone)).date()
