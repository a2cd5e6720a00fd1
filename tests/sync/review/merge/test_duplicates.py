"""Who is on the User List twice: which pairs are found, with what reasons, and which are not."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import DistinctPair
from schedulepop.sync.review.merge import duplicates, merge
from tests import made

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("henry")


@pytest.fixture
def grove():
    return made.location(made.organization())


def found(place, **more):
    return [
        (pair.kept.full_name, pair.merged.full_name, pair.why)
        for pair in duplicates.find(place.organization, actor=OPERATOR, **more)
    ]


def test_the_same_name_at_one_location(grove) -> None:
    made.person(grove, "Ines Calloway")
    made.person(grove, "Inés Calloway")
    assert found(grove) == [("Ines Calloway", "Inés Calloway", "same name, same location")]


def test_a_nickname_with_the_same_phone_elsewhere(grove) -> None:
    hill = made.location(grove.organization, "Oak Hill")
    made.person(grove, "Robert Haddad", phone="+15155550101")
    made.person(hill, "Bob Haddad", phone="+15155550101")
    ((_, _, why),) = found(grove)
    assert why == "a short form of the same first name, same last name, same phone"


def test_a_married_name_with_the_same_email_and_hire_date(grove) -> None:
    made.person(grove, "Ines Calloway", email="Ines@example.com", hire_date=date(2020, 1, 1))
    made.person(grove, "Ines Marsh", email="ines@example.com", hire_date=date(2020, 1, 1))
    ((_, _, why),) = found(grove)
    assert "same email" in why


def test_mother_and_daughter_twins_and_namesakes_are_left_in_peace(grove) -> None:
    hill = made.location(grove.organization, "Oak Hill")
    made.person(grove, "Carla Diaz", email="diaz@example.com")
    made.person(grove, "Luz Diaz", email="diaz@example.com")
    made.person(grove, "Thuy Dang", hire_date=date(2020, 1, 1))
    made.person(grove, "Linh Dang", hire_date=date(2020, 1, 1))
    made.person(grove, "Maria Garcia")
    made.person(hill, "Maria Garcia")
    assert found(grove) == []


def test_likeliest_first_and_never_across_organizations(grove) -> None:
    other = made.location(made.organization("Oak Care"))
    made.person(other, "Ines Calloway", email="ines@example.com")
    made.person(grove, "Ines Calloway", email="ines@example.com")
    made.person(grove, "Ines Calloway", email="ines@example.com")
    made.person(grove, "Luis Quintanar")
    made.person(grove, "Luis Quintanar")
    pairs = duplicates.find(grove.organization, actor=OPERATOR)
    assert [pair.kept.full_name for pair in pairs] == ["Ines Calloway", "Luis Quintanar"]
    assert pairs[0].score > pairs[1].score
    assert all(
        user.organization_id == grove.organization_id for pair in pairs for user in (pair.kept, pair.merged)
    )


def test_whoever_has_a_password_goes_on_else_whoever_works_by_payrolls_word(grove) -> None:
    made.person(grove, "Ines Calloway")
    second = made.person(grove, "Ines Calloway", membership_more={"payroll_owned": True})
    (pair,) = duplicates.find(grove.organization, actor=OPERATOR)
    assert pair.kept == second
    third = made.person(grove, "Ines Calloway", password=made.PASSWORD)
    assert {
        pair.kept
        for pair in duplicates.find(grove.organization, actor=OPERATOR)
        if third in (pair.kept, pair.merged)
    } == {third}


def test_different_people_are_not_asked_again(grove) -> None:
    one, other = made.person(grove, "Ines Calloway"), made.person(grove, "Ines Calloway")
    for _ in range(2):
        duplicates.different(other, one, actor=OPERATOR)
    assert found(grove) == []
    assert DistinctPair.objects.get().by == "cli:henry"
    assert AuditEntry.objects.filter(verb="different_people").count() == 2


def test_whoever_was_merged_is_not_found_and_comes_back_when_it_is_taken_back(grove) -> None:
    one, other = made.person(grove, "Ines Calloway"), made.person(grove, "Ines Calloway")
    done = merge.merge(one, other, reason="twice", actor=OPERATOR)
    assert found(grove) == []
    merge.unmerge(done, actor=OPERATOR)
    assert len(found(grove)) == 1


def test_a_person_at_two_locations_is_one_pair_with_another(grove) -> None:
    hill = made.location(grove.organization, "Oak Hill")
    ines = made.person(grove, "Ines Calloway", phone="+15155550101")
    made.membership(ines, hill)
    made.person(hill, "Ines Calloway", phone="+15155550101")
    assert len(found(grove)) == 1


def test_nobody_is_compared_with_nobody(grove) -> None:
    assert found(grove) == []


def test_who_may(grove) -> None:
    one, other = made.person(grove, "Ines Calloway"), made.person(grove, "Ines Calloway")
    manager = Actor.of(made.manager(grove))
    for act in (
        lambda: duplicates.find(grove.organization, actor=manager),
        lambda: duplicates.different(one, other, actor=manager),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Refused):
        duplicates.different(one, one, actor=OPERATOR)
    with pytest.raises(Refused):
        duplicates.different(one, made.user(made.organization("Oak Care")), actor=OPERATOR)


def test_a_name_of_one_word_is_found_twice(grove) -> None:
    for number in ("+15155550101", "+15155550101"):
        prince = made.person(grove, "Prince", phone=number)
        prince.first_name, prince.last_name = "", "Prince"
        prince.save()
    ((one, other, why),) = found(grove)
    assert (one, other) == ("Prince", "Prince")
    assert "same phone" in why


def test_two_people_of_one_name_of_one_word_and_nothing_else_are_left_in_peace(grove) -> None:
    hill = made.location(grove.organization, "Oak Hill")
    for place in (grove, hill):
        prince = made.person(place, "Prince")
        prince.first_name, prince.last_name = "", "Prince"
        prince.save()
    assert found(grove) == []
