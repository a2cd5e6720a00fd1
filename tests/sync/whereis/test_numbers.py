"""Numbers typed otherwise than payroll writes them: the person is found, and payroll's way of writing is said."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory import reads
from schedulepop.directory.models import Location
from schedulepop.sync.whereis.whereis import Reply, ask
from tests import standing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
ROW = "{id},{number},{name},{mail},,101,{duty},East Wing,{status},2021-02-01"


def row(source_id: str, number: str, name: str, *, duty: str = "CNA", status: str = "Active") -> str:
    mail = f"{name.split(',')[0].lower()}@example.com"
    return ROW.format(id=source_id, number=number, name=name, mail=mail, duty=duty, status=status)


@standing.made_once
def numbered(payroll):
    """People with payroll's numbers in many shapes; Left has left, Odd waits, Broken has no usable ID."""
    payroll.sends(
        *PEOPLE,
        row("003798", "9-0001", "Zita,Zero"),
        row("EMP-0420", "00777", "Petra,Prefix"),
        row("55512", "", "Sam,Same"),
        row("0055512", "", "Tom,Twin"),
        row("004411", "", "Lena,Left", status="Terminated"),
        row("006622", "", "Odd,Status", status="Moonlighting"),
        row("1.2E+05", "088990", "Bruno,Broken"),
    )
    payroll.first_sync()
    return payroll


def asks(payroll, text: str) -> Reply:
    return ask(payroll.integration.organization, text, actor=OPERATOR)


@pytest.mark.parametrize(
    ("typed", "person", "written"),
    [
        ("3798", "Zita Zero", "003798"),
        ("00003798", "Zita Zero", "003798"),
        ("#3798", "Zita Zero", "003798"),
        ("37-98", "Zita Zero", "003798"),
        ("3798.0", "Zita Zero", "003798"),
        ("90001", "Zita Zero", "9-0001"),
        ("420", "Petra Prefix", "EMP-0420"),
        ("emp420", "Petra Prefix", "EMP-0420"),
        ("emp 0420", "Petra Prefix", "EMP-0420"),
        ("777", "Petra Prefix", "00777"),
        ("4411", "Lena Left", "004411"),
        ("6622", "Odd Status", "006622"),
        ("88990", "Bruno Broken", "088990"),
    ],
)
def test_found_and_named_as_payroll_writes_it(numbered, typed, person, written) -> None:
    answer = asks(numbered, typed).answer
    assert (answer.person, answer.note) == (person, f"Payroll writes it {written}.")
    assert f"Payroll writes it {written}." in answer.text


@pytest.mark.parametrize("typed", ["003798", "emp-0420", "9-0001"])
def test_as_payroll_writes_it_nothing_is_added(numbered, typed) -> None:
    reply = asks(numbered, typed)
    assert (reply.known, reply.answer.note, reply.others) == (True, "", ())


def test_of_several_all_are_offered(numbered) -> None:
    reply = asks(numbered, "055512")
    assert {one.person for one in (reply.answer, *reply.others)} == {"Sam Same", "Tom Twin"}


def test_an_exact_number_names_its_owner_alone(numbered) -> None:
    reply = asks(numbered, "55512")
    assert (reply.answer.person, reply.others) == ("Sam Same", ())


@pytest.mark.parametrize("typed", ["379", "37980", "x3798", "#1", "798"])
def test_another_number_is_nobodys(numbered, typed) -> None:
    assert asks(numbered, typed).answer.person != "Zita Zero"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("3798", {"Zita Zero"}),
        ("#3798", {"Zita Zero"}),
        ("37-98", {"Zita Zero"}),
        ("90001", {"Zita Zero"}),
        ("emp 420", {"Petra Prefix"}),
        ("55512", {"Sam Same", "Tom Twin"}),
        ("zita", {"Zita Zero"}),
        ("zita 3798", set()),
    ],
)
def test_the_search_of_the_user_list(numbered, typed, names) -> None:
    place = Location.objects.get()
    asked = reads.Filters(locations=[place], status="all", search=typed)
    rows = reads.user_list(OPERATOR, place.organization, asked)
    assert {row.user.full_name for row in rows} == names
