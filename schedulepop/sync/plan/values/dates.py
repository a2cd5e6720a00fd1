"""Dates: proves a column's format from its values, and reads days by a format that is known.

3/4/2026 is March or April; guessing would give people the wrong seniority. A format counts as proven when a
value can only be meant one way (a part above 12, ISO order, a month's name), or when another date column of
the same feed and shape proves it. A month's name proves a year of two digits, too: 27-FEB-19 has no other reading.
Figures with two-digit years and the rest wait for a declaration (SPEC §4).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Dictionary

import polars as pl

from schedulepop import employee
from schedulepop.lib.date_formats import DAY_NUMBERS, DAYS_1900, NAMED, shape_of
from schedulepop.sync.plan.frames.feed import ProposedDate
from schedulepop.sync.plan.policy import Mapping

DATE_FIELDS = tuple(f.name for f in employee.FIELDS if f.kind is employee.Kind.DATE)
_NO_DAY = (
    r"0?1[-/. ]0?0[-/. ](?:19)?00|0?0[-/. ]0?1[-/. ](?:19)?00|0?0[- ]jan[a-z]*[- ](?:19)?00|jan[a-z]* 0?0,? 1900"
    r"|1900[-/.]?0[01][-/.]?0[01]|1899[-/.]?12[-/.]?3[01]|12[-/. ]3[01][-/. ]1899|3[01][-/. ]12[-/. ]1899"
    r"|3[01][- ]dec[a-z]*\.?[- ]1899|dec[a-z]*\.? 3[01],? 1899|0?1[-/. ]0?1[-/. ](?:0001|1753|1900|1904)"
    r"|0?1[- ]jan[- ](?:0001|1753|1900|1904)|(?:0001|1753|1904)-?01-?01"
    r"|9999[-/.]?12[-/.]?31|12[-/. ]31[-/. ]9999|31[-/. ]12[-/. ]9999|31[- ]dec[- ]9999"
)
_NO_TIME = r"(?:0?0|12):00(?::00(?:\.0+)?)?(?: ?am)?"
_BLANK = rf"(?i)^(?:[0/. -]*|null|none|nil|nan|nat|n/?a|#n/a|(?:[a-z]+day, )?(?:{_NO_DAY})|{_NO_TIME})$"
"""Blank, and what databases and spreadsheets write for "no date": zeros, day 0, the year 9999, their first day."""

_TIME = r"(?:[T ]+\d{1,2}:\d{2}|[T ]+\d{1,2}\.\d{2}\.\d{2}).*$"
_ZONE = r"^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:?\d{2})$"
_WEEKDAY = r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+"
_ORDINAL = r"(?i)(\d)(?:st|nd|rd|th)\b"
_MONTH = r"(?i)[\s,./-]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s,./-]*"
_COMMA = r"(\d),\s*(\d)"
_SPREADSHEET_DAY = r"[1-6]\d{4}(?:\.\d+)?"
_EPOCH = r"-?\d{10}(?:\d{3})?"
_SHAPES = (
    re.compile(r"(\d{1,2})([/. -])(\d{1,2})\2(\d{4}|\d{2})"),
    re.compile(r"(\d{1,2})()(\d{2})((?:19|20)\d{2})"),
)
_FIXED: tuple[tuple[str, str], ...] = (
    ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
    ("%Y/%m/%d", r"\d{4}/\d{1,2}/\d{1,2}"),
    ("%Y.%m.%d", r"\d{4}\.\d{1,2}\.\d{1,2}"),
    ("%Y%m%d", r"(?:19|20)\d{2}[01]\d[0-3]\d"),
    *((declared, shape_of(spaced)) for declared, spaced in NAMED.items()),
)
"""Formats that prove themselves: a year of four digits in front, or the month's name."""


def is_blank_date(value: str) -> bool:
    """Whether a value is what a database writes for no date."""
    return re.match(_BLANK, re.sub(_TIME, "", value.strip())) is not None


def looks_like_date(value: str) -> bool:
    """Whether a value could be a day in any usual notation; blanks of databases count."""
    if is_blank_date(value):
        return True
    text = _prepared(value)
    return (
        _split(text) is not None
        or re.fullmatch(_SPREADSHEET_DAY, text) is not None
        or any(re.fullmatch(pattern, text) for _, pattern in _FIXED)
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
            values = _distinct(table[columns[name]])
            shape = _shape(_parts(values), len(values))
            if shape and shape[1] == 4 and shape in proofs:
                day_first, column = proofs[shape]
                found[name] = ProposedDate(_format(shape, day_first), True, "by_column", column)
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


_PREPARED = (
    (_TIME, ""),
    (_ZONE, "$1"),
    (_WEEKDAY, ""),
    (_ORDINAL, "$1"),
    (_MONTH, " $1 "),
    (_COMMA, "$1 $2"),
)


def _prepare(value: pl.Expr) -> pl.Expr:
    """Without time, weekday and ordinals; a month's name as its first three letters between blanks."""
    value = value.str.strip_chars()
    for pattern, with_ in _PREPARED:
        value = value.str.replace(pattern, with_)
    return value.str.strip_chars()


def _prepared(value: str) -> str:
    """The same of one value."""
    value = value.strip()
    for pattern, with_ in _PREPARED:
        value = re.sub(pattern, with_.replace("$", "\\"), value, count=1)
    return value.strip()


def _day(value: pl.Expr, declared: str) -> pl.Expr:
    """Days that have the format's very shape; chrono alone would read 7/5/11 as the year 11."""
    if declared in DAY_NUMBERS:
        number = pl.when(value.str.contains(f"^{_SPREADSHEET_DAY}$")).then(value).cast(pl.Float64)
        return pl.lit(DAY_NUMBERS[declared]) + pl.duration(days=number.floor().cast(pl.Int64))
    spaced = NAMED.get(declared, declared)
    if (width := {"%m%d%Y": 8, "%d%m%Y": 8, "%m%d%y": 6, "%d%m%y": 6}.get(declared)) is not None:
        value = pl.when(value.str.contains(rf"^\d{{{width - 1},{width}}}$")).then(value.str.zfill(width))
    fits = pl.when(value.str.contains(f"^{shape_of(spaced)}$")).then(value)
    return fits.str.to_date(spaced, strict=False)


def _distinct(column: pl.Series) -> list[str]:
    words = pl.DataFrame({"raw": column.unique().drop_nulls()}).select(
        _prepare(pl.col("raw")).unique().alias("raw")
    )
    return words.filter(~pl.col("raw").str.contains(_BLANK))["raw"].sort().to_list()


def _propose(values: list[str]) -> ProposedDate:
    parts = _parts(values)
    if shape := _shape(parts, len(values)):
        return _ordered(parts, shape)
    for declared, pattern in _FIXED:
        if _most(values, pattern):
            return ProposedDate(declared, True, "values")
    if _most(values, _SPREADSHEET_DAY):
        return ProposedDate(DAYS_1900, False, "day_numbers")
    return ProposedDate(None, False, "epoch" if _most(values, _EPOCH) else "unknown")


def _most(values: list[str], pattern: str) -> bool:
    return 2 * sum(1 for value in values if re.fullmatch(pattern, value)) > len(values)


def _ordered(parts: list[Parts], shape: tuple[str, int]) -> ProposedDate:
    day_first, month_first = _evidence(parts)
    if shape[1] == 2:
        return ProposedDate(_format(shape, day_first > month_first), False, "short_year")
    order = _decided(day_first, month_first)
    if order is not None:
        return ProposedDate(_format(shape, order), True, "above_12")
    if shape[0] == "." and not month_first:
        return ProposedDate("%d.%m.%Y", False, "unproven")
    return ProposedDate(_format(shape, False), False, "contradict" if day_first else "unproven")


def _format(shape: tuple[str, int], day_first: bool) -> str:
    """The format of this separator and number of the year's digits."""
    separator, digits = shape
    parts = ("%d", "%m") if day_first else ("%m", "%d")
    return separator.join([*parts, "%Y" if digits == 4 else "%y"])


Parts = tuple[str, int, int, int]
"""Separator, first part, second part and the number of the year's digits, of a value that ends in a year."""


def _split(value: str) -> Parts | None:
    for pattern in _SHAPES:
        if match := pattern.fullmatch(value):
            return match[2], int(match[1]), int(match[3]), len(match[4])
    return None


def _parts(values: list[str]) -> list[Parts]:
    return [parts for value in values if (parts := _split(value))]


def _shape(parts: list[Parts], of: int) -> tuple[str, int] | None:
    """The separator and the digits of the year that most of so many values share."""
    counts = Counter((separator, digits) for separator, _, _, digits in parts)
    if not counts:
        return None
    best = max(sorted(counts), key=lambda key: counts[key])
    return best if 2 * counts[best] > of else None


def _evidence(parts: list[Parts]) -> tuple[int, int]:
    """How many different values can only have the day first, and only the month first."""
    day_first = sum(12 < first <= 31 and 1 <= second <= 12 for _, first, second, _ in parts)
    month_first = sum(12 < second <= 31 and 1 <= first <= 12 for _, first, second, _ in parts)
    return day_first, month_first


def _decided(day_first: int, month_first: int) -> bool | None:
    """The order when the evidence agrees; one slip among a hundred proofs does not unsettle it."""
    if day_first > 100 * month_first:
        return True
    if month_first > 100 * day_first:
        return False
    return None


def proving_columns(table: pl.DataFrame, columns: Dictionary[str, str], mapping: Mapping) -> frozenset[str]:
    """Columns besides these that say how the dates of these are written, where their own values do not."""
    doubted = set()
    for name in DATE_FIELDS:
        if columns.get(name) in table.columns and name not in mapping.dates:
            values = _distinct(table[columns[name]])
            if values and not _propose(values).proven:
                doubted.add(_shape(_parts(values), len(values)))
    if not doubted - {None}:
        return frozenset()
    found = {
        column
        for shape, orders in _proofs(table, columns).items()
        if shape in doubted
        for _, column in orders
    }
    return frozenset(found - set(columns.values()))


def _neighbors(table: pl.DataFrame, columns: Dictionary[str, str]) -> dict[tuple[str, int], tuple[bool, str]]:
    """Shapes whose order some other column proves; shapes that two columns prove differently are left out."""
    return {
        shape: min(orders, key=lambda item: table.columns.index(item[1]))
        for shape, orders in _proofs(table, columns).items()
        if len({order for order, _ in orders}) == 1
    }


def _proofs(
    table: pl.DataFrame, columns: Dictionary[str, str]
) -> dict[tuple[str, int], set[tuple[bool, str]]]:
    """Shape → every order that a column proves, with the column."""
    declared = set(columns.values())
    proofs: dict[tuple[str, int], set[tuple[bool, str]]] = {}
    for column in table.columns:
        if column == "row" or (column not in declared and not _maybe_dates(table[column])):
            continue
        values = _distinct(table[column])
        parts = _parts(values)
        shape = _shape(parts, len(values))
        order = _decided(*_evidence(parts)) if shape else None
        if shape and order is not None:
            proofs.setdefault(shape, set()).add((order, column))
    return proofs


def _maybe_dates(column: pl.Series) -> bool:
    first = column.drop_nulls().head(20).to_list()
    return bool(first) and 2 * sum(map(looks_like_date, first)) > len(first)
