"""What a column is called now: by what the new header names, else by how alike it is written."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.values.renamed_columns import successor, successor_by_values


@pytest.mark.parametrize(
    ("field", "was", "unread", "now"),
    [
        ("email", "Work Email", ["E-mail (Work)", "Shirt Size"], "E-mail (Work)"),
        ("zone", "Home Unit", ["Home Unit 2", "Notes"], "Home Unit 2"),
        ("duty", "Puesto", ["Puesto actual", "Sede"], "Puesto actual"),
        ("duty", "Puesto", ["Sede", "Turno"], None),
        ("duty", "", ["Sede", "Turno"], None),
        ("duty", "Job Title", [], None),
    ],
)
def test_the_likely_successor(field: str, was: str, unread: list[str], now: str | None) -> None:
    assert successor(field, was, unread) == now


def test_of_several_that_name_it_the_one_written_most_alike() -> None:
    assert successor("email", "Work Email", ["Email Work", "Email Personal"]) == "Email Work"


HAD = pl.DataFrame(
    {
        "source_id": ["1", "2", "3", "4"],
        "value": ["a@b.org", "c@b.org", "d@b.org", None],
    }
)
IDS = pl.DataFrame({"source_id": ["1", "2", "3", "4"]})


@pytest.mark.parametrize(
    ("values", "same"),
    [
        (["A@b.org ", "c@b.org", "d@b.org", "new@b.org"], True),
        (["a@b.org", "c@b.org", None, None], False),  # two are too few
        (["c@b.org", "a@b.org", "d@b.org", None], False),  # those of other people
        (["a@b.org", "c@b.org", "x@b.org", "y@b.org"], False),
    ],
)
def test_a_column_whose_name_says_nothing_is_known_by_its_values(
    values: list[str | None], same: bool
) -> None:
    unread = IDS.with_columns(pl.Series("FIELD_07", values, dtype=pl.String), pl.lit("x").alias("FIELD_08"))
    assert (successor_by_values("email", HAD, unread) == "FIELD_07") is same


def test_phones_are_alike_by_their_figures_and_ids_whoever_has_them() -> None:
    had = HAD.with_columns(pl.Series("value", ["+15155550101", "+15155550102", "+15155550103", None]))
    unread = IDS.with_columns(pl.Series("F", ["(515) 555-0101", "515.555.0102", "5155550103", None]))
    assert successor_by_values("phone", had, unread) == "F"
    assert successor_by_values("source_id", HAD, pl.DataFrame({"F": ["4", "2", "1 "]})) == "F"
    assert successor_by_values("email", HAD, pl.DataFrame({"F": ["a@b.org"]})) is None
    assert successor_by_values("email", HAD, pl.DataFrame()) is None
