"""Reading records in which anything may be missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schedulepop.connectors import records


@pytest.mark.parametrize(
    ("amount", "unit", "told"),
    [
        ("2100.55", "Semimonthly", ("50413.20", "Annual")),
        (1000, "Quarterly", ("4000", "Annual")),
        (60000, "Half-yearly", ("120000", "Annual")),
        ("24.10", "Hourly", ("24.10", "Hourly")),
        ("XXXX", "Semimonthly", ("XXXX", "Semimonthly")),
        (None, "Semimonthly", (None, "Semimonthly")),
    ],
)
def test_pay_is_told_by_a_unit_that_there_is(amount: Any, unit: str, told: tuple[Any, str]) -> None:
    assert records.pay(amount, unit) == told


@pytest.mark.parametrize(
    "record", [None, [], "x", {}, {"a": None}, {"a": []}, {"a": {"b": "text"}}, {"a": [None, "x"]}]
)
def test_what_is_missing_is_empty(record: Any) -> None:
    assert records.part(record, "a", "b") == {}
    assert records.items(record, "a") == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2024-05-31", "2024-05-31"),
        ("2024-05-31T00:00:00Z", "2024-05-31"),
        ("0000-00-00", None),
        ("", None),
        (7, None),
    ],
)
def test_a_day_is_taken_as_written(written: Any, told: str | None) -> None:
    assert records.day(written) == told


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2026-07-01", "2025-01-01", "2024-01-01"], "2025-01-01"),  # one is dated ahead
        (["2024-01-01", "2026-06-15"], "2026-06-15"),  # begins today
        (["2027-01-01", "2026-07-01"], "2026-07-01"),  # none has begun
        ([None, "2026-07-01"], None),  # one was always in force
        ([], "nothing"),
    ],
)
def test_of_rows_with_a_day_each_the_latest_that_has_begun_is_in_force(
    days: list[str | None], told: str | None
) -> None:
    found = records.in_force([{"effective_date": day} for day in days], date(2026, 6, 15))
    assert found.get("effective_date", "nothing") == told


@pytest.mark.parametrize(
    ("last", "hired", "has_left", "told"),
    [
        ("2025-08-30", "2019-02-11", True, "2025-08-30"),
        ("2020-12-31", "2022-06-06", False, None),  # hired again since
        ("2026-11-20", "2026-12-01", True, "2026-11-20"),  # never came
        ("2099-12-31", "2022-06-06", False, "2099-12-31"),
        ("2022-06-06", "2022-06-06", False, "2022-06-06"),
        ("2025-08-30T00:00:00Z", None, False, "2025-08-30"),
        (None, "2022-06-06", False, None),
    ],
)
def test_a_last_day_before_the_latest_hire_is_that_of_an_earlier_employment(
    last: str | None, hired: str | None, has_left: bool, told: str | None
) -> None:
    assert records.ended(last, hired, has_left=has_left) == told


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (("1", "570", "555-0411"), "570 555-0411"),
        ((None, "570", "5550411"), "570 5550411"),
        (("47", "", "22123456"), "+47 22123456"),
        (("", "", "5705550411"), "5705550411"),
        (("1", "570", ""), None),
        ((None, None, None), None),
    ],
)
def test_a_phone_in_parts_has_the_country_where_it_is_another_one(
    parts: tuple[Any, ...], told: str | None
) -> None:
    assert records.phone(*parts) == told
