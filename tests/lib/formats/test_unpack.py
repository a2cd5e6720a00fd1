"""What comes is text in the end, or one sentence: every format, and every way to send something else."""

from __future__ import annotations

import gzip

import pytest

from schedulepop.lib.formats import FORMATS, KeyPair
from tests.lib.formats.made import NOTES, STAFF, Number, archive, ods, xlsb, xlsx
from tests.lib.formats.receiving import CSV, HERE, Received, encrypted

# What becomes text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (CSV.encode(), "staff.csv"),
        (CSV.encode(), "a CSV named.xlsx"),
        (gzip.compress(CSV.encode()), "staff.csv.gz"),
        (gzip.compress(CSV[:50].encode()) + gzip.compress(CSV[50:].encode()), "in two parts.gz"),
        (archive({"staff.csv": CSV}), "staff.zip"),
        (archive({"../../etc/staff.csv": CSV}), "a path that leads away.zip"),
        (archive({"staff.csv": CSV, "__MACOSX/._staff.csv": "x", "folder/": ""}), "made on a Mac.zip"),
        (xlsx({"Staff": STAFF}), "staff.xlsx"),
        (xlsx({"Staff": STAFF}), "a workbook named.csv"),
        (gzip.compress(xlsx({"Staff": STAFF})), "staff.xlsx.gz"),
        (archive({"staff.xlsx": xlsx({"Staff": STAFF})}), "a workbook in a zip.zip"),
        (xlsb("Staff", STAFF), "staff.xlsb"),
        (ods({"Staff": STAFF}), "staff.ods"),
        ((HERE / "staff.xls").read_bytes(), "staff.xls"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_format_becomes_the_same_text(data: bytes, name: str, received: Received) -> None:
    assert received.text(data, name) == CSV


def test_every_format_that_the_documents_promise_is_read(keys: KeyPair, received: Received) -> None:
    given = {
        "CSV, TSV": CSV.encode(),
        "XLSX": xlsx({"Staff": STAFF}),
        "XLSB": xlsb("Staff", STAFF),
        "XLS": (HERE / "staff.xls").read_bytes(),
        "ODS": ods({"Staff": STAFF}),
        "gzip": gzip.compress(CSV.encode()),
        "zip": archive({"staff.csv": CSV}),
        "PGP": encrypted(CSV.encode(), keys),
    }
    assert {name: received.text(data, key=keys.secret) for name, data in given.items()} == dict.fromkeys(
        FORMATS, CSV
    )


@pytest.mark.parametrize("armor", [True, False])
@pytest.mark.parametrize("inside", [CSV.encode(), gzip.compress(CSV.encode()), xlsx({"Staff": STAFF})])
def test_pgp_is_taken_off_first(inside: bytes, armor: bool, keys: KeyPair, received: Received) -> None:
    assert received.text(encrypted(inside, keys, armor), key=keys.secret) == CSV


def test_nothing_is_written_outside_of_the_workdir(received: Received) -> None:
    received(archive({"../../../away.csv": CSV}))
    assert {path.name for path in received.folder.rglob("*") if path.is_file()} == {"received", "unpacked-0"}


# Which sheet ------------------------------------------------------------------------------------------------

TITLED = (("Maple Health, staff of November",), (), *STAFF)


@pytest.mark.parametrize(
    ("sheets", "hidden", "chosen"),
    [
        ({"Notes": NOTES, "Staff": STAFF}, (), "Staff"),
        ({"Staff": STAFF, "Notes": NOTES}, (), "Staff"),
        ({"Jobs": (("Job",), ("RN",)), "Staff": TITLED, "Empty": ()}, (), "Staff"),
        ({"Old": STAFF, "Staff": STAFF}, ("Old",), "Staff"),
        ({"Notes": NOTES, "Staff": STAFF}, ("Staff",), "Staff"),
        ({"First": STAFF, "Second": STAFF}, (), "First"),
        ({"Unknown": (("Nom", "Prénom"), ("Keller", "Rosa")), "Empty": ()}, (), "Unknown"),
    ],
    ids=[
        "second",
        "first",
        "title lines",
        "a visible one before a hidden one",
        "hidden and the only list",
        "the first among equals",
        "no known names",
    ],
)
def test_the_sheet_with_the_best_header_is_read_and_the_others_are_named(
    sheets: dict[str, tuple[tuple[object, ...], ...]],
    hidden: tuple[str, ...],
    chosen: str,
    received: Received,
) -> None:
    found = received(xlsx(sheets, hidden=hidden))
    assert found.sheets[0] == chosen
    assert set(found.sheets[1:]) == {name for name, rows in sheets.items() if rows} - {chosen}


# What a cell says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (412, "412"),
        (412.0, "412"),
        (Number(412, style=1), "00412"),
        (Number(123456, style=1), "123456"),
        (24.5, "24.5"),
        (0.1 + 0.2, "0.3"),
        (24.300000000000001, "24.3"),
        (9007199254740991, "9007199254740991"),
        (Number(45352, style=2), "2024-03-01"),
        (Number(45352.75, style=2), "2024-03-01 18:00:00"),
        ("00412", "00412"),
        ("Two\nlines", "Two lines"),
        (True, "TRUE"),
        (None, ""),
    ],
    ids=str,
)
def test_a_cell_is_text_as_people_see_it(cell: object, text: str, received: Received) -> None:
    rows = (("Employee ID", "Job"), (cell, "RN"))
    assert received.text(xlsx({"Staff": rows})) == f"Employee ID,Job\n{text},RN\n"


def test_days_since_1904_are_the_same_days(received: Received) -> None:
    rows = (("Employee ID", "Hire Date"), ("1", Number(43890, style=2)))
    assert received.text(xlsx({"Staff": rows}, since_1904=True)).endswith("1,2024-03-01\n")


def test_rows_keep_the_numbers_that_people_see(received: Received) -> None:
    text = received.text(xlsx({"Staff": ((), (), *STAFF)}))
    assert text.splitlines()[2].startswith("Employee ID")
    aside = [(None, None, *row) for row in STAFF]
    assert received.text(xlsx({"Staff": aside})).startswith(",,Employee ID,")
