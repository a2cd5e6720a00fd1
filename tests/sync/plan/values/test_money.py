"""Pay rates to the ten-thousandth, and what is too ambiguous to read."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedulepop.sync.plan.values.money import read_money, read_units, unit_of_header


@pytest.mark.parametrize(
    ("written", "ten_thousandths"),
    [
        ("21.50", 215_000),
        ("$21.50", 215_000),
        ("$ 1,234.50", 12_345_000),
        ("62506", 625_060_000),
        ("1,234,567.89", 12_345_678_900),
        ("21.1234", 211_234),
        ("21.12345", 211_235),
        ("18.333333", 183_333),
        ("0", 0),
        ("0.00", 0),
        ("1.234,50", 12_345_000),
        ("12,50", 125_000),
        ("1,234", 12_340_000),
        ("21.50/hr", 215_000),
        ("USD 21.50", 215_000),
        ("21.5", 215_000),
    ],
)
def test_amounts(written: str, ten_thousandths: int) -> None:
    assert read_money(pl.Series([written])).row(0) == (ten_thousandths, False)


@pytest.mark.parametrize(
    "written", ["-5", "(21.50)", "n/a", "12,3456", "1,23,456.00", "1.2.3", "$", "2E3", "9" * 12]
)
def test_no_amount(written: str) -> None:
    assert read_money(pl.Series([written])).row(0) == (None, True)


@given(st.decimals(0, 999_999, places=4))
def test_four_places_are_exact(amount: Decimal) -> None:
    assert read_money(pl.Series([f"{amount:f}"]))["value"][0] == int(amount * 10_000)


def test_units() -> None:
    words = pl.Series(["Hourly", "per hour", "SALARY", "Bi-Weekly", "fortnight", None])
    assert read_units(words).to_list() == ["hour", "hour", "year", "two_weeks", None, None]


def test_a_header_may_tell_the_unit() -> None:
    headers = ["Hourly Rate", "Annual Salary", "Salary", "Pay Rate"]
    assert [unit_of_header(header) for header in headers] == ["hour", "year", "year", None]
