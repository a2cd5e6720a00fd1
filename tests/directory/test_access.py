"""Who sees whom: a manager of one location gets nothing of another, on every way of asking."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import access, reads
from schedulepop.directory.models import Location, Membership, MembershipDuty
from schedulepop.directory.reads import Filters
from schedulepop.employee import ENDED, Status
from tests import made

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """Two locations of one organization; each has a manager and one person, and Noor works at both."""

    org: Organization
    grove: Location
    hollow: Location
    margo: User  # manages the grove
    bruno: User  # manages the hollow
    ines: User  # of the grove
    omar: User  # of the hollow
    noor: User  # of both


@pytest.fixture
def house() -> House:
    org = made.organization()
    grove, hollow = made.location(org, "Maple Grove"), made.location(org, "Birch Hollow")
    noor = made.person(grove, "Noor Haddad", duty=made.duty(grove, "RN"))
    made.membership(noor, hollow, duty=made.duty(hollow, "LPN"), zone=made.zone(hollow, "West Wing"))
    return House(
        org,
        grove,
        hollow,
        margo=made.manager(grove, "Margo Lindqvist"),
        bruno=made.manager(hollow, "Bruno Keller"),
        ines=made.person(grove, "Ines Calloway", duty=made.duty(grove, "RN")),
        omar=made.person(hollow, "Omar Diallo", duty=made.duty(hollow, "CNA"), phone="+15550100123"),
        noor=noor,
    )


def at(person: User, place: Location) -> Membership:
    return Membership.objects.get(user=person, location=place)


def sees_nothing_but_themselves(user: User, org: Organization) -> None:
    actor = Actor.of(user)
    assert not access.managed_locations(actor, org).exists()
    assert not reads.user_list(actor, org).exists()
    assert set(reads.status_counts(actor, org).values()) == {0}
    assert reads.duty_names(actor, org) == []
    assert set(access.users(actor, org)) <= {user}
    assert set(access.memberships(actor, org).values_list("user", flat=True)) <= {user.pk}


def test_a_manager_gets_their_location_and_nothing_of_another(house: House) -> None:
    margo = Actor.of(house.margo)
    assert list(access.managed_locations(margo, house.org)) == [house.grove]
    assert access.manages(margo, house.grove)
    assert not access.manages(margo, house.hollow)
    assert {row.location for row in access.memberships(margo, house.org)} == {house.grove}
    assert set(access.users(margo, house.org)) == {house.margo, house.ines, house.noor}


def test_the_user_list_of_a_manager(house: House) -> None:
    margo = Actor.of(house.margo)
    names = [row.user.last_name for row in reads.user_list(margo, house.org)]
    assert names == ["Calloway", "Haddad", "Lindqvist"]
    assert reads.status_counts(margo, house.org)["all"] == 3
    assert reads.duty_names(margo, house.org) == ["RN"]
    assert reads.zone_names(margo, house.org) == []


@pytest.mark.parametrize(
    "asked",
    [
        lambda house: Filters(locations=[house.hollow]),
        lambda house: Filters(search="Omar"),
        lambda house: Filters(search="555 010 0123"),
        lambda house: Filters(duty="LPN"),  # Noor's duty at the other location
        lambda house: Filters(zone="West Wing"),
    ],
)
def test_no_filter_reaches_another_location(house: House, asked: object) -> None:
    filters = asked(house)  # type: ignore[operator]
    margo = Actor.of(house.margo)
    assert not reads.user_list(margo, house.org, filters).exists()
    assert set(reads.status_counts(margo, house.org, filters).values()) == {0}
    if filters.locations is not None:
        assert reads.duty_names(margo, house.org, filters.locations) == []
    assert reads.user_list(Actor.of(house.bruno), house.org, filters).exists()


def test_a_profile_shows_what_its_reader_may_see(house: House) -> None:
    margo = Actor.of(house.margo)
    assert reads.profile(margo, house.org, house.omar.pk) is None
    noor = reads.profile(margo, house.org, house.noor.pk)
    assert noor is not None
    assert [place.membership.location for place in noor.places] == [house.grove]
    assert [line.duty.name for place in noor.places for line in place.duties] == ["RN"]
    whole = reads.profile(Actor.of(made.admin(house.org)), house.org, house.noor.pk)
    assert whole is not None
    assert [place.membership.location for place in whole.places] == [house.grove, house.hollow]


def test_staff_see_themselves(house: House) -> None:
    sees_nothing_but_themselves(house.noor, house.org)
    noor = Actor.of(house.noor)
    assert list(access.users(noor, house.org)) == [house.noor]
    own = reads.profile(noor, house.org, house.noor.pk)
    assert own is not None
    assert [place.managed for place in own.places] == [False, False]
    assert reads.profile(noor, house.org, house.ines.pk) is None


@pytest.mark.parametrize("status", sorted(ENDED | {Status.SUSPENDED}))
def test_a_manager_whose_employment_ended_sees_nothing(house: House, status: str) -> None:
    Membership.objects.filter(user=house.margo).update(status=status)
    sees_nothing_but_themselves(house.margo, house.org)


def test_a_blocked_manager_sees_nothing(house: House) -> None:
    Membership.objects.filter(user=house.margo).update(access_blocked_at=timezone.now())
    sees_nothing_but_themselves(house.margo, house.org)


def test_blocked_at_one_location_a_manager_keeps_the_other(house: House) -> None:
    made.membership(house.margo, house.hollow, role=Membership.MANAGER)
    Membership.objects.filter(user=house.margo, location=house.grove).update(access_blocked_at=timezone.now())
    margo = Actor.of(house.margo)
    assert list(access.managed_locations(margo, house.org)) == [house.hollow]
    assert not reads.user_list(margo, house.org, Filters(locations=[house.grove])).exists()


def test_admin_client_success_and_operator_see_all_of_the_organization(house: House) -> None:
    everybody = User.objects.filter(organization=house.org)
    for actor in (
        Actor.of(made.admin(house.org)),
        Actor.of(made.client_success(house.org)),
        Actor.operator("root"),
    ):
        assert access.managed_locations(actor, house.org).count() == 2
        assert set(access.users(actor, house.org)) == set(everybody)
        assert reads.user_list(actor, house.org).count() == Membership.objects.count()


def test_nobody_of_another_organization_sees_anything(house: House) -> None:
    cedar = made.organization("Cedar Care")
    strangers = [
        made.admin(cedar),
        made.client_success(cedar),
        made.manager(made.location(cedar, "Cedar Court")),
        made.user(house.org, "Former Admin"),
    ]
    Grant.objects.create(
        user=strangers[-1], role=Grant.ADMIN, organization=house.org, ended_at=timezone.now()
    )
    for stranger in strangers:
        sees_nothing_but_themselves(stranger, house.org)
        assert reads.profile(Actor.of(stranger), house.org, house.ines.pk) is None


def test_an_admin_grant_counts_in_ones_own_organization_only(house: House) -> None:
    outsider = made.user(made.organization("Cedar Care"), "Cedar Person")
    Grant.objects.create(user=outsider, role=Grant.ADMIN, organization=house.org)
    Grant.objects.create(user=outsider, role=Grant.CLIENT_SUCCESS, organization=house.org)  # not vendor staff
    sees_nothing_but_themselves(outsider, house.org)


def test_pay_is_for_admins_and_for_managers_it_was_granted_to(house: House) -> None:
    noor = at(house.noor, house.grove)
    margo, bruno = Actor.of(house.margo), Actor.of(house.bruno)
    admin, vendor = Actor.of(made.admin(house.org)), Actor.of(made.client_success(house.org))
    assert access.sees_pay(admin, noor)
    assert not access.sees_pay(vendor, noor)
    assert not access.sees_pay(margo, noor)
    assert not access.sees_pay(Actor.of(house.noor), noor)
    Membership.objects.filter(user__in=[house.margo, house.bruno]).update(may_see_pay=True)
    assert access.sees_pay(margo, noor)
    assert not access.sees_pay(bruno, noor)
    assert list(access.pay_locations(margo, house.org)) == [house.grove]
    assert access.pay_locations(admin, house.org).count() == 2
    assert not access.pay_locations(vendor, house.org).exists()
    Membership.objects.filter(user=house.margo).update(status=Status.TERMINATED)
    assert not access.sees_pay(margo, noor)
    assert not access.pay_locations(margo, house.org).exists()


def test_a_grant_of_pay_without_the_role_is_worth_nothing(house: House) -> None:
    Membership.objects.filter(user=house.margo).update(may_see_pay=True, role=Membership.STAFF)
    assert not access.sees_pay(Actor.of(house.margo), at(house.noor, house.grove))


def test_a_profile_shows_pay_per_location(house: House) -> None:
    """A manager of both who was granted pay at one of them."""
    MembershipDuty.objects.filter(membership__user=house.noor).update(
        pay_rate=245_000, pay_unit="hour", pay_currency="USD"
    )
    Membership.objects.filter(user=house.margo).update(may_see_pay=True)
    made.membership(house.margo, house.hollow, role=Membership.MANAGER)
    noor = reads.profile(Actor.of(house.margo), house.org, house.noor.pk)
    assert noor is not None
    rates = {place.membership.location.name: place.duties[0].pay_rate for place in noor.places}
    assert rates == {"Maple Grove": 245_000, "Birch Hollow": None}
    assert [place.shows_pay for place in noor.places] == [True, False]
