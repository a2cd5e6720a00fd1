"""Apply: new people, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from django.db import transaction

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.models import Duty, DutyCode, Membership, Zone
from schedulepop.lib.text import sort_key
from schedulepop.messages.models import Message
from schedulepop.sync.errors import RetryLater
from schedulepop.sync.models import Change
from schedulepop.sync.run.apply import Applied
from tests import made
from tests.sync.run.apply.apply_house import ANN, LINKS, House, change, plan, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Maple Grove and Maple Creek, with an integration that has run before."""
    return House()


def test_a_new_person_gets_user_membership_duty_zone_link_history_audit_and_welcome(house: House) -> None:
    run = house.run()
    done = house.apply(
        plan({**ANN, "location_id": house.grove.pk, "duty_id": house.rn.pk, "zone_id": house.east.pk}),
        run=run,
    )
    user = User.objects.get()
    member = user.memberships.get()
    assert done.counts == {"create": 1}
    assert (done.users, done.links, done.queued) == ({"001": user.pk}, 1, 1)
    assert (user.username, user.full_name, user.email, user.confirmed_email) == (
        "ann.lee",
        "Ann Lee",
        "ann@example.com",
        "",
    )
    assert user.sort_name == sort_key("Ann", "Lee")
    assert not user.has_usable_password()
    assert (member.primary_duty, member.primary_zone, member.is_primary, member.payroll_owned) == (
        house.rn,
        house.east,
        True,
        True,
    )
    assert (member.role, member.status, member.cms_code, member.changed_what) == (
        "staff",
        "active",
        7,
        "Added",
    )
    duty = member.duties.get()
    assert (duty.pay_rate, duty.pay_unit, duty.pay_currency, duty.by_payroll, duty.by_manager) == (
        182_500,
        "hour",
        "USD",
        True,
        False,
    )
    assert member.zones.get().by_payroll
    told = {item["field"]: item["new"] for item in Change.objects.get().fields}
    assert told == {
        "first_name": "Ann",
        "last_name": "Lee",
        "email": "ann@example.com",
        "phone": "+15155550101",
        "duty": "RN",
        "zone": "East",
        "employee_number": "9001",
        "status": "active",
        "hire_date": "2024-03-04",
        "cms_code": "7",
        "pay_rate": "18.25",
        "pay_unit": "hour",
        "pay_currency": "USD",
    }
    entry = AuditEntry.objects.get()
    assert (
        entry.door,
        entry.by,
        entry.verb,
        entry.subject,
        entry.subject_id,
        entry.user_id,
        entry.run_id,
    ) == (
        "sync",
        "sync run 1",
        "create",
        "membership",
        member.pk,
        user.pk,
        run.pk,
    )
    letter = Message.objects.get()
    assert (letter.kind, letter.generation, letter.state, letter.user) == ("welcome", 1, "queued", user)


def test_one_person_at_two_locations_is_one_user(house: House) -> None:
    done = house.apply(
        plan(
            {**ANN, "location_id": house.grove.pk},
            {**ANN, "location_id": house.creek.pk, "duty_id": house.creek_rn.pk},
        )
    )
    user = User.objects.get()
    places = user.memberships.order_by("id")
    assert [(m.location, m.is_primary) for m in places] == [(house.grove, True), (house.creek, False)]
    assert (done.links, done.queued, done.counts) == (1, 1, {"create": 2})


def test_a_person_known_elsewhere_gets_a_membership_and_no_welcome(house: House) -> None:
    member = house.member()
    here = {**ANN, "user_id": member.user_id, "location_id": house.creek.pk, "phone": "+15155550199"}
    house.apply(plan({**here, "told": {"phone": ("+15155550101", "+15155550199")}}))
    user = User.objects.get()
    second = user.memberships.get(location=house.creek)
    assert (user.phone, second.is_primary, Message.objects.count()) == ("+15155550199", False, 0)
    told = {item["field"]: item for item in Change.objects.get().fields}
    assert told["phone"]["old"] == "+15155550101"
    assert "first_name" not in told


@pytest.mark.parametrize(
    ("values", "welcome", "queued"),
    [
        ({}, None, 1),
        ({}, {"001"}, 1),
        ({}, {"002"}, 0),
        ({"email": None}, None, 1),  # it waits until payroll gives an address
        ({"status": "suspended"}, None, 0),
        ({"status": "upcoming"}, None, 1),
    ],
)
def test_who_is_welcomed(house: House, values: dict[str, Any], welcome: set[str] | None, queued: int) -> None:
    done = house.apply(plan({**ANN, "location_id": house.grove.pk, **values}), welcome=welcome)
    assert (done.queued, Message.objects.count()) == (queued, queued)


def test_usernames_are_free_and_in_order(house: House) -> None:
    made.user(house.org, "Ann Lee", username="ann.lee")
    made.user(house.org, "Ann Lee", username="ann.lee3")
    people = [{**ANN, "source_id": f"{n:03d}", "location_id": house.grove.pk} for n in range(3)]
    people.append({**people[0], "source_id": "009", "first_name": "Zoë", "last_name": "O’Brien-Łoś"})
    people.append({**people[0], "source_id": "010", "first_name": "李", "last_name": "王"})
    done = house.apply(plan(*people))
    names = [User.objects.get(pk=pk).username for pk in done.users.values()]
    assert names == ["ann.lee2", "ann.lee4", "ann.lee5", "zoe.obrienlos", "user"]
    assert User.objects.get(username="zoe.obrienlos").sort_name == sort_key("Zoë", "O’Brien-Łoś")


def test_unknown_codes_become_duties_and_zones_once(house: House) -> None:
    DutyCode.objects.create(location=house.grove, duty=house.lpn, code="lpn1")
    here = {**ANN, "location_id": house.grove.pk}
    done = house.apply(
        plan(
            {**here, "duty_code": "CNA", "duty_new": "CNA", "zone_code": "MC-2", "zone_new": "Memory Care"},
            {**here, "source_id": "002", "duty_code": "cna ", "duty_new": "cna", "zone_id": house.east.pk},
            {**here, "source_id": "003", "duty_code": "LPN1", "duty_new": "LPN1"},
        )
    )
    cna = Duty.objects.get(name="CNA")
    assert (cna.location, cna.codes.get().code, Zone.objects.get(name="Memory Care").codes.get().code) == (
        house.grove,
        "cna",
        "mc-2",
    )
    duties = [Membership.objects.get(user_id=pk).primary_duty for pk in done.users.values()]
    assert duties == [cna, cna, house.lpn]
    assert not Duty.objects.filter(name="LPN1").exists()
    assert AuditEntry.objects.filter(subject__in=["duty", "zone"], verb="create").count() == 2


def test_the_same_plan_twice_writes_nothing(house: House) -> None:
    member = house.member(source_id="007")
    new = {
        **ANN,
        "location_id": house.grove.pk,
        "duty_code": "CNA",
        "duty_new": "CNA",
        "zone_id": house.east.pk,
    }
    moved = change(
        member,
        told={"duty": ("RN", "LPN"), "email": ("ann@example.com", "a@b.example")},
        duty_id=house.lpn.pk,
        email="a@b.example",
        source_id="007",
    )
    problem = {"code": "needs_contact", "row": 3, "source_id": "001", "key": "001", "reason": "needs_contact"}
    both = plan(new, moved, problems=[problem])
    first = house.apply(both)
    before = written()
    second = house.apply(both)
    assert first.counts == {"create": 1, "update": 1}
    assert (second.counts, second.users, second.queued, second.links) == ({}, {}, 0, 0)
    assert written() == before


def test_a_plan_without_anything_writes_nothing(house: House, django_assert_max_num_queries: Any) -> None:
    run = house.run()
    before = written()
    assert house.apply(plan(), run=run) == replace(Applied(), seconds=pytest.approx(0, abs=5))
    assert written() == before


def test_somebody_else_linking_at_the_same_moment_fails_whole(house: House) -> None:
    member = house.member()
    links = pl.DataFrame(
        {"source_id": ["002"], "user_id": [member.user_id], "further": [False]}, schema=LINKS
    )
    with pytest.raises(RetryLater):
        house.apply(plan({**ANN, "source_id": "003", "location_id": house.grove.pk}, links=links))
    assert not User.objects.exclude(pk=member.user_id).exists()


def test_two_plans_in_one_transaction(house: House) -> None:
    with transaction.atomic():
        for source_id in ("001", "002"):
            house.apply(plan({**ANN, "source_id": source_id, "location_id": house.grove.pk}))
    assert User.objects.count() == 2
