"""Why a field changed, in the history: whose word it was, and no other's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, Membership
from schedulepop.sync.models import Change
from schedulepop.sync.review import overrides
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def whys(run: runs.Run) -> dict[str, str]:  # type: ignore[name-defined]
    return {item["field"]: item["why"] for change in Change.objects.filter(run=run) for item in change.fields}


def edited(phone: str) -> None:
    actions.edit_user(User.objects.get(last_name="Calloway"), {"phone": phone}, actor=OPERATOR)


def sent(payroll: Payroll, phone: str) -> runs.Run:  # type: ignore[name-defined]
    payroll.sends(PEOPLE[0].replace("555-0101", phone), *PEOPLE[1:])
    return payroll.runs()


def test_an_edit_is_overwritten_once_and_payroll_changes_its_mind_later(
    payroll: Payroll, synced: Payroll
) -> None:
    edited("+15155550999")
    assert whys(payroll.runs())["phone"] == "local_edit"
    assert whys(sent(payroll, "555-0177")) == {"phone": "payroll"}
    edited("+15155550999")
    assert whys(payroll.runs())["phone"] == "local_edit", "edited again, overwritten again"


def test_an_edit_of_one_location_says_nothing_of_the_persons_own_fields(
    payroll: Payroll, synced: Payroll
) -> None:
    ines = Membership.objects.get(user__last_name="Calloway")
    actions.edit_membership(
        ines, {"duty": Duty.objects.get(location=ines.location, name="LPN")}, actor=OPERATOR
    )
    told = whys(sent(payroll, "555-0177"))
    assert told["duty"] == "local_edit"
    assert told["phone"] == "payroll"


def test_a_value_an_undo_put_back_is_nobodys_edit(payroll: Payroll, synced: Payroll) -> None:
    edited("+15155550999")
    raised = sent(payroll, "555-0177")
    undo.apply(raised, plan_hash=undo.preview(raised).digest, actor=OPERATOR)
    assert whys(sent(payroll, "555-0188")) == {"phone": "payroll"}


@pytest.mark.parametrize("field", ["phone", "employee_number"])
def test_an_override_puts_its_value_back_in_its_own_name(
    payroll: Payroll, synced: Payroll, field: str
) -> None:
    ines = Membership.objects.get(user__last_name="Calloway")
    held = {"phone": "(515) 555-0177", "employee_number": "9999"}[field]
    overrides.set(
        ines.user,
        None if field == "phone" else ines.location,
        field,
        held,
        reason="HR knows",
        until=now().date() + timedelta(30),
        actor=OPERATOR,
    )
    payroll.runs()
    if field == "phone":
        edited("+15155550999")
    else:
        actions.edit_membership(ines, {field: "1234"}, actor=OPERATOR)
    assert whys(payroll.runs()) == {field: "override"}
