"""Pay rates as integer ten-thousandths, exactly as written; an ambiguous amount is not guessed.

A value may carry its own unit and currency: `$18.50/hr`, `52,000 p.a.`, `CAD 24.10`, `17,20 €`.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from schedulepop import employee
from schedulepop.lib import text

DOLLAR = "$"
"""A bare dollar sign: of whichever dollar the organization pays in."""
_SIGNS: dict[str, str] = {
    sign: code
    for code, signs in {
        DOLLAR: "$|dollar|dollars",
        "USD": "us$|us dollar|us dollars",
        "CAD": "c$|ca$|can$|cdn$|canadian dollar|canadian dollars",
        "MXN": "mx$|mex$",
        "AUD": "a$|au$",
        "NZD": "nz$",
        "HKD": "hk$",
        "SGD": "s$",
        "BRL": "r$",
        "GBP": "£|pound|pounds|pound sterling|pounds sterling",
        "EUR": "€|euro|euros",
        "JPY": "¥",
        "INR": "₹",
        "PHP": "₱",
        "KRW": "₩",
        "RUB": "₽",
        "TRY": "₺",
        "ILS": "₪",
        "VND": "₫",
        "THB": "฿",
        "NGN": "₦",
        "PLN": "zł",
    }.items()
    for sign in signs.split("|")
}
_CODES = frozenset(
    re.findall(
        "...",
        "AEDAUDBRLCADCHFCLPCNYCOPCRCCZKDKKDOPEURGBPGHSGTQHKDHNLHTGHUFIDRILSINRISKJMDJPYKESKRWMXNMYR"
        "NGNNIONOKNZDPENPHPPKRPLNRONRUBSARSEKSGDTHBTRYTTDTWDUAHUSDVNDXCDZAR",
    )
)
"""The ISO 4217 codes of currencies in which anybody here may be paid."""
_DOLLARS = frozenset(
    {"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "JMD", "TTD", "TWD", "XCD", "MXN", "CLP", "COP"}
)
"""Currencies that are written with a bare dollar sign where they are paid."""

_POINT = r"(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d+)?"
_COMMA = r"(?:\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}),\d{1,2}"
"""1.234,50 and 12,50 can only have a decimal comma; 1,234 can only be thousands."""
_PLAIN = rf"^\$?\s?{_POINT}$"
_AMOUNT = re.compile(r"^([^\d.,]*)(\d(?:[\d.,]|(?<=\d) (?=\d{3}(?!\d)))*(?<=\d))(.*)$", re.DOTALL)
_AROUND = re.compile(r"(?:[^\W\d_]|[\s/.:$€£¥₹₱₩₽₺₪₫฿₦]|(?<=[^\W\d_])-(?=[^\W\d_]))*")
_WORD = re.compile(r"[^\W\d_]*\s?[$€£¥₹₱₩₽₺₪₫฿₦]|[^\W\d_]+")


def read_money(raw: pl.Series) -> pl.DataFrame:
    """A column of amounts: "value" (ten-thousandths, rounded), "unit", "currency" and "unreadable".

    Unit and currency are those that the value itself carries, `DOLLAR` for a bare sign; null where it has none. Null
    stays null.
    """
    frame = pl.DataFrame({"raw": raw}).with_columns(
        plain=pl.when(pl.col("raw").str.contains(_PLAIN)).then(pl.col("raw").str.replace_all(r"[$,\s]", ""))
    )
    whole = pl.col("plain").str.extract(r"^(\d+)").cast(pl.Int64)
    part = (
        pl.col("plain")
        .str.extract(r"\.(\d+)$")
        .fill_null("")
        .str.pad_end(5, "0")
        .str.slice(0, 5)
        .cast(pl.Int64)
    )
    sign = pl.when(pl.col("plain").is_not_null() & pl.col("raw").str.starts_with(DOLLAR)).then(pl.lit(DOLLAR))
    frame = frame.with_columns(
        value=whole * 10_000 + (part + 5) // 10, unit=pl.lit(None, pl.String), currency=sign
    )
    others = frame.filter(pl.col("plain").is_null())["raw"].drop_nulls().unique().sort().to_list()
    if others:
        read = [(written, *_written(written)) for written in others]
        schema = {"raw": pl.String, "_value": pl.Int64, "_unit": pl.String, "_currency": pl.String}
        table = pl.DataFrame(read, schema=schema, orient="row")
        frame = frame.join(table, on="raw", how="left", maintain_order="left").with_columns(
            pl.coalesce(name, f"_{name}").alias(name) for name in ("value", "unit", "currency")
        )
    return frame.select(
        "value", "unit", "currency", unreadable=pl.col("raw").is_not_null() & pl.col("value").is_null()
    )


def _written(value: str) -> tuple[int | None, str | None, str | None]:
    """Ten-thousandths, unit and currency of an amount with words or signs around it; nothing where any is unknown."""
    nothing = (None, None, None)
    found = _AMOUNT.match(text.clean(value))
    if found is None or not (_AROUND.fullmatch(found[1]) and _AROUND.fullmatch(found[3])):
        return nothing
    amount = found[2].replace(" ", "")
    if re.fullmatch(_COMMA, amount):
        amount = amount.replace(".", "").replace(",", ".")
    elif not re.fullmatch(_POINT, amount):
        return nothing
    words, currencies = _words(f"{found[1]} {found[3]}")
    thousands = bool(re.match(r"(?i)\s?k\b", found[3]))
    if thousands:
        words.remove("k")
    said = " ".join(words)
    unit = _unit(said)
    if len(currencies) > 1 or (said and unit is None):
        return nothing
    exact = Decimal(amount.replace(",", "")) * (1000 if thousands else 1) * 10_000
    return int(exact.to_integral_value(ROUND_HALF_UP)), unit, next(iter(currencies), None)


def _words(around: str) -> tuple[list[str], set[str]]:
    """The words around an amount that are no currency, folded, and the currencies."""
    words: list[str] = []
    found: set[str] = set()
    for token in _WORD.findall(around):
        sign = "".join(token.split()).casefold()
        if sign in _SIGNS or sign.upper() in _CODES:
            found.add(_SIGNS.get(sign, sign.upper()))
        elif sign[-1:] in _SIGNS:
            before, further = _words(sign[:-1])
            found |= {_SIGNS[sign[-1:]], *further}
            words += before
        else:
            words += text.fold(token).split()
    if len(found) > 1:
        found.discard(DOLLAR)
    return words, found


def _unit(said: str) -> str | None:
    bare = re.sub(r"^(?:per|an?|each|every|p)\b ?(?=.)", "", said)
    return (
        "year"
        if said in ("p a", "per annum")
        else employee.PAY_UNITS.get(said) or employee.PAY_UNITS.get(bare)
    )


def read_currencies(raw: pl.Series) -> pl.Series:
    """A column of currencies as ISO codes, `DOLLAR` for a word that names no country; null where it is not known."""
    words = raw.unique().drop_nulls().to_list()
    found = {word: _SIGNS.get(word.strip().casefold()) for word in words}
    found = {
        word: code or (word.strip().upper() if word.strip().upper() in _CODES else None)
        for word, code in found.items()
    }
    return raw.replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.String)


def agrees(sign: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Whether an amount with this sign may be of this currency; no sign agrees with all."""
    dollar = (sign == DOLLAR) & currency.is_in(sorted(_DOLLARS))
    return sign.is_null() | (sign == currency) | dollar


def read_units(raw: pl.Series) -> pl.Series:
    """A column of pay units as employee.PAY_UNITS names them; null where the word is not known."""
    words = raw.unique().drop_nulls().to_list()
    units = {word: employee.PAY_UNITS.get(text.fold(word)) for word in words}
    return raw.replace_strict(list(units), list(units.values()), default=None, return_dtype=pl.String)


def unit_of_header(header: str) -> str | None:
    """The unit a rate column's own name tells: "Hourly Rate", "Annual Salary", "Rate (USD/hr)"."""
    words = set(text.fold_header(header).split())
    if words & {"hourly", "hour", "hrly", "hr"}:
        return "hour"
    if words & {"annual", "yearly", "salary", "year"}:
        return "year"
    return None


def money_text(value: pl.Expr) -> pl.Expr:
    """Integer ten-thousandths as decimal text: two places, more only where they say something."""
    places = (value % 10_000).cast(pl.String).str.zfill(4).str.replace("0{1,2}$", "")
    return pl.format("{}.{}", value // 10_000, places)
