"""Pay rates as integer ten-thousandths, exactly as written; an ambiguous amount is not guessed."""

from __future__ import annotations

import polars as pl

from schedulepop import employee
from schedulepop.lib import text

_SIGNS = r"(?i)[$€£\s]|usd|cad|eur|gbp|/ ?h(?:ou)?r|per hour"
_POINT = r"^(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d+)?$"
_COMMA = r"^(?:\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}),\d{1,2}$"
"""1.234,50 and 12,50 can only have a decimal comma; 1,234 can only be thousands."""


def read_money(raw: pl.Series) -> pl.DataFrame:
    """A column of amounts: "value" (ten-thousandths, rounded) and "unreadable"; null stays null."""
    bare = pl.col("raw").str.replace_all(_SIGNS, "")
    comma = bare.str.contains(_COMMA)
    plain = (
        pl.when(comma)
        .then(bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(bare.str.contains(_POINT))
        .then(bare.str.replace_all(",", "", literal=True))
    )
    frame = pl.DataFrame({"raw": raw}).with_columns(plain=plain)
    whole = pl.col("plain").str.extract(r"^(\d+)").cast(pl.Int64)
    part = (
        pl.col("plain")
        .str.extract(r"\.(\d+)$")
        .fill_null("")
        .str.pad_end(5, "0")
        .str.slice(0, 5)
        .cast(pl.Int64)
    )
    value = whole * 10_000 + (part + 5) // 10
    return frame.select(value=value, unreadable=pl.col("raw").is_not_null() & pl.col("plain").is_null())


def read_units(raw: pl.Series) -> pl.Series:
    """A column of pay units as employee.PAY_UNITS names them; null where the word is not known."""
    words = raw.unique().drop_nulls().to_list()
    units = {word: employee.PAY_UNITS.get(text.fold(word)) for word in words}
    return raw.replace_strict(list(units), list(units.values()), default=None, return_dtype=pl.String)


def unit_of_header(header: str) -> str | None:
    """The unit a rate column's own name tells: "Hourly Rate", "Annual Salary"."""
    words = set(text.fold_header(header).split())
    if words & {"hourly", "hour", "hrly"}:
        return "hour"
    if words & {"annual", "yearly", "salary", "year"}:
        return "year"
    return None


def money_text(value: pl.Expr) -> pl.Expr:
    """Integer ten-thousandths as decimal text: two places, more only where they say something."""
    places = (value % 10_000).cast(pl.String).str.zfill(4).str.replace("0{1,2}$", "")
    return pl.format("{}.{}", value // 10_000, places)
