"""What is too long for the table that would keep it: no value, and a finding of its record before anything is written.

The one place where this is looked at. The limits are those of the models (`employee.LONGEST`), in code points after
NFC, which is what `str.len_chars` gives and what PostgreSQL counts. A payroll ID that is too long is no ID and rejects
its record (`values.source_ids`).
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Literal

import polars as pl

from schedulepop.employee import LONGEST, MASKED_FIELDS, VALUE_KINDS
from schedulepop.lib import text
from schedulepop.sync.plan.findings import about_rows

_FIELDS = tuple(name for name in VALUE_KINDS if name in LONGEST)
_NAMES = ("first_name", "last_name")
_CODE = LONGEST["code"]


def fit_values(
    records: pl.DataFrame, columns: Dictionary[str, str]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The records without the values that are too long for their field, and a finding of each."""
    problems = []
    for name in _FIELDS:
        long = _longer(records[name], LONGEST[name])
        if not long.any():
            continue
        params: dict[str, pl.Expr | int] = {
            "field": pl.lit(name),
            "length": pl.col("shown").str.len_chars(),
            "longest": LONGEST[name],
        }
        problems.append(
            about_rows(
                records.with_columns(shown=name).filter(long),
                "name_missing" if name in _NAMES else "text_too_long",
                reason="text_too_long",
                column=columns.get(name, columns.get("full_name")),
                value="shown",
                masked=name in MASKED_FIELDS,
                params=_struct(params),
            )
        )
        records = records.with_columns(pl.when(~long).then(name).alias(name))
        if name in _NAMES:  # the other half alone is not what they are called
            records = records.with_columns(pl.col("nameless") | long)
    return records, problems


def fit_codes(
    kind: Literal["duty", "zone"], records: pl.DataFrame, column: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The records without the duties or zones that could not be made, and a finding of each.

    `records` has row, source_id, location_id and what `codes.resolve` gives. A name that is too long asks for another
    one under the same code; a code that is too long can be mapped to nothing.
    """
    code, name, unmapped = f"{kind}_code", f"{kind}_new", f"{kind}_unmapped"
    long_code = _too_long_folded(records[code]) & (records[name].is_not_null() | records[unmapped])
    long_name = _longer(records[name], LONGEST["name"]) & ~long_code
    if not (long_code.any() or long_name.any()):
        return records, []
    own = pl.col(code) == pl.col(name)
    found = records.with_columns(
        shown=code,
        key=pl.format("{}:{}", "location_id", pl.col(code).map_elements(text.fold_code, pl.String)),
        own=own,
    )
    given: dict[str, pl.Expr | int] = {"kind": pl.lit(kind), "longest": LONGEST["name"]}
    problems = [
        about_rows(
            found.filter(rows),
            f"unmapped_{kind}",
            reason=reason,
            column=column,
            value="shown",
            key="key",
            params=_struct(given | {"length": pl.col(of).str.len_chars(), "longest": longest}),
        )
        for rows, reason, of, longest in (
            (long_code, "code_too_long", code, _CODE),
            (long_name & found["own"], "name_too_long", name, LONGEST["name"]),
            (long_name & ~found["own"], "mapped_name_too_long", name, LONGEST["name"]),
        )
    ]
    fits = ~(long_code | long_name)
    return records.with_columns(pl.when(fits).then(name).alias(name), pl.col(unmapped) & fits), problems


def of_location() -> pl.Expr:
    """The parameters of `code_too_long` of a location, whose code as written is in "shown"."""
    return _struct({"kind": pl.lit("location"), "length": pl.col("shown").str.len_chars(), "longest": _CODE})


def too_long_code(codes: pl.Series) -> pl.Series:
    """Which folded codes no location, duty or zone can carry."""
    return _longer(codes, _CODE)


def _longer(values: pl.Series, longest: int) -> pl.Series:
    return (values.str.len_chars() > longest).fill_null(False)


def _too_long_folded(codes: pl.Series) -> pl.Series:
    """The same of codes as written; folding makes one letter three at most (ΐ)."""
    some = codes.filter(_longer(codes, _CODE // 3)).unique()
    long = [code for code in some.to_list() if len(text.fold_code(code)) > _CODE]
    return codes.is_in(long).fill_null(False)


def _struct(params: Dictionary[str, pl.Expr | int]) -> pl.Expr:
    return pl.struct(
        (pl.lit(value, pl.Int64) if isinstance(value, int) else value).alias(name)
        for name, value in params.items()
    )
