"""Finds the separator and the header of a file; title lines above the header are passed over.

A header is the row whose cells name the most fields of an employee record. Where a file uses names nobody
has seen, the first row of plain, different words with rows of the same width below it is taken.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schedulepop.lib import text
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.read.columns import count_named, recognize
from schedulepop.sync.plan.read.file_kind import HEAD
from schedulepop.sync.plan.read.protected_cells import bare_title
from schedulepop.sync.plan.read.rows import Line, lines_of

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_COLUMNS = 1_000
_LOOK_AT = 60
_VALUE = re.compile(r"[@]|^\W*\d[\d\W]*$|^\d{1,4}[-/.]\d")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is laid out."""

    separator: str
    header: tuple[str, ...]  # as in the file, trimmed; repeated and blank names are still so
    header_row: int  # the spreadsheet's number of the header row
    skip: int  # lines of the file up to and with the header
    titles: tuple[tuple[str, ...], ...]  # rows above the header


@dataclass(frozen=True, slots=True)
class _Candidate:
    named: int
    agreeing: int
    dialect: Dialect


def find(data: bytes, mapped: Collection[str], name: str) -> Dialect:
    """The layout; raises `NeedsAdmin` when no row can be the header. `mapped` names columns of a mapping."""
    lines, declared = _head(data)
    separators = [declared] if declared else list(SEPARATORS)
    offset = 1 if declared else 0
    columns = _folded(mapped)
    candidates = [
        candidate
        for separator in separators
        for candidate in _candidates(lines[offset:], separator, offset, columns)
    ]
    if not candidates:
        raise NeedsAdmin("no_header", {"name": name})
    best = max(candidates, key=lambda c: (c.named, c.agreeing, -c.dialect.header_row))
    if len(best.dialect.header) > MAX_COLUMNS:
        raise NeedsAdmin("too_many_columns", {"name": name, "most": MAX_COLUMNS})
    return best.dialect


def header_strength(rows: Sequence[Sequence[str]], mapped: Collection[str]) -> int:
    """How many fields the best header among these rows names; 0: none can be one. It tells sheets apart."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(rows)
    found = _candidates(lines.getvalue().splitlines(keepends=True), ",", 0, _folded(mapped))
    return max((candidate.named for candidate in found), default=0)


def _folded(names: Collection[str]) -> set[str]:
    return {text.fold_header(name) for name in names}


def _head(data: bytes) -> tuple[list[str], str | None]:
    """The first lines as text, and the separator when a `sep=;` line declares it (no row in a spreadsheet)."""
    whole = len(data) <= HEAD
    part = data[:HEAD].decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\r\n", "\n")
    lines = [line + "\n" for line in part.split("\n")]
    if not whole and len(lines) > 1:
        lines.pop()
    declared = re.match(r'"?sep=([,;|\t])"?\s*$', lines[0], re.IGNORECASE)
    return lines, declared.group(1) if declared else None


def _candidates(lines: list[str], separator: str, offset: int, mapped: set[str]) -> list[_Candidate]:
    records: list[Line] = []
    for record in lines_of(lines, separator):
        records.append(record)
        if len(records) >= 2 * _LOOK_AT:
            break
    widths = [len(record.cells) if any(map(str.strip, record.cells)) else 0 for record in records]
    found: list[_Candidate] = []
    skip = offset
    for index, record in enumerate(records[:_LOOK_AT]):
        skip += record.lines
        cells = tuple(bare_title(text.clean(cell.replace("\0", ""))) for cell in record.cells)
        filled = [cell for cell in cells if cell]
        if record.fault or len(filled) < 2:
            continue
        named = count_named(filled) if any(c.isalpha() for c in filled[0] + filled[-1]) else 0
        named = len(recognize(cells).columns) if named == 1 else named
        if mapped:
            named += 2 * sum(1 for cell in filled if text.fold_header(cell) in mapped)
        below = [width for width in widths[index + 1 :] if width]
        agreeing = below.count(len(cells))
        if named < 2:
            named = 1 if _plain_words(filled) and agreeing and agreeing >= 0.8 * len(below) else 0
        if named:
            titles = tuple(tuple(r.cells) for r in records[:index])
            found.append(_Candidate(named, agreeing, Dialect(separator, cells, index + 1, skip, titles)))
        if mapped and mapped <= {text.fold_header(cell) for cell in filled}:
            break  # every column of the mapping: no row below names more of them
    return found


def _plain_words(cells: list[str]) -> bool:
    """Different words without figures, dates or addresses: what a header looks like in any language."""
    return len(set(cells)) == len(cells) and not any(_VALUE.search(cell) or len(cell) > 60 for cell in cells)


def unique(header: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Names for the columns, each once ("Name", "Name (2)"), and the names that were repeated."""
    counts: Counter[str] = Counter()
    taken = {"row", *header}
    names: list[str] = []
    repeated: list[str] = []
    for position, title in enumerate(header, start=1):
        counts[title] += 1
        if title and title != "row" and counts[title] == 1:
            names.append(title)
            continue
        if title and title != "row" and title not in repeated:
            repeated.append(title)
        number, name = max(counts[title], 2), ""
        while not name or name in taken:
            name = f"{title} ({number})" if title else f"Column {position}" + "'" * (number - 2)
            number += 1
        taken.add(name)
        names.append(name)
    return names, repeated
