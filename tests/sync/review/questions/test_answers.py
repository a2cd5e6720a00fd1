"""Answers to "who is this record?": who may give them, and what the next run makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Answer, IdChange, Integration, Link
from schedulepop.sync.review.questions import answers
from tests import made, standing
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
INES_AGAIN = PEOPLE[0].replace("001,", "901,", 1)


def of(payroll: Payroll) -> Integration:
    return Integration.objects.select_related("organization").get(pk=payroll.integration.pk)  # type: ignore[attr-defined]


@standing.made_once
def renumbered(payroll: Payroll) -> Payroll:
    """Ines has a new payroll ID, and her old one is gone."""
    payroll.first_sync()
    payroll.sends(INES_AGAIN, *PEOPLE[1:])
    payroll.runs()
    return payroll


def only(payroll: Payroll, actor: Actor = OPERATOR) -> answers.Question:
    (asked,) = answers.open_questions(of(payroll), actor)
    return asked


def test_a_question_shows_payrolls_word_beside_the_candidate(renumbered: Payroll) -> None:
    asked = only(renumbered)
    assert (asked.code, asked.source_id, asked.name, asked.row) == ("id_changed", "901", "Ines Calloway", 2)
    (candidate,) = asked.suggested
    assert (candidate.user.full_name, candidate.ids, candidate.kinds) == (
        "Ines Calloway",
        ("001",),
        ("same",),
    )
    assert candidate.score == 100
    assert (
        candidate.why
        == "same name, same employee number, same email, same phone, same hire date, same location, "
        "no longer in payroll under the old ID"
    )


def test_same_person_links_the_new_id_and_keeps_the_change_for_cms(renumbered: Payroll) -> None:
    ines = only(renumbered).suggested[0].user
    answers.answer(of(renumbered), "901", kind="same", user=ines, actor=OPERATOR, reason="HR said so")
    assert answers.open_questions(of(renumbered), OPERATOR) == []
    assert answers.how_many(of(renumbered), OPERATOR) == 0
    run = renumbered.runs()
    assert (run.counts["held"], run.counts["unchanged"]) == (0, 6)
    assert list(Link.objects.filter(user=ines, retired_at=None).values_list("source_id", "further")) == [
        ("901", False)
    ]
    assert list(IdChange.objects.values_list("old_id", "new_id", "by")) == [("001", "901", "cli:test")]
    assert Answer.objects.get().applied_at is not None
    again = renumbered.runs()
    assert (again.counts["unchanged"], IdChange.objects.count()) == (6, 1)
    entry = AuditEntry.objects.get(verb="answered")
    assert [(c["field"], c["old"], c["new"]) for c in entry.changes] == [
        ("answer", None, "same"),
        ("payroll_id", None, "901"),
        ("reason", None, "HR said so"),
    ]


def test_while_the_old_id_goes_on_the_new_one_is_a_further_one(payroll: Payroll, synced: Payroll) -> None:
    payroll.sends(*PEOPLE, INES_AGAIN)
    payroll.runs()
    ines = only(payroll).suggested[0].user
    answers.answer(of(payroll), "901", kind="same", user=ines, actor=OPERATOR)
    payroll.runs()
    assert list(
        Link.objects.filter(user=ines, retired_at=None).order_by("pk").values_list("source_id", "further")
    ) == [
        ("001", False),
        ("901", True),
    ]
    assert not IdChange.objects.exists()


def test_different_people_make_somebody_new_and_cost_no_second_question(renumbered: Payroll) -> None:
    answers.answer(of(renumbered), "901", kind="different", actor=OPERATOR)
    run = renumbered.runs()
    assert run.counts["created"] == 1
    assert User.objects.filter(last_name="Calloway").count() == 2
    assert answers.open_questions(of(renumbered), OPERATOR) == []
    assert Answer.objects.get().applied_at is not None


def test_an_answer_taken_back_asks_again(renumbered: Payroll) -> None:
    ines = only(renumbered).suggested[0].user
    answers.answer(of(renumbered), "901", kind="same", user=ines, actor=OPERATOR)
    answers.withdraw(of(renumbered), "901", actor=OPERATOR, reason="a slip")
    assert only(renumbered).answer is None
    renumbered.runs()
    assert only(renumbered).code == "id_changed"
    with pytest.raises(Refused, match="no answer"):
        answers.withdraw(of(renumbered), "901", actor=OPERATOR)


def test_an_answer_about_another_name_does_not_count(renumbered: Payroll) -> None:
    ines = only(renumbered).suggested[0].user
    answers.answer(of(renumbered), "901", kind="same", user=ines, actor=OPERATOR)
    renumbered.sends(INES_AGAIN.replace("Ines,Calloway", "Inez,Calloway"), *PEOPLE[1:])
    renumbered.runs()
    assert only(renumbered).answer is None
    assert Link.objects.get(user=ines).source_id == "001"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "perhaps"}, "one of"),
        ({"kind": "same"}, "Say who"),
        ({"kind": "transfer", "user": "ines"}, "Here the answer is one of: same, different"),
        ({"kind": "same", "user": "agency"}, "agency"),
        ({"kind": "same", "user": "stranger"}, "not on the list of Maple Health"),
        ({"kind": "same", "user": "ines", "source_id": "777"}, "does not wait"),
    ],
)
def test_what_no_answer_can_be(renumbered: Payroll, given: dict[str, Any], message: str) -> None:
    organization = of(renumbered).organization
    who = {
        "ines": only(renumbered).suggested[0].user,
        "agency": made.user(organization, "Tess Temp", local=True),
        "stranger": made.user(made.organization("Oak Care"), "Sam Stranger"),
    }
    with pytest.raises(Refused, match=message):
        answers.answer(
            of(renumbered),
            given.get("source_id", "901"),
            kind=given["kind"],
            user=who.get(given.get("user", "")),
            actor=OPERATOR,
        )
    assert not Answer.objects.exists()


def test_an_admin_may_name_somebody_nobody_suggested(renumbered: Payroll) -> None:
    admin = made.admin(of(renumbered).organization)
    luis = User.objects.get(last_name="Quintanar")
    given = answers.answer(of(renumbered), "901", kind="same", user=luis, actor=Actor.of(admin))
    assert (given.user, given.by) == (luis, "Henry Okafor")


def test_managers_do_not_decide_who_somebody_is(renumbered: Payroll) -> None:
    place = Membership.objects.select_related("location").first().location  # type: ignore[union-attr]
    manager = Actor.of(made.manager(place))
    asked = only(renumbered, manager)
    assert not asked.answerable
    assert asked.suggested[0].visible
    for given in (
        {"kind": "same", "user": asked.suggested[0].user},
        {"kind": "different"},
        {"kind": "same", "user": User.objects.get(last_name="Bello")},
    ):
        with pytest.raises(NotAllowed):
            answers.answer(of(renumbered), "901", actor=manager, **given)
    answers.answer(of(renumbered), "901", kind="different", actor=OPERATOR)
    with pytest.raises(NotAllowed):
        answers.withdraw(of(renumbered), "901", actor=manager)


@standing.made_once
def elsewhere(payroll: Payroll) -> Payroll:
    """Ines starts at Maple Creek under an ID of her own, beside her work at Maple Grove."""
    made.location(of(payroll).organization, "Maple Creek", "102")
    payroll.first_sync()
    here = "951,,Ines,Calloway,ines@example.com,,102,,,Active,2026-11-02"
    payroll.sends(*PEOPLE, here)
    payroll.runs()
    return payroll


def places(name: str) -> dict[str, str]:
    return dict(Membership.objects.filter(user__last_name=name).values_list("location__name", "status"))


def test_add_here_is_a_second_membership_and_no_letter(elsewhere: Payroll) -> None:
    asked = only(elsewhere)
    assert (asked.code, asked.suggested[0].kinds) == ("found_elsewhere", ("add_here", "transfer"))
    letters = Message.objects.count()
    answers.answer(of(elsewhere), "951", kind="add_here", user=asked.suggested[0].user, actor=OPERATOR)
    run = elsewhere.runs()
    assert (run.counts["created"], Message.objects.count()) == (1, letters)
    assert places("Calloway") == {"Maple Grove": "active", "Maple Creek": "active"}
    assert elsewhere.runs().counts["unchanged"] == 7


def test_transfer_ends_the_other_membership(elsewhere: Payroll) -> None:
    moved = "951,,Ines,Calloway,ines@example.com,,102,,,Active,2026-11-02"
    elsewhere.sends(*PEOPLE[1:], moved)
    answers.answer(
        of(elsewhere), "951", kind="transfer", user=only(elsewhere).suggested[0].user, actor=OPERATOR
    )
    run = elsewhere.runs()
    assert run.counts["transferred"] == 1, run.holds
    assert places("Calloway") == {"Maple Grove": "inactive", "Maple Creek": "active"}
    assert list(IdChange.objects.values_list("old_id", "new_id")) == [("001", "951")]


def test_managers_answer_for_locations_they_look_after_both(elsewhere: Payroll) -> None:
    organization = of(elsewhere).organization
    grove, creek = organization.locations.order_by("-name")
    one, both = made.manager(creek, "Cora One"), made.manager(creek, "Bea Both")
    made.membership(both, grove, role=Membership.MANAGER)
    asked = only(elsewhere, Actor.of(one))
    assert (asked.answerable, asked.suggested[0].visible) == (False, False)
    with pytest.raises(NotAllowed):
        answers.answer(
            of(elsewhere), "951", kind="add_here", user=asked.suggested[0].user, actor=Actor.of(one)
        )
    answers.answer(of(elsewhere), "951", kind="add_here", user=asked.suggested[0].user, actor=Actor.of(both))
    grove_alone = Actor.of(made.manager(grove, "Gus Grove"))
    assert answers.open_questions(organization, grove_alone, answered=True) == []


def test_the_second_denied_person_joins_the_first(renumbered: Payroll) -> None:
    ines, luis = only(renumbered).suggested[0].user, User.objects.get(last_name="Quintanar")
    answers.answer(of(renumbered), "901", kind="different", user=luis, actor=OPERATOR)
    given = answers.answer(of(renumbered), "901", kind="different", user=ines, actor=OPERATOR)
    assert given.denied == sorted([ines.pk, luis.pk])
    assert Answer.objects.filter(withdrawn_at=None).count() == 1


def test_a_recycled_id_with_both_answers(payroll: Payroll, synced: Payroll) -> None:
    hugo = PEOPLE[1].replace("Luis,Quintanar,luis@", "Hugo,Stark,hugo@").replace("2021-05-10", "2026-11-02")
    payroll.sends(PEOPLE[0], hugo, *PEOPLE[2:])
    payroll.runs()
    asked = only(payroll)
    luis = asked.suggested[0].user
    assert (asked.code, luis.last_name, asked.suggested[0].kinds) == ("recycled_id", "Quintanar", ("same",))
    answers.answer(of(payroll), "002", kind="different", actor=OPERATOR)
    run = payroll.runs()
    assert (run.counts["created"], run.counts["removed_missing"]) == (1, 1), run.holds
    assert Link.objects.get(source_id="002", retired_at=None).user.last_name == "Stark"
    assert places("Quintanar") == {"Maple Grove": "terminated"}
    assert payroll.runs().counts["unchanged"] == 6
    assert not IdChange.objects.exists()


def test_a_recycled_id_may_be_the_same_person_after_all(payroll: Payroll, synced: Payroll) -> None:
    payroll.sends(PEOPLE[0], PEOPLE[1].replace("Luis,Quintanar", "Lou,Moss"), *PEOPLE[2:])
    payroll.sends(
        PEOPLE[0],
        PEOPLE[1].replace("Luis,Quintanar", "Lou,Moss").replace("2021-05-10", "2026-11-02"),
        *PEOPLE[2:],
    )
    payroll.runs()
    luis = only(payroll).suggested[0].user
    answers.answer(of(payroll), "002", kind="same", user=luis, actor=OPERATOR)
    payroll.runs()
    luis.refresh_from_db()
    assert luis.full_name == "Lou Moss"


def test_nobody_answers_for_a_contractor(elsewhere: Payroll) -> None:
    User.objects.filter(last_name="Calloway").update(local=True)
    assert only(elsewhere).suggested[0].kinds == ()


def test_managers_of_both_do_not_decide_who_a_possible_match_is(elsewhere: Payroll) -> None:
    from schedulepop.sync.review.questions.candidates import Candidates

    grove, creek = of(elsewhere).organization.locations.order_by("-name")
    both = made.manager(creek, "Bea Both")
    made.membership(both, grove, role=Membership.MANAGER)
    ines = User.objects.get(last_name="Calloway")
    about = Candidates.read(of(elsewhere), [ines.pk], Actor.of(both))
    assert about.kinds(ines.pk, "possible_match", creek) == ()
    assert about.kinds(ines.pk, "found_elsewhere", creek) == ("add_here", "transfer")
