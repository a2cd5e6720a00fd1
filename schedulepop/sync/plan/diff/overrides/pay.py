"""The pin of pay rates of further duties: while payroll sends the rates that were taken back, they stay out.

One pin per person and location. It holds payroll's newest word on every further duty, in force or dated ahead, so that
a rate whose day comes is still the same word.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.diff.overrides.values import met_pins, outcomes
from schedulepop.sync.plan.frames.changes import IN_FORCE, OVERRIDE_OUTCOME, SUPERSEDED
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot

FIELD = "extra_pay_rate"


def pin_extra_rates(
    extra_changes: pl.DataFrame, compared: pl.DataFrame, snapshot: Snapshot, overrides: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`extra_changes` (EXTRA_CHANGE) without rates that were taken back and come again, and OVERRIDE_OUTCOME."""
    pins = overrides.filter(pl.col("field") == FIELD)
    if pins.is_empty():
        return extra_changes, empty(OVERRIDE_OUTCOME)
    met = met_pins(compared, pins)
    here = extra_changes.join(
        met.select("row", "membership_id"), on="row", how="inner", maintain_order="left"
    )
    met = met.join(extra_rate_values(snapshot, here), on="membership_id", how="inner", maintain_order="left")
    rated = here.filter(_only_rated())["row"].unique()
    met = met.with_columns(
        pl.when(pl.col("payroll_value") != pl.col("value"))
        .then(pl.lit(SUPERSEDED))
        .when(pl.col("row").is_in(rated.implode()))
        .then(pl.lit(IN_FORCE))
        .alias("outcome")
    )
    stays = met.filter(pl.col("outcome") == IN_FORCE)["row"]
    going = extra_changes.filter(~(_only_rated() & pl.col("row").is_in(stays.implode())))
    return going, outcomes(met)


def _only_rated() -> pl.Expr:
    """A further duty that stays, and whose pay moves."""
    return (pl.col("kind") == "duty") & ~pl.col("gone") & pl.col("is_current")


def extra_rate_values(snapshot: Snapshot, extra_changes: pl.DataFrame) -> pl.DataFrame:
    """membership_id → `payroll_value`: payroll's newest word on the rate of each further duty after this feed.

    `extra_changes`: what the feed moves, with its `membership_id`. Who has no rate at all is left out: with the pay
    switch off nobody has one, and that says nothing.
    """
    ahead = snapshot.next_pays.select("membership_id", "duty_id", pl.col("pay_rate").alias("next"))
    current = (
        snapshot.extras.filter(pl.col("by_payroll") & pl.col("duty_id").is_not_null())
        .join(ahead, on=["membership_id", "duty_id"], how="left", maintain_order="left")
        .select("membership_id", pl.col("duty_id").alias("id"), pl.coalesce("next", "pay_rate").alias("rate"))
    )
    duties = extra_changes.filter(pl.col("kind") == "duty")
    news = duties.select(
        "membership_id",
        pl.col("id").fill_null(0),
        pl.coalesce("next_pay_rate", "pay_rate").alias("rate"),
        "gone",
    )
    silent = current.join(news, on=["membership_id", "id"], how="anti", maintain_order="left")
    after = pl.concat([silent, news.filter(~pl.col("gone")).drop("gone")]).drop_nulls("rate")
    return (
        after.sort("membership_id", "id")
        .group_by("membership_id", maintain_order=True)
        .agg(pl.format("{}:{}", "id", "rate").str.join(",").alias("payroll_value"))
    )
