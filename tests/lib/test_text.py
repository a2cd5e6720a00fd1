"""What leaves as a file."""

from __future__ import annotations

import pytest

from schedulepop.lib.text import cell


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("", ""),
        ("Ann", "Ann"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("=1", "'=1"),
        ("@sum", "'@sum"),
        ("＝1+1", "'＝1+1"),
        ("+15155550101", "+15155550101"),
        ("-5", "-5"),
        ("-5+cmd", "'-5+cmd"),
    ],
)
def test_a_cell_runs_nothing_and_a_blank_one_stays_blank(value: str, written: str) -> None:
    assert cell(value) == written
