"""Rows of people who were erased: by which rule they are left out, and what is said of them."""

from __future__ import annotations

import polars as pl

ERASED = "erased"
"""The issue's code, and the rule by which the records are left out."""


def rows_left_out(excluded: pl.DataFrame) -> pl.Series:
    """The rows that were left out because their people were erased."""
    return excluded.filter(pl.col("rule") == ERASED)["row"]


def only_of_others(problems: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The findings without what is said of these rows but that their people were erased."""
    return problems.filter(
        ~pl.col("row").is_in(rows.implode()).fill_null(value=False) | (pl.col("code") == ERASED)
    )
