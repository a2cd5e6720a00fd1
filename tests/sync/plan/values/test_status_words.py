"""What status words and flags mean, and which columns may say that somebody has left."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.values.status_words import (
    flag_meanings,
    may_say_ended,
    reads_as_status,
    says_hours,
    usual,
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Active (FT)", "active"),
        ("Active - Per Diem", "active"),
        ("A - Active", "active"),
        ("01 - Terminated", "terminated"),
        ("Terminated - Voluntary", "terminated"),
        ("Terminated / Resigned", "resigned"),
        ("LOA - Paid", "leave_of_absence"),
        ("Leave - FMLA", "fmla"),
        ("Active – Leave", None),
        ("Inactive - Leave", None),
        ("Terminated 3/14/25", None),
        ("Terminated (03/14/2031)", None),
        ("Non - Active", None),
        ("N - Active", None),
        ("Benefits - Active", None),
        ("Floating", None),
        ("", None),
        ("TRM", "terminated"),
        ("trmd", "terminated"),
        ("TERMD - Voluntary", "terminated"),
    ],
)
def test_a_word_with_a_qualifier(word: str, status: str | None) -> None:
    assert usual(word) == status


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Active", "active", "inactive"),
        ("Is Active?", "active", "inactive"),
        ("Active (Y/N)", "active", "inactive"),
        ("Currently Employed", "active", "inactive"),
        ("Inactive", "inactive", "active"),
        ("Terminated", "terminated", "active"),
        ("Termed Flag", "terminated", "active"),
    ],
)
def test_a_flag_means_what_its_header_says(header: str, yes: str, no: str) -> None:
    assert flag_meanings(header, ["Y", "N"]) == {"Y": yes, "N": no}
    assert flag_meanings(header, ["1", "0"]) == {"1": yes, "0": no}
    assert flag_meanings(header, ["True", "false"]) == {"True": yes, "false": no}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Worker Status", ["Y", "N"]),
        ("Benefits Active", ["Y", "N"]),
        ("Active/Inactive", ["Y", "N"]),
        ("Active", ["Y", "On leave"]),
        ("Terminated", ["T"]),
        ("Active", []),
    ],
)
def test_no_flag(header: str, values: list[str]) -> None:
    assert flag_meanings(header, values) == {}


@pytest.mark.parametrize(
    "header",
    [
        "Record Status",
        "Employee State Stat",
        "EMP_STS",
        "Separation Reason",
        "Termination Type",
        "End",
        "Exit Interview Done",
    ],
)
def test_headers_that_may_say_who_has_left(header: str) -> None:
    assert may_say_ended(header)


@pytest.mark.parametrize(
    "header",
    [
        "Benefit Status",
        "Ben Elig Sts Date",
        "License Status",
        "Marital Status",
        "Pay Status",
        "Tax Filing Status",
        "Review End",
        "Status Date",
        "Probation End",
        "I-9 Status",
        "Favorite Color",
        "Cost Center",
    ],
)
def test_headers_that_say_something_else(header: str) -> None:
    assert not may_say_ended(header)


def test_hours_say_how_much_and_not_whether() -> None:
    assert says_hours("Full-Time")
    assert says_hours("Part Time - Days")
    assert not says_hours("Full-Time - On Leave")
    assert not says_hours("Active (FT)")
    assert not says_hours("Active")


def test_a_column_reads_as_a_status_when_somebody_has_left() -> None:
    assert reads_as_status(["Active", "Terminated", "LOA", "Quit", "Odd"])
    assert not reads_as_status(["Active", "Terminated", "LOA", "Odd"])
    assert not reads_as_status(["Active", "Active", "On leave"])
    assert not reads_as_status([" "])
    assert not reads_as_status(["Terminated", *(f"word {number}" for number in range(40))])
