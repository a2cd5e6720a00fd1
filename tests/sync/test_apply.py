"""Apply: each effect of a plan on the database, and what it must never touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Grant, Invitation, User
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, DutyCode, Membership, MembershipDuty, MembershipZone, Zone
from schedulepop.lib.text import sort_key
from schedulepop.messages.models import Message
from schedulepop.sync.apply import Applied, apply
from schedulepop.sync.errors import RetryLater
from schedulepop.sync.frames import (
    CHANGE,
    FIELD,
    FINGERPRINT,
    HOLD,
    PROBLEM,
    RECORD,
    SNAPSHOT_SCHEMAS,
    Plan,
    empty,
)
from schedulepop.sync.models import Change, Integration, Issue, Link, MissingLink, Run, Touched
from tests import made

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)
LINKS = {"source_id": pl.String, "user_id": pl.Int64}
ANN: dict[str, Any] = {
    "verb": "create", "source_id": "001", "situation": "new", "removal": False, "first_name": "Ann",
    "last_name": "Lee", "email": "ann@example.com", "phone": "+15155550101", "status": "active",
    "employee_number": "9001", "hire_date": date(2024, 3, 4), "pay_rate": 182_500, "pay_unit": "hour",
    "pay_currency": "USD", "cms_code": 7,
}  # fmt: skip


class House:
    """Maple Grove and Maple Creek, with an integration that has run before."""

    def __init__(self) -> None:
        self.org = made.organization()
        self.grove, self.creek = (
            made.location(self.org, "Maple Grove"),
            made.location(self.org, "Maple Creek"),
        )
        self.rn, self.lpn = made.duty(self.grove, "RN"), made.duty(self.grove, "LPN")
        self.east, self.west = made.zone(self.grove, "East"), made.zone(self.grove, "West")
        self.creek_rn = made.duty(self.creek, "RN")
        self.integration = Integration.objects.create(
            organization=self.org, name="Payroll", slug="payroll", connector="file"
        )
        self.runs = 0

    def run(self) -> Run:
        self.runs += 1
        return Run.objects.create(
            organization=self.org, integration=self.integration, number=self.runs, trigger="manual",
            local_date=TODAY, requested_by="test",
        )  # fmt: skip

    def member(self, *, source_id: str = "001", link: bool = True, **more: Any) -> Membership:
        """Ann Lee at Maple Grove: payroll's, active, RN in East, linked."""
        user = made.user(self.org, "Ann Lee", email="ann@example.com", phone="+15155550101")
        values = {"status": "active", "payroll_owned": True, "is_primary": True, "employee_number": "9001",
                  "hire_date": date(2024, 3, 4), "duty": self.rn, "zone": self.east, **more}  # fmt: skip
        member = made.membership(user, self.grove, **values)
        if link:
            Link.objects.create(
                organization=self.org, integration=self.integration, source_id=source_id, user=user
            )
        return member

    def apply(self, plan: Plan, **more: Any) -> Applied:
        with transaction.atomic():
            return apply(
                plan, run=more.pop("run", None) or self.run(), now=more.pop("now", made.NOON), **more
            )


@pytest.fixture
def house() -> House:
    return House()


def frame(rows: list[dict[str, Any]], schema: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row"
    )


def plan(*changes: dict[str, Any], problems: list[dict[str, Any]] | None = None, **more: Any) -> Plan:
    """A plan of these changes; `told` of a change is {field: (old, new)}."""
    rows = [{"change_no": n, **change} for n, change in enumerate(changes)]
    told = [
        {"change_no": row["change_no"], "field": field, "old": old, "new": new, "why": row.get("why", "payroll")}
        for row in rows for field, (old, new) in row.get("told", {}).items()
    ]  # fmt: skip
    values: dict[str, Any] = {
        "records": empty(RECORD), "changes": frame(rows, CHANGE), "fields": frame(told, FIELD),
        "problems": frame(problems or [], PROBLEM), "holds": empty(HOLD),
        "missing": empty(SNAPSHOT_SCHEMAS["missing"]), "links": empty(LINKS), "codes": pl.DataFrame(),
        "fingerprints": empty(FINGERPRINT), "counts": {}, "columns": {}, "unknown_columns": (), "blank": {},
        "today": TODAY,
    }  # fmt: skip
    return Plan(**{**values, **more})


def change(
    member: Membership, verb: str = "update", *, told: dict[str, Any], **target: Any
) -> dict[str, Any]:
    """A change of an existing membership: its state now, with `target` over it."""
    primary = member.duties.filter(duty_id=member.primary_duty_id).first()
    now = {
        "first_name": member.user.first_name, "last_name": member.user.last_name,
        "email": member.user.email or None, "phone": member.user.phone or None,
        "employee_number": member.employee_number or None, "status": member.status,
        "hire_date": member.hire_date, "original_hire_date": member.original_hire_date,
        "termination_date": member.termination_date, "cms_code": member.cms_code,
        "pay_rate": primary and primary.pay_rate, "pay_unit": (primary and primary.pay_unit) or None,
        "pay_currency": (primary and primary.pay_currency) or None, "duty_id": member.primary_duty_id,
        "zone_id": member.primary_zone_id, "ends_on": member.ends_on,
    }  # fmt: skip
    return {"verb": verb, "source_id": "001", "situation": "linked", "removal": False, "user_id": member.user_id,
            "membership_id": member.pk, "location_id": member.location_id, "told": told, **now, **target}  # fmt: skip


def written() -> dict[str, int]:
    """How many rows each table of an apply has."""
    return {
        m.__name__: m.objects.count() for m in (User, Membership, Link, Change, AuditEntry, Message, Issue)
    }


# New people


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
        house.rn, house.east, True, True,
    )  # fmt: skip
    assert (member.role, member.status, member.cms_code, member.changed_what) == (
        "staff",
        "active",
        7,
        "Joined",
    )
    duty = member.duties.get()
    assert (duty.pay_rate, duty.pay_unit, duty.pay_currency, duty.by_payroll, duty.by_manager) == (
        182_500, "hour", "USD", True, False,
    )  # fmt: skip
    assert member.zones.get().by_payroll
    told = {item["field"]: item["new"] for item in Change.objects.get().fields}
    assert told == {
        "first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "phone": "+15155550101", "duty": "RN",
        "zone": "East", "employee_number": "9001", "status": "active", "hire_date": "2024-03-04", "cms_code": "7",
        "pay_rate": "18.25", "pay_unit": "hour", "pay_currency": "USD",
    }  # fmt: skip
    entry = AuditEntry.objects.get()
    assert (entry.door, entry.by, entry.verb, entry.subject, entry.subject_id, entry.user_id, entry.run_id) == (
        "sync", "sync run 1", "create", "membership", member.pk, user.pk, run.pk,
    )  # fmt: skip
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
        ({"email": None}, None, 0),
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
    done = house.apply(plan(
        {**here, "duty_code": "CNA", "duty_new": "CNA", "zone_code": "MC-2", "zone_new": "Memory Care"},
        {**here, "source_id": "002", "duty_code": "cna ", "duty_new": "cna", "zone_id": house.east.pk},
        {**here, "source_id": "003", "duty_code": "LPN1", "duty_new": "LPN1"},
    ))  # fmt: skip
    cna = Duty.objects.get(name="CNA")
    assert (cna.location, cna.codes.get().code, Zone.objects.get(name="Memory Care").codes.get().code) == (
        house.grove, "cna", "mc-2",
    )  # fmt: skip
    duties = [Membership.objects.get(user_id=pk).primary_duty for pk in done.users.values()]
    assert duties == [cna, cna, house.lpn]
    assert not Duty.objects.filter(name="LPN1").exists()
    assert AuditEntry.objects.filter(subject__in=["duty", "zone"], verb="create").count() == 2


# People who are there


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
    assert (after.employee_number, after.role, after.notes, after.access_blocked_reason, after.may_see_pay) == (
        "edited meanwhile", "manager", "keys", "lost badge", True,
    )  # fmt: skip
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
    house.apply(plan(change(
        member, told={"duty": ("RN", "LPN"), "zone": ("East", "West")}, duty_id=house.lpn.pk, zone_id=house.west.pk
    )))  # fmt: skip
    after = Membership.objects.get()
    assert (after.primary_duty, after.primary_zone, after.changed_what) == (
        house.lpn, house.west, "Duty and zone from payroll",
    )  # fmt: skip
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
    assert [(r.duty, r.by_payroll, r.by_manager, r.pay_rate) for r in member.duties.order_by("duty__name")] == [
        (house.lpn, False, True, None), (house.rn, True, False, None),
    ]  # fmt: skip
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
    links = pl.DataFrame({"source_id": ["001"], "user_id": [member.user_id]}, schema=LINKS)
    done = house.apply(plan(found, links=links))
    member.refresh_from_db()
    row = member.duties.get()
    assert (member.payroll_owned, row.by_payroll, row.by_manager, done.links) == (True, True, True, 1)
    assert member.zones.get().by_payroll
    assert not Message.objects.exists()


def test_a_found_person_who_waits_is_not_linked(house: House) -> None:
    member = house.member(link=False, payroll_owned=False)
    links = pl.DataFrame({"source_id": ["001"], "user_id": [member.user_id]}, schema=LINKS)
    held = change(member, told={}, held_by="person", held_scope="person:001")
    waiting = plan(held, links=links)
    assert house.apply(waiting).links == 0
    assert house.apply(waiting, changes=waiting.changes, decided=True).links == 1


def test_in_bulk_as_one_by_one(house: House) -> None:
    """What an admin writes with single actions and what a plan writes end in the same state."""
    told = {"last_name": ("Lee", "Åberg"), "phone": ("+15155550101", "+15155550102"), "duty": ("RN", "LPN"),
            "zone": ("East", "West")}  # fmt: skip
    actor = Actor.of(made.admin(house.org))
    by_hand, by_plan = house.member(), house.member(source_id="002")
    actions.edit_user(by_hand.user, {"last_name": "Åberg", "phone": "+15155550102"}, actor=actor)
    actions.edit_membership(by_hand, {"duty": house.lpn, "zone": house.west}, actor=actor)
    house.apply(plan(change(by_plan, told=told, last_name="Åberg", phone="+15155550102", source_id="002",
                            duty_id=house.lpn.pk, zone_id=house.west.pk)))  # fmt: skip

    def state(member: Membership) -> list[dict[str, Any]]:
        apart = {"id", "user_id", "username", "password", "changed_at", "changed_what", "is_primary"}
        rows = (User.objects.filter(pk=member.user_id), Membership.objects.filter(pk=member.pk))
        return [{k: v for k, v in row.values().get().items() if k not in apart} for row in rows]

    assert [{**row, "created_at": None} for row in state(by_hand)] == [
        {**row, "created_at": None} for row in state(by_plan)
    ]


# Leaving, coming back, moving


def invite(user: User, purpose: str = "set_up") -> Invitation:
    return Invitation.objects.create(
        user=user, purpose=purpose, token_hash=f"{user.pk}{purpose}", expires_at=made.NOON + timedelta(days=7)
    )


def test_leaving_ends_sign_in_sessions_links_letters_and_grants_and_keeps_duties(house: House) -> None:
    member = house.member()
    invitation = invite(member.user)
    grant = Grant.objects.create(user=member.user, role="admin", organization=house.org)
    letter = Message.objects.create(organization=house.org, user=member.user, kind="welcome")
    told = {"status": ("active", "terminated"), "termination_date": (None, "2026-11-15")}
    house.apply(plan(change(
        member, "deactivate", told=told, status="terminated", termination_date=date(2026, 11, 15), removal=True
    )))  # fmt: skip
    for row in (member, invitation, grant, letter, member.user):
        row.refresh_from_db()
    assert (member.status, member.termination_date, member.changed_what) == (
        "terminated",
        date(2026, 11, 15),
        "Left",
    )
    assert member.user.must_end_sessions_before == invitation.revoked_at == grant.ended_at == made.NOON
    assert (letter.state, member.primary_duty, member.duties.count()) == ("failed", house.rn, 1)


def test_a_suspended_persons_grant_stays_and_work_elsewhere_keeps_sign_in(house: House) -> None:
    member = house.member()
    grant = Grant.objects.create(user=member.user, role="admin", organization=house.org)
    house.apply(plan(change(member, told={"status": ("active", "suspended")}, status="suspended")))
    member.user.refresh_from_db()
    grant.refresh_from_db()
    assert (member.user.must_end_sessions_before, grant.ended_at) == (made.NOON, None)

    other = house.member(source_id="002")
    made.membership(other.user, house.creek, payroll_owned=True)
    told = {"status": ("active", "quit")}
    house.apply(plan(change(other, "deactivate", told=told, status="quit", source_id="002")))
    other.user.refresh_from_db()
    assert other.user.must_end_sessions_before is None


def test_coming_back_is_welcomed_back_each_time(house: House) -> None:
    member = house.member(status="terminated", termination_date=date(2026, 1, 31))
    for times in (1, 2):
        member.refresh_from_db()
        told = {"status": ("terminated", "active"), "termination_date": ("2026-01-31", None)}
        house.apply(plan(change(member, "reactivate", told=told, status="active", termination_date=None)))
        member.refresh_from_db()
        assert (member.status, member.termination_date, member.changed_what) == ("active", None, "Back")
        letters = Message.objects.filter(kind="welcome_back").order_by("generation")
        assert [letter.generation for letter in letters] == list(range(1, times + 1))
        house.apply(plan(change(member, "deactivate", told={"status": ("active", "quit")}, status="quit")))


def test_a_transfer_moves_the_primary_location_and_ends_the_other_today(house: House) -> None:
    member = house.member()
    moved = {
        **ANN, "verb": "transfer", "user_id": member.user_id, "from_membership_id": member.pk,
        "location_id": house.creek.pk, "duty_id": house.creek_rn.pk, "removal": True,
        "told": {"location": ("Maple Grove", "Maple Creek")},
    }  # fmt: skip
    house.apply(plan(moved))
    member.refresh_from_db()
    there = Membership.objects.get(location=house.creek)
    assert (member.status, member.termination_date, member.is_primary, member.changed_what) == (
        "inactive", TODAY, False, "Transferred",
    )  # fmt: skip
    assert (there.status, there.is_primary, there.changed_what) == ("active", True, "Transferred here")
    assert User.objects.get().must_end_sessions_before is None
    assert set(AuditEntry.objects.values_list("verb", "location_id")) == {
        ("transfer", house.creek.pk), ("leave", house.grove.pk),
    }  # fmt: skip

    back = change(member, "transfer", told={"location": ("Maple Creek", "Maple Grove")}, status="active",
                  termination_date=None, from_membership_id=there.pk)  # fmt: skip
    house.apply(plan(back))
    member.refresh_from_db()
    there.refresh_from_db()
    assert (member.status, member.is_primary, there.status, there.is_primary) == (
        "active",
        True,
        "inactive",
        False,
    )


def test_a_new_address_voids_the_open_link_and_a_new_welcome_follows(house: House) -> None:
    member = house.member()
    invitation = invite(member.user)
    Message.objects.create(organization=house.org, user=member.user, kind="welcome", state="accepted")
    told = {"email": ("ann@example.com", "ann@new.example")}
    done = house.apply(plan(change(member, told=told, email="ann@new.example")))
    invitation.refresh_from_db()
    assert invitation.revoked_at == made.NOON
    assert done.queued == 1
    assert list(Message.objects.order_by("generation").values_list("generation", "state")) == [
        (1, "accepted"), (2, "queued"),
    ]  # fmt: skip


def test_a_queued_welcome_goes_to_the_new_address_by_itself(house: House) -> None:
    member = house.member()
    Message.objects.create(organization=house.org, user=member.user, kind="welcome")
    house.apply(
        plan(change(member, told={"email": ("ann@example.com", "a@new.example")}, email="a@new.example"))
    )
    assert Message.objects.get().state == "queued"


# Nothing twice


def test_the_same_plan_twice_writes_nothing(house: House) -> None:
    member = house.member(source_id="007")
    new = {
        **ANN,
        "location_id": house.grove.pk,
        "duty_code": "CNA",
        "duty_new": "CNA",
        "zone_id": house.east.pk,
    }
    moved = change(member, told={"duty": ("RN", "LPN"), "email": ("ann@example.com", "a@b.example")},
                   duty_id=house.lpn.pk, email="a@b.example", source_id="007")  # fmt: skip
    problem = {"code": "needs_contact", "row": 3, "source_id": "001", "key": "001", "message": "No email."}
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
    links = pl.DataFrame({"source_id": ["002"], "user_id": [member.user_id]}, schema=LINKS)
    with pytest.raises(RetryLater):
        house.apply(plan({**ANN, "source_id": "003", "location_id": house.grove.pk}, links=links))
    assert not User.objects.exclude(pk=member.user_id).exists()


def test_two_plans_in_one_transaction(house: House) -> None:
    with transaction.atomic():
        for source_id in ("001", "002"):
            house.apply(plan({**ANN, "source_id": source_id, "location_id": house.grove.pk}))
    assert User.objects.count() == 2


# Counters, marks, issues


def test_missing_counters_become_those_of_the_run(house: House) -> None:
    schema = SNAPSHOT_SCHEMAS["missing"]
    gone = {"source_id": "001", "feeds": 1, "since": TODAY, "counted_sha": "a"}
    house.apply(plan(missing=frame([gone, {**gone, "source_id": "002"}], schema)))
    kept = MissingLink.objects.get(source_id="001").pk
    house.apply(plan(missing=frame([{**gone, "feeds": 2, "counted_sha": "b"}], schema)))
    row = MissingLink.objects.get()
    assert (row.pk, row.feeds, row.counted_sha) == (kept, 2, "b")


def test_a_mark_set_again_since_it_was_read_stays(house: House) -> None:
    first, second = house.member(), house.member(source_id="002")
    for member in (first, second):
        member.user.phone = "+15155550111"
        member.user.save()
    marks = [(t.link_id, t.link.source_id, t.version) for t in Touched.objects.order_by("link_id")]
    second.user.phone = "+15155550112"
    second.user.save()
    house.apply(plan(), touched=marks)
    assert [t.link.source_id for t in Touched.objects.all()] == ["002"]


def problem(
    source_id: str | None = "001", code: str = "phone_unreadable", key: str | None = None
) -> dict[str, Any]:
    return {"code": code, "row": 2, "source_id": source_id, "column": "Phone", "value": "…", "key": key or source_id,
            "message": f"Row 2: {code}."}  # fmt: skip


def test_issues_open_once_follow_their_rows_and_resolve(house: House) -> None:
    member = house.member()
    records = frame([{"row": 2, "source_id": "001", "name": "Ann Lee", "user_id": member.user_id}], RECORD)
    codes = [problem(f"{n:03d}", "unmapped_zone", "mc-2") for n in range(60)]
    seen = plan(problems=[problem(), *codes], records=records)
    assert house.apply(seen).issues_opened == 2
    phone, zone = Issue.objects.get(code="phone_unreadable"), Issue.objects.get(code="unmapped_zone")
    assert (phone.key, phone.user, phone.count, zone.count, len(zone.rows)) == ("001", member.user, 1, 60, 50)
    assert phone.rows == [{"row": 2, "source_id": "001", "name": "Ann Lee", "column": "Phone", "value": "…",
                           "message": "Row 2: phone_unreadable."}]  # fmt: skip
    done = house.apply(plan(problems=[problem(), *codes[:59]], records=records))
    zone.refresh_from_db()
    assert (done.issues_opened, done.issues_resolved, zone.count) == (0, 0, 59)
    assert house.apply(plan(problems=codes[:59])).issues_resolved == 1
    phone.refresh_from_db()
    assert (phone.resolved_at, phone.resolved_by) == (made.NOON, "sync run 3")
    assert house.apply(seen).issues_opened == 1


def test_an_issue_stays_open_while_its_record_was_not_looked_at(house: House) -> None:
    house.apply(plan(problems=[problem(), problem("002")]))
    assert house.apply(plan(), whole=False, looked_at={"002"}).issues_resolved == 1
    assert Issue.objects.get(resolved_at=None).key == "001"


def test_a_hold_is_an_issue_until_somebody_decides(house: House) -> None:
    hold = {
        "rule": "removals",
        "scope": "location:1",
        "location_id": house.grove.pk,
        "reason": "5 people leave at once.",
    }
    held = change(house.member(), "deactivate", told={"status": ("active", "quit")}, status="quit",
                  held_by="removals", held_scope="location:1")  # fmt: skip
    waiting = plan(held, holds=frame([hold], HOLD))
    house.apply(waiting)
    issue = Issue.objects.get()
    assert (issue.code, issue.key, issue.count, issue.message, issue.location) == (
        "on_hold", "location:1", 1, "5 people leave at once.", house.grove,
    )  # fmt: skip
    assert Membership.objects.get().status == "active"
    done = house.apply(waiting, changes=waiting.held, decided=True)
    assert (done.counts, done.issues_resolved, Membership.objects.get().status) == (
        {"deactivate": 1},
        1,
        "quit",
    )


def test_applying_is_marked_for_its_transaction_only(house: House) -> None:
    house.apply(plan())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('schedulepop.applying', true)")
        assert cursor.fetchone() == ("off",)
