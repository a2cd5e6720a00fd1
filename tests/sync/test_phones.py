"""Phone numbers in any form; the fast pattern never disagrees with the library."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.values.phones import read_phones


@pytest.mark.parametrize(
    "written",
    [
        "3125550142", "(312) 555-0142", "312-555-0142", "312.555.0142", "312 555 0142", "+1 312 555 0142",
        "1-312-555-0142", "+13125550142", "(312)555-0142", "312/555-0142", "3125550142.0", "312-555-0142 x12",
        "312-555-0142 ext. 9", "tel: 312-555-0142", "'3125550142", " 312-555-0142 ", "011 1 312 555 0142",
    ],
)  # fmt: skip
def test_one_number_in_many_forms(written: str) -> None:
    assert read_phones(pl.Series([written]), "US").row(0) == ("+13125550142", False)


@pytest.mark.parametrize(
    "written",
    ["555-0142", "0000000000", "999-999-9999", "123-456-7890", "312-555-01", "n/a", "see file", "3.13E+09",
     "312-555-0142 / 312-555-0143", "555-555-0142"],
)  # fmt: skip
def test_no_complete_number(written: str) -> None:
    assert read_phones(pl.Series([written]), "US").row(0) == (None, True)


def test_other_countries() -> None:
    assert read_phones(pl.Series(["020 7946 0018", "+1 312 555 0142"]), "GB")["value"].to_list() == [
        "+442079460018", "+13125550142",
    ]  # fmt: skip
    assert read_phones(pl.Series(["+44 20 7946 0018"]), "US")["value"].to_list() == ["+442079460018"]


def test_null_stays_null() -> None:
    assert read_phones(pl.Series([None], dtype=pl.String), "US").row(0) == (None, False)


@settings(max_examples=500, deadline=None)
@given(st.integers(2_000_000_000, 9_999_999_999))
def test_the_fast_pattern_agrees_with_the_library(digits: int) -> None:
    number = phonenumbers.parse(str(digits), "US")
    expected = f"+1{digits}" if phonenumbers.is_valid_number(number) else None
    assert read_phones(pl.Series([str(digits)]), "US")["value"][0] == expected
