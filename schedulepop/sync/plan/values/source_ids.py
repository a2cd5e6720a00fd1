"""Payroll IDs: kept letter by letter, and refused where a spreadsheet or a person has spoiled them.

Only a bad identity rejects a record (SPEC §5 Normalize). `00123` and `123` are two IDs; `1.23E+05` is none, and a
word for nothing (`N/A`) is a missing one.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import LONGEST
from schedulepop.lib.nothing import NOT_ONE, or_null

SCIENTIFIC = r"^[+-]?\d+(?:[.,]\d+)?[eE]\+\d{1,3}$|^[+-]?\d+[.,]\d+[eE]-?\d{1,3}$"
LIKE_SSN = r"^\d{3}[- ]\d{2}[- ]\d{4}$"


def read_ids(raw: pl.Series) -> pl.DataFrame:
    """A column as IDs: "value" (as written, trimmed) and "fault", an issue code or null.

    A fault keeps the value, which may name somebody; a word for nothing names nobody.
    """
    trimmed = or_null(raw.str.strip_chars(), NOT_ONE)
    value = pl.col("value")
    invalid = (value.str.len_chars() > LONGEST["source_id"]) | value.str.contains(
        r"[\p{Cc}\p{Cf}\x{fffd}]|^[\W_]+$"
    )
    return pl.select(value=pl.when(trimmed != "").then(trimmed)).with_columns(
        fault=pl.when(value.is_null())
        .then(pl.lit("id_blank"))
        .when(value.str.contains(SCIENTIFIC))
        .then(pl.lit("id_scientific"))
        .when(invalid)
        .then(pl.lit("id_invalid"))
    )
