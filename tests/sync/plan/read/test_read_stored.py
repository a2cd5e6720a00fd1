"""What is kept of a feed: everything but columns that must never be stored, and readable as if it were the file."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.read import Retention, read
from tests.saying import refusing
from tests.scale import reach

CLEAN = b"Employee ID,First Name,Last Name\n1,Ann,Lee\n"


def test_a_file_without_sensitive_columns_is_kept_as_it_is() -> None:
    for data in (CLEAN, CLEAN.decode().encode("utf-16"), CLEAN.replace(b"\n", b"\r")):
        feed = read(data, pay=False)
        assert feed.stored == data
        assert feed.sha256 == hashlib.sha256(data).hexdigest()
        assert feed.dropped == {}


def test_sensitive_columns_leave_table_and_copy() -> None:
    data = (
        b"Employee ID,DOB,Name,Soc Sec,Routing Number,Hourly Rate\n"
        b"1,02/29/1980,Ann Lee,900-12-3456,011000015,21.50\n"
    )
    feed = read(data, pay=False)
    assert feed.dropped == {
        "DOB": "birth date",
        "Soc Sec": "SSN",
        "Routing Number": "bank data",
        "Hourly Rate": "pay",
    }
    assert feed.table.columns == ["row", "Employee ID", "Name"]
    assert feed.stored == b"Employee ID,Name\n1,Ann Lee\n"
    assert read(data, pay=True).table.columns == ["row", "Employee ID", "Name", "Hourly Rate"]


def test_a_column_full_of_ssns_goes_whatever_its_name() -> None:
    feed = read(
        b"Employee ID,Name,Reference\n1,Ann Lee,900-12-3456\n2,Bo Ray,000-98-7654\n3,Cy Orr,\n", pay=False
    )
    assert feed.dropped == {"Reference": "SSN"}


def test_a_broken_row_leaves_only_what_names_the_person() -> None:
    data = (
        b"Maple Court\n"
        b"Employee ID,SSN,First Name,Last Name,Email,Notes\n"
        b"1,900-12-3456,Ann,Lee,ann@example.org,\n"
        b"\n"
        b"2,900-12-9999,Bo,Ray,bo@example.org,private,too many\n"
        b"3,000-11-2222,Cy\n"
        b"4,900-33-4444,Di,Orr,di@example.org,\n"
    )
    feed = read(data, pay=False)
    assert b"900-" not in feed.stored
    assert b"000-11" not in feed.stored
    assert b"private" not in feed.stored
    assert feed.table["row"].to_list() == [3, 7]
    assert feed.broken_rows.select("row", "source_id", "name", "email").rows() == [
        (5, "2", "Bo Ray", "bo@example.org"),
        (6, "3", "Cy", None),
    ]


def test_nothing_left_to_read() -> None:
    with refusing(NeedsAdmin, "never stored"):
        read(b"Name,DOB\nAnn Lee,1980-02-29\n", pay=False)


_CELL = st.text(alphabet='ab,"\n é\0;1', max_size=4)


@settings(max_examples=reach(60, 200), deadline=None)
@given(
    titles=st.lists(st.sampled_from(["Staff list", "", "Maple, Court"]), max_size=2),
    header=st.permutations(["Employee ID", "DOB", "First Name", "Last Name", "Email", "Phone", "Phone", ""]),
    rows=st.lists(st.lists(_CELL, min_size=6, max_size=9), max_size=6),
    quoted=st.booleans(),
)
def test_reading_the_copy_is_reading_the_file(
    titles: list[str], header: list[str], rows: list[list[str]], quoted: bool
) -> None:
    lines = [*titles, ",".join(header)]
    for row in rows:
        cells = [f'"{c.replace(chr(34), chr(34) * 2)}"' if quoted else c.replace("\n", "") for c in row]
        lines.append(",".join(cells))
    try:
        feed = read("\n".join(lines).encode(), pay=False)
    except NeedsAdmin:
        return
    again = read(feed.stored, pay=False)
    assert again.table.rows() == feed.table.rows()
    assert again.table.columns == feed.table.columns
    assert again.broken_rows.rows() == feed.broken_rows.rows()
    assert again.problems.rows() == feed.problems.rows()
    assert again.sha256 == feed.sha256


NAMELESS = (
    b"Employee ID,First Name,Last Name,SSN,Hourly Rate,Locker,Remarks\n"
    b"1,Ann,Lee,900-12-3456,21.50,17,\n"
    b",,,,,L-7744,\n"
    b",,,900-98-7654,,,\n"
    b",,,,21.50,,\n"
    b"4,Cy,Orr,,,18,\n"
    b",,,,,,Total: 2\n"
)


def test_a_row_with_values_only_in_columns_that_are_not_kept_may_be_somebody() -> None:
    feed = read(NAMELESS, pay=False, retention=Retention(Mapping()))
    assert feed.table.columns == ["row", "Employee ID", "First Name", "Last Name"]
    assert feed.table["row"].to_list() == [2, 6]
    assert feed.broken_rows["row"].to_list() == [3, 4]
    assert feed.problems["reason"].to_list() == ["row_nameless"] * 2
    assert [value for value in (b"L-7744", b"900-98", b"Total") if value in feed.stored] == []
    again = read(feed.stored, pay=False, retention=Retention(Mapping()))
    assert (again.stored, again.table.rows()) == (feed.stored, feed.table.rows())
    assert again.broken_rows.rows() == feed.broken_rows.rows()


def test_a_file_whose_kept_columns_are_all_blank_rejects_everybody() -> None:
    data = b"Employee ID,First Name,Last Name,Locker\n,,,17\n,,,18\n"
    feed = read(data, pay=False, retention=Retention(Mapping()))
    assert (feed.table.height, feed.broken_rows.height) == (0, 2)
    assert read(feed.stored, pay=False).broken_rows.height == 2
