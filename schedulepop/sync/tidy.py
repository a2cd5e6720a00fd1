"""Takes out of a table what is no value and no person: margins, invisible characters, blank rows, totals."""

from __future__ import annotations

import operator
import re
from functools import reduce

import polars as pl

from schedulepop.sync.encoding import Text
from schedulepop.sync.findings import about_rows

_INVISIBLE = "[\0\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f]"
_FOOTER = re.compile(
    r"(?i)\W*(?:(?:grand )?totals?|counts?|records?|rows?|number of|end of|page|printed|generated|exported|run date"
    r"|report)\b.*"
)
_VALUES = pl.exclude("row")


def clean(frame: pl.DataFrame, decoded: Text) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Trim, make blank null, take out invisible characters; also, per column, rows whose characters were lost.

    Each part runs only where the file can need it: trimming 1.2 million clean values costs more than
    reading them.
    """
    problems: dict[str, pl.DataFrame] = {}
    odd = b"\0" in decoded.data or not decoded.ascii
    if odd:
        problems = {column: _lost(frame, column) for column in frame.columns[1:]}
        frame = frame.with_columns(_VALUES.str.replace_all(_INVISIBLE, ""))
    rare = any(mark in decoded.data for mark in (b"\t", b"\v", b"\f"))
    quoted = b'"' in decoded.data
    loose = (
        frame.columns[1:] if odd or rare else _with_margins(frame, (" ", "\n", "\r") if quoted else (" ",))
    )
    if loose:
        frame = frame.with_columns(pl.col(loose).str.strip_chars())
    if loose or quoted:
        frame = frame.with_columns(pl.when(_VALUES != "").then(_VALUES).name.keep())
    return frame, problems


def without_noise(table: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Without blank rows, repeated header rows of paged reports, and totals at the end; and what was found."""
    notes: list[str] = []
    names = table.columns[1:]
    blank = pl.all_horizontal(pl.col(names).is_null())
    if table.select(blank.any()).item():
        table = table.filter(~blank)
    if (table[names[0]] == names[0]).any():
        same = pl.all_horizontal(pl.col(name).fill_null("") == name for name in names)
        again = table.filter(same).height
        table = table.filter(~same)
        notes += [f"the header is repeated in {again} rows, which are passed over"] if again else []
    while table.height and _is_footer(table.row(-1)[1:]):
        table = table.head(table.height - 1)
        notes.append("a total below the last person is passed over")
    return table, notes


def _with_margins(frame: pl.DataFrame, marks: tuple[str, ...]) -> list[str]:
    values = _VALUES.str
    margin = [values.starts_with(mark) | values.ends_with(mark) for mark in marks]
    loose = frame.select(reduce(operator.or_, margin).any())
    return [column for column in loose.columns if loose[column][0]]


def _lost(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    rows = frame.filter(pl.col(column).str.contains("[\ufffd\0]")).select("row", pl.lit(column).alias("key"))
    message = f"A character in the column {column} was lost: export the file as UTF-8."
    return about_rows(rows, "bad_characters", message, column=column, key="key")


def _is_footer(cells: tuple[str | None, ...]) -> bool:
    filled = [cell for cell in cells if cell]
    return 0 < len(filled) <= 2 and _FOOTER.fullmatch(filled[0]) is not None
