"""Separated lines become rows; lines that do not fit the header are named, never guessed at.

polars reads a clean file by itself and raises on rows that are too long, but fills short rows with nothing.
So its result counts only when the separators add up; otherwise every line is looked at, and a broken quote
breaks its own line and not the rest of the file (a swallowed line would look like a missing person).
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.reasons import FINDINGS

MAX_ROWS = 2_000_000
MAX_CELL = 32_767  # characters; what a spreadsheet's cell holds
LARGE = 32 * 1024 * 1024  # bytes; of larger files the start is tried first, to refuse nonsense cheaply
MAX_JOINED_LINES = 100
MAX_HOPELESS_QUOTES = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file: its cells, or why it has none that can be trusted."""

    cells: list[str]
    lines: int  # how many lines of the file it takes; more than one when a quoted value holds line ends
    fault: str = ""  # empty: the line is well-formed


NAMELESS = "row_nameless"
"""The fault of a row that has values only in columns that are not kept."""

FAULTS = frozenset({"row_cut", "quote_open", "cell_too_long", "row_width", "last_row_width", NAMELESS})
"""What can be wrong with a row: reasons of `ragged_row`, and of `id_blank` for a nameless one."""


@dataclass(slots=True)
class Broken:
    """A row that does not fit the header."""

    row: int
    cells: list[str]
    fault: str  # one of FAULTS
    params: Mapping[str, int] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """The fault in one line, as a stored copy of the file keeps it."""
        return " ".join([self.fault, *map(str, self.params.values())])


def unmarked(row: int, cells: list[str], mark: str) -> Broken:
    """The row again from its mark; whatever else stands there says no more than that the row is broken."""
    fault, *figures = mark.split() or [""]
    names = list(FINDINGS[fault]) if fault in FAULTS else []
    if fault not in FAULTS or len(figures) != len(names) or not all(map(str.isdecimal, figures)):
        return Broken(row, cells, "quote_open")
    return Broken(row, cells, fault, dict(zip(names, map(int, figures), strict=True)))


@dataclass(slots=True)
class Rows:
    """What `split` found: a frame "row" + c0…cN of the rows that fit, and those that do not."""

    frame: pl.DataFrame
    broken: list[Broken] = field(default_factory=list)


def schema(width: int) -> dict[str, type[pl.DataType]]:
    """Neutral column names, because headers may repeat."""
    return {f"c{index}": pl.String for index in range(width)}


def split(data: bytes, separator: str, skip: int, first_row: int, width: int, least: int) -> Rows:
    """Rows below the header.

    `skip` lines are passed over, `first_row` is the spreadsheet's number of the next one, `width` the number
    of columns; rows may be as short as `least` when the header ends with blank names.
    """
    if len(data) > LARGE:
        start = _careful(
            data[: data.rfind(b"\n", 0, LARGE // 256) + 1], separator, skip, first_row, width, least
        )
        if start.frame.is_empty() and len(start.broken) >= 20:
            return start
    frame = _fast(data, separator, skip, width)
    if frame is None:
        return _without_huge(_careful(data, separator, skip, first_row, width, least))
    if frame.height > MAX_ROWS:
        raise NeedsAdmin("too_many_rows", {"most": MAX_ROWS})
    return _without_huge(Rows(frame.with_row_index("row", offset=first_row)))


def _fast(data: bytes, separator: str, skip: int, width: int) -> pl.DataFrame | None:
    """The rows when the file is beyond doubt, None when a line-by-line look is needed."""
    end = len(data)
    while end and data[end - 1] in b"\r\n":
        end -= 1
    start = offset(data, skip)
    if start >= end:
        return pl.DataFrame(schema=schema(width))
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            skip_lines=skip,
            separator=separator,
            schema=schema(width),
            low_memory=False,
        )
    except pl.exceptions.PolarsError:
        return None
    quoted = data.find(b'"', start) >= 0
    trailing = data.count(b"\n", end)
    if trailing > 1:
        frame = frame.head(frame.height - trailing + 1)
    if quoted:
        if frame.select(pl.any_horizontal(pl.all().str.contains("\n", literal=True).any())).item():
            return None
        if data.find(f'{separator} "'.encode(), start) >= 0:
            return None
    if not frame.get_column(frame.columns[-1]).null_count():
        return frame  # a row that is too short has no last value
    inside = 0
    if quoted:
        inside = frame.select(
            pl.sum_horizontal(pl.all().str.count_matches(separator, literal=True).sum())
        ).item()
    separators = data.count(separator.encode(), start) - inside
    return frame if separators == frame.height * (width - 1) else None


def offset(data: bytes, lines: int) -> int:
    """Where the text goes on after so many lines."""
    position = 0
    for _ in range(lines):
        found = data.find(b"\n", position)
        if found < 0:
            return len(data)
        position = found + 1
    return position


def lines_of(lines: list[str], separator: str, width: int | None = None) -> Iterator[Line]:
    """Records of these lines (line ends kept), each by itself; quoted values may span lines.

    A record over several lines is believed only when its quotes close properly and, with a `width`, when it
    has that many cells: otherwise its first line alone is broken and the next line starts anew.
    """
    position, hopeless = 0, 0
    while position < len(lines):
        line = _line_at(lines, position, separator, width, hopeless)
        hopeless += bool(line.fault)
        yield line
        position += line.lines


def _line_at(lines: list[str], position: int, separator: str, width: int | None, hopeless: int) -> Line:
    text = lines[position]
    if '"' not in text:
        return Line(text.rstrip("\r\n").split(separator), 1)
    reach = MAX_JOINED_LINES if hopeless < MAX_HOPELESS_QUOTES else 1
    for spaced in (True, False) if f'{separator} "' in text else (False,):
        reader = csv.reader(
            lines[position : position + reach], delimiter=separator, strict=True, skipinitialspace=spaced
        )
        try:
            cells = next(reader)
        except csv.Error:
            continue
        if width is None or len(cells) == width or (reader.line_num == 1 and not spaced):
            return Line(cells, reader.line_num)
    cells = [cell.strip(' "') for cell in text.rstrip("\r\n").split(separator)]
    return Line(cells, 1, "quote_open")


def _careful(data: bytes, separator: str, skip: int, first_row: int, width: int, least: int) -> Rows:
    """Line by line: about ten times slower, and able to say what is wrong with which row."""
    lines = data.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")[skip:]
    lines = [line + "\n" for line in lines]
    while lines and not lines[-1].strip():
        lines.pop()
    good = io.StringIO()
    writer = csv.writer(good, delimiter=separator, lineterminator="\n")
    numbers = array("I")
    broken: list[Broken] = []
    row, position, hopeless = first_row - 1, 0, 0
    margins = separator + " \t\r\n"
    while position < len(lines):
        row += 1
        text = lines[position]
        if '"' not in text and text.count(separator) == width - 1:
            position += 1
            if text.strip(margins):
                good.write(text)
                numbers.append(row)
            continue
        line = _line_at(lines, position, separator, width, hopeless)
        position += line.lines
        hopeless += bool(line.fault)
        cells = line.cells
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if not any(cell.strip() for cell in cells):
            continue
        if line.fault:
            broken.append(Broken(row, cells, line.fault))
        elif least <= len(cells) <= width:
            writer.writerow(cells + [""] * (width - len(cells)))
            numbers.append(row)
        else:
            cut = position >= len(lines) and len(cells) < width
            broken.append(_misfit(row, cells, width, cut))
    if len(numbers) + len(broken) > MAX_ROWS:
        raise NeedsAdmin("too_many_rows", {"most": MAX_ROWS})
    return Rows(_frame(good.getvalue(), separator, numbers, width), broken)


def _without_huge(rows: Rows) -> Rows:
    """A value no cell could hold is a quote gone wrong; its row is broken."""
    size = pl.exclude("row").str.len_bytes()
    if not any((largest or 0) > MAX_CELL for largest in rows.frame.select(size.max()).row(0)):
        return rows
    huge = pl.any_horizontal(size.fill_null(0) > MAX_CELL)
    for number, *cells in rows.frame.filter(huge).iter_rows():
        rows.broken.append(Broken(number, [(c or "")[:200] for c in cells], "cell_too_long"))
    rows.broken.sort(key=lambda b: b.row)
    return Rows(rows.frame.filter(~huge), rows.broken)


def _frame(text: str, separator: str, numbers: array[int], width: int) -> pl.DataFrame:
    row = pl.Series("row", numbers, dtype=pl.UInt32)
    if not numbers:
        return pl.DataFrame({"row": row}).with_columns(
            *(pl.lit(None, pl.String).alias(c) for c in schema(width))
        )
    table = pl.read_csv(text.encode(), has_header=False, separator=separator, schema=schema(width))
    return table.insert_column(0, row)


def _misfit(row: int, cells: list[str], width: int, last: bool) -> Broken:
    fault = "last_row_width" if last else "row_width"
    return Broken(row, cells, fault, {"values": len(cells), "width": width})
