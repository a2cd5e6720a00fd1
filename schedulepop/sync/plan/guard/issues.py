"""Findings of the guard: what is on hold, and what is unusual though nothing waits."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_feed, about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.guard.context import GuardContext
from schedulepop.sync.plan.guard.pay_rules import jumps, pay_changes
from schedulepop.sync.plan.names import full_names

FEW = 3  # records more or less than usual that are worth a word
HOLD_CODES = {"empty": "feed_empty", "column_gone": "column_gone", "column_blank": "column_blank"}
"""Guard rules with an issue code of their own; the others are `on_hold`."""
HOLD_ISSUES = frozenset({"on_hold", *HOLD_CODES.values()})
"""What a hold itself says: these follow the newest plan, and the decision about it."""


def about_holds(holds: pl.DataFrame) -> pl.DataFrame:
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


def about_unusual_size(context: GuardContext) -> pl.DataFrame:
    """PROBLEM, when the number of records is far from the usual one. It only warns: people come and go."""
    usual, read = context.snapshot.median_read, context.read
    if usual is None or read == 0:
        return empty(PROBLEM)
    far = abs(read - usual)
    if far < FEW or far <= context.policy.rows_warn * usual:
        return empty(PROBLEM)
    return about_feed("rows_unusual", key="rows_unusual", params={"read": read, "usual": usual})


def about_pay_jumps(context: GuardContext, changes: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per person whose pay changes much and goes through. Without amounts, and for no location's list."""
    paid = pay_changes(context).filter(jumps(context.policy.pay_jump))
    if paid.is_empty():
        return empty(PROBLEM)
    going = changes.filter(pl.col("held_by").is_null()).join(
        paid, on="change_no", how="semi", maintain_order="left"
    )
    said = pl.struct(
        full_names(going).alias("name"), "source_id", pl.lit(context.policy.pay_jump).alias("limit")
    )
    return about_people(going.drop("location_id"), "pay_jump", params=said)
