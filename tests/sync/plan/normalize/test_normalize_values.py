"""Pay, dates, blanks, exclusions and the days of locations, understood example by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from schedulepop.sync.plan.normalize import normalize
from schedulepop.sync.plan.policy import Exclusion, Mapping, Policy
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.read.columns import recognize
from schedulepop.sync.plan.values.dates import propose_dates
from tests import saying
from tests.sync.plan.made_frames import TODAY, file_profile, nobody
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, codes, one, understand

# Dates


def test_an_undeclared_date_column_is_not_read_and_said_once() -> None:
    text = f"{ID_AND_NAME},Hire Date\n1,A,B,MN,a@b.org,1/2/2024\n2,C,D,MN,c@b.org,3/4/2024\n"
    found = understand(text)
    assert found.records["hire_date"].to_list() == [None, None]
    assert found.problems.select("code", "row", "column").rows() == [
        ("date_format_unknown", None, "Hire Date")
    ]
    assert "MM/DD/YYYY" in saying.problems(found.problems)[0]
    assert found.records["clean"].to_list() == [True, True]
    declared = understand(text, Mapping(dates={"hire_date": "%d/%m/%Y"}))
    assert declared.records["hire_date"].to_list() == [date(2024, 2, 1), date(2024, 4, 3)]


def test_a_value_that_does_not_fit_its_column() -> None:
    found = understand(
        f"{ID_AND_NAME},Hire Date\n"
        "1,A,B,MN,a@b.org,1/31/2024\n2,C,D,MN,c@b.org,31/1/2024 soon\n3,E,F,MN,e@b.org,2/1/2024\n"
    )
    assert found.records["hire_date"].to_list() == [date(2024, 1, 31), None, date(2024, 2, 1)]
    assert found.problems.select("code", "row", "value").rows() == [("date_unreadable", 3, "31/1/2024 soon")]


def test_a_last_day_before_the_hire_date() -> None:
    found = understand(
        f"{ID_AND_NAME},Status,Hire Date,Termination Date\n"
        "1,A,B,MN,a@b.org,Active,2024-05-01,2020-01-31\n"
        "2,C,D,MN,c@b.org,Terminated,2024-05-01,2020-01-31\n"
    )
    assert found.records.select("status", "termination_date").rows() == [
        ("active", None),
        ("terminated", date(2020, 1, 31)),
    ]
    assert codes(found) == ["dates_contradict", "dates_contradict"]


# Blank, exclusions, flags


def test_blank_clears_only_where_the_mapping_says_so_and_the_field_allows_it() -> None:
    mapping = Mapping(blank_clears=frozenset({"phone", "termination_date", "first_name", "email"}))
    found = understand(
        "Employee ID,First Name,Last Name,Location,Phone,Termination Date\n"
        "1,,Lee,MN,,0000-00-00\n2,Bo,Ray,MN,312-555-0142,2030-01-01\n3,Cy,Orr,MN,oops,\n",
        mapping,
    )
    assert found.records["clears"].to_list() == [["phone", "termination_date"], [], ["termination_date"]]


def test_excluded_records_are_counted_and_raise_nothing() -> None:
    mapping = Mapping(
        exclude=(
            Exclusion(name="test rows", column="Last Name", contains="zz"),
            Exclusion(name="agency", column="Location", equals="AGENCY"),
            Exclusion(name="gone", column="No Such Column", equals="x"),
        )
    )
    found = understand(
        f"{ID_AND_NAME}\n1,Ann,Lee,MN,ann@example.org\n,Bo,ZZ Test,MN,\n3,Cy,Orr,agency,bad\n4,Di,zz,Agency,\n",
        mapping,
    )
    assert found.records["source_id"].to_list() == ["1"]
    assert found.excluded.rows() == [(3, None, "test rows"), (4, "3", "agency"), (5, "4", "test rows")]
    assert codes(found) == []


@pytest.mark.parametrize(
    ("written", "flag"),
    [("Y", True), ("true", True), ("1", True), ("Secondary", False), ("no", False), ("", None)],
)
def test_the_primary_flag(written: str, flag: bool | None) -> None:
    assert one("Primary", written, "primary_flag") == (flag,)


# Days of locations


def test_each_location_has_its_own_day() -> None:
    held = nobody()
    days = held.locations.with_columns(today=pl.Series([TODAY, date(2026, 3, 9)]))
    text = f"{ID_AND_NAME},Status,Hire Date\n1,A,B,MN,a@b.org,Active,2026-03-10\n2,C,D,MS,c@b.org,Active,2026-03-10\n"
    found = understand(text, snapshot=replace(held, locations=days))
    assert found.records.select("status", "recheck_on").rows() == [
        ("active", None),
        ("upcoming", date(2026, 3, 10)),
    ]


def test_a_part_of_the_feed_is_understood_as_in_the_whole() -> None:
    text = f"{ID_AND_NAME},Hire Date\n1,A,B,MN,a@b.org,1/2/2024\n2,C,D,MN,c@b.org,1/31/2024\n"
    table = read(text.encode(), pay=False).table
    columns = recognize(table.columns[1:]).columns
    dates = propose_dates(table, columns, Mapping())
    part = normalize(file_profile(table, columns, dates), table.head(1), Mapping(), Policy(), nobody())
    assert part.records["hire_date"].to_list() == [date(2024, 1, 2)]
