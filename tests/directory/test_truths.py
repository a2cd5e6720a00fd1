"""What the database refuses, whoever writes: a page, a sync, a console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import ProtectedError

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User
from schedulepop.directory.models import (
    DutyCode,
    Location,
    LocationCode,
    Membership,
    MembershipDuty,
    MembershipZone,
)
from schedulepop.sync.models import Integration, Link
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def org() -> Organization:
    return made.organization()


@pytest.fixture
def grove(org: Organization) -> Location:
    return made.location(org, "Maple Grove")


@pytest.fixture
def ines(grove: Location) -> Membership:
    """An RN of Memory Care."""
    person = made.person(grove, duty=made.duty(grove, "RN"), zone=made.zone(grove, "Memory Care"))
    return person.memberships.get()


@pytest.fixture
def abroad() -> Location:
    """A location of another organization."""
    return made.location(made.organization("Cedar Care"), "Cedar Court")


@contextmanager
def refused(constraint: str, error: type[DatabaseError] = IntegrityError) -> Iterator[None]:
    """The database says no, and by that name."""
    with pytest.raises(error, match=constraint), transaction.atomic():
        yield


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("part", ["duty", "zone"])
def test_a_primary_is_never_taken_away(ines: Membership, part: str) -> None:
    """SPEC 1.4: it can only be replaced; nobody can empty it, nor delete the row it points at."""
    with refused(f"The primary {part} of membership {ines.pk} cannot be removed, only replaced"):
        Membership.objects.filter(pk=ines.pk).update(**{f"primary_{part}": None})
    rows = MembershipDuty.objects if part == "duty" else MembershipZone.objects
    with refused(f"membership_primary_{part}_fk"):
        rows.filter(membership=ines).delete()
    with refused(f"membership_primary_{part}_fk"):
        sql(f"DELETE FROM directory_membership{part} WHERE membership_id = %s", ines.pk)


def test_a_primary_is_replaced_by_one_of_the_persons_own(ines: Membership, grove: Location) -> None:
    lpn = made.duty(grove, "LPN")
    with refused("membership_primary_duty_fk"):
        Membership.objects.filter(pk=ines.pk).update(primary_duty=lpn)
    MembershipDuty.objects.create(membership=ines, location=grove, duty=lpn, by_manager=True)
    Membership.objects.filter(pk=ines.pk).update(primary_duty=lpn)
    ines.refresh_from_db()
    assert ines.primary_duty == lpn


def test_a_first_primary_may_come_late(grove: Location) -> None:
    """NULL until payroll gives one; then never again."""
    late = made.person(grove).memberships.get()
    Membership.objects.filter(pk=late.pk).update(primary_duty=None, primary_zone=None)
    assert late.primary_duty is None


def test_a_duty_in_use_cannot_be_deleted(ines: Membership) -> None:
    assert ines.primary_duty is not None
    with pytest.raises(ProtectedError):
        ines.primary_duty.delete()
    with refused("membershipduty_duty_fk"):
        sql("DELETE FROM directory_duty WHERE id = %s", ines.primary_duty_id)


def test_duties_and_zones_are_of_the_memberships_location(ines: Membership, grove: Location) -> None:
    hollow = made.location(grove.organization, "Birch Hollow")
    theirs, wing = made.duty(hollow, "RN"), made.zone(hollow, "West Wing")
    with refused("membershipduty_duty_fk"):
        MembershipDuty.objects.create(membership=ines, location=grove, duty=theirs, by_manager=True)
    with refused("membershipduty_membership_fk"):
        MembershipDuty.objects.create(membership=ines, location=hollow, duty=theirs, by_manager=True)
    with refused("membershipzone_zone_fk"):
        MembershipZone.objects.create(membership=ines, location=grove, zone=wing, by_manager=True)
    with refused("membershipzone_membership_fk"):
        MembershipZone.objects.create(membership=ines, location=hollow, zone=wing, by_manager=True)


def test_memberships_stay_inside_their_organization(ines: Membership, abroad: Location) -> None:
    with refused("membership_user_fk"):  # as one of theirs
        Membership.objects.create(organization=abroad.organization, user=ines.user, location=abroad)
    with refused("membership_location_fk"):  # as one of ours
        Membership.objects.create(organization=ines.organization, user=ines.user, location=abroad)
    without_duty = made.person(ines.location, "Omar Haddad").memberships.get()
    with refused("membership_location_fk"):
        Membership.objects.filter(pk=without_duty.pk).update(location=abroad)
    with refused("membership_user_fk"):
        User.objects.filter(pk=ines.user_id).update(organization=abroad.organization)


def test_one_membership_per_location_and_one_primary_location(ines: Membership, grove: Location) -> None:
    with refused("membership_once"):
        made.membership(ines.user, grove)
    hollow = made.location(grove.organization, "Birch Hollow")
    second = made.membership(ines.user, hollow)
    with refused("membership_one_primary"):
        Membership.objects.filter(pk=second.pk).update(is_primary=True)


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("status", "on_vacation", "membership_status"),
        ("role", "owner", "membership_role"),
        ("cms_code", 41, "membership_cms"),
        ("cms_code", 0, "membership_cms"),
    ],
)
def test_values_that_do_not_exist(ines: Membership, field: str, value: object, constraint: str) -> None:
    with refused(constraint):
        Membership.objects.filter(pk=ines.pk).update(**{field: value})


def test_every_row_belongs_to_payroll_or_to_a_manager(ines: Membership) -> None:
    with refused("membership_duty_owner"):
        ines.duties.update(by_payroll=False, by_manager=False)
    with refused("membership_zone_owner"):
        ines.zones.update(by_payroll=False, by_manager=False)


def test_pay_has_a_unit_and_a_currency_and_is_not_negative(ines: Membership) -> None:
    with refused("membership_duty_pay"):
        ines.duties.update(pay_rate=245_000)
    with refused("membership_duty_pay"):
        ines.duties.update(pay_rate=-1, pay_unit="hour", pay_currency="USD")
    ines.duties.update(pay_rate=245_000, pay_unit="hour", pay_currency="USD")


def test_a_payroll_code_names_one_thing(grove: Location) -> None:
    hollow = made.location(grove.organization, "Birch Hollow", "100")
    with refused("location_code_once"):
        LocationCode.objects.create(organization=grove.organization, location=grove, code="100")
    made.duty(grove, "RN", "R1")
    with refused("duty_code_once"):
        DutyCode.objects.create(location=grove, duty=made.duty(grove, "LPN"), code="r1")
    made.duty(hollow, "RN", "R1")  # another location has codes of its own


def test_usernames_are_lower_case_and_once_everywhere(ines: Membership, abroad: Location) -> None:
    with refused("user_username_lower"):
        User.objects.filter(pk=ines.user_id).update(username="Ines.Calloway")
    with refused("username"):
        made.user(abroad.organization, username=ines.user.username)


def test_one_link_per_person_and_per_source_id(ines: Membership, grove: Location, org: Organization) -> None:
    payroll = integration(org)
    Link.objects.create(organization=org, integration=payroll, source_id="1001", user=ines.user)
    with refused("link_user_once"):
        Link.objects.create(organization=org, integration=payroll, source_id="1002", user=ines.user)
    with refused("link_id_once"):
        other = made.person(grove, "Omar Haddad")
        Link.objects.create(organization=org, integration=payroll, source_id="1001", user=other)
    Link.objects.update(retired_at=made.NOON)  # their number changed: the old one stays theirs
    Link.objects.create(organization=org, integration=payroll, source_id="1002", user=ines.user)
    second = integration(org, "contractors")
    Link.objects.create(organization=org, integration=second, source_id="1001", user=ines.user)


def test_links_stay_inside_their_organization(ines: Membership, abroad: Location) -> None:
    theirs = integration(abroad.organization)
    with refused("link_user_fk"):
        Link.objects.create(
            organization=abroad.organization, integration=theirs, source_id="1", user=ines.user
        )
    with refused("link_integration_fk"):
        Link.objects.create(organization=ines.organization, integration=theirs, source_id="1", user=ines.user)


@pytest.mark.parametrize("statement", ["UPDATE {} SET by = 'nobody'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_audit_trail_is_only_added_to(org: Organization, statement: str) -> None:
    audit.record(Actor.operator("root"), org, "added", ("organization", org.pk))
    with refused("permission denied for table accounts_auditentry", ProgrammingError):
        sql(statement.format("accounts_auditentry"))
    assert AuditEntry.objects.get().by == "cli:root"


def integration(org: Organization, slug: str = "payroll") -> Integration:
    return Integration.objects.create(organization=org, name=slug.title(), slug=slug, connector="file")
