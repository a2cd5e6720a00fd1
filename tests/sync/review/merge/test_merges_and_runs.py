"""What a merge means for the runs after it, and what "different people" means for questions: nobody is asked twice."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.sync.models import Answer, IdChange, Integration, Link
from schedulepop.sync.review.merge import duplicates, merge
from schedulepop.sync.review.questions import answers
from tests import made, standing
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
INEZ = "901,9901,Inez,Calloway,inez@elsewhere.example,(515) 555-0901,101,RN,Memory Care,Active,2026-11-02"

AGAIN = PEOPLE[0].replace("001,9001", "901,9901").replace("ines@", "ic@").replace("0101", "0901")


def of(payroll: Payroll) -> Integration:
    return Integration.objects.select_related("organization").get(pk=payroll.integration.pk)  # type: ignore[attr-defined]


def user(first: str) -> User:
    return User.objects.select_related("organization").get(first_name=first)


@standing.made_once
def doubled(payroll: Payroll) -> Payroll:
    """Ines is there twice: payroll gave her a new ID, a new spelling, a new hire date, and nobody was asked."""
    payroll.first_sync()
    payroll.sends(*PEOPLE, INEZ)
    run = payroll.runs()
    assert run.counts["created"] == 1
    return payroll


def test_an_id_that_came_with_a_merge_is_not_taken_for_somebody_elses(doubled: Payroll) -> None:
    """Another name and another hire date under a known ID would be asked about: the merge has answered it."""
    kept = user("Ines")
    merge.merge(kept, user("Inez"), reason="Hired twice", actor=OPERATOR)
    doubled.sends(INEZ, *PEOPLE[1:])
    run = doubled.runs()
    assert (run.counts["held"], run.counts["updated"]) == (0, 1), run.summary["issues"]
    kept.refresh_from_db()
    assert kept.full_name == "Inez Calloway"
    given = Answer.objects.get()
    assert (given.source_id, given.user, given.by, given.applied_at is None) == (
        "901",
        kept,
        "cli:test",
        False,
    )
    assert doubled.runs().counts["unchanged"] == 6


@standing.made_once
def asked(payroll: Payroll) -> Payroll:
    """Ines works by payroll, somebody added an Ines by hand, and payroll sends one more Ines: either of them?"""
    payroll.first_sync()
    made.person(
        user("Ines").memberships.get().location,
        "Ines Calloway",
        email="ic@example.com",
        username="by.hand",
        membership_more={"payroll_owned": False},
    )
    payroll.sends(
        *PEOPLE, PEOPLE[0].replace("001,9001", "901,9901").replace("ines@", "ic@").replace("0101", "0901")
    )
    payroll.runs()
    return payroll


def both() -> tuple[User, User]:
    by_hand = User.objects.select_related("organization").get(username="by.hand")
    return User.objects.select_related("organization").exclude(pk=by_hand.pk).get(first_name="Ines"), by_hand


def suggested(payroll: Payroll) -> set[str]:
    (question,) = answers.open_questions(of(payroll), OPERATOR)
    return {one.user.username for one in question.suggested}


def test_a_record_that_might_be_either_of_two_is_who_they_are_now(asked: Payroll) -> None:
    kept, by_hand = both()
    assert suggested(asked) == {kept.username, "by.hand"}
    shown = merge.preview(kept, by_hand, actor=OPERATOR)
    assert "The question who payroll ID 901 (Ines Calloway) is: the same person" in shown.moves
    merge.merge(kept, by_hand, reason="Added by hand", actor=OPERATOR, digest=shown.digest)
    assert answers.open_questions(of(asked), OPERATOR) == []
    asked.sends(*PEOPLE[1:], AGAIN)
    run = asked.runs()
    assert run.counts["held"] == 0, run.summary["issues"]
    assert list(Link.objects.filter(user=kept, retired_at=None).values_list("source_id", flat=True)) == [
        "901"
    ]
    assert list(IdChange.objects.values_list("old_id", "new_id")) == [("001", "901")]


def test_taken_back_the_question_is_open_again(asked: Payroll) -> None:
    kept, by_hand = both()
    done = merge.merge(kept, by_hand, reason="Added by hand", actor=OPERATOR)
    merge.unmerge(done, actor=OPERATOR)
    assert not Answer.objects.exists()
    assert suggested(asked) == {kept.username, "by.hand"}


def test_of_two_different_people_only_the_likelier_is_suggested(asked: Payroll) -> None:
    duplicates.different(*both(), actor=OPERATOR)
    asked.runs()
    assert suggested(asked) == {"by.hand"}


def test_what_was_answered_about_a_record_is_not_asked_of_its_user(asked: Payroll) -> None:
    """Different from both: payroll's new Ines is somebody of her own, and the finder leaves her in peace."""
    kept, by_hand = both()
    answers.answer(of(asked), "901", kind="different", actor=OPERATOR)
    assert asked.runs().counts["created"] == 1
    found = duplicates.find(of(asked).organization, actor=OPERATOR)
    assert [{one.kept, one.merged} for one in found] == [{kept, by_hand}]


def test_merged_all_the_same_the_answer_against_it_counts_no_more_until_it_is_taken_back(
    asked: Payroll,
) -> None:
    kept, _ = both()
    answers.answer(of(asked), "901", kind="different", actor=OPERATOR)
    asked.runs()
    third = Link.objects.get(source_id="901").user
    before = list(Answer.objects.values("pk", "denied", "withdrawn_at"))
    done = merge.merge(kept, third, reason="One person after all", actor=OPERATOR)
    assert not Answer.objects.filter(kind="different", withdrawn_at=None).exists()
    asked.sends(*PEOPLE[1:], AGAIN)
    assert asked.runs().counts["held"] == 0
    merge.unmerge(done, actor=OPERATOR)
    assert list(Answer.objects.values("pk", "denied", "withdrawn_at")) == before
    assert {one.kept for one in duplicates.find(of(asked).organization, actor=OPERATOR)} == {kept}


def test_a_record_that_is_not_the_merged_one_is_not_the_kept_one(asked: Payroll) -> None:
    kept, by_hand = both()
    answers.answer(of(asked), "901", kind="different", user=by_hand, actor=OPERATOR)
    merge.merge(kept, by_hand, reason="Added by hand", actor=OPERATOR)
    assert Answer.objects.get().denied == sorted([kept.pk, by_hand.pk])
    assert asked.runs().counts["created"] == 1


def test_a_merge_of_different_people_says_who_said_so(asked: Payroll) -> None:
    kept, by_hand = both()
    duplicates.different(kept, by_hand, actor=OPERATOR)
    look = merge.preview(kept, by_hand, actor=OPERATOR).look
    assert any(line.startswith("cli:test said on ") for line in look)
