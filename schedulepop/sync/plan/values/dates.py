"""Dates: proves a column's format from its values, and reads days by a format that is known.

3/4/2026 is March or April; guessing would give people the wrong seniority. A format counts as proven when a
value can only be meant one way (a part above 12, ISO order, a month's name), or when another date column of
the same feed and shape proves it. Two-digit years and the rest wait for a declaration (SPEC §4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary

import polars as pl

from schedulepop import employee
from schedulepop.sync.plan.frames.feed import ProposedDate
from schedulepop.sync.plan.policy import Mapping

DATE_FIELDS = tuple(f.name for f in employee.FIELDS if f.kind is employee.Kind.DATE)
_BLANK = (
    r"(?i)^(?:[0/.-]*|null|none|n/?a|9999-12-31|99991231|12/31/9999|31/12/9999|31\.12\.9999"
    r"|(?:0001|1753|1900)-01-01|0?1/0?1/(?:0001|1753|1900))$"
)
"""Blank, and what databases write for "no date": zeros, the year 9999, the first day they know."""

_TIME = r"[T ]+\d{1,2}:\d{2}.*$"
_ZONE = r"^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:?\d{2})$"
_MONTH = r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_SHAPE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_FIXED: tuple[tuple[str, str], ...] = (
    ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
    ("%Y/%m/%d", r"\d{4}/\d{1,2}/\d{1,2}"),
    ("%Y%m%d", r"(?:19|20)\d{2}[01]\d[0-3]\d"),
    ("%d-%b-%Y", r"\d{1,2}-[A-Za-z]{3}-\d{4}"),
    ("%b %d, %Y", r"[A-Za-z]{3} \d{1,2}, \d{4}"),
    ("%d %b %Y", r"\d{1,2} [A-Za-z]{3} \d{4}"),
)
_ORDERED: dict[tuple[str, int, bool], str] = {
    ("/", 4, True): "%d/%m/%Y",
    ("/", 4, False): "%m/%d/%Y",
    ("-", 4, False): "%m-%d-%Y",
    (".", 4, True): "%d.%m.%Y",
    ("/", 2, True): "%d/%m/%y",
    ("/", 2, False): "%m/%d/%y",
    ("-", 2, False): "%m-%d-%y",
}
"""(separator, digits of the year, day first) → format, for the formats a mapping can declare."""


def is_blank_date(value: str) -> bool:
    """Whether a value is what a database writes for no date."""
    return re.match(_BLANK, re.sub(_TIME, "", value.strip())) is not None


def looks_like_date(value: str) -> bool:
    """Whether a value could be a day in any usual notation; blanks of databases count."""
    text = re.sub(_TIME, "", value.strip())
    return is_blank_date(value) or bool(
        _SHAPE.fullmatch(text)
        or re.fullmatch(r"\d{4}[-/.]?\d{1,2}[-/.]?\d{1,2}(?:Z|[+-][\d:]+)?|[2-6]\d{4}(?:\.\d+)?", text)
        or re.fullmatch(r"\d{1,2}[ -][A-Za-z]{3,9}\.?[ -],?\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}", text)
    )


def propose_dates(
    table: pl.DataFrame, columns: Dictionary[str, str], mapping: Mapping
) -> dict[str, ProposedDate]:
    """Date field → format, decided on the whole feed; fields whose column is blank throughout are left out."""
    found: dict[str, ProposedDate] = {}
    for name in DATE_FIELDS:
        if name not in columns or columns[name] not in table.columns:
            continue
        if name in mapping.dates:
            found[name] = ProposedDate(mapping.dates[name], True, "declared")
            continue
        values = _distinct(table[columns[name]])
        if values:
            found[name] = _propose(values)
    doubtful = [name for name, date in found.items() if not date.proven and date.format]
    if doubtful:
        proofs = _neighbors(table, columns)
        for name in doubtful:
            shape = _shape(_distinct(table[columns[name]]))
            if shape and shape[1] == 4 and shape in proofs:
                day_first, column = proofs[shape]
                known = _ORDERED.get((*shape, day_first))
                found[name] = ProposedDate(known, known is not None, "by_column", column)
    return found


def read_dates(raw: pl.Series, declared: str) -> pl.DataFrame:
    """A column as days: "value" (Date), "blank" and "unreadable", in the order of `raw`.

    The day of a timestamp is taken as it is written, never shifted to another time zone: payroll means the
    day it shows. ISO days are understood under any declared format, since they prove themselves.
    """
    words = raw.unique().drop_nulls()
    day = _prepare(pl.col("raw"))
    known = pl.DataFrame({"raw": words}).with_columns(
        value=pl.coalesce(_day(day, declared), _day(day, "%Y-%m-%d")),
        blank=day.str.contains(_BLANK),
    )
    known = known.with_columns(
        value=pl.when(~pl.col("blank") & pl.col("value").dt.year().is_between(1901, 2200)).then("value")
    ).with_columns(unreadable=~pl.col("blank") & pl.col("value").is_null())
    return (
        pl.DataFrame({"raw": raw})
        .join(known, on="raw", how="left", maintain_order="left")
        .select("value", pl.col("blank").fill_null(True), pl.col("unreadable").fill_null(False))
    )


def _prepare(value: pl.Expr) -> pl.Expr:
    return value.str.strip_chars().str.replace(_TIME, "").str.replace(_ZONE, "$1").str.replace(_MONTH, "$1")


def _day(value: pl.Expr, declared: str) -> pl.Expr:
    """Days that have the format's very shape; chrono alone would read 7/5/11 as the year 11."""
    shape = re.escape(declared).replace("%Y", r"\d{4}").replace("%y", r"\d{2}").replace("%b", "[A-Za-z]{3}")
    for part in ("%m", "%d"):
        shape = shape.replace(part, r"\d{2}" if declared == "%Y%m%d" else r"\d{1,2}")
    fits = pl.when(value.str.contains(f"^{shape}$")).then(value)
    return fits.str.to_date(declared, strict=False)


def _distinct(column: pl.Series) -> list[str]:
    words = pl.DataFrame({"raw": column.unique().drop_nulls()}).select(
        _prepare(pl.col("raw")).unique().alias("raw")
    )
    return words.filter(~pl.col("raw").str.contains(_BLANK))["raw"].sort().to_list()


def _propose(values: list[str]) -> ProposedDate:
    shape = _shape(values)
    if shape:
        return _ordered(values, shape)
    for declared, pattern in _FIXED:
        if 2 * sum(1 for value in values if re.fullmatch(pattern, value)) > len(values):
            return ProposedDate(declared, True, "values")
    if 2 * sum(1 for value in values if re.fullmatch(r"[2-6]\d{4}(?:\.\d+)?", value)) > len(values):
        return ProposedDate(None, False, "day_numbers")
    return ProposedDate(None, False, "unknown")


def _ordered(values: list[str], shape: tuple[str, int]) -> ProposedDate:
    day_first, month_first = _evidence(values)
    if shape[1] == 2:
        guess = _ORDERED.get((*shape, day_first > month_first))
        return ProposedDate(guess, False, "short_year")
    order = _decided(day_first, month_first)
    if order is not None:
        declared = _ORDERED.get((*shape, order))
        return ProposedDate(declared, declared is not None, "above_12")
    if shape[0] == "." and not month_first:
        return ProposedDate("%d.%m.%Y", False, "unproven")
    why = "contradict" if day_first else "unproven"
    return ProposedDate(_ORDERED.get((*shape, False)), False, why)


def _shape(values: list[str]) -> tuple[str, int] | None:
    """The separator and the digits of the year that most values share."""
    counts: dict[tuple[str, int], int] = {}
    for value in values:
        if match := _SHAPE.fullmatch(value):
            key = (match[2], len(match[4]))
            counts[key] = counts.get(key, 0) + 1
    if not counts:
        return None
    best = max(sorted(counts), key=lambda key: counts[key])
    return best if 2 * counts[best] > len(values) else None


def _evidence(values: list[str]) -> tuple[int, int]:
    """How many different values can only have the day first, and only the month first."""
    day_first = month_first = 0
    for value in values:
        if match := _SHAPE.fullmatch(value):
            first, second = int(match[1]), int(match[3])
            day_first += 12 < first <= 31 and 1 <= second <= 12
            month_first += 12 < second <= 31 and 1 <= first <= 12
    return day_first, month_first


def _decided(day_first: int, month_first: int) -> bool | None:
    """The order when the evidence agrees; one slip among a hundred proofs does not unsettle it."""
    if day_first > 100 * month_first:
        return True
    if month_first > 100 * day_first:
        return False
    return None


def _neighbors(table: pl.DataFrame, columns: Dictionary[str, str]) -> dict[tuple[str, int], tuple[bool, str]]:
    """Shapes whose order some other column proves; shapes that two columns prove differently are left out."""
    declared = set(columns.values())
    proofs: dict[tuple[str, int], set[tuple[bool, str]]] = {}
    for column in table.columns:
        if column == "row" or (column not in declared and not _maybe_dates(table[column])):
            continue
        values = _distinct(table[column])
        shape = _shape(values)
        order = _decided(*_evidence(values)) if shape else None
        if shape and order is not None:
            proofs.setdefault(shape, set()).add((order, column))
    return {
        shape: min(orders, key=lambda item: table.columns.index(item[1]))
        for shape, orders in proofs.items()
        if len({order for order, _ in orders}) == 1
    }


def _maybe_dates(column: pl.Series) -> bool:
    first = column.drop_nulls().head(20).to_list()
    return bool(first) and 2 * sum(map(looks_like_date, first)) > len(first)
