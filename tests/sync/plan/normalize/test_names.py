"""Names that are words, and names of one word: what the rest of the column says decides."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.person_names import NameColumns, survey
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, codes, understand

HEADER = "Employee ID,First Name,Last Name,Location"
OTHERS = [("Ulla", "Vance"), ("Femi", "Okafor"), ("Greta", "Rossi"), ("Bo", "Cruz")]
COLUMNS = {"first_name": "First Name", "last_name": "Last Name"}


def read_two(*people: tuple[str, str]) -> tuple[list[tuple[str | None, str | None]], list[str]]:
    """The names of these people, in a feed with four others, and the findings about names."""
    rows = "".join(f"{n},{first},{last},MN\n" for n, (first, last) in enumerate([*people, *OTHERS], 1))
    found = understand(f"{HEADER}\n{rows}")
    named = found.records.select("first_name", "last_name").rows()[: len(people)]
    return named, [code for code in codes(found) if "name" in code]


@pytest.mark.parametrize(
    "word", ["Null", "None", "Last", "First", "Name", "Test", "No", "Nan", "Na", "True", "NULL"]
)
def test_a_word_beside_a_name_is_a_name(word: str) -> None:
    assert read_two(("Ingrid", word), (word, "Bell")) == ([("Ingrid", word), (word, "Bell")], [])


@pytest.mark.parametrize(
    ("first", "last"),
    [("Null", "Null"), ("First", "Last"), ("Test", ""), ("", "None"), ("N/A", "Name"), ("", "-")],
)
def test_words_beside_no_name_are_none(first: str, last: str) -> None:
    assert read_two((first, last)) == ([(None, None)], ["name_missing"])


def test_a_word_many_have_is_no_name() -> None:
    people = [("Wibowo", "None"), ("Thiri", "NONE"), ("Suharto", "none")]
    assert read_two(*people) == ([(one, None) for one, _ in people], ["one_name"] * 3)
    assert read_two(("Nan", "Bell"), ("Nan", "Hall"), ("Nan", "Ives"))[1] == []


def test_one_name_is_kept_where_it_stands() -> None:
    found = [("Wibowo", None), (None, "Thiri")]
    assert read_two(("Wibowo", ""), ("N/A", "Thiri")) == (found, ["one_name", "one_name"])


def test_a_column_that_most_lack_makes_no_names_of_one_word() -> None:
    rows = "".join(f"{n},{first},,MN\n" for n, (first, _) in enumerate(OTHERS, 1))
    found = understand(f"{HEADER}\n{rows}")
    assert set(codes(found)) >= {"name_missing"}
    assert found.records["nameless"].all()


def test_a_half_that_does_not_fit_makes_no_name_of_one_word() -> None:
    assert read_two(("Thiri", "x" * 200)) == ([("Thiri", None)], ["name_missing"])


def test_one_column_of_full_names_is_surveyed_as_well() -> None:
    columns = {"full_name": "Name"}

    def names(*values: str | None) -> NameColumns:
        return survey(pl.DataFrame({"Name": values}), columns, Mapping())

    assert names("Vance, Ulla", "Null, Bo", "Wibowo") == NameColumns()
    assert names("None, Ulla", "None, Bo", "none, Femi").no_last == {"none"}
    assert not names("Ulla", "Bo", "Vance, Femi").usual
    assert survey(pl.DataFrame({"Other": ["x"]}), columns, Mapping()) == NameColumns()
    only_first = survey(pl.DataFrame({"First Name": ["Ulla"]}), {"first_name": "First Name"}, Mapping())
    assert not only_first.usual


def test_a_missing_half_of_the_name_keeps_the_other() -> None:
    found = understand(f"{ID_AND_NAME}\n1,Ann,,MN,ann@example.org\n")
    assert found.records.select("first_name", "last_name").row(0) == ("Ann", None)
    assert codes(found) == ["name_missing"]
