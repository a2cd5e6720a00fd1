"""Payroll IDs: kept letter by letter, and refused where a spreadsheet or a person has spoiled them.

Only a bad identity rejects a record (SPEC §5 Normalize). `00123` and `123` are two IDs; `1.23E+05` is none.
"""

from __future__ import annotations

import polars as pl

MAX_ID = 64
SCIENTIFIC = r"^[+-]?\d+(?:[.,]\d+)?[eE]\+\d{1,3}$|^[+-]?\d+[.,]\d+[eE]-?\d{1,3}$"
LIKE_SSN = r"^\d{3}[- ]\d{2}[- ]\d{4}$"
_SPREADSHEET_ERROR = r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|#*)$"


def read_ids(raw: pl.Series) -> pl.DataFrame:
    """A column as IDs: "value" (as written, trimmed) and "fault", an issue code or null; a fault keeps the value."""
    trimmed = raw.str.strip_chars()
    value = pl.col("value")
    invalid = (value.str.len_chars() > MAX_ID) | value.str.contains(r"[\p{Cc}\p{Cf}]|^[\W_]+$")
    return pl.select(value=pl.when(trimmed != "").then(trimmed)).with_columns(
        fault=pl.when(value.is_null())
        .then(pl.lit("id_blank"))
        .when(value.str.contains(SCIENTIFIC))
        .then(pl.lit("id_scientific"))
        .when(invalid | value.str.contains(_SPREADSHEET_ERROR))
        .then(pl.lit("id_invalid"))
    )
