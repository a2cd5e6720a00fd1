"""The pin of pay rates of further duties: while payroll sends the rates that were taken back, they stay out.

One pin per person and location. It holds payroll's newest word on every further duty, in force or dated ahead, so that
a rate whose day comes is still the same word.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.diff.overrides.fields import CHANGED, HELD, KEPT, meet, told
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot

FIELD = "extra_pay_rate"


def kept_rates(
    moved: pl.DataFrame, compared: pl.DataFrame, snapshot: Snapshot, keeps: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`moved` (extras.MOVED) without rates that were taken back and come again, and KEPT."""
    pins = keeps.filter(pl.col("field") == FIELD)
    if pins.is_empty():
        return moved, empty(KEPT)
    met = meet(compared, pins)
    here = moved.join(met.select("row", "membership_id"), on="row", how="inner", maintain_order="left")
    met = met.join(sent(snapshot, here), on="membership_id", how="inner", maintain_order="left")
    rated = here.filter(_only_rated())["row"].unique()
    met = met.with_columns(
        pl.when(pl.col("said") != pl.col("value"))
        .then(pl.lit(CHANGED))
        .when(pl.col("row").is_in(rated.implode()))
        .then(pl.lit(HELD))
        .alias("outcome")
    )
    stays = met.filter(pl.col("outcome") == HELD)["row"]
    going = moved.filter(~(_only_rated() & pl.col("row").is_in(stays.implode())))
    return going, told(met)


def _only_rated() -> pl.Expr:
    """A further duty that stays, and whose pay moves."""
    return (pl.col("kind") == "duty") & ~pl.col("gone") & pl.col("was")


def sent(snapshot: Snapshot, moved: pl.DataFrame) -> pl.DataFrame:
    """membership_id → `said`: payroll's newest word on the rate of each further duty after this feed.

    `moved`: what the feed moves, with its `membership_id`. Who has no rate at all is left out: with the pay switch off
    nobody has one, and that says nothing.
    """
    ahead = snapshot.next_pays.select("membership_id", "duty_id", pl.col("pay_rate").alias("next"))
    held = (
        snapshot.extras.filter(pl.col("by_payroll") & pl.col("duty_id").is_not_null())
        .join(ahead, on=["membership_id", "duty_id"], how="left", maintain_order="left")
        .select("membership_id", pl.col("duty_id").alias("id"), pl.coalesce("next", "pay_rate").alias("rate"))
    )
    duties = moved.filter(pl.col("kind") == "duty")
    news = duties.select(
        "membership_id",
        pl.col("id").fill_null(0),
        pl.coalesce("next_pay_rate", "pay_rate").alias("rate"),
        "gone",
    )
    untold = held.join(news, on=["membership_id", "id"], how="anti", maintain_order="left")
    after = pl.concat([untold, news.filter(~pl.col("gone")).drop("gone")]).drop_nulls("rate")
    return (
        after.sort("membership_id", "id")
        .group_by("membership_id", maintain_order=True)
        .agg(pl.format("{}:{}", "id", "rate").str.join(",").alias("said"))
    )
