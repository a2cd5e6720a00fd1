"""Findings about what is on hold."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty

HOLD_CODES = {"empty": "feed_empty", "column_gone": "column_gone", "column_blank": "column_blank"}
"""Guard rules with an issue code of their own; the others are `on_hold`."""


def on_hold(holds: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per hold."""
    if holds.is_empty():
        return empty(PROBLEM)
    code = pl.col("rule").replace_strict(HOLD_CODES, default="on_hold", return_dtype=pl.String)
    key = pl.format("{} {}", "rule", scope_key())
    found = about_people(holds, code, reason=pl.col("rule"), key=key)
    return found.with_columns(holds["params"])


def scope_key() -> pl.Expr:
    """A hold's scope in one word, for the key of its issue: `organization`, `location:5`, `person:0012`."""
    return pl.concat_str(
        "scope",
        pl.coalesce(pl.col("location_id").cast(pl.String), "source_id"),
        separator=":",
        ignore_nulls=True,
    )
