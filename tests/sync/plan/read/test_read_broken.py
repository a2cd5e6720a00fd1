"""Rows that do not fit and files that stop too early: named, shielding people, never read as blanks."""

from __future__ import annotations

import pytest

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.read import read
from tests import saying
from tests.saying import refusing

HEADER = "Employee ID,First Name,Last Name,Email,Status\n"


def test_what_is_read_of_a_broken_row_has_no_control_characters() -> None:
    others = "".join(f"{n},Ann,Lee,a{n}@b.org,Active\n" for n in range(10, 40))
    feed = read(
        f"{HEADER}1\x1b7,N\0ed\u202e,Pi\ufffdke,\x07ned@b.org,Active,x,y\n{others}".encode(), pay=False
    )
    assert feed.broken_rows.select("source_id", "email", "name").rows() == [("17", "ned@b.org", "Ned Pike")]


ANN = "1,Ann,Lee,ann@example.org,Active\n"
BO = "2,Bo,Ray,bo@example.org,Active\n"


def _read(text: str | bytes) -> Feed:
    return read(text if isinstance(text, bytes) else text.encode(), pay=False)


def _rejects(feed: Feed) -> list[tuple[object, ...]]:
    return feed.broken_rows.select("row", "source_id", "name", "email").rows()


@pytest.mark.parametrize(
    ("line", "reject", "told"),
    [
        (
            "7,Cy,Orr,cy@example.org\n",
            (3, "7", "Cy Orr", "cy@example.org"),
            "has 4 values where the header has 5",
        ),
        ("7,Cy,Orr\n", (3, "7", "Cy Orr", None), "has 3 values where the header has 5"),
        ("7\n", (3, "7", None, None), "has 1 value where the header has 5"),
        ("7,Cy,Orr, Jr,cy@example.org,Active\n", (3, "7", "Cy Orr", "cy@example.org"), "has 6 values"),
        (
            '7,"Cy,Orr,cy@example.org,Active\n',
            (3, "7", "Cy Orr", "cy@example.org"),
            "a quote that does not close",
        ),
        ('7,"Cy"x,Orr,cy@example.org,Active\n', (3, "7", 'Cy"x Orr', "cy@example.org"), "a quote"),
    ],
)
def test_a_row_that_does_not_fit_is_named_and_shields(
    line: str, reject: tuple[object, ...], told: str
) -> None:
    feed = _read(HEADER + ANN + line + BO)
    assert feed.table["Employee ID"].to_list() == ["1", "2"]
    assert feed.table["row"].to_list() == [2, 4]
    assert _rejects(feed) == [reject]
    assert feed.problems.select("code", "row", "source_id", "key").rows() == [("ragged_row", 3, "7", "7")]
    assert told in saying.problems(feed.problems)[0]
    assert saying.problems(feed.problems)[0].startswith("Row 3 has ")


def test_one_row_too_short_and_one_too_long_do_not_cancel_out() -> None:
    feed = _read(HEADER + ANN + "7,Cy,Orr,Active\n" + "8,Di,Orr,Jr,di@example.org,Active\n" + BO)
    assert feed.broken_rows["row"].to_list() == [3, 4]


def test_quoted_separators_do_not_hide_a_short_row() -> None:
    feed = _read(HEADER + '1,Ann,"Lee, RN",ann@example.org,Active\n7,Cy,Orr,Active\n' + BO)
    assert feed.broken_rows["row"].to_list() == [3]
    assert feed.table["Last Name"].to_list() == ["Lee, RN", "Ray"]


def test_two_unclosed_quotes_swallow_nobody() -> None:
    feed = _read('Employee ID,Last Name,First Name\n1,"Smith,John\n2,"Doe,Jane\n3,Lee,Ann\n')
    assert feed.table["Employee ID"].to_list() == ["3"]
    assert feed.broken_rows["source_id"].to_list() == ["1", "2"]


def test_a_blank_id_leaves_the_row_number_as_key() -> None:
    feed = _read(HEADER + ANN + ",Cy\n")
    assert feed.problems["key"].to_list() == ["row 3"]


def test_an_id_that_looks_like_an_ssn_is_not_kept_from_a_broken_row() -> None:
    feed = _read(HEADER + ANN + "900-12-3456,Cy,Orr\n")
    assert _rejects(feed) == [(3, None, "Cy Orr", None)]


def test_cut_in_the_middle_of_the_last_row() -> None:
    feed = _read((HEADER + ANN + BO)[:-20])
    assert feed.table["Employee ID"].to_list() == ["1"]
    assert _rejects(feed) == [(3, "2", "Bo Ray", None)]
    assert "may be cut off" in saying.problems(feed.problems)[0]


def test_cut_in_the_middle_of_a_character() -> None:
    data = (HEADER + ANN + "2,Bo,Ray,bo@example.org,Äctivé").encode()[:-1]
    feed = _read(data)
    assert feed.table["Employee ID"].to_list() == ["1"]
    assert feed.broken_rows["source_id"].to_list() == ["2"]
    assert "middle of a character" in saying.problems(feed.problems)[0]


def test_cut_in_the_middle_of_a_utf16_character() -> None:
    feed = _read((HEADER + ANN + BO.strip()).encode("utf-16")[:-1])
    assert feed.broken_rows["source_id"].to_list() == ["2"]


def test_header_and_rows_with_different_separators() -> None:
    with refusing(NeedsAdmin, "header separated by commas and rows separated by semicolons"):
        _read(HEADER + (ANN + BO).replace(",", ";"))


def test_no_row_fits_at_all() -> None:
    with refusing(NeedsAdmin, "no row that fits its header of 5 columns"):
        _read(HEADER + "1,Ann\n2,Bo\n")


def test_a_value_no_cell_could_hold_breaks_its_row() -> None:
    feed = _read(HEADER + ANN + f"7,Cy,{'x' * 40_000},cy@example.org,Active\n")
    assert feed.broken_rows["source_id"].to_list() == ["7"]
    assert "32,767" in saying.problems(feed.problems)[0]


def test_many_hopeless_quotes_stay_fast() -> None:
    text = HEADER + ANN + '7,"Cy,Orr,cy@example.org,Active\n' * 20_000
    feed = _read(text)
    assert feed.broken_rows.height == 20_000
