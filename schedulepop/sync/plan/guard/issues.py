"""Findings about what is on hold."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty

HOLD_CODES = {"empty": "feed_empty", "column_gone": "column_gone", "column_blank": "column_blank"}
"""Guard rules with an issue code of their own; the others are `on_hold`."""


def on_hold(holds: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per hold."""
    if holds.is_empty():
        return empty(PROBLEM)
    code = pl.col("rule").replace_strict(HOLD_CODES, default="on_hold", return_dtype=pl.String)
    nothing = pl.lit(None, pl.String)
    return (
        holds.select(
            code.alias("code"),
            pl.lit(None, pl.UInt32).alias("row"),
            pl.col("scope")
            .str.strip_prefix("person:")
            .replace(pl.Series(["organization"]), pl.Series([None], dtype=pl.String))
            .alias("source_id"),
            "location_id",
            nothing.alias("column"),
            nothing.alias("value"),
            pl.format("{} {}", "rule", "scope").alias("key"),
            pl.col("reason").alias("message"),
        )
        .with_columns(
            pl.when(pl.col("key").str.contains(" person:", literal=True)).then("source_id").alias("source_id")
        )
        .cast(pl.Schema(PROBLEM))
    )
