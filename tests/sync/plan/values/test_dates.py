"""Which format a date column has, when that is proven, and how days are read."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from schedulepop.lib.date_formats import FORMATS, known_format
from schedulepop.sync.plan.frames.feed import ProposedDate
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.dates import looks_like_date, propose_dates, read_dates
from schedulepop.wording import dates


def _propose(*values: str | None, **others: list[str]) -> ProposedDate | None:
    table = pl.DataFrame(
        {"row": range(len(values)), "Hired": values, **others}, schema_overrides={"Hired": pl.String}
    )
    return propose_dates(table, {"hire_date": "Hired"}, Mapping()).get("hire_date")


@pytest.mark.parametrize(
    ("values", "format_"),
    [
        (["1/2/2024", "1/31/2024"], "%m/%d/%Y"),
        (["01/02/2024", "31/01/2024"], "%d/%m/%Y"),
        (["2024-01-02"], "%Y-%m-%d"),
        (["2024-01-02T10:30:00Z", "2024-01-03T00:00:00-05:00"], "%Y-%m-%d"),
        (["2024/01/02"], "%Y/%m/%d"),
        (["20240102"], "%Y%m%d"),
        (["02-Jan-2024"], "%d-%b-%Y"),
        (["Jan 2, 2024", "September 30, 2023"], "%b %d, %Y"),
        (["2 January 2024", "3rd March 2024", "Mon, 4 March 2024"], "%d-%b-%Y"),
        (["27-FEB-19", "05-AUG-21"], "%d-%b-%y"),
        (["27-FEB-19 12.00.00 AM"], "%d-%b-%y"),
        (["2024-Mar-11"], "%Y-%b-%d"),
        (["27FEB2019"], "%d-%b-%Y"),
        (["27-02-2019", "05-08-2021"], "%d-%m-%Y"),
        (["03.27.2019", "08.05.2021"], "%m.%d.%Y"),
        (["27 02 2019"], "%d %m %Y"),
        (["02272019", "08052021"], "%m%d%Y"),
        (["2272019", "8052021"], "%m%d%Y"),
        (["2024.03.11"], "%Y.%m.%d"),
        (["31.01.2024", "01.02.2024"], "%d.%m.%Y"),
        (["01-31-2024"], "%m-%d-%Y"),
        (["1/31/2024 0:00", "2/1/2024 12:00:00 AM"], "%m/%d/%Y"),
        (["1/31/2024", "0000-00-00", "", "N/A"], "%m/%d/%Y"),
    ],
)
def test_proven_by_the_values(values: list[str], format_: str) -> None:
    found = _propose(*values)
    assert found is not None
    assert (found.format, found.proven) == (format_, True)


@pytest.mark.parametrize(
    ("values", "format_", "why"),
    [
        (["1/2/2024", "3/4/2024"], "%m/%d/%Y", "no value proves"),
        (["1.2.2024", "3.4.2024"], "%d.%m.%Y", "no value proves"),
        (["1/31/24"], "%m/%d/%y", "two digits"),
        (["31/1/24"], "%d/%m/%y", "two digits"),
        (["31/1/2024", "1/31/2024"], "%m/%d/%Y", "contradict"),
        (["45321", "45322.5"], "days-1900", "day numbers"),
        (["02052019", "08052021"], "%m%d%Y", "no value proves"),
        (["1551225600", "1628121600000"], None, "since 1970"),
        (["soon", "later"], None, "no known format"),
    ],
)
def test_not_read_until_declared(values: list[str], format_: str | None, why: str) -> None:
    found = _propose(*values)
    assert found is not None
    assert (found.format, found.proven) == (format_, False)
    assert why in dates.why(found.why, found.by)


def test_one_slip_among_many_proofs_does_not_unsettle_a_column() -> None:
    proofs = [f"1/{day}/{year}" for day in range(13, 29) for year in range(2010, 2020)]
    found = _propose(*proofs, "14/1/2020")
    assert found is not None
    assert found.proven


def test_another_column_of_the_same_shape_proves_the_order() -> None:
    found = _propose("1/2/2024", Reviewed=["3/31/2024"])
    assert found == ProposedDate("%m/%d/%Y", True, "by_column", "Reviewed")


def test_another_shape_proves_nothing_and_two_proofs_may_disagree() -> None:
    other_shape = _propose("1/2/2024", Reviewed=["31.03.2024"])
    disagreeing = _propose("1/2/2024", Reviewed=["3/31/2024"], Trained=["31/3/2024"])
    assert other_shape is not None
    assert not other_shape.proven
    assert disagreeing is not None
    assert not disagreeing.proven


def test_two_digit_years_stay_unread_whatever_others_prove() -> None:
    found = _propose("1/31/24", Reviewed=["3/31/2024"])
    assert found is not None
    assert not found.proven


def test_declared_wins_and_blank_columns_say_nothing() -> None:
    table = pl.DataFrame(
        {"row": [2], "Hired": ["1/2/24"], "Left": [None]}, schema_overrides={"Left": pl.String}
    )
    columns = {"hire_date": "Hired", "termination_date": "Left"}
    found = propose_dates(table, columns, Mapping(dates={"hire_date": "%d/%m/%y"}))
    assert found == {"hire_date": ProposedDate("%d/%m/%y", True, "declared")}


@pytest.mark.parametrize(
    ("value", "declared", "day"),
    [
        ("7/5/2011", "%m/%d/%Y", date(2011, 7, 5)),
        ("07/05/2011", "%d/%m/%Y", date(2011, 5, 7)),
        ("7/5/11", "%m/%d/%y", date(2011, 7, 5)),
        ("2011-07-05", "%m/%d/%Y", date(2011, 7, 5)),
        ("2011-07-05T23:59:59-08:00", "%Y-%m-%d", date(2011, 7, 5)),
        ("2011-07-05T00:00:00Z", "%Y-%m-%d", date(2011, 7, 5)),
        ("2011-07-05Z", "%Y-%m-%d", date(2011, 7, 5)),
        ("7/5/2011 12:00:00 AM", "%m/%d/%Y", date(2011, 7, 5)),
        ("20110705", "%Y%m%d", date(2011, 7, 5)),
        ("5-JUL-2011", "%d-%b-%Y", date(2011, 7, 5)),
        ("July 5, 2011", "%b %d, %Y", date(2011, 7, 5)),
        ("02/29/2024", "%m/%d/%Y", date(2024, 2, 29)),
        ("5-JUL-11", "%d-%b-%y", date(2011, 7, 5)),
        ("5th July 2011", "%d-%b-%Y", date(2011, 7, 5)),
        ("7052011", "%m%d%Y", date(2011, 7, 5)),
        ("50711", "%d%m%y", date(2011, 7, 5)),
        ("40729.75", "days-1900", date(2011, 7, 5)),
        ("39267", "days-1904", date(2011, 7, 5)),
    ],
)
def test_days_are_read_by_their_format(value: str, declared: str, day: date) -> None:
    assert read_dates(pl.Series([value]), declared).row(0) == (day, False, False)


@pytest.mark.parametrize(
    "value",
    [
        *("0000-00-00", "00/00/0000", "0", "N/A", "#N/A", "null", "00000000", "0000-00-00 00:00:00"),
        *("9999-12-31", "12/31/9999", "31-Dec-9999", "1900-01-01", "1/1/1900", "01.01.1900", "1904-01-01"),
        *(
            "1/0/1900",
            "01/00/1900",
            "0/1/1900",
            "1/0/00",
            "00/01/00",
            "1900-01-00",
            "1/0/1900 0:00",
            "0-Jan-00",
        ),
        *("00-Jan-1900", "January 0, 1900", "Saturday, January 0, 1900", "12:00:00 AM", "0:00"),
        *(
            "12/30/1899",
            "30/12/1899",
            "12/31/1899",
            "31.12.1899",
            "1899-12-30",
            "1899-12-31T00:00:00",
            "18991230",
        ),
        *("30-Dec-1899", "12/30/1899 12:00:00 AM", "1899-12-30 00:00:00.000", "1899-12-30T00:00:00Z"),
    ],
)
def test_what_databases_write_for_no_date_is_blank(value: str) -> None:
    assert read_dates(pl.Series([value]), "%m/%d/%Y").row(0) == (None, True, False)


@pytest.mark.parametrize(
    "value", ["02/30/2024", "13/13/2024", "7/5/11", "soon", "1/2/0204", "2024-13-01", "45321"]
)
def test_what_is_no_day_is_unreadable(value: str) -> None:
    assert read_dates(pl.Series([value]), "%m/%d/%Y").row(0) == (None, False, True)


def test_nulls_stay_in_their_place() -> None:
    found = read_dates(pl.Series(["1/2/2024", None, "1/2/2024"]), "%m/%d/%Y")
    assert found["value"].to_list() == [date(2024, 1, 2), None, date(2024, 1, 2)]
    assert found["blank"].to_list() == [False, True, False]


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("MM/DD/YYYY", "%m/%d/%Y"),
        ("dd-mon-yy", "%d-%b-%y"),
        ("DD MON YYYY", "%d-%b-%Y"),
        ("%b %d, %Y", "%b %d, %Y"),
        ("MMDDYYYY", "%m%d%Y"),
        ("Days-1904", "days-1904"),
    ],
)
def test_a_format_is_declared_as_people_write_it(written: str, declared: str) -> None:
    assert Mapping(dates={"hire_date": written}).dates == {"hire_date": declared}


def test_whatever_is_proposed_can_be_declared() -> None:
    assert {known_format(dates.pattern(one)) for one in FORMATS} == set(FORMATS)


def test_what_is_no_format_is_refused_with_the_way_to_write_one() -> None:
    with pytest.raises(ValueError, match="Write the parts YYYY or YY, MM or MON, and DD"):
        Mapping(dates={"hire_date": "seconds"})


def test_what_looks_like_a_date() -> None:
    dates = [
        "1/2/2024",
        "2024-01-02",
        "Jan 2, 2024",
        "2-Jan-24",
        "45321",
        "0000-00-00",
        "27FEB2019",
        "02272019",
    ]
    others = ["1", "Active", "Q1 2024", "312-555-0142"]
    assert [looks_like_date(value) for value in dates] == [True] * 8
    assert [looks_like_date(value) for value in others] == [False] * 4
