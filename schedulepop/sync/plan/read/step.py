"""Reads a payroll file: finds header and separator, drops what must not be stored, names what is broken.

The first step of a run (SPEC §5 Read). What cannot be a payroll export raises `NeedsAdmin` with a reason
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
from schedulepop.sync.plan.frames.feed import PROBLEM, Feed, Note
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.read import columns as columns_of_feed
from schedulepop.sync.plan.read.broken_rows import SHIELDING, readable_parts, rejected
from schedulepop.sync.plan.read.cleaning import FOOTER_NOTE, clean, is_footer, without_noise
from schedulepop.sync.plan.read.dialect import SEPARATORS, Dialect, find, unique
from schedulepop.sync.plan.read.encoding import Text, to_utf8
from schedulepop.sync.plan.read.file_kind import refuse_foreign, refuse_large, refuse_long_lines
from schedulepop.sync.plan.read.protected_cells import without_formulas
from schedulepop.sync.plan.read.redacted_copy import REASON, rewrite
from schedulepop.sync.plan.read.rows import NAMELESS, Broken, Rows, split, unmarked
from schedulepop.sync.plan.read.telling_values import with_rare
from schedulepop.sync.plan.read.unfit import without_unfit
from schedulepop.sync.plan.read.unmapped_columns import Retention, not_kept
from schedulepop.sync.plan.read.wide_sheets import without_blank_columns


def read(
    data: bytes,
    *,
    pay: bool,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    named: Collection[str] = (),
    sha256: str | None = None,
    retention: Retention | None = None,
    without: Collection[int] = (),
) -> Feed:
    """Read one file.

    `pay` is the integration's switch; `name` the file's name, for messages; `columns` the mapping's columns
    (canonical field → source column), which help to find the header and what a broken row still names; `named` the
    columns its rules read besides; `sha256` the data's hash, where it is known;
    `retention` decides what is kept of columns nobody mapped (None: everything);
    `without` are numbers of rows that are left blank, in the copy that is kept too.
    Raises `NeedsAdmin` when the file is no payroll export.
    """
    refuse_large(data, name)
    refuse_foreign(data, name)
    refuse_long_lines(data, name)
    decoded = without_blank_columns(without_formulas(to_utf8(data)))
    if not decoded.data or decoded.data.isspace():
        raise NeedsAdmin("file_empty", {"name": name}, code="feed_empty")
    dialect = find(decoded.data, (columns or {}).values(), name)
    names, repeated = unique(dialect.header)
    rows = _rows(decoded, dialect)
    rows.frame.columns = ["row", *names]
    _take_faults(rows, names)
    notes = _without_footers(rows)
    if without:
        rows.frame = rows.frame.filter(~pl.col("row").is_in(list(without)))
        rows.broken = [line for line in rows.broken if line.row not in without]
    file = _File(name, data, sha256, decoded, dialect, names, repeated, rows, notes)
    return _feed(file, pay, columns or {}, named, retention, anew=bool(without))


@dataclass(frozen=True, slots=True)
class _File:
    """A file taken apart, nothing dropped yet."""

    name: str
    data: bytes
    sha256: str | None  # of the data, where it is known
    decoded: Text
    dialect: Dialect
    names: list[str]  # of the columns, each once
    repeated: list[str]
    rows: Rows
    notes: list[Note]


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


def _without_footers(rows: Rows) -> list[Note]:
    """Totals that have fewer values than the header are no broken people; says so when there are any."""
    last = int(rows.frame["row"][-1]) if rows.frame.height else 0
    found = False
    while rows.broken and rows.broken[-1].row > last and is_footer(rows.broken[-1].cells):
        rows.broken.pop()
        found = True
    return [FOOTER_NOTE] if found else []


def _feed(
    file: _File,
    pay: bool,
    mapped: Mapping[str, str],
    named: Collection[str],
    retention: Retention | None,
    *,
    anew: bool,
) -> Feed:
    """The file without what must not be stored, and with what is wrong with it."""
    broken, dialect = file.rows.broken, file.dialect
    table, damaged = clean(file.rows.frame, file.decoded)
    values = columns_of_feed.samples(table)
    by_rules = {fold_header(name) for name in named}
    dropped = _dropped(file.names, table, values, pay, mapped, named)
    titles = dict(zip(file.names, dialect.header, strict=False))
    present = [n for n in file.names if titles[n] or table[n].null_count() < table.height]
    kept = [name for name in present if name not in dropped]
    if len(kept) < 2:
        raise NeedsAdmin("only_dropped_columns")
    found = columns_of_feed.mapped(kept, mapped) if mapped else columns_of_feed.recognize(kept, values)
    let_go = not_kept(table, found, retention) if retention else {}
    kept = [name for name in kept if name not in let_go]
    table, notes = without_noise(table.select("row", *(n for n in present if dropped.get(n) != "pay")))
    if broken and table.is_empty() and not any(line.fault == NAMELESS for line in broken):
        raise _nothing_fits(file.name, dialect, broken)
    table, nameless = _without_nameless(table, kept)
    broken = sorted([*broken, *nameless], key=lambda line: line.row)
    taken = {field: name for field, name in found.columns.items() if field != "source_id"}
    table, unfit = without_unfit(table, file.decoded, taken, damaged)
    parts = [readable_parts(line.cells, file.names, found.columns) for line in broken]
    rejects = rejected([(line.row, part) for line, part in zip(broken, parts, strict=True)])
    stored, sha256 = file.data, file.sha256
    if dropped or let_go or anew:
        as_it_was = file.rows.frame.filter(pl.col("row").is_in(table["row"].implode())).select("row", *kept)
        cells = [_placed(part, kept, found.columns) for part in parts]
        marks = [(line.row, placed, line.mark) for line, placed in zip(broken, cells, strict=True)]
        header = _kept_header(titles, {*dropped, *let_go}, kept)
        stored, sha256 = rewrite(as_it_was, header, dialect.titles, marks, dialect.header_row + 1), None
    lost = [damaged[c].filter(pl.col("row").is_in(table["row"].implode())) for c in kept if c in damaged]
    layout = {
        "encoding": file.decoded.encoding,
        "separator": SEPARATORS[dialect.separator],
        "header_row": dialect.header_row,
    }
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
        notes=(("layout", layout), *file.notes, *notes),
        encoding_doubted=file.decoded.doubted,
        not_kept=let_go,
        spare=tuple(name for name in found.unknown if name in kept and fold_header(name) not in by_rules),
    )


def _without_nameless(table: pl.DataFrame, kept: Sequence[str]) -> tuple[pl.DataFrame, list[Broken]]:
    """The columns that are kept, without rows that have values in none of them: each may be somebody, and rejects."""
    blank = table.select(pl.all_horizontal(pl.col(kept).is_null())).to_series()
    table = table.select("row", *kept)
    return table.filter(~blank), [Broken(row, [], NAMELESS) for row in table.filter(blank)["row"]]


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


def _kept_header(titles: Mapping[str, str], dropped: Collection[str], kept: Sequence[str]) -> list[str]:
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
    if decoded.encoded_twice:
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
    code = pl.when(pl.col("fault") == NAMELESS).then(pl.lit("id_blank")).otherwise(pl.lit("ragged_row"))
    found = about_people(rows, code, reason=pl.col("fault"), key=key)
    return found.with_columns(rows["said"].alias("params"))


def _nothing_fits(name: str, dialect: Dialect, broken: Sequence[Broken]) -> NeedsAdmin:
    """Why no row fits the header: where that is plain, it uses another separator than the rows."""
    some = broken[:1000]
    for separator, word in SEPARATORS.items():
        fitting = sum(1 for b in some if sum(c.count(separator) for c in b.cells) == len(dialect.header) - 1)
        if separator != dialect.separator and 2 * fitting > len(some):
            used = SEPARATORS[dialect.separator]
            return NeedsAdmin("separators_differ", {"name": name, "header": used, "rows": word})
    return NeedsAdmin("no_row_fits", {"name": name, "columns": len(dialect.header)})
