"""Pay rates to the ten-thousandth, and what is too ambiguous to read."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedulepop.sync.plan.values.money import read_currencies, read_money, read_units, unit_of_header


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
    found = read_money(pl.Series([written])).row(0, named=True)
    assert (found["value"], found["unreadable"]) == (ten_thousandths, False)


@pytest.mark.parametrize(
    "written",
    [
        "-5",
        "5-",
        "- 5",
        "-$5",
        "+5",
        "(21.50)",
        "$(5.00)",
        "18-20",
        "18.50 to 20",
        "18.50/visit",
        "12 50",
        "21.50*",
        "£5 €6",
        "21.50 XYZ",
        "per hour",
        "n/a",
        "12,3456",
        "1,23,456.00",
        "1.2.3",
        "$",
        "2E3",
        "9" * 12,
    ],
)
def test_no_amount(written: str) -> None:
    assert read_money(pl.Series([written])).row(0) == (None, None, None, True)


@given(st.decimals(0, 999_999, places=4))
def test_four_places_are_exact(amount: Decimal) -> None:
    assert read_money(pl.Series([f"{amount:f}"]))["value"][0] == int(amount * 10_000)


def test_units() -> None:
    words = pl.Series(["Hourly", "per hour", "SALARY", "Bi-Weekly", "fortnight", None])
    assert read_units(words).to_list() == ["hour", "hour", "year", "two_weeks", None, None]


def test_a_header_may_tell_the_unit() -> None:
    headers = ["Hourly Rate", "Annual Salary", "Salary", "Pay Rate"]
    assert [unit_of_header(header) for header in headers] == ["hour", "year", "year", None]


@pytest.mark.parametrize(
    ("written", "ten_thousandths", "unit", "currency"),
    [
        ("18.50/hr", 185_000, "hour", None),
        ("18.50 / hour", 185_000, "hour", None),
        ("$18.50 per hour", 185_000, "hour", "$"),
        ("18.50 hourly", 185_000, "hour", None),
        ("hourly $18.50", 185_000, "hour", "$"),
        ("$18.50 an hour", 185_000, "hour", "$"),
        ("18.50 ph", None, None, None),
        ("52,000 / yr", 520_000_000, "year", None),
        ("52,000 p.a.", 520_000_000, "year", None),
        ("52k", 520_000_000, None, None),
        ("$62.4K/year", 624_000_000, "year", "$"),
        ("1,950.00 bi-weekly", 19_500_000, "two_weeks", None),
        ("210 a day", 2_100_000, "day", None),
        ("USD 18.50", 185_000, None, "USD"),
        ("18.50 usd/hr", 185_000, "hour", "USD"),
        ("US$18.50", 185_000, None, "USD"),
        ("US $ 18.50", 185_000, None, "USD"),
        ("C$ 24.10", 241_000, None, "CAD"),
        ("CAD 24.10", 241_000, None, "CAD"),
        ("CAD $24.10", 241_000, None, "CAD"),
        ("24.10 CAD/hr", 241_000, "hour", "CAD"),
        ("MX$310.00", 3_100_000, None, "MXN"),
        ("£13.85", 138_500, None, "GBP"),
        ("13.85 GBP", 138_500, None, "GBP"),
        ("13.85£", 138_500, None, "GBP"),
        ("17,20 €", 172_000, None, "EUR"),
        ("€ 1.234,50", 12_345_000, None, "EUR"),
        ("17.20 euros per hour", 172_000, "hour", "EUR"),
        ("₱ 310.00", 3_100_000, None, "PHP"),
        ("1 234,50 €", 12_345_000, None, "EUR"),
    ],
)
def test_an_amount_carries_its_unit_and_currency(
    written: str, ten_thousandths: int | None, unit: str | None, currency: str | None
) -> None:
    assert read_money(pl.Series([written])).row(0) == (
        ten_thousandths,
        unit,
        currency,
        ten_thousandths is None,
    )


def test_a_column_of_currencies() -> None:
    words = pl.Series(["usd", "CAD", "US Dollars", "Dollars", "£", "Euro", "shells", "XQZ", None])
    assert read_currencies(words).to_list() == ["USD", "CAD", "USD", "$", "GBP", "EUR", None, None, None]
