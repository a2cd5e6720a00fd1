"""Takes out of a table what is no value and no person: margins, invisible characters, blank rows, totals."""

from __future__ import annotations

import html
import operator
import re
from collections.abc import Callable, Sequence
from functools import reduce

import polars as pl

from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.frames.feed import Note
from schedulepop.sync.plan.read.encoding import Text
from schedulepop.sync.plan.read.legacy_encodings import TWICE, once
from schedulepop.sync.plan.read.protected_cells import unprotect

FOOTER_NOTE: Note = ("total_below", {})
_JOINERS = "\u200c\u200d"
_JOINED = (
    r"\p{Arabic}\p{Devanagari}\p{Bengali}\p{Gujarati}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}"
)
_LOOSE_JOINER = rf"(^|[^{_JOINED}])[{_JOINERS}]+"
_INVISIBLE = "\0\u200b\u2060\ufeff\u00ad\u200e\u200f"
_LOST = "\ufffd\0"
_WIDE_SPACES = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_ENTITY = re.compile(rb"&(?:#\d{2,5}|[A-Za-z]{2,8});")
_FOOTER = re.compile(
    r"(?i)\W*(?:(?:(?:grand )?totals?|counts?|number of|end of)\b.*|(?:records?|rows?|employees|staff|headcount)\W*\d*"
    r"|page \d+.*|(?:printed|generated|exported|run|report)\b.*\d.*)"
)
_SURNAME = re.compile(r"\w+,")
_VALUES = pl.exclude("row")


def clean(frame: pl.DataFrame, decoded: Text) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Trim, make blank null, take out invisible characters; also, per column, rows whose characters were lost.

    Each part runs only where the file can need it: trimming 1.2 million clean values costs more than
    reading them.
    """
    problems: dict[str, pl.DataFrame] = {}
    data = decoded.data
    if _any_of(_LOST, decoded.rare):
        problems = {column: _lost(frame, column) for column in frame.columns[1:]}
    odd = _any_of(_INVISIBLE + _JOINERS, decoded.rare)
    if odd:
        bare = _VALUES.str.replace_all(f"[{_INVISIBLE}]", "").str.replace_all(_LOOSE_JOINER, "${1}")
        frame = frame.with_columns(bare)
    rare = b"\t" in data or _any_of("\v\f" + _WIDE_SPACES, decoded.rare)
    quoted = b'"' in data
    frame = _repaired(frame, decoded)
    loose = (
        frame.columns[1:] if odd or rare else _with_margins(frame, (" ", "\n", "\r") if quoted else (" ",))
    )
    if loose:
        frame = frame.with_columns(pl.col(loose).str.strip_chars())
    maybe_empty = frame.columns[1:] if quoted else loose
    if maybe_empty:
        values = pl.col(maybe_empty)
        frame = frame.with_columns(pl.when(values != "").then(values).name.keep())
    return unprotect(frame, decoded), problems


def _repaired(frame: pl.DataFrame, decoded: Text) -> pl.DataFrame:
    """Letters that were encoded as UTF-8 twice, and HTML entities of letters, as they were meant."""
    if decoded.encoded_twice:
        frame = _mapped(frame, TWICE.pattern, once)
    if b"&" in decoded.data and _ENTITY.search(decoded.data):
        frame = _mapped(frame, r"&(?:#\d{2,5}|[A-Za-z]{2,8});", html.unescape)
    return frame


def _mapped(frame: pl.DataFrame, pattern: str, repair: Callable[[str], str]) -> pl.DataFrame:
    found = frame.select(_VALUES.str.contains(pattern).any())
    for column in (name for name in found.columns if found[name][0]):
        values = frame[column]
        some = values.filter(values.str.contains(pattern).fill_null(False)).unique().to_list()
        frame = frame.with_columns(values.replace(some, [repair(value) for value in some]))
    return frame


def without_noise(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """Without blank rows, repeated header rows of paged reports, and totals at the end; and what was found."""
    notes: list[Note] = []
    names = table.columns[1:]
    blank = pl.all_horizontal(pl.col(names).is_null())
    if table.select(blank.any()).item():
        table = table.filter(~blank)
    if (table[names[0]] == names[0]).any():
        same = pl.all_horizontal(pl.col(name).fill_null("") == name for name in names)
        again = table.filter(same).height
        table = table.filter(~same)
        notes += [("header_repeated", {"count": again})] if again else []
    while table.height and is_footer(table.row(-1)[1:]):
        table = table.head(table.height - 1)
        notes.append(FOOTER_NOTE)
    return table, notes


def _any_of(characters: str, rare: bytes) -> bool:
    """Whether one of them is among a file's rare bytes."""
    return any(character.encode() in rare for character in characters)


def _with_margins(frame: pl.DataFrame, marks: tuple[str, ...]) -> list[str]:
    values = _VALUES.str
    margin = [values.starts_with(mark) | values.ends_with(mark) for mark in marks]
    loose = frame.select(reduce(operator.or_, margin).any())
    return [column for column in loose.columns if loose[column][0]]


def _lost(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    rows = frame.filter(pl.col(column).str.contains(f"[{_LOST}]")).select("row", pl.lit(column).alias("key"))
    return about_rows(rows, "bad_characters", column=column, key="key")


def is_footer(cells: Sequence[str | None]) -> bool:
    """Whether a row is a total or a print date and no person: few words, and the second value a figure."""
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if not 0 < len(filled) <= 2 or _SURNAME.match(filled[0]) or not _FOOTER.fullmatch(filled[0]):
        return False
    return len(filled) == 1 or filled[1][0].isdigit()
