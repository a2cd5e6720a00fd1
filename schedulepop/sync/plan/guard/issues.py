"""Findings of the guard: what is on hold, and what is unusual though nothing waits."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_feed
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.guard.context import GuardContext
from schedulepop.sync.plan.guard.pay_rules import jumps, pay_changes
from schedulepop.sync.plan.names import full_names
from schedulepop.wording import holds as hold_words
from schedulepop.wording.issues import TEXTS

FEW = 3  # records more or less than usual that are worth a word
HOLD_CODES = {"empty": "feed_empty", "column_gone": "column_gone", "column_blank": "column_blank"}
"""Guard rules with an issue code of their own; the others are `on_hold`."""


def about_holds(holds: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per hold."""
    if holds.is_empty():
        return empty(PROBLEM)
    code = pl.col("rule").replace_strict(HOLD_CODES, default="on_hold", return_dtype=pl.String)
    messages = [
        hold_words.reason(rule, params) for rule, params in holds.select("rule", "params").iter_rows()
    ]
    nothing = pl.lit(None, pl.String)
    return holds.select(
        code.alias("code"),
        pl.lit(None, pl.UInt32).alias("row"),
        "source_id",
        "location_id",
        nothing.alias("column"),
        nothing.alias("value"),
        pl.format("{} {}", "rule", scope_key()).alias("key"),
        pl.Series("message", messages, dtype=pl.String),
    ).cast(pl.Schema(PROBLEM))


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
    what = "fewer" if read < usual else "more"
    message = (
        f"The payroll file has {read:,} records; {usual:,.0f} are usual, so these are {far:,.0f} {what}. "
        f"{TEXTS['rows_unusual'].remedy}"
    )
    return about_feed("rows_unusual", message, key="rows_unusual")


def about_pay_jumps(context: GuardContext, changes: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per person whose pay changes much and goes through. Without amounts, and for no location's list."""
    paid = pay_changes(context).filter(jumps(context.policy.pay_jump))
    if paid.is_empty():
        return empty(PROBLEM)
    going = changes.filter(pl.col("held_by").is_null()).join(
        paid, on="change_no", how="semi", maintain_order="left"
    )
    nothing, advice = pl.lit(None, pl.String), TEXTS["pay_jump"].remedy
    said = f"changes by more than {context.policy.pay_jump:.0%}. {advice}"
    who = pl.coalesce(full_names(going), pl.format("payroll ID {}", "source_id"))
    return going.select(
        pl.lit("pay_jump").alias("code"),
        "row",
        "source_id",
        pl.lit(None, pl.Int64).alias("location_id"),
        nothing.alias("column"),
        nothing.alias("value"),
        pl.col("source_id").alias("key"),
        pl.format("The pay of {} {}", who, pl.lit(said)).alias("message"),
    ).cast(pl.Schema(PROBLEM))
