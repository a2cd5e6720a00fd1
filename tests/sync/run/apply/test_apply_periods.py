"""Apply: coming back, welcomes before the first day, withdrawn starts, and the block that no sync lifts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schedulepop.accounts.access import may_sign_in
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import EmploymentPeriod, Membership, MembershipDuty, MembershipZone
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change
from schedulepop.sync.plan.frames.plan import Plan
from tests import made
from tests.sync.run.apply.apply_house import ANN, House, change, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Maple Grove and Maple Creek, with an integration that has run before."""
    return House()


def duty_owners(member: Membership) -> dict[str, tuple[bool, bool]]:
    return {row.duty.name: (row.by_payroll, row.by_manager) for row in member.duties.all()}


def back(member: Membership, **target: Any) -> Plan:
    told = {
        "status": (member.status, "active"),
        "hire_date": (str(member.hire_date), str(target.get("hire_date"))),
        "termination_date": (str(member.termination_date), None),
    }
    return plan(change(member, "reactivate", told=told, status="active", termination_date=None, **target))


def test_a_rehire_is_a_new_employment_and_asks_about_the_old_extras(house: House) -> None:
    member = house.member(status="quit", termination_date=date(2026, 1, 31))
    MembershipDuty.objects.create(membership=member, location=house.grove, duty=house.lpn, by_manager=True)
    house.apply(back(member, hire_date=date(2026, 11, 16)))
    member.refresh_from_db()
    period = EmploymentPeriod.objects.get()
    assert (period.hire_date, period.ended_on, period.status, period.duty_name) == (
        date(2024, 3, 4),
        date(2026, 1, 31),
        "quit",
        "RN",
    )
    assert (member.extras_to_review, duty_owners(member)["LPN"]) == (True, (False, True))
    margo = Actor.of(made.manager(house.grove))
    actions.review_extras(member, keep=True, actor=margo)
    member.refresh_from_db()
    assert (member.extras_to_review, "LPN" in duty_owners(member)) == (False, True)
    assert AuditEntry.objects.latest("pk").verb == "kept_extras"
    with pytest.raises(Refused, match="looked at already"):
        actions.review_extras(member, keep=False, actor=margo)


def test_removing_the_extras_of_before_leaves_payrolls_own(house: House) -> None:
    member = house.member(status="quit", termination_date=date(2026, 1, 31))
    MembershipDuty.objects.create(
        membership=member, location=house.grove, duty=house.lpn, by_manager=True, by_payroll=True
    )
    MembershipZone.objects.create(membership=member, location=house.grove, zone=house.west, by_manager=True)
    house.apply(back(member, hire_date=date(2026, 11, 16)))
    with pytest.raises(NotAllowed):
        actions.review_extras(member, keep=False, actor=Actor.of(made.manager(house.creek, "Tom Tate")))
    actions.review_extras(member, keep=False, actor=Actor.of(made.manager(house.grove)))
    assert duty_owners(member) == {"RN": (True, False), "LPN": (True, False)}
    assert [z.zone.name for z in member.zones.all()] == ["East"]
    assert AuditEntry.objects.latest("pk").changes == [
        {"field": "extra_duty", "old": "LPN", "new": None},
        {"field": "extra_zone", "old": "West", "new": None},
    ]


def test_a_termination_taken_back_is_no_new_employment(house: House) -> None:
    member = house.member(status="terminated", termination_date=date(2026, 11, 14))
    MembershipDuty.objects.create(membership=member, location=house.grove, duty=house.lpn, by_manager=True)
    house.apply(back(member, hire_date=member.hire_date))
    member.refresh_from_db()
    assert (member.extras_to_review, EmploymentPeriod.objects.count()) == (False, 0)


def upcoming(house: House, **more: Any) -> dict[str, Any]:
    return {
        **ANN,
        "location_id": house.grove.pk,
        "status": "upcoming",
        "hire_date": date(2026, 12, 14),
        **more,
    }


def test_a_welcome_some_days_before_the_start_moves_with_it(house: House) -> None:
    house.integration.policy = {"welcome_days_before": 7}
    house.apply(plan(upcoming(house)))
    letter = Message.objects.get()
    assert letter.not_before == datetime(2026, 12, 7, 14, tzinfo=UTC), "nine in the morning in New York"
    member = Membership.objects.get()
    told = {"hire_date": ("2026-12-14", "2026-12-21")}
    house.apply(plan(change(member, told=told, hire_date=date(2026, 12, 21))))
    letter.refresh_from_db()
    assert letter.not_before == datetime(2026, 12, 14, 14, tzinfo=UTC)
    member.refresh_from_db()
    house.apply(plan(change(member, told={"status": ("upcoming", "active")}, status="active")))
    letter.refresh_from_db()
    assert (letter.not_before, Message.objects.count()) == (None, 1)


def test_without_the_setting_everybody_is_welcomed_at_once_and_never_twice(house: House) -> None:
    house.apply(plan(upcoming(house)))
    letter = Message.objects.get()
    assert letter.not_before is None
    Message.objects.update(state="accepted")
    member = Membership.objects.get()
    house.apply(
        plan(change(member, told={"hire_date": ("2026-12-14", "2026-12-21")}, hire_date=date(2026, 12, 21)))
    )
    member.refresh_from_db()
    house.apply(plan(change(member, told={"status": ("upcoming", "active")}, status="active")))
    assert Message.objects.count() == 1


def test_withdrawn_before_day_one_ends_invitation_and_letter_and_keeps_the_trace(house: House) -> None:
    house.apply(plan(upcoming(house)))
    member = Membership.objects.get()
    told = {"status": ("upcoming", "canceled")}
    house.apply(plan(change(member, "deactivate", told=told, status="canceled", removal=True)))
    member.refresh_from_db()
    assert (member.status, member.changed_what, Message.objects.get().state) == (
        "canceled",
        "Canceled",
        "failed",
    )
    assert Change.objects.count() == 2


def test_somebody_blocked_by_hand_stays_blocked_whatever_payroll_says(house: House) -> None:
    """Dismissed at noon, still active in payroll tonight, and back from leave tomorrow."""
    member = house.member()
    actions.block_access(member, "Dismissed at noon", actor=Actor.of(made.manager(house.grove)))
    for told, status in (
        (("active", "leave_of_absence"), "leave_of_absence"),
        (("leave_of_absence", "active"), "active"),
    ):
        member.refresh_from_db()
        house.apply(plan(change(member, told={"status": told}, status=status)))
    member.refresh_from_db()
    assert (member.status, member.access_blocked_reason) == ("active", "Dismissed at noon")
    assert not may_sign_in(member.user)
