"""People the feed carries without everything of theirs: a place no record names, an id nobody sends any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import IdChange, Integration, IntegrationState, Issue, Link, MissingLink
from schedulepop.sync.review.questions import answers
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
AT_HILL = PEOPLE[1].replace(",101,", ",202,")
MONDAY = datetime(2026, 3, 9, 17, tzinfo=UTC)


@pytest.fixture(params=["compared in full", "fast"])
def both(payroll: Payroll, request: pytest.FixtureRequest) -> Payroll:
    """Luis works at Maple Grove and at Oak Hill; so does Ruth. Compared in full every night, or fast."""
    hill = made.location(Location.objects.get().organization, "Oak Hill", "202")
    made.duty(hill, "CNA", "CNA")
    made.duty(hill, "RN", "RN")
    made.zone(hill, "East Wing", "East Wing")
    below = 5000 if request.param == "compared in full" else 0
    Integration.objects.update(policy={"whole_compare_below": below})
    payroll.sends(*PEOPLE, AT_HILL, PEOPLE[5].replace(",101,", ",202,"))
    with time_machine.travel(MONDAY, tick=False):
        payroll.first_sync()
        payroll.runs()
    return payroll


def night(payroll: Payroll, day: int, *people: str) -> runs.Run:  # type: ignore[name-defined]
    """The file of this day of March; Petra's phone makes every file another one."""
    petra = PEOPLE[3].replace("0104", f"02{day:02d}")
    payroll.sends(*PEOPLE[:3], petra, *PEOPLE[4:], PEOPLE[5].replace(",101,", ",202,"), *people)
    with time_machine.travel(MONDAY + timedelta(days=day - 9), tick=False):
        return payroll.runs()


def luis() -> dict[str, str]:
    rows = Membership.objects.filter(user__last_name="Quintanar")
    return {row.location.name: row.status for row in rows.select_related("location")}


def test_a_place_no_record_names_ends_after_the_feeds_and_the_days(both: Payroll) -> None:
    for day in (10, 11, 12):
        night(both, day)
        assert luis() == {"Maple Grove": "active", "Oak Hill": "active"}
    row = MissingLink.objects.get()
    assert (row.source_id, row.about, row.location.name, row.feeds) == ("002", "place", "Oak Hill", 3)  # type: ignore[union-attr]
    assert (
        "for Oak Hill since 2026-03-10" in Issue.objects.get(code="missing_person", resolved_at=None).message
    )
    run = night(both, 13)
    assert luis() == {"Maple Grove": "active", "Oak Hill": "inactive"}
    assert (run.counts["removed_missing"], run.counts["deactivated"]) == (1, 0)
    night(both, 14)
    assert not MissingLink.objects.exists()
    assert not Issue.objects.filter(code="missing_person", resolved_at=None).exists()


def test_a_place_that_is_back_begins_anew(both: Payroll) -> None:
    night(both, 10)
    night(both, 11, AT_HILL)
    assert not MissingLink.objects.exists()
    night(both, 12)
    night(both, 14)
    assert luis() == {"Maple Grove": "active", "Oak Hill": "active"}


def test_a_left_out_record_may_be_the_one_of_that_place(both: Payroll) -> None:
    interns = {"name": "interns", "column": "Job Title", "equals": "Intern"}
    Integration.objects.update(mapping={"exclude": [interns]})
    for day in (10, 13, 16):
        night(both, day, AT_HILL.replace(",CNA,", ",Intern,"))
    assert luis() == {"Maple Grove": "active", "Oak Hill": "active"}
    assert MissingLink.objects.get().feeds == 0


@pytest.mark.parametrize(("state", "there"), [("active", "active"), ("retired", "inactive")])
def test_a_place_another_integration_speaks_for_is_not_missing(both: Payroll, state: str, there: str) -> None:
    """Luis at Oak Hill comes from a file of its own."""
    other = lifecycle.add(
        both.integration.organization,
        "Hill",
        connector="file",
        config={"path": str(both.path)},
        actor=OPERATOR,  # type: ignore[attr-defined]
    )
    first = both.integration
    both.integration = other
    both.sends(AT_HILL.replace("0102", "0199"))
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        run = both.runs()
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
        assert Link.objects.filter(source_id="002").values("user").distinct().count() == 1
    Integration.objects.filter(pk=other.pk).update(state=IntegrationState(state))
    both.integration = first
    for day in (10, 12, 13):
        night(both, day)
    assert luis() == {"Maple Grove": "active", "Oak Hill": there}


@pytest.mark.parametrize(("state", "there"), [("active", "active"), ("paused", "terminated")])
def test_whom_an_active_integration_still_names_is_missing_in_no_other(
    both: Payroll, tmp_path: Path, state: str, there: str
) -> None:
    """Delia is in two payroll systems at one location; the one that changed her last stops naming her."""
    first, other = (
        both.integration,
        lifecycle.add(
            both.integration.organization,
            "Second",
            connector="file",
            config={"path": str(tmp_path / "second.csv")},  # type: ignore[attr-defined]
            actor=OPERATOR,
        ),
    )
    second = Payroll(other, tmp_path / "second.csv")
    second.sends(PEOPLE[2].replace("0103", "0199"), *PEOPLE[3:5])
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        run = second.runs()
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    Integration.objects.filter(pk=first.pk).update(state=IntegrationState(state))  # type: ignore[attr-defined]
    for day in (10, 12, 13):
        second.sends(PEOPLE[3].replace("0104", f"02{day}"), PEOPLE[4])
        with time_machine.travel(MONDAY + timedelta(days=day - 9), tick=False):
            second.runs()
    assert Membership.objects.get(user__last_name="Abernathy").status == there


def test_the_other_id_goes_on_when_payroll_stops_sending_one(both: Payroll) -> None:
    again = PEOPLE[1].replace("002,", "902,", 1)
    night(both, 10, AT_HILL, again)
    user = Membership.objects.filter(user__last_name="Quintanar").first().user  # type: ignore[union-attr]
    answers.answer(both.integration, "902", kind="same", user=user, actor=OPERATOR)  # type: ignore[arg-type]
    night(both, 11, AT_HILL, again)
    assert Link.objects.get(source_id="902").further
    kept = [again, AT_HILL.replace("002,", "902,", 1)]
    for day in (12, 14, 15):
        sent = [*PEOPLE[:1], *PEOPLE[2:], PEOPLE[5].replace(",101,", ",202,"), *kept]
        both.sends(*sent[:-1], sent[-1].replace("0102", f"01{day}"))
        with time_machine.travel(MONDAY + timedelta(days=day - 9), tick=False):
            both.runs()
        assert Link.objects.filter(source_id="002", retired_at=None).exists() is (day < 15)
    assert luis() == {"Maple Grove": "active", "Oak Hill": "active"}
    link = Link.objects.get(user=user, retired_at=None)
    assert (link.source_id, link.further) == ("902", False)
    change = IdChange.objects.get()
    assert (change.old_id, change.new_id) == ("002", "902")
    assert change.by.startswith("sync run ")
