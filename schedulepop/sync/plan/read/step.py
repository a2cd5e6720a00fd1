"""Reads a payroll file: finds header and separator, drops what must not be stored, names what is broken.

The first step of a run (SPEC §5 Read). What cannot be a payroll export raises `NeedsAdmin` with a sentence
for the person who sent it; single broken rows are data and go on as rejects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from schedulepop.lib.text import fold_header
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.findings import about_feed, about_people, together
from schedulepop.sync.plan.frames.feed import PROBLEM, Feed
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.read import columns as columns_of_feed
from schedulepop.sync.plan.read.broken_rows import SHIELDING, readable_parts, rejected
from schedulepop.sync.plan.read.cleaning import FOOTER_NOTE, clean, is_footer, without_noise
from schedulepop.sync.plan.read.dialect import SEPARATORS, Dialect, find, unique
from schedulepop.sync.plan.read.encoding import Text, to_utf8
from schedulepop.sync.plan.read.file_kind import refuse_foreign, refuse_long_lines, unpack
from schedulepop.sync.plan.read.legacy_encodings import is_encoded_twice
from schedulepop.sync.plan.read.protected_cells import without_formulas
from schedulepop.sync.plan.read.redacted_copy import REASON, rewrite
from schedulepop.sync.plan.read.rows import Broken, Rows, split, unmarked
from schedulepop.sync.plan.read.telling_values import with_rare
from schedulepop.sync.plan.read.unfit import without_unfit
from schedulepop.sync.plan.read.wide_sheets import without_blank_columns


def read(
    data: bytes,
    *,
    pay: bool,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    named: Collection[str] = (),
    sha256: str | None = None,
) -> Feed:
    """Read one file.

    `pay` is the integration's switch; `name` the file's name, for messages; `columns` the mapping's columns
    (canonical field → source column), which help to find the header and what a broken row still names; `named` the
    columns its rules read besides; `sha256` the data's hash, where it is known.
    Raises `NeedsAdmin` when the file is no payroll export.
    """
    title = name or "The file"
    given, data = data, unpack(data, title)
    refuse_foreign(data, title)
    refuse_long_lines(data, title)
    decoded = without_blank_columns(without_formulas(to_utf8(data)))
    if not decoded.data or decoded.data.isspace():
        raise NeedsAdmin(
            f"{title} is empty: check the export in payroll and send it again.", code="feed_empty"
        )
    dialect = find(decoded.data, (columns or {}).values(), title)
    names, repeated = unique(dialect.header)
    rows = _rows(decoded, dialect)
    rows.frame.columns = ["row", *names]
    _take_faults(rows, names)
    notes = _without_footers(rows)
    known = sha256 if data is given else None
    return _feed(
        _File(title, data, known, decoded, dialect, names, repeated, rows, notes), pay, columns or {}, named
    )


@dataclass(frozen=True, slots=True)
class _File:
    """A file taken apart, nothing dropped yet."""

    title: str  # its name, for messages
    data: bytes
    sha256: str | None  # of the data, where it is known
    decoded: Text
    dialect: Dialect
    names: list[str]  # of the columns, each once
    repeated: list[str]
    rows: Rows
    notes: list[str]


def _rows(decoded: Text, dialect: Dialect) -> Rows:
    width = len(dialect.header)
    least = next((n for n in range(width, 0, -1) if dialect.header[n - 1]), width)
    rows = split(decoded.data, dialect.separator, dialect.skip, dialect.header_row + 1, width, least)
    if decoded.cut:
        _break_last(rows)
    return rows


def _break_last(rows: Rows) -> None:
    """The file ends in the middle of a character, so its last row cannot be whole."""
    last = int(rows.frame["row"][-1]) if rows.frame.height else 0
    if rows.frame.height and last > max((b.row for b in rows.broken), default=0):
        cells = [cell or "" for cell in rows.frame.row(-1)[1:]]
        rows.frame = rows.frame.head(rows.frame.height - 1)
        rows.broken.append(Broken(last, cells, "row_cut"))


def _take_faults(rows: Rows, names: list[str]) -> None:
    """Turn rows that a stored copy marks as unreadable back into what they were."""
    if REASON not in names:
        return
    marked = rows.frame.filter(pl.col(REASON).is_not_null())
    for number, *cells in marked.iter_rows():
        rows.broken.append(unmarked(number, [c or "" for c in cells[:-1]], cells[-1]))
    rows.broken.sort(key=lambda b: b.row)
    rows.frame = rows.frame.filter(pl.col(REASON).is_null()).drop(REASON)
    names.remove(REASON)


def _without_footers(rows: Rows) -> list[str]:
    """Totals that have fewer values than the header are no broken people; says so when there are any."""
    last = int(rows.frame["row"][-1]) if rows.frame.height else 0
    found = False
    while rows.broken and rows.broken[-1].row > last and is_footer(rows.broken[-1].cells):
        rows.broken.pop()
        found = True
    return [FOOTER_NOTE] if found else []


def _feed(file: _File, pay: bool, mapped: Mapping[str, str], named: Collection[str]) -> Feed:
    """The file without what must not be stored, and with what is wrong with it."""
    broken, dialect = file.rows.broken, file.dialect
    table, damaged = clean(file.rows.frame, file.decoded)
    values = columns_of_feed.samples(table)
    dropped = _dropped(file.names, table, values, pay, mapped, named)
    titles = dict(zip(file.names, dialect.header, strict=False))
    kept = [n for n in file.names if n not in dropped and (titles[n] or table[n].null_count() < table.height)]
    if len(kept) < 2:
        raise NeedsAdmin(
            "Besides columns that are never stored the file has next to none: export the staff list."
        )
    table, notes = without_noise(table.select("row", *kept))
    if broken and table.is_empty():
        raise NeedsAdmin(_nothing_fits(file.title, dialect, broken))
    found = columns_of_feed.mapped(kept, mapped) if mapped else columns_of_feed.recognize(kept, values)
    taken = {field: name for field, name in found.columns.items() if field != "source_id"}
    table, unfit = without_unfit(table, file.decoded, taken, damaged)
    parts = [readable_parts(line.cells, file.names, found.columns) for line in broken]
    rejects = rejected([(line.row, part) for line, part in zip(broken, parts, strict=True)])
    stored, sha256 = file.data, file.sha256
    if dropped:
        as_it_was = file.rows.frame.filter(pl.col("row").is_in(table["row"].implode())).select("row", *kept)
        cells = [_placed(part, kept, found.columns) for part in parts]
        marks = [(line.row, placed, line.mark) for line, placed in zip(broken, cells, strict=True)]
        header = _kept_header(titles, dropped, kept)
        stored, sha256 = rewrite(as_it_was, header, dialect.titles, marks, dialect.header_row + 1), None
    lost = [damaged[c].filter(pl.col("row").is_in(table["row"].implode())) for c in kept if c in damaged]
    layout = (
        f"{file.decoded.encoding}, separated by {SEPARATORS[dialect.separator]}, header in row "
        f"{dialect.header_row}"
    )
    return Feed(
        table=table,
        stored=stored,
        sha256=sha256 or hashlib.sha256(stored).hexdigest(),
        kind="csv",
        problems=together(
            [
                *_of_header(dialect, file.repeated),
                *_of_text(file.decoded),
                _of_broken(rejects, broken),
                *lost,
                *unfit,
            ]
        ),
        broken_rows=rejects,
        dropped=dropped,
        notes=(layout, *file.notes, *notes),
        encoding_doubted=file.decoded.doubted,
    )


def _dropped(
    names: Sequence[str],
    table: pl.DataFrame,
    values: Mapping[str, Sequence[str]],
    pay: bool,
    mapped: Mapping[str, str],
    named: Collection[str],
) -> dict[str, str]:
    """Columns that must not be kept → what they are."""
    in_use = columns_of_feed.mapped(names, mapped).columns
    folded = {fold_header(name) for name in named}
    by_rules = [name for name in names if fold_header(name) in folded]
    others = [name for name in names if name not in {*in_use.values(), *by_rules}]
    seen = with_rare(table, values, others)
    return columns_of_feed.sensitive(names, pay, seen, in_use, by_rules)


def _placed(part: Mapping[str, str], kept: Sequence[str], fields: Mapping[str, str]) -> list[str]:
    """The readable parts of a broken row, each in its own column."""
    cells = dict.fromkeys(kept, "")
    cells.update({fields[field]: part[field] for field in SHIELDING if field in part})
    return list(cells.values())


def _kept_header(titles: Mapping[str, str], dropped: Mapping[str, str], kept: Sequence[str]) -> list[str]:
    """Titles as in the file; where that would read differently without the dropped columns, the unique name."""
    gone = {titles[name] for name in dropped}
    return [titles[name] if titles[name] and titles[name] not in gone else name for name in kept]


def _of_header(dialect: Dialect, repeated: list[str]) -> list[pl.DataFrame]:
    found = [
        about_feed(
            "repeated_header",
            key=title,
            column=title,
        )
        for title in repeated
    ]
    if dialect.header_row > 1:
        found.append(about_feed("header_not_first", key="header", params={"header_row": dialect.header_row}))
    return found


def _of_text(decoded: Text) -> list[pl.DataFrame]:
    found = []
    if decoded.doubted:
        found.append(about_feed("encoding_doubted", key="encoding", params={"encoding": decoded.encoding}))
    if is_encoded_twice(decoded.data):
        found.append(about_feed("encoding_twice", key="encoding"))
    return found


def _of_broken(rejects: pl.DataFrame, broken: Sequence[Broken]) -> pl.DataFrame:
    if not broken:
        return empty(PROBLEM)
    faults = [(line.fault, json.dumps(line.params) if line.params else None) for line in broken]
    rows = pl.concat(
        [rejects, pl.DataFrame(faults, {"fault": pl.String, "said": pl.String}, orient="row")],
        how="horizontal",
    )
    key = pl.coalesce("source_id", pl.format("row {}", "row"))
    found = about_people(rows, "ragged_row", reason=pl.col("fault"), key=key)
    return found.with_columns(rows["said"].alias("params"))


def _nothing_fits(title: str, dialect: Dialect, broken: Sequence[Broken]) -> str:
    """Why no row fits the header, when that is plain: the header uses another separator than the rows."""
    some = broken[:1000]
    for separator, word in SEPARATORS.items():
        fitting = sum(1 for b in some if sum(c.count(separator) for c in b.cells) == len(dialect.header) - 1)
        if separator != dialect.separator and 2 * fitting > len(some):
            used = SEPARATORS[dialect.separator]
            return (
                f"{title} has a header separated by {used} and rows separated by {word}: "
                "export it again with one separator."
            )
    width = len(dialect.header)
    return f"{title} has no row that fits its header of {width} columns: export it again from payroll."
