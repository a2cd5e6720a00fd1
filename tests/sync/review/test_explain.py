"""One person of a run explained, to each reader what they may know."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.sync.errors import Refused
from schedulepop.sync.review.explain import explain
from schedulepop.wording import holds as hold_words
from tests import made, standing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


@standing.made_once
def run(payroll):
    payroll.first_sync()
    payroll.sends(PEOPLE[0].replace("0101", "0199"), PEOPLE[1].replace(",CNA,", ",WHO,"), *PEOPLE[2:])
    return payroll.runs()


def test_what_came_in_who_it_was_and_what_changed(run) -> None:
    told = explain(run, "001", actor=OPERATOR)
    assert (told.name, told.came[0].row) == ("Ines Calloway", 2)
    assert ("Phone", "Phone", "(515) 555-0199") in told.came[0].values
    assert told.match.startswith("Linked: the payroll ID is known to be Ines Calloway")
    assert told.outcomes == ("Updated",)
    (change,) = told.changes
    assert (change["verb"], change["location"]) == ("update", "Maple Grove")
    assert change["fields"] == [
        {"field": "phone", "old": "+15155550101", "new": "+15155550199", "why": "payroll", "params": None}
    ]


@pytest.mark.parametrize("who", ["001", "Ines Calloway", "ines  calloway"])
def test_by_id_and_by_name(run, who) -> None:
    assert explain(run, who, actor=OPERATOR).source_id == "001"


def test_by_username_and_nobody(run) -> None:
    ines = User.objects.get(last_name="Calloway")
    assert explain(run, ines.username, actor=OPERATOR).user_id == ines.pk
    with pytest.raises(Refused, match="nobody called Jo"):
        explain(run, "Jo", actor=OPERATOR)


def test_issues_with_what_to_do(run) -> None:
    told = explain(run, "002", actor=OPERATOR)
    assert [title for title, _ in told.issues] == ["A duty code is not set up"]


def test_what_is_held_and_why(payroll, synced) -> None:
    payroll.sends(*PEOPLE[:2])
    run = payroll.runs()
    assert any("not in the payroll file" in reason for reason in hold_words.reasons(run.holds))
    payroll.sends(*(row.replace("Active", "Terminated") if n < 3 else row for n, row in enumerate(PEOPLE)))
    told = explain(payroll.runs(), "001", actor=OPERATOR)
    assert told.changes[0]["held_by"] == "removals_location"
    assert "would lose access" in told.holds[0]


def test_a_manager_reads_their_own_people_with_contacts_masked(run) -> None:
    place = User.objects.get(last_name="Calloway").memberships.get().location
    told = explain(run, "001", actor=Actor.of(made.manager(place)))
    values = {label: value for label, _, value in told.came[0].values}
    assert (values["Phone"], values["Email"], values["First name"]) == ("…99", "i…@example.com", "Ines")
    elsewhere = made.location(run.organization, "Maple Creek")
    with pytest.raises(Refused, match="nobody called 001"):
        explain(run, "001", actor=Actor.of(made.manager(elsewhere, "Marisol Tate")))


def test_a_run_without_a_plan(run) -> None:
    type(run).objects.filter(pk=run.pk).update(plan=None)
    with pytest.raises(Refused, match="no plan"):
        explain(run, "001", actor=OPERATOR)
