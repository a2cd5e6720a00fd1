"""Numbers as people type them, and as payroll writes them."""

from __future__ import annotations

import pytest

from schedulepop.lib.numbers import fits, loose_pattern


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("3798", "003798"),
        ("0003798", "003798"),
        ("37 98", "003798"),
        ("37-98", "003798"),
        ("003798", "00-37.98"),
        ("#3798", "003798"),
        ("# 3798", "3798"),
        ("3798.0", "003798"),
        ("3798", "3798.00"),
        ("3798", "EMP003798"),
        ("emp 3798", "EMP-03798"),
        ("12a", "0012A"),
        ("000", "0"),
        ("３７９８", "003798"),
    ],
)
def test_the_same_number_written_otherwise(typed: str, written: str) -> None:
    pattern = loose_pattern(typed)
    assert pattern is not None
    assert fits(pattern, written)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("379", "3798"),
        ("798", "3798"),
        ("37980", "3798"),
        ("x3798", "EMP3798"),
        ("x3798", "3798"),
        ("12a", "12"),
    ],
)
def test_another_number(typed: str, written: str) -> None:
    pattern = loose_pattern(typed)
    assert pattern is not None
    assert not fits(pattern, written)


@pytest.mark.parametrize("typed", ["", "Jones", "ann@example.com", "9" * 41, "()", "O’Neil"])
def test_what_is_no_number(typed: str) -> None:
    assert loose_pattern(typed) is None
