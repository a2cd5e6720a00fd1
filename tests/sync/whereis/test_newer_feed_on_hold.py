"""A newer feed is on hold: answers and questions go on from the one applied last, and say so."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.sync.review.questions import answers
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, NOOR, OPERATOR

pytestmark = pytest.mark.django_db

ALIKE = "030,9030,Ines,Callaway,,(515) 555-0101,101,RN,Memory Care,Active,2026-03-04"
"""Resembles Ines Calloway, so a question waits."""
ON_HOLD = "is on hold and waits for HR"


@pytest.fixture
def asked(maple):
    """A night applied, with an open question."""
    maple.hires(ALIKE)
    return maple


def told(maple, text: str) -> tuple[str, bool]:
    answer = maple.asks(maple.admin, text).answer
    return answer.code, ON_HOLD in answer.text


def questions(maple) -> list[str]:
    found = answers.open_questions(maple.payroll.integration, Actor.of(maple.admin))
    return [one.source_id for one in found]


def short(maple, *rows: str):
    run = maple.night(*PEOPLE[:2], AGNES, *rows)
    assert any(hold["rule"] == "short" for hold in run.holds)
    return run


def test_without_a_hold(asked) -> None:
    assert told(asked, "030") == ("question", False)
    assert questions(asked) == ["030"]


def test_a_held_feed_answers_no_question_and_moves_nobody(asked) -> None:
    short(asked, NOOR)
    assert told(asked, "030") == ("question", True)
    assert told(asked, "Petra Lindqvist") == ("on_list", True)
    assert told(asked, "Noor Castellane") == ("run_held", True)
    assert told(asked, "Zoe Ng")[0] == "nobody_held"
    assert questions(asked) == ["030"]
    assert answers.how_many(asked.payroll.integration, Actor.of(asked.admin)) == 1


def test_what_holds_a_location_and_the_organization_is_said_once(asked) -> None:
    run = asked.night(*PEOPLE[:2], NOOR)
    short_at = [hold["location_id"] for hold in run.holds if hold["rule"] == "short"]
    assert sorted(short_at, key=str) == sorted([asked.grove.pk, asked.hill.pk, None], key=str)
    grove = asked.asks(asked.admin, "Noor Castellane").answer.text
    assert "4 of 6 people at Maple Grove are not in the payroll file" in grove
    nobody = asked.asks(asked.admin, "Zoe Ng").answer.text
    assert "5 of 7 people of the organization are not in the payroll file" in nobody
    for text in (grove, nobody):
        assert text.count("in the payroll file:") == 1
        assert text.count("If they left, approve") == 1


def test_a_manager_is_not_told_to_approve(asked) -> None:
    short(asked, NOOR)
    for text in ("Zoe Ng", "Noor Castellane"):
        step = asked.asks(asked.manager, text).answer.step
        assert step.startswith("HR can do this: look at the run, then approve or discard it")
    assert asked.asks(asked.admin, "Zoe Ng").answer.step == "Look at the run, then approve or discard it."


def test_of_a_location_on_hold_the_other_locations_are_not_concerned(asked) -> None:
    at_hill = [
        f"{n},8{n},Hilda,Hill{chr(97 + n % 26)},h{n}@example.com,(515) 555-1{n},202,RN,North Hall,Active,2020-02-02"
        for n in range(200, 225)
    ]
    limits = {"short": {"floor": 3, "share": 0.4}, "creates_location": {"floor": 99, "share": 1.0}}
    asked.payroll.integration.policy = limits
    asked.payroll.integration.save()
    asked.night(*PEOPLE, AGNES, ALIKE, *at_hill)
    hire = NOOR.replace("007,9007,Noor", "008,9008,Nadia").replace("noor@", "nadia@")
    run = asked.night(
        *PEOPLE[:3], AGNES, *at_hill, hire.replace(",101,CNA,East Wing", ",202,RN,North Hall"), NOOR
    )
    assert (run.state, {hold["location_id"] for hold in run.holds}) == ("applied", {asked.grove.pk})
    assert told(asked, "Agnes Hillman") == ("on_list", False)
    assert told(asked, "Nadia Castellane")[0] in ("on_list", "upcoming", "letter_failed")
    assert told(asked, "Petra Lindqvist") == ("on_list", True)
    assert told(asked, "Noor Castellane") == ("run_held", True)
    assert (told(asked, "030"), questions(asked)) == (("question", True), ["030"])


def test_after_an_approval_the_feed_speaks(asked) -> None:
    run = short(asked, NOOR)
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert told(asked, "Noor Castellane")[0] in ("on_list", "no_email", "letter_failed", "upcoming")
    assert told(asked, "030") == ("not_in_feed", False)
    assert questions(asked) == []


def test_after_a_discard_the_one_before_speaks(asked) -> None:
    runs.discard(short(asked, NOOR), actor=Actor.of(asked.admin))
    assert told(asked, "030") == ("question", False)
    assert told(asked, "Noor Castellane")[0] == "discarded"
    assert questions(asked) == ["030"]


def test_a_preview_and_a_failed_feed_change_no_answer(asked) -> None:
    asked.payroll.sends(*PEOPLE, AGNES, NOOR)
    asked.payroll.runs(preview=True)
    assert (told(asked, "030"), questions(asked)) == (("question", False), ["030"])
    asked.payroll.path.write_text("", encoding="utf-8")
    assert asked.payroll.runs().state == "failed"
    assert (told(asked, "030"), questions(asked)) == (("question", False), ["030"])


def test_after_an_undo_the_feed_before_speaks(asked) -> None:
    run = asked.night(*PEOPLE, AGNES, NOOR)
    assert questions(asked) == []
    undo.apply(run, plan_hash=undo.preview(run).digest, actor=OPERATOR)
    assert (told(asked, "030"), questions(asked)) == (("question", False), ["030"])
