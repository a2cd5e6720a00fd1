"""What somebody types to find a person, and whom it resembles."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.whereis.query import parse
from schedulepop.sync.whereis.score import similarity
from schedulepop.wording.whereis import NOBODY, SOMEBODY

PEOPLE = [
    ("Delphine Arsenault", "delphine@maple.example", "+15155550178", "00123", "004127"),
    ("Óscar Núñez-Ortiz", None, None, "E9", None),
    ("Mary Ann O’Brien", "MARY@maple.example", "(515) 555-0199 ext. 12", "7", "A-7"),
    (None, "nobody@maple.example", "+15155550144x3", "8", None),
]
SCHEMA = ("name", "email", "phone", "source_id", "employee_number")


def found(typed: str) -> list[int]:
    """Positions of the people who resemble the text, most alike first."""
    scores = similarity(pl.DataFrame(PEOPLE, schema=list(SCHEMA), orient="row"), parse(typed)).to_list()
    return sorted((n for n, score in enumerate(scores) if score), key=lambda n: -scores[n])


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Delphine Arsenault", [0]),
        ("arsenault, delphine", [0]),
        ("ARSENAULT", [0]),
        ("del ars", [0]),
        ("Delfine Arsenault", [0]),
        ("Delphine Arsenalt", [0]),
        ("Delphnie", [0]),
        ("oscar nunez", [1]),
        ("Óscar Núñez Ortiz", [1]),
        ("ortiz oscar", [1]),
        ("o'brien", [2]),
        ("OBrien Mary", [2]),
        ("mary", [2]),
        ("delphine@maple.example", [0]),
        ("Mary@Maple.example", [2]),
        ("delphine@maple", []),
        ("(515) 555-0178", [0]),
        ("5155550199", [2]),
        ("(515) 555-0144", [3]),
        ("555-0178", [0]),
        ("+1 515 555 0178", [0]),
        ("00123", [0]),
        ("123", []),
        ("004127", [0]),
        ("e9", [1]),
        ("a-7", [2]),
        ("7", [2]),
        ("Delphine Smith", []),
        ("", []),
        ("Zoe", []),
        ("d", []),
    ],
)
def test_whom_a_text_resembles(typed: str, who: list[int]) -> None:
    assert found(typed) == who


@pytest.mark.parametrize(
    ("typed", "whole", "somebody"),
    [
        ("Delphine Arsenault", True, "Somebody of that name"),
        ("arsenault", False, "Somebody of that name"),
        ("a@b.example", True, "Somebody with that email address"),
        ("(515) 555-0178", True, "Somebody with that number"),
        ("555-0178", True, "Somebody with that number"),
        ("004127", True, "Somebody with that ID"),
        ("E-9", True, "Somebody of that name"),
        ("\x00 ", False, "Somebody of that name"),
    ],
)
def test_what_a_text_is(typed: str, whole: bool, somebody: str) -> None:
    question = parse(typed)
    assert (question.whole, SOMEBODY[question.kind]) == (whole, somebody)
    assert NOBODY[question.kind] == somebody.replace("Some", "No")


def test_nobody_resembles_anything_in_an_empty_list() -> None:
    assert similarity(pl.DataFrame(schema=dict.fromkeys(SCHEMA, pl.String)), parse("Ann Lee")).is_empty()


def test_a_hundred_thousand_names_take_less_than_a_second() -> None:
    import time

    names = [f"Ann{n % 700} Lee{n % 900}" for n in range(100_000)]
    people = pl.DataFrame({"name": names}).with_columns(
        *(pl.lit(None, pl.String).alias(column) for column in SCHEMA[1:])
    )
    began = time.perf_counter()
    assert similarity(people, parse("Lee17 Ann617")).max() == 100.0
    assert time.perf_counter() - began < 1.0
