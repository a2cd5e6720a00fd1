"""The January raise taken back: the old rates return, stay while payroll sends the raised ones, and go with others."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership, MembershipDuty
from schedulepop.sync.models import FieldOverride, Issue, Run
from schedulepop.sync.review import overrides
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
HEADER = (
    "Employee ID,Employee Number,First Name,Last Name,Email,Phone,Facility Code,Job Title,Department,Status,Hire Date,"
    "Primary Job,Pay Rate,Pay Basis,Pay Effective Date"
)
RATES = {"001": "38.5", "002": "19.25", "003": "18.9", "004": "27", "005": "18.4", "006": "39.75"}


def lines(rates: dict[str, str], *, second: str = "", ahead: str = "") -> list[str]:
    """Everybody with a rate; Luis works as an LPN as well, at `second`; `ahead`: the day the rates come into force."""
    people = [f"{row},Yes,{rates[row[:3]]},Hourly,{ahead}" for row in PEOPLE]
    if second:
        people.append(PEOPLE[1].replace(",CNA,", ",LPN,") + f",No,{second},Hourly,{ahead}")
    return people


def raised(by: float) -> dict[str, str]:
    """Everybody's rate times this, to the cent."""
    return {person: f"{float(rate) * by:.2f}" for person, rate in RATES.items()}


@pytest.fixture
def paid(payroll: Payroll) -> Payroll:
    """Maple Grove with the pay switch on, after the first sync."""
    payroll.integration.policy = {"pay": True}  # type: ignore[attr-defined]
    payroll.integration.save()  # type: ignore[attr-defined]
    sends(payroll, lines(RATES, second="24.5"))
    payroll.first_sync()
    return payroll


def sends(payroll: Payroll, people: list[str]) -> None:
    Path(payroll.path).write_text("\n".join([HEADER, *people]) + "\n", encoding="utf-8")


def rates() -> dict[tuple[str, str], object]:
    """(last name, duty) → the rate in force and the one dated ahead, in dollars."""
    found = MembershipDuty.objects.order_by("pk").values_list(
        "membership__user__last_name", "duty__name", "pay_rate", "next_pay_rate", "next_pay_on"
    )
    return {(name, duty): tuple(rest) for name, duty, *rest in found}


def take_back(run: Run, source_id: str | None = None) -> Run:
    return undo.apply(run, source_id, plan_hash=undo.preview(run, source_id).digest, actor=OPERATOR)


def test_the_raise_of_everybody_goes_back_and_the_same_feed_leaves_it_so(paid: Payroll) -> None:
    before = rates()
    sends(paid, lines(raised(1.04), second="25.48"))
    january = paid.runs()
    assert (january.counts["updated"], january.counts["read"]) == (7, 7)
    assert rates() != before
    shown = undo.preview(january)
    assert shown.conflicts.is_empty()
    take_back(january)
    assert rates() == before
    for _ in range(2):
        again = paid.runs()
        assert rates() == before
        assert (again.counts["held"], again.counts["updated"]) == (7, 0)
    assert Issue.objects.filter(code="undone", resolved_at=None).count() == 1


def test_a_corrected_raise_releases_the_pins(paid: Payroll) -> None:
    sends(paid, lines(raised(1.04), second="25.48"))
    take_back(paid.runs())
    paid.runs()
    sends(paid, lines(raised(1.02), second="24.99"))
    run = paid.runs()
    assert run.counts["updated"] == 7
    assert rates()["Calloway", "RN"] == (392_700, None, None)
    assert rates()["Quintanar", "LPN"] == (249_900, None, None)
    assert not FieldOverride.objects.filter(released_at=None).exists()
    assert not Issue.objects.filter(code="undone", resolved_at=None).exists()


def test_an_admin_releases_the_rate_of_one_person(paid: Payroll) -> None:
    sends(paid, lines(raised(1.04), second="24.5"))
    take_back(paid.runs())
    override = FieldOverride.objects.get(field="pay_rate", user__last_name="Calloway")
    overrides.release(override.user, override.location, "pay_rate", actor=OPERATOR)
    paid.runs()
    assert rates()["Calloway", "RN"] == (400_400, None, None)
    assert rates()["Haddad", "CNA"] == (184_000, None, None)


def test_the_rate_of_a_further_duty_alone(paid: Payroll) -> None:
    before = rates()
    sends(paid, lines(RATES, second="26"))
    run = paid.runs()
    assert rates()["Quintanar", "LPN"] == (260_000, None, None)
    take_back(run)
    assert rates() == before
    assert paid.runs().counts["held"] == 2  # both of his records
    assert rates() == before
    sends(paid, lines(RATES, second="25"))
    paid.runs()
    assert rates()["Quintanar", "LPN"] == (250_000, None, None)


def test_a_further_duty_that_became_the_primary_one_goes_back(paid: Payroll) -> None:
    before = rates()
    swapped = lines(RATES, second="24.5")
    cna, lpn = (n for n, row in enumerate(swapped) if row.startswith("002"))
    swapped[cna] = swapped[cna].replace(",Yes,", ",No,")
    swapped[lpn] = swapped[lpn].replace(",No,", ",Yes,")
    sends(paid, swapped)
    run = paid.runs()
    assert Membership.objects.get(user__last_name="Quintanar").primary_duty.name == "LPN"  # type: ignore[union-attr]
    take_back(run)
    assert Membership.objects.get(user__last_name="Quintanar").primary_duty.name == "CNA"  # type: ignore[union-attr]
    for _ in range(2):
        assert rates() == before
        assert paid.runs().counts["updated"] == 0
    sends(paid, lines(RATES, second="24.5"))
    paid.runs()
    assert rates() == before
    assert not FieldOverride.objects.filter(released_at=None).exists()


def test_a_raise_dated_ahead_goes_back_before_its_day(paid: Payroll) -> None:
    before = rates()
    sends(paid, lines(raised(1.04), second="25.48", ahead="2099-01-01"))
    run = paid.runs()
    assert rates()["Calloway", "RN"][1] == 400_400  # type: ignore[index]
    take_back(run)
    assert rates() == before
    paid.runs()
    assert rates() == before
    assert not runs.is_waiting(run)
