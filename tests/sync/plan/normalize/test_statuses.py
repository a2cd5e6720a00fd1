"""Status word and dates together, on the day of the location (2026-03-10)."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop import employee
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.status_words import meaning
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, codes, understand

BEFORE, TODAY, AFTER = "2026-03-09", "2026-03-10", "2026-03-11"
LATER, LONG_AGO = "2026-04-01", "2020-01-01"


def _decided(status: str, hired: str, last: str) -> tuple[object, ...]:
    found = understand(
        f"{ID_AND_NAME},Status,Hire Date,Last Day\n1,Ann,Lee,MN,ann@example.org,{status},{hired},{last}\n"
        "9,Zoe,Fry,MN,zoe@example.org,Active,2020-01-31,2030-01-31\n"
    )
    day = found.records["recheck_on"][0]
    return found.records["status"][0], found.records["status_doubt"][0] is None, day and day.isoformat()


@pytest.mark.parametrize(
    ("word", "hired", "last", "status", "wakes"),
    [
        ("Active", LONG_AGO, "", "active", None),
        ("Active", TODAY, "", "active", None),
        ("Active", AFTER, "", "upcoming", AFTER),
        ("Active", "", "", "active", None),
        ("Active", LONG_AGO, AFTER, "active", AFTER),
        ("Active", AFTER, LATER, "upcoming", AFTER),
        ("Active", LONG_AGO, TODAY, "terminated", None),
        ("Active", LONG_AGO, BEFORE, "terminated", None),
        ("Active", "", BEFORE, "active", None),
        ("Active", BEFORE, LONG_AGO, "active", None),
        ("LOA", LONG_AGO, AFTER, "leave_of_absence", AFTER),
        ("LOA", LONG_AGO, BEFORE, "terminated", None),
        ("FMLA", AFTER, "", "fmla", AFTER),
        ("Suspended", LONG_AGO, "", "suspended", None),
        ("Terminated", LONG_AGO, BEFORE, "terminated", None),
        ("Terminated", LONG_AGO, TODAY, "terminated", None),
        ("Terminated", LONG_AGO, AFTER, "active", AFTER),
        ("Terminated", "", AFTER, "active", AFTER),
        ("Resigned", LONG_AGO, AFTER, "active", AFTER),
        ("Terminated", AFTER, LATER, "upcoming", AFTER),
        ("Terminated", AFTER, "", "canceled", AFTER),
        ("Terminated", AFTER, BEFORE, "canceled", AFTER),
        ("No Show", AFTER, "", "canceled", AFTER),
        ("Withdrawn", AFTER, LATER, "canceled", AFTER),
        ("Inactive", AFTER, "", "inactive", AFTER),
        ("Pending", AFTER, "", "upcoming", AFTER),
        ("Pending", TODAY, "", "active", None),
        ("Pending", "", "", "upcoming", None),
    ],
)
def test_word_and_dates(word: str, hired: str, last: str, status: str, wakes: str | None) -> None:
    assert _decided(word, hired, last) == (status, True, wakes)


@pytest.mark.parametrize("status", employee.Status)
def test_our_own_words_are_understood(status: employee.Status) -> None:
    assert meaning(status.value.replace("_", " ").title(), {}) == status


@pytest.mark.parametrize(("word", "key"), [("Gone Fishing", "gone fishing"), ("", "")])
def test_a_word_nobody_knows_says_nothing(word: str, key: str) -> None:
    found = understand(
        f"{ID_AND_NAME},Status\n1,Ann,Lee,MN,ann@example.org,{word}\n2,B,C,MN,b@example.org,Active\n"
    )
    seen = found.records.select("status", "status_doubt", "status_raw").row(0)
    assert seen == (None, "unmapped_status", word or None)
    assert found.problems.select("code", "row", "key").rows() == [("unmapped_status", 2, key)]


@pytest.mark.parametrize(
    ("hired", "last", "status"),
    [
        (LONG_AGO, "", "active"),
        ("", "", "active"),
        (AFTER, "", "upcoming"),
        (LONG_AGO, TODAY, "terminated"),
        (LONG_AGO, AFTER, "active"),
        ("", BEFORE, "terminated"),
        (BEFORE, LONG_AGO, "active"),
        (AFTER, BEFORE, "upcoming"),
    ],
)
def test_without_a_status_column_dates_decide(hired: str, last: str, status: str) -> None:
    found = understand(
        f"{ID_AND_NAME},Hire Date,Last Day\n1,Ann,Lee,MN,ann@example.org,{hired},{last}\n"
        "9,Zoe,Fry,MN,zoe@example.org,2020-01-31,2030-01-31\n"
    )
    assert found.records.select("status", "status_doubt").row(0) == (status, None)


def test_a_last_day_that_cannot_be_read_lets_nobody_in() -> None:
    found = understand(f"{ID_AND_NAME},Last Day\n1,A,B,MN,a@b.org,1/2/2024\n2,C,D,MN,c@b.org,\n")
    assert found.records.select("status", "status_doubt").rows() == [
        (None, "last_day_unread"),
        ("active", None),
    ]
    assert codes(found) == ["date_format_unknown", "last_day_unread"]


def test_a_working_word_after_the_last_day_is_said() -> None:
    found = understand(
        f"{ID_AND_NAME},Status,Hire Date,Last Day\n1,Ann,Lee,MN,ann@example.org,Active,2020-01-31,2026-03-01\n"
    )
    assert codes(found) == ["status_contradicts"]


def test_the_original_hire_date_stands_in_for_the_latest() -> None:
    found = understand(
        f"{ID_AND_NAME},Status,Original Hire Date\n1,Ann,Lee,MN,ann@example.org,Active,2026-03-31\n"
    )
    assert found.records.select("status", "recheck_on").row(0) == ("upcoming", date(2026, 3, 31))


@pytest.mark.parametrize(
    ("columns", "days", "first", "latest"),
    [
        ("Hire Date,Rehire Date", "2019-05-06,2026-01-12", "2019-05-06", "2026-01-12"),
        ("Hire Date,Rehire Date", "2019-05-06,", "2019-05-06", "2019-05-06"),
        ("Hire Date,Most Recent Hire Date", "2026-01-12,2019-05-06", "2026-01-12", "2026-01-12"),
        (
            "Original Hire Date,Hire Date,Rehire Date",
            "2015-02-03,2019-05-06,2026-01-12",
            "2015-02-03",
            "2026-01-12",
        ),
        ("Original Hire Date,Last Hire Date", "2019-05-06,2026-01-12", "2019-05-06", "2026-01-12"),
        ("Original Hire Date,Last Hire Date", "2019-05-06,", "2019-05-06", "2019-05-06"),
    ],
)
def test_a_rehire_is_the_latest_hire_and_the_plain_one_the_first(
    columns: str, days: str, first: str, latest: str
) -> None:
    found = understand(f"{ID_AND_NAME},Status,{columns}\n1,Ann,Lee,MN,ann@example.org,Active,{days}\n")
    hires = found.records.select("original_hire_date", "hire_date").row(0)
    assert hires == (date.fromisoformat(first), date.fromisoformat(latest))
    assert codes(found) == []


@pytest.mark.parametrize(
    ("column", "word", "status", "last"),
    [
        ("Last Day Worked", "FMLA", "fmla", None),
        ("Last Day Worked", "Leave of Absence", "leave_of_absence", None),
        ("Last Day Worked", "Terminated", "terminated", date(2026, 3, 2)),
        ("Termination Date", "FMLA", "fmla", date(2026, 3, 2)),
    ],
)
def test_a_last_day_worked_ends_nobody_on_leave(
    column: str, word: str, status: str, last: date | None
) -> None:
    columns = {"source_id": "Employee ID", "first_name": "First Name", "last_name": "Last Name"}
    columns |= {"location": "Location", "email": "Email", "status": "Status", "termination_date": column}
    found = understand(
        f"{ID_AND_NAME},Status,{column}\n1,Ann,Lee,MN,ann@example.org,{word},2026-03-02\n",
        Mapping(columns=columns),
    )
    assert found.records.select("status", "termination_date").row(0) == (status, last)


def test_a_word_for_leave_in_a_last_day_column() -> None:
    """Nothing reads the column, and what is in it says who may have left."""
    columns = {"source_id": "Employee ID", "first_name": "First Name", "last_name": "Last Name"}
    mapping = Mapping(columns=columns | {"location": "Location", "email": "Email"})
    plan = trial.first_sync(
        trial.profile_file(
            f"{ID_AND_NAME},Separation Reason,Exit Date\n1,A,B,MN,a@b.org,,\n2,C,D,MN,c@b.org,Moved,x\n".encode(),
            name="feed.csv",
            mapping=mapping,
        ),
        today=date(2026, 3, 10),
        mapping=mapping,
    )
    said = plan.problems.filter(code="status_unread")
    assert said.select("row", "column", "value").rows() == [(3, "Separation Reason", "Moved")]


def test_the_mappings_words_win_over_the_usual_ones() -> None:
    own = Mapping(statuses={"T": "leave_of_absence", "gone fishing": "quit"}).statuses
    assert meaning("t", own) == "leave_of_absence"
    assert meaning("Gone-Fishing", own) == "quit"
    assert meaning("Active", own) == "active"
    assert meaning("blue", own) is None


def test_every_status_is_its_own_word() -> None:
    assert [meaning(status.label, {}) for status in employee.Status] == [s.value for s in employee.Status]
