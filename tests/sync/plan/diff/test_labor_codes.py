"""CMS codes in a real run: filled at once and by the run, told while missing, gone with the switch."""

from __future__ import annotations

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, Membership
from schedulepop.sync.models import Change, Issue
from tests import standing
from tests.sync.conftest import PEOPLE

HENRY = Actor.operator("henry")


def codes() -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for duty, code in Membership.objects.order_by("pk").values_list("primary_duty__name", "cms_code"):
        found.setdefault(duty, []).append(code)
    return found


def unmapped() -> list[str]:
    return sorted(issue.message for issue in Issue.objects.filter(code="cms_unmapped", resolved_at=None))


@standing.made_once
def mapped(payroll):
    """RN has a code before the first sync."""
    Duty.objects.filter(name="RN").update(cms_code=7)
    payroll.first_sync()
    return payroll


def test_new_people_come_with_the_code_of_their_duty_and_duties_without_one_are_told(mapped) -> None:
    assert codes() == {"RN": [7, 7], "CNA": [None] * 3, "LPN": [None]}
    mapped.runs()
    assert unmapped() == [
        f"{name} at Maple Grove has no CMS labor code yet. Choose one under CMS codes."
        for name in ("CNA", "LPN")
    ]


def test_a_code_chosen_later_is_there_at_once_and_the_next_run_has_nothing_to_do(mapped, written) -> None:
    mapped.runs()
    actions.set_labor_code(Duty.objects.get(name="CNA"), 10, actor=HENRY)
    assert codes()["CNA"] == [10] * 3
    changes = Change.objects.count()
    run = mapped.runs()
    assert (run.state, run.counts["unchanged"], Change.objects.count()) == ("applied", 6, changes)
    assert len(unmapped()) == 1
    before = written()
    mapped.runs()
    assert written() == before


def test_a_new_duty_brings_its_code(mapped) -> None:
    mapped.sends(*PEOPLE[:3], PEOPLE[3].replace(",LPN,", ",RN,"), *PEOPLE[4:])
    mapped.runs()
    assert codes()["RN"] == [7, 7, 7]
    change = Change.objects.latest("pk")
    assert [(f["field"], f["old"], f["new"]) for f in change.fields] == [
        ("duty", "LPN", "RN"),
        ("cms_code", None, "7"),
    ]


def test_where_no_duty_has_a_code_nobody_is_bothered(payroll, synced) -> None:
    payroll.runs()
    assert not unmapped()


def test_switched_off_nothing_is_read_planned_or_told(mapped) -> None:
    mapped.runs()
    assert len(unmapped()) == 2
    actions.edit_organization(Organization.objects.get(), {"cms_codes": False}, actor=HENRY)
    mapped.sends(*PEOPLE[:3], PEOPLE[3].replace(",LPN,", ",RN,"), *PEOPLE[4:])
    mapped.integration = type(mapped.integration).objects.get()
    mapped.runs()
    assert codes()["RN"] == [7, None, 7]
    assert not unmapped()
