"""An email or phone that changes hands within one feed waits alone, until somebody approves it (SPEC §5 Guard)."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import Refused
from schedulepop.sync.run import runs
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
HIRE = "007,9007,Noor,Castellane,ruth@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"


def _emails() -> dict[str, str]:
    return dict(User.objects.filter(links__isnull=False).values_list("first_name", "email"))


def _approved(run):  # type: ignore[no-untyped-def]
    """Approved; where the plan had to be made anew, it is looked at and approved once more."""
    try:
        return runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    except Refused:
        run.refresh_from_db()
        return runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)


def test_two_addresses_that_are_swapped_wait_and_everything_else_goes_through(payroll, synced) -> None:
    ines = PEOPLE[0].replace("ines@", "luis@").replace("555-0101", "555-0199")
    payroll.sends(ines, PEOPLE[1].replace("luis@", "ines@"), *PEOPLE[2:])
    for _ in range(2):
        run = payroll.runs()
        assert [hold["rule"] for hold in run.holds] == ["contact_moved", "contact_moved"]
        assert (_emails()["Ines"], _emails()["Luis"]) == ("ines@example.com", "luis@example.com")
    assert User.objects.get(first_name="Ines").phone.endswith("0199")
    assert not Message.objects.filter(address__startswith="ines@", user__first_name="Luis").exists()
    _approved(run)
    assert (_emails()["Ines"], _emails()["Luis"]) == ("luis@example.com", "ines@example.com")
    after = payroll.runs()
    assert (after.counts["updated"], after.counts["held"], after.holds) == (0, 0, [])


def test_a_hire_with_a_leavers_address_is_added_without_it(payroll, synced) -> None:
    payroll.sends(*PEOPLE[:5], PEOPLE[5].replace(",Active,", ",Terminated,"), HIRE)
    run = payroll.runs()
    assert (run.counts["created"], run.counts["deactivated"]) == (1, 1)
    assert [hold["rule"] for hold in run.holds] == ["contact_moved"]
    noor = User.objects.get(first_name="Noor")
    assert (noor.email, Membership.objects.get(user=noor).status) == ("", "active")
    again = payroll.runs()
    assert (again.counts["created"], [hold["rule"] for hold in again.holds]) == (0, ["contact_moved"])
    _approved(again)
    noor.refresh_from_db()
    assert noor.email == "ruth@example.com"
    assert payroll.runs().holds == []


def test_an_address_that_its_owner_shares_goes_through(payroll, synced) -> None:
    payroll.sends(PEOPLE[0].replace("ines@", "luis@"), *PEOPLE[1:])
    run = payroll.runs()
    assert (run.holds, _emails()["Ines"]) == ([], "luis@example.com")
