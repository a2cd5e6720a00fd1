"""Reading files as payroll programs really write them: encodings, separators, titles, line ends, row numbers."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.frames.feed import PROBLEM, REJECTED, Feed
from schedulepop.sync.plan.read import read
from schedulepop.wording import files
from tests import saying

PLAIN = "Employee ID,First Name,Last Name,Hire Date\n00123,Zoë,Núñez,2024-01-31\n00124,Ann,Lee,2023-05-01\n"
PEOPLE = [(2, "00123", "Zoë", "Núñez", "2024-01-31"), (3, "00124", "Ann", "Lee", "2023-05-01")]


def _read(text: str | bytes, **options: object) -> Feed:
    data = text if isinstance(text, bytes) else text.encode()
    return read(data, pay=False, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("UTF-8", PLAIN.encode()),
        ("UTF-8 with a byte order mark", b"\xef\xbb\xbf" + PLAIN.encode()),
        ("UTF-16 little endian with its mark", PLAIN.encode("utf-16")),
        ("UTF-16 big endian with its mark", b"\xfe\xff" + PLAIN.encode("utf-16-be")),
        ("UTF-16 little endian without a mark", PLAIN.encode("utf-16-le")),
        ("UTF-16 big endian without a mark", PLAIN.encode("utf-16-be")),
        ("UTF-32", PLAIN.encode("utf-32")),
        ("Windows-1252", PLAIN.encode("cp1252")),
        ("CR LF", PLAIN.replace("\n", "\r\n").encode()),
        ("CR only", PLAIN.replace("\n", "\r").encode()),
        ("CR CR LF", PLAIN.replace("\n", "\r\r\n").encode()),
        ("no line end at the end", PLAIN.rstrip().encode()),
        ("blank lines at the end", PLAIN.encode() + b"\n\r\n\n"),
        ("semicolons", PLAIN.replace(",", ";").encode()),
        ("tabs", PLAIN.replace(",", "\t").encode()),
        ("vertical bars", PLAIN.replace(",", "|").encode()),
        (
            "every value quoted",
            "\n".join(f'"{line}"'.replace(",", '","') for line in PLAIN.splitlines()).encode(),
        ),
        ("spaces around values", PLAIN.replace(",", " , ").encode()),
        ("quotes after a space", PLAIN.replace(",Núñez", ', "Núñez"').encode()),
        (
            "zero-width characters",
            PLAIN.replace("Ann", "\u200bAnn\ufeff").replace("First", "\u200bFirst").encode(),
        ),
    ],
)
def test_the_same_people_in_any_layout(name: str, data: bytes) -> None:
    feed = _read(data)
    assert feed.table.columns == ["row", "Employee ID", "First Name", "Last Name", "Hire Date"]
    assert feed.table.rows() == PEOPLE
    assert feed.problems.rows() == []
    assert feed.broken_rows.rows() == []


def test_a_spreadsheets_separator_line_is_no_row() -> None:
    feed = _read("sep=;\n" + PLAIN.replace(",", ";"))
    assert feed.table.rows() == PEOPLE


def test_title_lines_above_the_header_are_passed_over_and_said() -> None:
    feed = _read("Maple Court Care Center\nStaff list, printed 01/31/2026\n\n" + PLAIN)
    assert feed.table["row"].to_list() == [5, 6]
    assert feed.problems["code"].to_list() == ["header_not_first"]
    assert "row 4" in saying.problems(feed.problems)[0]
    assert files.note(*feed.notes[0]) == "UTF-8, separated by commas, header in row 4"


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    feed = _read('Employee ID,First Name,Last Name\n1,Ann,Lee\n\n2,"Bo\nBob",Ray\n\n,,\n3,Cy,Orr\n')
    assert feed.table.select("row", "Employee ID").rows() == [(2, "1"), (4, "2"), (7, "3")]
    assert feed.table["First Name"].to_list() == ["Ann", "Bo\nBob", "Cy"]


def test_quoted_separators_and_doubled_quotes() -> None:
    feed = _read('Employee ID,Name,Job Title\n1,"Lee, Ann","Nurse ""RN"""\n2,"Ray, Bo",Aide\n')
    assert feed.table.rows() == [(2, "1", "Lee, Ann", 'Nurse "RN"'), (3, "2", "Ray, Bo", "Aide")]


def test_a_quote_inside_a_value_is_only_a_character() -> None:
    feed = _read('Employee ID,Name,Job Title\n1,Ann 5\'2" Lee,Aide\n2,Bo 6" Ray,Aide\n')
    assert feed.table["Name"].to_list() == ["Ann 5'2\" Lee", 'Bo 6" Ray']


def test_blank_values_are_null_whatever_they_are_made_of() -> None:
    feed = _read('Employee ID,First Name,Last Name\n1,"", \n2,\t,"  "\n')
    assert feed.table.rows() == [(2, "1", None, None), (3, "2", None, None)]


def test_repeated_headers_get_their_own_names() -> None:
    feed = _read("Employee ID,First Name,Last Name,Phone,Phone,Phone\n1,Ann,Lee,a,b,c\n")
    assert feed.table.columns[4:] == ["Phone", "Phone (2)", "Phone (3)"]
    assert feed.problems.select("code", "column").rows() == [("repeated_header", "Phone")]


def test_a_column_called_row_does_not_hide_the_row_number() -> None:
    feed = _read("row,Employee ID,Name\n9,1,Ann Lee\n")
    assert feed.table.rows() == [(2, "9", "1", "Ann Lee")]
    assert feed.table.columns == ["row", "row (2)", "Employee ID", "Name"]


def test_columns_without_a_name() -> None:
    feed = _read("Employee ID,Name,,Status,,\n1,Ann Lee,x,Active,,\n2,Bo Ray,,Active\n")
    assert feed.table.columns == ["row", "Employee ID", "Name", "Column 3", "Status"]
    assert feed.table.height == 2


def test_trailing_separators_do_no_harm() -> None:
    feed = _read("Employee ID,Name,Status\n1,Ann Lee,Active,,\n2,Bo Ray,Active,\n")
    assert feed.table.rows() == [(2, "1", "Ann Lee", "Active"), (3, "2", "Bo Ray", "Active")]


def test_paged_reports_repeat_the_header_and_end_with_a_total() -> None:
    feed = _read("Employee ID,Name\n1,Ann Lee\nEmployee ID,Name\n2,Bo Ray\nTotal employees:,2\n")
    assert feed.table["row"].to_list() == [2, 4]
    assert any(reason == "header_repeated" for reason, _ in feed.notes)
    assert ("total_below", {}) in feed.notes


@pytest.mark.parametrize(
    "footer",
    [
        "Total: 2",
        "Grand Total,2",
        "Total employees:,,2",
        "Page 1 of 1",
        "Printed 01/31/2026 by HR",
        "Records: 2",
    ],
)
def test_a_total_is_no_broken_person(footer: str) -> None:
    feed = _read(f"Employee ID,Name,Status\n1,Ann Lee,Active\n2,Bo Ray,Active\n\n{footer}\n")
    assert feed.table["row"].to_list() == [2, 3]
    assert feed.broken_rows.height == 0
    assert ("total_below", {}) in feed.notes


def test_a_person_called_page_is_no_footer() -> None:
    feed = _read('Name,Employee ID,Status\n"Lee, Ann",1,Active\n"Page, Jo",2,\n')
    assert feed.table["Employee ID"].to_list() == ["1", "2"]


def test_header_names_nobody_has_seen_are_still_a_header() -> None:
    feed = _read("Personalnr;Vorname;Nachname\n17;Änne;Groß\n18;Bo;Ray\n")
    assert feed.table.columns[1:] == ["Personalnr", "Vorname", "Nachname"]


def test_the_mapping_finds_a_header_of_unusual_names() -> None:
    text = "Who,Kind,Report\nx,y,z\nKey,Call,Clan\n1,Ann,Lee\n"
    feed = _read(text, columns={"source_id": "Key", "first_name": "Call", "last_name": "Clan"})
    assert feed.table.columns[1:] == ["Key", "Call", "Clan"]


def test_header_only_is_a_feed_without_people() -> None:
    feed = _read("Employee ID,First Name,Last Name\n")
    assert feed.table.height == 0
    assert feed.table.columns == ["row", "Employee ID", "First Name", "Last Name"]


def test_lost_characters_are_named_by_row() -> None:
    data = PLAIN.encode().replace(b"Ann", b"A\0nn") + "00125,Jos\ufffd,Diaz,2020-01-01\n".encode()
    feed = _read(data)
    assert feed.table["First Name"].to_list() == ["Zoë", None, None]
    assert feed.problems.select("code", "row", "column").rows() == [
        ("bad_characters", 3, "First Name"),
        ("bad_characters", 4, "First Name"),
    ]


def test_a_damaged_byte_among_good_characters_is_named() -> None:
    text = PLAIN + "00125,Renée,Bölke,2020-01-01\n00126,J\xe9r,Día,2020-01-01\n"
    data = text.encode().replace("J\xe9r".encode(), b"J\xe9r")
    feed = _read(data)
    assert feed.problems.select("code", "row").rows() == [("bad_characters", 5)]
    assert feed.table["First Name"].to_list()[:3] == ["Zoë", "Ann", "Renée"]


def test_frames_have_their_schemas() -> None:
    feed = _read(PLAIN + "x,y\n")
    assert dict(feed.problems.schema) == PROBLEM
    assert dict(feed.broken_rows.schema) == REJECTED
    assert str(feed.table.schema["row"]) == "UInt32"
