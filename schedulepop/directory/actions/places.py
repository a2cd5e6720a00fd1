"""Organizations, locations, duties, zones, and the payroll codes that name them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from schedulepop.accounts import audit, retention_periods, tenancy
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Duty, DutyCode, Location, LocationCode, Zone, ZoneCode
from schedulepop.employee import LONGEST
from schedulepop.lib.text import fold_code

Target = Location | Duty | Zone
ADMINS_ALONE = frozenset({"requires_second_factor", *retention_periods.BY_FIELD})
"""Settings of an organization that Client Success cannot change."""


@transaction.atomic
def add_organization(
    name: str,
    timezone: str,
    *,
    actor: Actor,
    slug: str = "",
    support_name: str = "",
    support_email: str = "",
    support_phone: str = "",
    vendor: bool = False,
) -> Organization:
    """A new customer (or `vendor`, by the operator only). Vendor staff who add one are assigned to it."""
    require_may_add_organization(actor, vendor=vendor)
    called = checks.name(name, "The organization's name")
    organization = Organization.objects.create(
        pk=tenancy.reserve_organization(),
        name=called,
        slug=_free_slug(slug or called, given=bool(slug)),
        timezone=checks.timezone(timezone),
        vendor=vendor,
        support_name=support_name.strip()[:120],
        support_email=checks.email(support_email),
        support_phone=support_phone.strip()[:40],
    )
    if actor.user is not None:
        Grant.objects.create(user=actor.user, role=Grant.CLIENT_SUCCESS, organization=organization)
    changes = [audit.change("name", None, organization.name)]
    audit.record(actor, organization, "added", ("organization", organization.pk), changes=changes)
    return organization


def require_may_add_organization(actor: Actor, *, vendor: bool = False) -> None:
    """Client Success with a customer, or the operator; `vendor`: the operator alone."""
    by_vendor = actor.user is not None and actor.user.organization.vendor and actor.organizations().exists()
    if not actor.is_operator and (vendor or not by_vendor):
        raise NotAllowed("Only the operator of this installation or Client Success can add an organization.")


@transaction.atomic
def edit_organization(
    organization: Organization, changes: Mapping[str, object], *, actor: Actor
) -> Organization:
    """Settings: name, timezone, cms_codes, seniority_by, support_name, support_email, support_phone; and by its admins
    alone requires_second_factor and the retention periods, past which things go for good.
    """
    checks.require_settings(actor, organization)
    if ADMINS_ALONE.intersection(changes):
        checks.require_admin(actor, organization)
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    done = []
    for field, given in changes.items():
        value = _organization_value(field, given)
        old = getattr(organization, field)
        if old != value:
            setattr(organization, field, value)
            done.append(audit.change(field, old, value))
    if done:
        organization.save(update_fields=[str(item["field"]) for item in done])
        audit.record(actor, organization, "edited", ("organization", organization.pk), changes=done)
    return organization


@transaction.atomic
def add_location(
    organization: Organization,
    name: str,
    *,
    actor: Actor,
    codes: Iterable[str] = (),
    timezone: str | None = None,
) -> Location:
    """A facility with its payroll codes; the organization's time zone unless given."""
    checks.require_settings(actor, organization)
    called = checks.name(name, "The location's name")
    if organization.locations.filter(name=called).exists():
        raise Refused(f"{organization.name} already has a location named {called}.")
    location = Location.objects.create(
        organization=organization, name=called, timezone=checks.timezone(timezone or organization.timezone)
    )
    changes = [audit.change("name", None, called)]
    audit.record(
        actor, organization, "added", ("location", location.pk), location_id=location.pk, changes=changes
    )
    for code in codes:
        map_code(location, code, actor=actor)
    return location


@transaction.atomic
def add_duty(
    location: Location, name: str, *, actor: Actor, codes: Iterable[str] = (), cms_code: int | None = None
) -> Duty:
    """A duty of a location, with its payroll codes and CMS labor code (1-40)."""
    checks.require_settings(actor, location.organization)
    if cms_code is not None and not 1 <= cms_code <= 40:
        raise Refused("CMS labor codes are 1 to 40.")
    called = checks.name(name, "The duty's name")
    if location.duties.filter(name=called).exists():
        raise Refused(f"{location.name} already has a duty named {called}.")
    duty = Duty.objects.create(
        organization_id=location.organization_id, location=location, name=called, cms_code=cms_code
    )
    changes = [audit.change("name", None, called), audit.change("cms_code", None, cms_code)]
    _record(actor, duty, "added", changes)
    for code in codes:
        map_code(duty, code, actor=actor)
    return duty


@transaction.atomic
def add_zone(location: Location, name: str, *, actor: Actor, codes: Iterable[str] = ()) -> Zone:
    """A zone of a location, with its payroll codes."""
    checks.require_settings(actor, location.organization)
    called = checks.name(name, "The zone's name")
    if location.zones.filter(name=called).exists():
        raise Refused(f"{location.name} already has a zone named {called}.")
    zone = Zone.objects.create(organization_id=location.organization_id, location=location, name=called)
    _record(actor, zone, "added", [audit.change("name", None, called)])
    for code in codes:
        map_code(zone, code, actor=actor)
    return zone


@transaction.atomic
def map_code(target: Target, code: str, *, actor: Actor, move: bool = False) -> None:
    """Let a payroll code name this location, duty or zone. `move` takes it from the one it names now; a closed
    location gives it up without.

    Mapped already: nothing happens. Codes are compared folded: case and white space do not count.
    """
    checks.require_settings(actor, target.organization)
    folded = fold_code(code.replace("\x00", ""))
    checks.name(folded, "The payroll code", LONGEST["code"])
    old = _named_by(target, folded)
    if old == target:
        return
    over = isinstance(old, Location) and old.closed_at is not None
    if old is not None and not (move or over):
        raise Refused(f"The payroll code {code} already names {old.name}. Take it away there first.")
    if old is not None:
        _codes(old).filter(code=folded).delete()
    try:
        with transaction.atomic():
            if isinstance(target, Location):
                LocationCode.objects.create(organization=target.organization, location=target, code=folded)
            elif isinstance(target, Duty):
                DutyCode.objects.create(location=target.location, duty=target, code=folded)
            else:
                ZoneCode.objects.create(location=target.location, zone=target, code=folded)
    except IntegrityError:
        raise Refused(f"The payroll code {code} was mapped by somebody else just now. Look again.") from None
    _record(actor, target, "mapped_code", [audit.change(folded, old.name if old else None, target.name)])


@transaction.atomic
def unmap_code(target: Target, code: str, *, actor: Actor) -> bool:
    """Let a payroll code name nothing; False if it did not name this."""
    checks.require_settings(actor, target.organization)
    folded = fold_code(code)
    deleted, _ = _codes(target).filter(code=folded).delete()
    if deleted:
        _record(actor, target, "unmapped_code", [audit.change(folded, target.name, None)])
    return bool(deleted)


def _codes(target: Target):  # type: ignore[no-untyped-def]  # three models' managers with one field in common
    return target.codes


def _named_by(target: Target, folded: str) -> Target | None:
    if isinstance(target, Location):
        named = LocationCode.objects.filter(organization=target.organization_id, code=folded)
        row = named.select_related("location").first()
        return row.location if row else None
    if isinstance(target, Duty):
        duty = (
            DutyCode.objects.filter(location=target.location_id, code=folded).select_related("duty").first()
        )
        return duty.duty if duty else None
    zone = ZoneCode.objects.filter(location=target.location_id, code=folded).select_related("zone").first()
    return zone.zone if zone else None


def _record(actor: Actor, target: Target, verb: str, changes: Iterable[Mapping[str, object]]) -> None:
    location_id = target.pk if isinstance(target, Location) else target.location_id
    subject = type(target).__name__.lower()
    audit.record(
        actor, target.organization, verb, (subject, target.pk), location_id=location_id, changes=changes
    )


def _free_slug(text: str, *, given: bool) -> str:
    stem = slugify(text)[:50] or "organization"
    with connection.cursor() as cursor:
        cursor.execute("SELECT slugs_like(%s)", [stem])  # those of other customers too
        taken = {slug for (slug,) in cursor.fetchall()}
    if given and stem in taken:
        raise Refused(f"The short name {stem} is taken.")
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(slug for slug in names if slug not in taken)


def _organization_value(field: str, value: object) -> object:
    if field == "name":
        return checks.name(value, "The organization's name")
    if field == "timezone":
        return checks.timezone(str(value))
    if field in ("cms_codes", "requires_second_factor"):
        return bool(value)
    if field == "seniority_by" and value in ("original", "latest"):
        return value
    if field == "support_email":
        return checks.email(value)
    if field in retention_periods.BY_FIELD:
        try:
            return retention_periods.checked(field, value)
        except ValueError as error:
            raise Refused(str(error)) from None
    if field in ("support_name", "support_phone"):
        return str(value or "").strip()[: 120 if field == "support_name" else 40]
    raise Refused(f"An organization has no setting {field} with the value {value!r}.")
