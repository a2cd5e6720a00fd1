"""Values with control, escape or direction characters, or with lost ones, are not taken; invisible ones go."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.normalize import normalize
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from tests.sync.plan.made_frames import nobody
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, understand

HEADER = "Employee ID,First Name,Last Name,Department\n"


@pytest.mark.parametrize(
    "value",
    [
        "\x1b[1;32mTilda\x1b[0m",
        "\x1b]0;owned\x07Tilda",
        "Til\bda",
        "Til\x7fda",
        "Til\x9bda",
        "Oye\u202elade",
        "Oye\u2066lade\u2069",
        "Til\ufffdda",
        "Til\ufffeda",
        "Tilda\U000e0041",
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_value_is_not_taken_and_its_row_and_column_are_named(value: str, place: int) -> None:
    cells = ["7", "Tilda", "Brandvold", "East"]
    cells[place] = value
    others = "".join(f"{n},Ann,Lee,East\n" for n in range(10, 40))
    feed = read(f"{HEADER}{','.join(cells)}\n{others}".encode(), pay=False)
    columns = HEADER.strip().split(",")
    assert feed.table[columns[place]].to_list()[0] is None
    assert feed.problems.select("code", "row", "column").rows() == [("bad_characters", 2, columns[place])]


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("Til\u200bda", "Tilda"),
        ("\u200eTilda\u200f", "Tilda"),
        ("Til\u00adda", "Tilda"),
        ("\ufeffTilda", "Tilda"),
    ],
)
def test_invisible_characters_that_mean_nothing_are_taken_out(written: str, taken: str) -> None:
    feed = read(f"{HEADER}1,{written},Lee,East\n".encode(), pay=False)
    assert feed.table["First Name"].to_list() == [taken]
    assert feed.problems.is_empty()


@pytest.mark.parametrize("name", ["می\u200cخواهم", "क्\u200dष"])
def test_a_joiner_that_a_script_needs_stays(name: str) -> None:
    feed = read(f"{HEADER}1,{name},Lee,East\n".encode(), pay=False)
    assert feed.table["First Name"].to_list() == [name]


def test_half_a_name_is_no_name_of_one_word_where_the_other_half_was_lost() -> None:
    rows = (
        "1,Wibowo,Sant\ufffdso,MN,w@example.org\n2,Bo,Ray,MN,bo@example.org\n3,Thiri,,MN,thiri@example.org\n"
    )
    mapping, policy, text = Mapping(), Policy(), f"{ID_AND_NAME}\n{rows}4,Femi,Ade,MN,femi@example.org\n"
    feed = read(text.encode(), pay=False)
    columns = {"source_id": "Employee ID", "first_name": "First Name", "last_name": "Last Name"}
    file = FileProfile(feed, columns, unknown=(), dates={})
    found = normalize(file, feed.table, mapping, policy, nobody())
    assert found.records["nameless"].to_list() == [True, False, False, False]
    assert found.problems.filter(pl.col("code") == "one_name")["row"].to_list() == [4]


def test_an_id_with_a_control_character_is_no_id() -> None:
    found = understand(f"{ID_AND_NAME}\n00\x1b12,Ann,Lee,MN,ann@example.org\n2,Bo,Ray,MN,bo@example.org\n")
    assert found.problems.select("code", "row").rows() == [("id_invalid", 2)]
    assert found.rejected["name"].to_list() == ["Ann Lee"]
