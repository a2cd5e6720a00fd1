"""Apply: people who are there, and what must never be touched."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import actions
from schedulepop.directory.models import Membership, MembershipDuty, MembershipZone
from schedulepop.lib.text import sort_key
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change, Touched
from tests import made
from tests.sync.run.apply.apply_house import LINKS, House, change, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Maple Grove and Maple Creek, with an integration that has run before."""
    return House()


def test_an_update_writes_only_what_was_told(house: House) -> None:
    member = house.member(role="manager", notes="keys", access_blocked_reason="lost badge", may_see_pay=True)
    made_extra = MembershipDuty.objects.create(
        membership=member, location=house.grove, duty=house.lpn, by_manager=True
    )
    User.objects.filter(pk=member.user_id).update(confirmed_email="ann@home.example")
    planned = change(member, told={"phone": ("+15155550101", "+15155550102")}, phone="+15155550102")
    Membership.objects.filter(pk=member.pk).update(employee_number="edited meanwhile")
    marks = list(Touched.objects.values_list())
    house.apply(plan(planned))
    after = Membership.objects.get()
    assert (after.user.phone, after.changed_what) == ("+15155550102", "Phone from payroll")
    assert (
        after.employee_number,
        after.role,
        after.notes,
        after.access_blocked_reason,
        after.may_see_pay,
    ) == (
        "edited meanwhile",
        "manager",
        "keys",
        "lost badge",
        True,
    )
    assert (after.user.username, after.user.confirmed_email) == (member.user.username, "ann@home.example")
    assert MembershipDuty.objects.get(pk=made_extra.pk).by_manager
    assert Change.objects.get().fields == [
        {"field": "phone", "old": "+15155550101", "new": "+15155550102", "why": "payroll"}
    ]
    assert list(Touched.objects.values_list()) == marks


def test_a_name_change_moves_the_sort_name_and_not_the_username(house: House) -> None:
    member = house.member()
    house.apply(plan(change(member, told={"last_name": ("Lee", "Åberg")}, last_name="Åberg")))
    user = User.objects.get()
    assert (user.last_name, user.sort_name, user.username) == (
        "Åberg",
        sort_key("Ann", "Åberg"),
        member.user.username,
    )


def test_the_primary_moves_and_the_old_one_leaves(house: House) -> None:
    member = house.member()
    member.duties.update(pay_rate=100_000, pay_unit="hour", pay_currency="USD")
    house.apply(
        plan(
            change(
                member,
                told={"duty": ("RN", "LPN"), "zone": ("East", "West")},
                duty_id=house.lpn.pk,
                zone_id=house.west.pk,
            )
        )
    )
    after = Membership.objects.get()
    assert (after.primary_duty, after.primary_zone, after.changed_what) == (
        house.lpn,
        house.west,
        "Duty and zone from payroll",
    )
    assert after.duties.get().pay_rate == 100_000
    assert after.zones.get().zone == house.west


def test_a_managers_extra_is_promoted_and_stays_the_extra_it_was(house: House) -> None:
    member = house.member()
    MembershipDuty.objects.create(membership=member, location=house.grove, duty=house.lpn, by_manager=True)
    MembershipZone.objects.create(membership=member, location=house.grove, zone=house.west, by_manager=True)
    moved = {"duty": ("RN", "LPN"), "zone": ("East", "West")}
    house.apply(plan(change(member, told=moved, duty_id=house.lpn.pk, zone_id=house.west.pk)))
    duty, zone = member.duties.get(), member.zones.get()
    assert [(r.by_payroll, r.by_manager) for r in (duty, zone)] == [(True, True)] * 2
    member.refresh_from_db()
    back = {"duty": ("LPN", "RN"), "zone": ("West", "East")}
    house.apply(plan(change(member, told=back, duty_id=house.rn.pk, zone_id=house.east.pk)))
    assert [
        (r.duty, r.by_payroll, r.by_manager, r.pay_rate) for r in member.duties.order_by("duty__name")
    ] == [
        (house.lpn, False, True, None),
        (house.rn, True, False, None),
    ]
    assert {(r.zone, r.by_payroll) for r in member.zones.all()} == {(house.east, True), (house.west, False)}


def test_an_unmapped_duty_keeps_the_primary_and_the_database_refuses_null(house: House) -> None:
    member = house.member()
    house.apply(plan(change(member, told={"duty": ("RN", None)}, duty_id=None)))
    assert Membership.objects.get().primary_duty == house.rn
    with pytest.raises(IntegrityError, match="cannot be removed"), transaction.atomic():
        Membership.objects.update(primary_duty=None)


def test_pay_changes_on_the_primary_duty_and_is_not_named_in_the_list(house: House) -> None:
    member = house.member()
    told = {"pay_rate": (None, "20.00"), "pay_unit": (None, "hour"), "pay_currency": (None, "USD")}
    house.apply(plan(change(member, told=told, pay_rate=200_000, pay_unit="hour", pay_currency="USD")))
    assert (member.duties.get().pay_rate, Membership.objects.get().changed_what) == (
        200_000,
        "Details from payroll",
    )


def test_a_local_person_found_in_payroll_is_taken_over_and_linked(house: House) -> None:
    member = house.member(link=False, payroll_owned=False)
    found = change(member, told={}, situation="found")
    links = pl.DataFrame(
        {"source_id": ["001"], "user_id": [member.user_id], "further": [False]}, schema=LINKS
    )
    done = house.apply(plan(found, links=links))
    member.refresh_from_db()
    row = member.duties.get()
    assert (member.payroll_owned, row.by_payroll, row.by_manager, done.links) == (True, True, True, 1)
    assert member.zones.get().by_payroll
    assert not Message.objects.exists()


def test_a_found_person_who_waits_is_not_linked(house: House) -> None:
    member = house.member(link=False, payroll_owned=False)
    links = pl.DataFrame(
        {"source_id": ["001"], "user_id": [member.user_id], "further": [False]}, schema=LINKS
    )
    held = change(member, told={}, held_by="person", held_scope="person", held_person="001")
    waiting = plan(held, links=links)
    assert house.apply(waiting).links == 0
    assert house.apply(waiting, changes=waiting.changes, decided=True).links == 1


def test_in_bulk_as_one_by_one(house: House) -> None:
    """What an admin writes with single actions and what a plan writes end in the same state."""
    told = {
        "last_name": ("Lee", "Åberg"),
        "phone": ("+15155550101", "+15155550102"),
        "duty": ("RN", "LPN"),
        "zone": ("East", "West"),
    }
    actor = Actor.of(made.admin(house.org))
    by_hand, by_plan = house.member(), house.member(source_id="002")
    actions.edit_user(by_hand.user, {"last_name": "Åberg", "phone": "+15155550102"}, actor=actor)
    actions.edit_membership(by_hand, {"duty": house.lpn, "zone": house.west}, actor=actor)
    house.apply(
        plan(
            change(
                by_plan,
                told=told,
                last_name="Åberg",
                phone="+15155550102",
                source_id="002",
                duty_id=house.lpn.pk,
                zone_id=house.west.pk,
            )
        )
    )

    def state(member: Membership) -> list[dict[str, Any]]:
        apart = {"id", "user_id", "username", "password", "changed_at", "changed_what", "is_primary"}
        rows = (User.objects.filter(pk=member.user_id), Membership.objects.filter(pk=member.pk))
        return [{k: v for k, v in row.values().get().items() if k not in apart} for row in rows]

    assert [{**row, "created_at": None} for row in state(by_hand)] == [
        {**row, "created_at": None} for row in state(by_plan)
    ]
