"""Records of people who were erased: left out while the employment is over, somebody new once they work again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schedulepop.sync.plan.frames.steps import Normalized
from tests.sync.plan.made_frames import nobody
from tests.sync.plan.normalize.test_normalize import understand

HEADER = "Employee ID,First Name,Last Name,Email,Location,Status,Hire Date\n"
BOB = "2,Bob,Ray,bob@example.org,MN,Active,2020-01-01\n"


def without(lines: str, *erased: str) -> Normalized:
    return understand(HEADER + lines + BOB, snapshot=replace(nobody(), erased=frozenset(erased)))


def said(found: Normalized) -> list[tuple[object, ...]]:
    return found.problems.select("code", "row", "source_id", "value", "params").rows()


@pytest.mark.parametrize(
    ("status", "last"), [("Terminated", "bad@"), ("On the moon", "ann@example.org"), ("Quit", "")]
)
def test_who_has_left_is_a_row_number(status: str, last: str) -> None:
    """An address that cannot be read, a status nobody knows: what is wrong with the record is not said either."""
    found = without(f"1,Ann,Lee,{last},MN,{status},soon\n", "1")
    assert found.records["source_id"].to_list() == ["2"]
    assert found.excluded.rows() == [(2, None, "erased")]
    assert [one for one in said(found) if one[1] == 2] == [("erased", 2, None, None, None)]


def test_who_works_again_is_somebody_new() -> None:
    lines = (
        "1,Ann,Lee,ann@example.org,MN,Active,2026-03-01\n1,Ann,Lee,ann@example.org,MS,Terminated,2020-01-01\n"
    )
    found = without(lines, "1")
    assert found.records["source_id"].to_list() == ["1", "1", "2"]
    assert found.excluded.is_empty()


def test_others_are_as_they_were() -> None:
    lines = "1,Ann,Lee,bad@,MN,Terminated,2020-01-01\n"
    assert without(lines, "9").records.equals(without(lines).records)
    assert said(without(lines, "9")) == said(without(lines))


def test_an_id_that_cannot_be_used_is_left_out_as_well() -> None:
    found = without("1.2E+05,Ann,Lee,ann@example.org,MN,Terminated,2020-01-01\n", "1.2E+05")
    assert found.rejected.is_empty()
    assert found.excluded.height == 1
