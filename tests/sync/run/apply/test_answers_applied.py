"""Answers and the run that makes them true: the fast path, a moment's race, a feed on hold."""

from __future__ import annotations

from typing import Any

import pytest

from schedulepop.directory.models import Membership
from schedulepop.sync.errors import Refused
from schedulepop.sync.models import Answer, Integration, Link
from schedulepop.sync.review.questions import answers
from tests.sync.conftest import PEOPLE, Payroll
from tests.sync.review.questions.test_answers import INES_AGAIN, OPERATOR, of, only
from tests.sync.review.questions.test_answers import renumbered as renumbered

pytestmark = pytest.mark.django_db


def test_both_ids_of_a_person_are_compared_together_when_only_one_changed(payroll: Payroll) -> None:
    """The record that did not change still decides who speaks: the fast path says what the full one says."""
    Integration.objects.filter(pk=of(payroll).pk).update(policy={"whole_compare_below": 0})
    payroll.first_sync()
    payroll.sends(*PEOPLE, INES_AGAIN)
    payroll.runs()
    ines = only(payroll).suggested[0].user
    answers.answer(of(payroll), "901", kind="same", user=ines, actor=OPERATOR)
    payroll.runs()
    payroll.sends(*PEOPLE, INES_AGAIN.replace(",RN,", ",CNA,"))
    payroll.runs()
    assert ines.memberships.get().primary_duty.name == "RN"  # type: ignore[attr-defined]


def test_the_fast_path_acts_on_an_answer_about_a_recycled_id(payroll: Payroll) -> None:
    Integration.objects.filter(pk=of(payroll).pk).update(policy={"whole_compare_below": 0})
    payroll.first_sync()
    hugo = PEOPLE[1].replace("Luis,Quintanar,luis@", "Hugo,Stark,hugo@").replace("2021-05-10", "2026-11-02")
    payroll.sends(PEOPLE[0], hugo, *PEOPLE[2:])
    payroll.runs()
    answers.answer(of(payroll), "002", kind="different", actor=OPERATOR)
    assert payroll.runs().counts["created"] == 1


def test_an_answer_taken_back_while_a_run_plans_is_not_made_true(
    renumbered: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    from schedulepop.sync.run import driver
    from schedulepop.sync.run import planner as drawing

    ines = only(renumbered).suggested[0].user
    answers.answer(of(renumbered), "901", kind="same", user=ines, actor=OPERATOR)
    draws: list[int] = []

    def draw(*args: Any, **more: Any) -> drawing.PlannedRun:
        drawn = drawing.plan_run(*args, **more)
        if not draws:
            answers.withdraw(of(renumbered), "901", actor=OPERATOR)
        draws.append(drawn.plan.answered.height)
        return drawn

    monkeypatch.setattr(driver, "plan_run", draw)
    renumbered.runs()
    assert draws == [1, 0]
    assert Link.objects.get(user=ines).source_id == "001"


def test_a_run_may_overtake_taking_back(renumbered: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    ines = only(renumbered).suggested[0].user
    given = answers.answer(of(renumbered), "901", kind="same", user=ines, actor=OPERATOR)
    asked = answers.question(of(renumbered), "901", OPERATOR)
    renumbered.runs()
    monkeypatch.setattr(answers, "question", lambda *_: asked)
    with pytest.raises(Refused, match="made this answer true"):
        answers.withdraw(of(renumbered), "901", actor=OPERATOR)
    given.refresh_from_db()
    assert given.withdrawn_at is None


def test_a_feed_on_hold_makes_no_answer_true(renumbered: Payroll) -> None:
    ines = only(renumbered).suggested[0].user
    answers.answer(of(renumbered), "901", kind="same", user=ines, actor=OPERATOR)
    renumbered.sends(INES_AGAIN)
    run = renumbered.runs()
    assert run.state == "held"
    assert Link.objects.get(user=ines, retired_at=None).source_id == "001"
    assert Answer.objects.get().applied_at is None


def test_questions_before_any_run_and_of_two_integrations(renumbered: Payroll) -> None:
    organization = of(renumbered).organization
    Integration.objects.create(organization=organization, name="Agency", slug="agency", connector="file")
    assert [one.source_id for one in answers.open_questions(organization, OPERATOR)] == ["901"]
    assert answers.open_questions(organization, OPERATOR, size=0) == []
    assert answers.open_questions(organization, OPERATOR, start=1, size=1) == []
    place = Membership.objects.get(user__last_name="Calloway").location_id
    assert answers.how_many(organization, OPERATOR, at=place) == 1
    assert answers.open_questions(organization, OPERATOR, at=place + 1) == []
