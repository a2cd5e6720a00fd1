"""What spreadsheets leave in a file: protected cells, and columns far to the right that hold nothing."""

from __future__ import annotations

import pytest

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.read import read
from tests.saying import refusing

HEADER = "Employee ID,First Name,Last Name,Title,Hire Date\n"


def _read(text: str) -> Feed:
    return read(text.encode(), pay=False)


def _rows(text: str) -> list[tuple[object, ...]]:
    return [row[1:] for row in _read(text).table.rows()]


ORLA = ("00751", "Orla", "Quill", "Cook", "2022-06-01")
PIA = ("00752", "Pia", "Roth", "Aide", "2022-07-01")


@pytest.mark.parametrize(
    "line",
    [
        '="00751",="Orla",="Quill",="Cook",="2022-06-01"',
        '"=""00751""","=""Orla""","=""Quill""","=""Cook""","=""2022-06-01"""',
        ' ="00751" ,= "Orla",Quill,Cook,="2022-06-01"',
        '="\t00751",="Orla\u00a0",Quill,Cook,2022-06-01',
        "'00751,'Orla,'Quill,'Cook,'2022-06-01",
        "'00751',Orla,Quill,Cook,'2022-06-01'",
        "’00751,Orla,Quill,Cook,‘2022-06-01",
    ],
)
def test_protected_cells_are_the_values_inside(line: str) -> None:
    assert _rows(f"{HEADER}{line}\n{','.join(PIA)}\n") == [ORLA, PIA]


def test_a_separator_or_a_quote_inside_a_protected_cell() -> None:
    text = 'Employee ID,Name,Title\n="1",="Quill, Orla",="Aide ""nights"""\n="2",="Roth, Pia",=""\n'
    feed = _read(text)
    assert [row[1:] for row in feed.table.rows()] == [
        ("1", "Quill, Orla", 'Aide "nights"'),
        ("2", "Roth, Pia", None),
    ]
    assert feed.problems.is_empty()


@pytest.mark.parametrize("sign", ['="{}"', "'{}"])
def test_protected_headers_are_recognized(sign: str) -> None:
    header = ",".join(sign.format(title) for title in HEADER.strip().split(","))
    assert _read(f"{header}\n{','.join(ORLA)}\n").table.columns[1:] == HEADER.strip().split(",")


def test_where_every_cell_of_a_column_has_an_apostrophe_it_goes() -> None:
    text = f"{HEADER}1,'Orla,Quill,'Cook,\n2,'Pia,'t Hooft,'Aide,\n3,'Rea,'s Gravesande,'Aide,\n4,,O'Neil,'Cook,\n"
    assert [(first, last, title) for _, first, last, title, _ in _rows(text)] == [
        ("Orla", "Quill", "Cook"),
        ("Pia", "'t Hooft", "Aide"),
        ("Rea", "'s Gravesande", "Aide"),
        (None, "O'Neil", "Cook"),
    ]


def test_the_apostrophe_of_a_name_stays() -> None:
    text = (
        f"{HEADER}1,'Iolani,'t Hooft,Cook,\n2,Orla,'tHart,Aide,\n3,D'Arcy,’t Lam,Aide,\n4,Pia,O’Neil,Aide,\n"
    )
    assert [(first, last) for _, first, last, *_ in _rows(text)] == [
        ("'Iolani", "'t Hooft"),
        ("Orla", "'tHart"),
        ("D'Arcy", "’t Lam"),
        ("Pia", "O’Neil"),
    ]
    assert _rows("Employee ID,First Name,Last Name\n1,Jan,'t Hooft\n") == [("1", "Jan", "'t Hooft")]
    assert _rows("Employee ID,First Name,Last Name\n1,'Iolani,Lam\n") == [("1", "'Iolani", "Lam")]


def test_addresses_and_figures_have_no_apostrophe_in_front() -> None:
    text = "Employee ID,Name,Email,Phone,Pay\n1,Orla Quill,'orla@example.org,'(215) 555-0101,'$21.50\n2,Pia Roth,,,\n"
    assert _rows(text)[0] == ("1", "Orla Quill", "orla@example.org", "(215) 555-0101")


def _wide(rows: list[list[str]], width: int = 16_384) -> str:
    return "".join(",".join(row + [""] * (width - len(row))) + "\n" for row in rows)


NAMED = [
    ["Employee ID", "First Name", "Last Name", "End Date"],
    ["1", "Orla", "Quill", ""],
    ["2", "Pia", "Roth", ""],
]


def test_columns_without_name_and_value_do_not_count() -> None:
    feed = _read(_wide([*NAMED, [], [], ["3", '"Rea, R."', "Sims", "2025-01-31"]]))
    assert feed.table.rows() == [
        (2, "1", "Orla", "Quill", None),
        (3, "2", "Pia", "Roth", None),
        (6, "3", "Rea, R.", "Sims", "2025-01-31"),
    ]
    assert feed.table.columns[1:] == NAMED[0]
    assert feed.problems.is_empty()


def test_a_row_that_is_too_short_stays_so_in_a_wide_sheet() -> None:
    feed = _read(_wide(NAMED) + "3,Rea\n")
    assert feed.table["row"].to_list() == [2, 3]
    assert feed.broken_rows["source_id"].to_list() == ["3"]


def test_a_value_far_to_the_right_of_nothing_counts() -> None:
    far = [row + [""] * 16_000 for row in NAMED]
    far[0][-1], far[1][-1] = "Email", "orla@example.org"
    text = _wide(far) + '3,"Rea,Sims\n'
    feed = _read(text)
    assert feed.table.columns[1:] == [*NAMED[0], "Email"] or feed.table.columns[1:] == [
        *NAMED[0][:3],
        "Email",
    ]
    assert feed.table["Email"].to_list() == ["orla@example.org", None]
    assert feed.broken_rows["row"].to_list() == [4]


def test_more_named_columns_than_any_export_has_are_refused() -> None:
    with refusing(NeedsAdmin, "more than 1,000 columns"):
        _read(_wide([["Employee ID", "Name", *(f"Question {n}" for n in range(1_500))], ["1", "Orla Quill"]]))


def test_blank_rows_at_the_end_in_any_number() -> None:
    assert _read(HEADER + ",".join(ORLA) + "\n" + ",,,,\n" * 300_000).table.height == 1
