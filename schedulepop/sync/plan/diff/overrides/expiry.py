"""When overrides and pins are over (SPEC §3, §5 Undo)."""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan.frames.changes import EXPIRED, IN_FORCE
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Verdict


def split_expired(snapshot: Snapshot, today: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Overrides that hold on this day, and those whose day has come: by the location's midnight, else `today`."""
    overrides = snapshot.overrides
    if overrides.is_empty():
        return overrides, overrides
    days = snapshot.locations.select("location_id", pl.col("today").alias("day"))
    dated = overrides.join(days, on="location_id", how="left", maintain_order="left")
    over = (pl.col("until") <= pl.col("day").fill_null(today)).fill_null(False)
    return dated.filter(~over).drop("day"), dated.filter(over).drop("day")


def release_overrides(verdict: Verdict, snapshot: Snapshot, today: date) -> pl.DataFrame:
    """RELEASED: overrides and pins that are over.

    A word of payroll's that waits for an approval, or stands in a feed in doubt, releases nothing before it is
    approved; a day that has come needs no approval.
    """
    _, expired = split_expired(snapshot, today)
    met = verdict.changes.overrides
    if met.is_empty() and expired.is_empty():
        return empty(RELEASED)
    changes, doubted = verdict.changes.rows, verdict.feed_holds["location_id"]
    held = changes.filter(pl.col("held_by").is_not_null())["source_id"].unique()
    in_doubt = pl.lit(doubted.null_count() > 0) | pl.col("location_id").is_in(doubted.drop_nulls().implode())
    by_payroll = met.filter(pl.col("outcome") != IN_FORCE).select(
        "override_id",
        "source_id",
        pl.col("outcome").alias("why"),
        (pl.col("source_id").is_in(held.implode()) | in_doubt).fill_null(False).alias("needs_approval"),
    )
    by_day = expired.select(
        "override_id",
        pl.lit(None, pl.String).alias("source_id"),
        pl.lit(EXPIRED).alias("why"),
        pl.lit(False).alias("needs_approval"),
    )
    return (
        pl.concat([by_day, by_payroll])
        .unique("override_id", keep="first", maintain_order=True)
        .sort("override_id")
    )
