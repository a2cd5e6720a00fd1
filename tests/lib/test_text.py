"""What leaves as a file, and what a message shows of a personal value."""

from __future__ import annotations

import pytest

from schedulepop.lib.text import cell, mask


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


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("vera@example.org", "v…@example.org"),
        ("vera@example.org, bo@example.net", "v…@example.org, b…@example.net"),
        ("vera@example.org;bo@example.net/cy@example.com", "v…@example.org, b…@example.net, c…@example.com"),
        ("Vera Lindqvist <vera@example.org>", "…, v…@example.org"),
        ("mailto:vera@example.org", "…, v…@example.org"),
        ("vera@example.org or bo@example.net", "v…@example.org, …, b…@example.net"),
        ("vera@one@example.org", "v…@example.org"),
        ("@example.org", "…@example.org"),
        ("vera@", "v…@"),
        ("515-555-0142 / 515-555-0178", "…78"),
    ],
)
def test_every_address_of_a_cell_is_masked(written: str, shown: str) -> None:
    assert mask(written) == shown
