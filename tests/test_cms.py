"""CMS's lists, the federal fiscal year, and which employee IDs go out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schedulepop import cms
from schedulepop.cms import Quarter


def test_forty_codes_in_fifteen_categories() -> None:
    assert list(cms.CODES) == list(range(1, 41))
    assert len(cms.CATEGORIES) == 15
    assert [one.code for one in cms.CATEGORIES["Nursing Services"]] == list(range(5, 15))
    assert (cms.title(7), cms.title(10), cms.title(40)) == (
        "7 · Registered Nurse",
        "10 · Certified Nurse Aide",
        "40 · Other Service Worker",
    )
    assert cms.PAY_TYPES == {1: "Exempt", 2: "Non-exempt", 3: "Contract"}


@pytest.mark.parametrize(
    ("duty", "codes"),
    [
        ("RN", [6, 7]),
        ("Registered Nurse", [6, 7]),
        ("RN Supervisor", [6, 7]),
        ("LPN", [8, 9]),
        ("DON", [5]),
        ("C.N.A.", []),
        ("CNA", [10, 11]),
        ("Physical Therapist", [21, 22, 23]),
        ("Cook", []),
        ("Learning Coach", []),
    ],
)
def test_a_name_only_suggests_and_never_decides_between_rn_and_rn_with_administrative_duties(
    duty: str, codes: list[int]
) -> None:
    assert [one.code for one in cms.candidates(duty)] == codes


def test_the_fiscal_year_begins_in_october() -> None:
    assert (Quarter.of(date(2025, 9, 30)), Quarter.of(date(2025, 10, 1))) == (
        Quarter(2025, 4),
        Quarter(2026, 1),
    )
    assert str(Quarter.of(date(2025, 12, 31))) == "2026Q1"
    assert Quarter(2026, 1).months == "October to December 2025"
    assert (Quarter(2026, 1).before, Quarter(2026, 4).next, Quarter(2026, 3).before) == (
        Quarter(2025, 4),
        Quarter(2027, 1),
        Quarter(2026, 2),
    )


def test_every_day_is_in_its_quarter() -> None:
    day = date(2024, 1, 1)
    while day < date(2026, 1, 1):
        assert Quarter.of(day).first <= day <= Quarter.of(day).last
        day += timedelta(days=1)


@pytest.mark.parametrize("text", ["2026q1", " 2026-Q1 "])
def test_a_quarter_is_named(text: str) -> None:
    assert Quarter.named(text) == Quarter(2026, 1)


@pytest.mark.parametrize("text", ["2026", "Q1 2026", "2026Q5", "26Q1", ""])
def test_what_is_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="Write it like 2026Q1"):
        Quarter.named(text)


@pytest.mark.parametrize(
    ("employee_id", "why"),
    [
        ("004131", ""),
        ("MH-12_a.b,c", ""),
        ("a b", ""),
        ("1" * 30, ""),
        ("1" * 31, "more than 30"),
        ("123-45-6789", "Social Security"),
        ("123 45 6789", "Social Security"),
        ("Ñ12", "characters"),
        ("12#", "characters"),
        (" 12", "characters"),
    ],
)
def test_ids_cms_takes(employee_id: str, why: str) -> None:
    refused = cms.refusal(employee_id)
    assert why in refused
    assert bool(why) == bool(refused)


def test_nine_digits_are_doubtful_where_they_could_be_a_social_security_number() -> None:
    assert [
        cms.doubtful(one) for one in ("123456789", "000123456", "666123456", "912345678", "12345678")
    ] == [True, False, False, False, False]
