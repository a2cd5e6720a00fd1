"""Things tests need to exist: `made.organization()`, `made.location()`, `made.person(location)`, …

Written straight into the tables, so that a test of one write does not rest on another.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory.models import (
    Duty,
    DutyCode,
    Location,
    LocationCode,
    Membership,
    MembershipDuty,
    MembershipZone,
    Zone,
    ZoneCode,
)
from schedulepop.lib.text import fold_code
from tests import canaries

NOON = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)  # noon of a Monday in New York
PASSWORD = canaries.PASSWORD
_numbers = itertools.count(1)


def next_number() -> int:
    """A number no test of this process has had."""
    return next(_numbers)


def organization(
    name: str = "Maple Health", *, timezone: str = "America/New_York", **more: Any
) -> Organization:
    """A customer with a support contact."""
    values: dict[str, Any] = {
        "slug": name.lower().replace(" ", "-"),
        "timezone": timezone,
        "support_name": "Dana Whitfield",
        "support_email": "dana@schedulepop.example",
        "support_phone": "+1 555 010 0100",
        **more,
    }
    return Organization.objects.create(name=name, **values)


def location(
    org: Organization | None = None, name: str = "Maple Grove", *codes: str, timezone: str | None = None
) -> Location:
    """A facility with payroll codes; without an organization, of a new one."""
    org = org or organization()
    place = Location.objects.create(organization=org, name=name, timezone=timezone or org.timezone)
    for code in codes:
        LocationCode.objects.create(organization=org, location=place, code=fold_code(code))
    return place


def duty(place: Location, name: str = "RN", *codes: str, cms_code: int | None = None) -> Duty:
    """The duty of that name at the location, made if need be."""
    made, _ = Duty.objects.get_or_create(
        location=place, name=name, defaults={"organization_id": place.organization_id, "cms_code": cms_code}
    )
    for code in codes:
        DutyCode.objects.create(location=place, duty=made, code=fold_code(code))
    return made


def zone(place: Location, name: str = "Memory Care", *codes: str) -> Zone:
    """The zone of that name at the location, made if need be."""
    made, _ = Zone.objects.get_or_create(
        location=place, name=name, defaults={"organization_id": place.organization_id}
    )
    for code in codes:
        ZoneCode.objects.create(location=place, zone=made, code=fold_code(code))
    return made


def user(org: Organization, name: str = "Ines Calloway", *, password: str | None = None, **more: Any) -> User:
    """A user without a membership. `password` makes them able to sign in by username at least."""
    first, _, last = name.partition(" ")
    number = next_number()
    values: dict[str, Any] = {"username": f"{first}.{last}.{number}".lower().replace(" ", "-"), **more}
    made = User(organization=org, first_name=first, last_name=last, **values)
    if password is None:
        made.set_unusable_password()
    else:
        made.set_password(password)
    made.save()
    return made


def membership(
    person: User, place: Location, *, duty: Duty | None = None, zone: Zone | None = None, **more: Any
) -> Membership:
    """A membership with its primary duty and zone (payroll's when `payroll_owned`)."""
    made = Membership.objects.create(
        organization_id=place.organization_id, user=person, location=place, **{"status": "active", **more}
    )
    owner = {"by_payroll": made.payroll_owned, "by_manager": not made.payroll_owned}
    if duty is not None:
        MembershipDuty.objects.create(membership=made, location=place, duty=duty, **owner)
        made.primary_duty = duty
    if zone is not None:
        MembershipZone.objects.create(membership=made, location=place, zone=zone, **owner)
        made.primary_zone = zone
    made.save()
    return made


def person(
    place: Location,
    name: str = "Ines Calloway",
    *,
    role: str = Membership.STAFF,
    status: str = "active",
    duty: Duty | None = None,
    zone: Zone | None = None,
    hire_date: date | None = None,
    membership_more: dict[str, Any] | None = None,
    **user_more: Any,
) -> User:
    """A user with one membership, at `place`. Further keywords are the user's (email=, phone=, password=)."""
    made = user(place.organization, name, **user_more)
    membership(
        made,
        place,
        role=role,
        status=status,
        duty=duty,
        zone=zone,
        hire_date=hire_date,
        is_primary=True,
        **(membership_more or {}),
    )
    return made


def manager(place: Location, name: str = "Margo Lindqvist", **more: Any) -> User:
    """A manager of one location."""
    return person(place, name, role=Membership.MANAGER, **more)


def admin(org: Organization, name: str = "Henry Okafor", **more: Any) -> User:
    """HR: an admin without a membership."""
    made = user(org, name, **more)
    Grant.objects.create(user=made, role=Grant.ADMIN, organization=org)
    return made


def client_success(org: Organization, name: str = "Dana Whitfield", **more: Any) -> User:
    """Vendor staff, assigned to `org`; lives in the vendor organization."""
    vendor, _ = Organization.objects.get_or_create(
        slug="schedulepop", defaults={"name": "SchedulePop", "timezone": "America/New_York", "vendor": True}
    )
    made = user(vendor, name, **more)
    Grant.objects.create(user=made, role=Grant.CLIENT_SUCCESS, organization=org)
    return made


def lead(name: str = "Lena Ostrow", **more: Any) -> User:
    """A Client Success lead, without a customer of their own."""
    vendor, _ = Organization.objects.get_or_create(
        slug="schedulepop", defaults={"name": "SchedulePop", "timezone": "America/New_York", "vendor": True}
    )
    made = user(vendor, name, **more)
    Grant.objects.create(user=made, role=Grant.LEAD, organization=vendor)
    return made


def demo(settings: Any) -> None:
    """From now on this is a demo: the variable is set, and everybody there is invented."""
    settings.DEMO = True
    Organization.objects.update(demo=True)
