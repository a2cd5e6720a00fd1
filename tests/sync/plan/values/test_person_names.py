"""Names in one column or two, in every form people carry them."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.person_names import read_full_names, read_names, split_name, tidy


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Lee, Ann", "Ann", "Lee"),
        ("Lee,Ann", "Ann", "Lee"),
        ("Lee, Ann M", "Ann", "Lee"),
        ("Lee, Ann  M.", "Ann", "Lee"),
        ("Lee, Mary Jo", "Mary Jo", "Lee"),
        ("Lee, Mary Jo K.", "Mary Jo", "Lee"),
        ("Ann Lee", "Ann", "Lee"),
        ("Ann M. Lee", "Ann", "Lee"),
        ("Mary Jo Lee", "Mary Jo", "Lee"),
        ("Abu Salim, Karim   ", "Karim", "Abu Salim"),
        ("De La Cruz, María José", "María José", "De La Cruz"),
        ("María de la Cruz", "María", "de la Cruz"),
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        ("O'Neil, Siobhán", "Siobhán", "O'Neil"),
        ("Brown-King, Jean-Luc", "Jean-Luc", "Brown-King"),
        ("Smith, John Jr", "John", "Smith Jr"),
        ("Smith Jr, John", "John", "Smith Jr"),
        ("Smith, Jr., John", "John", "Smith Jr."),
        ("Smith, John Q., III", "John", "Smith III"),
        ("John Smith III", "John", "Smith III"),
        ("John Smith, Jr.", "John", "Smith Jr."),
        ("Jane Doe, RN", "Jane", "Doe"),
        ("Jane Doe RN", "Jane", "Doe"),
        ("Doe, Jane, RN", "Jane", "Doe"),
        ("Doe, Jane RN", "Jane", "Doe"),
        ("Doe, Jane (Janey)", "Jane", "Doe"),
        ('Doe, Robert "Bob"', "Robert", "Doe"),
        ("LEE, ANN", "ANN", "LEE"),
        ("Nguyen, An", "An", "Nguyen"),
        ("Do, Minh", "Minh", "Do"),
        ("Ng, Md", "Md", "Ng"),
        ("X, Malcolm", "Malcolm", "X"),
    ],
)
def test_full_names_are_split(name: str, first: str, last: str) -> None:
    assert read_full_names(pl.Series([name]), Mapping()).row(0) == (first, last)
    assert split_name(tidy(pl.Series([name]))[0]) == (first, last)


@pytest.mark.parametrize("name", ["Cher", "Lee,", ", Ann", "", "N/A", "???", "12345", "Jr."])
def test_one_word_and_no_name_give_nothing(name: str) -> None:
    first, last = read_full_names(pl.Series([name]), Mapping()).row(0)
    assert first is None or last is None


def test_the_order_can_be_declared() -> None:
    names = pl.Series(["Lee Ann", "de la Cruz María José", "Ray, Bo"])
    found = read_full_names(names, Mapping(name_order="last_first"))
    assert found.rows() == [("Ann", "Lee"), ("María José", "de la Cruz"), ("Bo", "Ray")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  Ann   Marie ", "Ann Marie"),
        ("Jose\u0301", "José"),
        ("Ann\u00a0Marie", "Ann Marie"),
        ("D'Angelo", "D'Angelo"),
        ("ANN", "ANN"),
        ("李", "李"),
        ("-", None),
        ("TBD", None),
        ("123", None),
        (None, None),
    ],
)
def test_separate_columns_are_only_trimmed_and_composed(written: str | None, read: str | None) -> None:
    assert read_names(pl.Series([written], dtype=pl.String)).to_list() == [read]
