"""The payroll ID is proposed by its values where no header names it, and never a contact, a row number or an SSN."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.frames.feed import LikelyId
from schedulepop.sync.plan.read.likely_columns import likely_id


def _proposed(**columns: list[str | None]) -> LikelyId | None:
    table = pl.DataFrame({"row": [2, 3, 4], **columns})
    return likely_id(table, list(columns))


@pytest.mark.parametrize(
    "values",
    [
        ["00751", "00412", "00998"],
        ["E-12", "E-77", "E-31"],
        ["AB0012", "AB0500", "CD0001"],
        ["7F3A", "1B22", "9C01"],
    ],
)
def test_filled_and_different_codes_are_proposed(values: list[str | None]) -> None:
    assert _proposed(Clave=values, Sede=["MN", "MN", "MS"]) == LikelyId("Clave", per_job=False)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Key", ["12", "12", "13"]),
        ("Key", ["12", None, "13"]),
        ("Key", ["1", "2", "3"]),
        ("Key", ["Ann Lee", "Bo Ray", "Cy Fox"]),
        ("Key", ["ann@example.org", "bo@example.org", "cy@example.org"]),
        ("Key", ["900-12-3456", "900-12-3457", "900-12-3460"]),
        ("Key", ["900123456", "900123457", "900123460"]),
        ("Key", ["(215) 555-0101", "(215) 555-0102", "(215) 555-0109"]),
        ("Key", ["2020-01-31", "2021-02-28", "2022-03-15"]),
        ("Row Number", ["17", "29", "31"]),
        ("Mobile", ["5550101", "5550102", "5550109"]),
        ("Badge", ["00751", "00412", "00998"]),
    ],
)
def test_what_is_never_proposed(name: str, values: list[str | None]) -> None:
    assert _proposed(**{name: values}) is None


def test_an_id_of_a_position_comes_last_and_says_so() -> None:
    ids: list[str | None] = ["00751", "00412", "00998"]
    assert _proposed(**{"Position Ref": ids}) == LikelyId("Position Ref", per_job=True)
    both = _proposed(**{"Position Ref": ids, "Clave": ["A1", "B2", "C3"]})
    assert both == LikelyId("Clave", per_job=False)


def test_two_records_prove_nothing() -> None:
    assert likely_id(pl.DataFrame({"row": [2, 3], "Clave": ["00751", "00412"]}), ["Clave"]) is None
