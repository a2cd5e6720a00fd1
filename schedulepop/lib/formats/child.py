"""The program that reads what a worker must not read itself: workbooks and PGP messages. Run by its path.

It takes 1 GB of memory and a minute at most, and dies of more; nothing else dies with it. It imports nothing of the
product. In: `child.py workbook SOURCE TARGET LIMIT` or `child.py pgp SOURCE TARGET LIMIT`; standard input carries
what is secret or decided on the way; each line of the standard output is a JSON object.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

MEMORY = 2**30
SECONDS = 60
HEAD = 60  # rows that are shown of every sheet
WIDEST = 2_000  # cells that are shown of a row
LONGEST = 200  # signs that are shown of a cell
_ZEROS = re.compile(r"0{2,20}")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')


def main() -> None:
    """Sets its own limits first; then the format's library is loaded."""
    what, source, target, limit = sys.argv[1:5]
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, int(limit)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    try:
        {"workbook": workbook, "pgp": pgp}[what](source, target)
    except MemoryError:
        say(error="memory")
    except OSError as error:
        say(error="too_large" if error.errno == 27 else "damaged")


def say(**told: Any) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def pgp(source: str, target: str) -> None:
    """Decrypts with the secret key on the standard input."""
    import pysequoia

    try:
        decryptor = pysequoia.Tsk.from_bytes(sys.stdin.buffer.read()).decryptor()
    except Exception:
        say(error="key")
        return
    try:
        pysequoia.decrypt_file(source, target, decryptor=decryptor)
    except Exception as error:
        said = str(error).lower().partition("\n")[0]
        too_large = "os error 27" in said or "too large" in said
        say(error="too_large" if too_large else "key" if "no key" in said else "damaged")
        return
    say(done=True)


def workbook(source: str, target: str) -> None:
    """Shows the head of every sheet, is told which one it is, and writes that one as text with commas."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(source)
    except calamine.PasswordError:
        say(error="password")
        return
    except (calamine.CalamineError, OSError) as error:
        say(error="password" if "password" in str(error).lower() else "damaged")
        return
    sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    loaded = None
    for number, one in enumerate(sheets):
        say(reading=one.name)
        try:
            loaded = book.get_sheet_by_name(one.name)
        except calamine.CalamineError:
            say(error="damaged")
            return
        head = [[cell[:LONGEST] for cell in row[:WIDEST]] for row in itertools.islice(rows(loaded), HEAD)]
        say(sheet=number, name=one.name, visible=one.visible == calamine.SheetVisibleEnum.Visible, head=head)
    say(choose=True)
    chosen = sys.stdin.readline().strip()
    if not chosen:
        return
    name = sheets[int(chosen)].name
    if loaded is None or loaded.name != name:
        loaded = book.get_sheet_by_name(name)
    zeros = padded(source, name)
    with open(target, "x", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(loaded, zeros))
    say(done=True)


def rows(sheet: Any, zeros: dict[tuple[int, int], int] | None = None) -> Iterator[list[str]]:
    """Rows of text from the sheet's first row and column on, so that rows have the numbers that people see."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    for number, cells in enumerate(
        sheet.iter_rows()
    ):  # from the sheet's first row, and the list's first column
        row = [""] * left + [text(cell) for cell in cells]
        if zeros:
            for column, value in enumerate(row):
                if value.isdecimal() and (digits := zeros.get((number, column))):
                    row[column] = value.zfill(digits)
        yield row


def text(cell: Any) -> str:
    """A cell as people write it: whole figures without a point, others with the 15 digits of a sheet, days as ISO."""
    if isinstance(cell, str):
        return cell if cell.isprintable() else re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        day = cell.date().isoformat()
        return day if cell.time() == dt.time() else f"{day} {cell.time().isoformat('seconds')}"
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def padded(source: str, sheet: str) -> dict[tuple[int, int], int]:
    """Cells of an XLSX that a number format such as 00000 shows with zeros before them → how many digits.

    The library gives the figure alone, and an ID without its zeros is another person's. Other kinds of workbook: none.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            styles = zero_styles(archive.read("xl/styles.xml").decode("utf-8", "replace"))
            path = sheet_path(archive, sheet) if styles else None
            return zero_cells(archive, path, styles) if path else {}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return {}


def zero_styles(xml: str) -> dict[int, int]:
    """Number of a cell style → the digits of its format."""
    formats = {}
    for tag in re.findall(r"<(?:\w+:)?numFmt\b[^>]*>", xml):
        said = dict(_ATTRIBUTE.findall(tag))
        if _ZEROS.fullmatch(code := said.get("formatCode", "").partition(";")[0]):
            formats[said.get("numFmtId")] = len(code)
    found = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.S)
    tags = re.findall(r"<(?:\w+:)?xf\b[^>]*>", found.group()) if formats and found else []
    numbers = [dict(_ATTRIBUTE.findall(tag)).get("numFmtId") for tag in tags]
    return {place: formats[number] for place, number in enumerate(numbers) if number in formats}


def sheet_path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part that holds a sheet."""
    from html import unescape

    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    tags = [dict(_ATTRIBUTE.findall(tag)) for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book)]
    wanted = next((one for one in tags if unescape(one.get("name", "")) == sheet), {})
    link = next((value for name, value in wanted.items() if name.endswith(":id")), None)
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        said = dict(_ATTRIBUTE.findall(tag))
        if said.get("Id") == link:
            target = said.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return None


def zero_cells(archive: zipfile.ZipFile, path: str, styles: dict[int, int]) -> dict[tuple[int, int], int]:
    """Row and column (from 0) of cells with one of these styles."""
    cell = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? s="([0-9]{1,6})"')
    found: dict[tuple[int, int], int] = {}
    with archive.open(path) as part:
        rest = b""
        while chunk := part.read(2**20):
            piece = rest + chunk
            for letters, row, style in cell.findall(piece):
                if digits := styles.get(int(style)):
                    found[int(row) - 1, column(letters)] = digits
            rest = piece[piece.rfind(b"<") :][:4096]
    return found


def column(letters: bytes) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


if __name__ == "__main__":
    main()
