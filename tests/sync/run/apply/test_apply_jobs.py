"""Apply: further jobs of payroll, pay dated ahead, the primary location."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schedulepop.accounts.models import Grant
from schedulepop.directory.models import Membership, MembershipDuty, MembershipZone
from schedulepop.sync.models import Change, Integration
from schedulepop.sync.plan.frames.changes import EXTRA
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import snapshot
from tests import made
from tests.sync.run.apply.apply_house import ANN, House, change, frame, plan, written

pytestmark = pytest.mark.django_db

RAISE = {
    "next_pay_rate": 190_000,
    "next_pay_unit": "hour",
    "next_pay_currency": "USD",
    "next_pay_on": date(2026, 12, 1),
}


@pytest.fixture
def house() -> House:
    """Maple Grove and Maple Creek, with an integration that has run before."""
    return House()


def with_extras(drawn: Plan, *rows: dict[str, Any]) -> Plan:
    from dataclasses import replace

    return replace(drawn, extras=frame([{"change_no": 0, "gone": False, **row} for row in rows], EXTRA))


def duties(member: Membership) -> dict[str, tuple[bool, bool, int | None]]:
    return {row.duty.name: (row.by_payroll, row.by_manager, row.pay_rate) for row in member.duties.all()}


def test_a_further_job_appears_with_its_rate_and_goes(house: House) -> None:
    member = house.member()
    row = {"kind": "duty", "id": house.lpn.pk, "pay_rate": 240_000, "pay_unit": "hour", "pay_currency": "USD"}
    zone = {"kind": "zone", "id": house.west.pk}
    appears = with_extras(
        plan(change(member, told={"extra_duty": (None, "LPN"), "extra_zone": (None, "West")})), row, zone
    )
    house.apply(appears)
    assert duties(member) == {"LPN": (True, False, 240_000), "RN": (True, False, None)}
    assert [(z.zone.name, z.by_payroll) for z in member.zones.all()] == [("East", True), ("West", True)]
    member.refresh_from_db()
    assert member.changed_what == "Extra duty and extra zone from payroll"
    before = written()
    house.apply(appears)
    assert written() == before, "the same plan twice changes nothing"
    gone = with_extras(
        plan(change(member, told={"extra_duty": ("LPN", None)})), row | {"gone": True}, zone | {"gone": True}
    )
    house.apply(gone)
    assert duties(member) == {"RN": (True, False, None)}
    assert MembershipZone.objects.filter(membership=member).count() == 1
    house.apply(gone)
    assert Change.objects.count() == 2


def test_a_managers_extra_becomes_payrolls_too_and_stays_when_payroll_drops_it(house: House) -> None:
    member = house.member()
    MembershipDuty.objects.create(membership=member, location=house.grove, duty=house.lpn, by_manager=True)
    MembershipZone.objects.create(membership=member, location=house.grove, zone=house.west, by_manager=True)
    row, zone = {"kind": "duty", "id": house.lpn.pk}, {"kind": "zone", "id": house.west.pk}
    house.apply(with_extras(plan(change(member, told={"extra_duty": (None, "LPN")})), row, zone))
    assert duties(member)["LPN"] == (True, True, None)
    house.apply(
        with_extras(
            plan(change(member, told={"extra_duty": ("LPN", None)})),
            row | {"gone": True},
            zone | {"gone": True},
        )
    )
    assert duties(member)["LPN"] == (False, True, None)
    assert [(z.by_payroll, z.by_manager) for z in member.zones.filter(zone=house.west)] == [(False, True)]


def test_a_further_job_of_a_new_person_with_a_new_code(house: House) -> None:
    row = {
        "kind": "duty",
        "code": "PT",
        "new": "Therapist",
        "pay_rate": 400_000,
        "pay_unit": "hour",
        "pay_currency": "USD",
    }
    house.apply(with_extras(plan({**ANN, "location_id": house.grove.pk, "duty_id": house.rn.pk}), row))
    member = Membership.objects.get()
    assert duties(member) == {"RN": (True, False, 182_500), "Therapist": (True, False, 400_000)}
    assert member.is_primary


def test_an_old_primary_duty_that_stays_as_a_further_job(house: House) -> None:
    member = house.member()
    moved = change(member, told={"duty": ("RN", "LPN"), "extra_duty": (None, "RN")}, duty_id=house.lpn.pk)
    house.apply(with_extras(plan(moved), {"kind": "duty", "id": house.rn.pk}))
    member.refresh_from_db()
    assert member.primary_duty == house.lpn
    assert duties(member) == {"LPN": (True, False, None), "RN": (True, False, None)}


def test_pay_dated_ahead_is_kept_beside_the_rate_in_force(house: House) -> None:
    house.apply(plan({**ANN, "location_id": house.grove.pk, "duty_id": house.rn.pk, **RAISE}))
    row = MembershipDuty.objects.get()
    assert (row.pay_rate, row.next_pay_rate, row.next_pay_unit, row.next_pay_on) == (
        182_500,
        190_000,
        "hour",
        date(2026, 12, 1),
    )
    member = row.membership
    told = {
        "next_pay_rate": ("19.00", None),
        "next_pay_on": ("2026-12-01", None),
        "pay_rate": ("18.25", "19.00"),
    }
    house.apply(plan(change(member, told=told, pay_rate=190_000)))
    row.refresh_from_db()
    assert (row.pay_rate, row.next_pay_rate, row.next_pay_unit, row.next_pay_on) == (190_000, None, "", None)


def test_the_snapshot_reads_extras_and_rates_dated_ahead(house: House) -> None:
    member = house.member()
    Integration.objects.update(policy={"pay": True})
    house.integration.refresh_from_db()
    MembershipDuty.objects.create(
        membership=member,
        location=house.grove,
        duty=house.lpn,
        by_payroll=True,
        pay_rate=240_000,
        pay_unit="hour",
        pay_currency="USD",
        **RAISE,
    )
    MembershipZone.objects.create(membership=member, location=house.grove, zone=house.west, by_manager=True)
    expected = [(house.lpn.pk, None, True, False, 240_000), (None, house.west.pk, False, True, None)]
    for ids in (None, ["001"]):
        held = snapshot.load(house.integration, now=made.NOON, ids=ids)
        seen = held.extras.select("duty_id", "zone_id", "by_payroll", "by_manager", "pay_rate").rows()
        assert seen == expected
        assert held.next_pays.select("duty_id", "pay_rate", "on").rows() == [
            (house.lpn.pk, 190_000, date(2026, 12, 1))
        ]
    assert snapshot.load(house.integration, now=made.NOON, concerned=[]).extras.is_empty()
    house.integration.policy = {}
    off = snapshot.load(house.integration, now=made.NOON)
    assert (off.extras["pay_rate"].to_list(), off.next_pays.height) == ([None, None], 0), "off means not read"


def test_the_primary_location_follows_payrolls_flag(house: House) -> None:
    member = house.member()
    there = made.membership(member.user, house.creek, payroll_owned=True)
    told = {"primary_location": ("Maple Grove", "Maple Creek")}
    house.apply(plan(change(there, told=told, primary_location=True)))
    assert list(Membership.objects.filter(is_primary=True)) == [there]
    made_there = {
        **ANN,
        "user_id": member.user_id,
        "location_id": made.location(house.org, "Maple Bay").pk,
        "primary_location": True,
    }
    house.apply(plan(made_there))
    assert Membership.objects.get(is_primary=True).location.name == "Maple Bay"


def test_the_primary_location_passes_on_when_it_ends(house: House) -> None:
    member = house.member()
    there = made.membership(member.user, house.creek, payroll_owned=True)
    house.apply(plan(change(member, "deactivate", told={"status": ("active", "quit")}, status="quit")))
    there.refresh_from_db()
    assert there.is_primary
    grant = Grant.objects.create(user=member.user, role="admin", organization=house.org)
    house.apply(plan(change(there, "deactivate", told={"status": ("active", "quit")}, status="quit")))
    there.refresh_from_db()
    grant.refresh_from_db()
    assert (there.is_primary, grant.ended_at) == (True, made.NOON), (
        "nobody is left to pass it to; the grant ends too"
    )


def test_a_new_person_at_two_locations_has_the_flagged_one(house: House) -> None:
    at_grove = {**ANN, "location_id": house.grove.pk, "primary_location": False}
    house.apply(plan(at_grove, {**ANN, "location_id": house.creek.pk, "primary_location": True}))
    assert Membership.objects.get(is_primary=True).location == house.creek
