"""When overrides and pins are over, and what no date moves meanwhile (SPEC §3, §5 Undo)."""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan.diff.overrides.fields import EXPIRED, HELD, OVERRIDE, moved_by_days
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty


def split(keeps: pl.DataFrame, locations: pl.DataFrame, today: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keeps that hold on this day, and those whose day has come: by the location's midnight, else `today`."""
    if keeps.is_empty():
        return keeps, keeps
    days = locations.select("location_id", pl.col("today").alias("day"))
    dated = keeps.join(days, on="location_id", how="left", maintain_order="left")
    over = (pl.col("until") <= pl.col("day").fill_null(today)).fill_null(False)
    return dated.filter(~over).drop("day"), dated.filter(over).drop("day")


def not_by_date(changes: pl.DataFrame, fields: pl.DataFrame, keeps: pl.DataFrame) -> pl.DataFrame:
    """What falls due by itself, without statuses that are kept: overridden, or taken back when that day moved them."""
    status = keeps.filter(pl.col("field") == "status").select("user_id", "location_id", "kind", "value")
    if status.is_empty() or changes.is_empty():
        return changes
    told = fields.filter(pl.col("field") == "status").select("change_no")
    met = changes.join(told, on="change_no", how="semi").join(
        status, on=["user_id", "location_id"], how="inner"
    )
    stays = met.filter((pl.col("kind") == OVERRIDE) | (moved_by_days(pl.col("status")) == pl.col("value")))
    return changes.join(stays, on="change_no", how="anti", maintain_order="left")


def released(
    met: pl.DataFrame, expired: pl.DataFrame, changes: pl.DataFrame, places: list[int | None]
) -> pl.DataFrame:
    """RELEASED: keeps that are over. `places`: locations a feed rule holds (None: all of them).

    A word of payroll's that waits for an approval releases nothing before it; a day that has come needs no approval.
    """
    if met.is_empty() and expired.is_empty():
        return empty(RELEASED)
    held = changes.filter(pl.col("held_by").is_not_null())["source_id"].unique().to_list()
    doubted = pl.lit(True) if None in places else pl.col("location_id").is_in(places)
    spoken = met.filter(pl.col("outcome") != HELD).select(
        "keep_id",
        "source_id",
        pl.col("outcome").alias("why"),
        (pl.col("source_id").is_in(held) | doubted).fill_null(False).alias("waits"),
    )
    over = expired.select(
        "keep_id",
        pl.lit(None, pl.String).alias("source_id"),
        pl.lit(EXPIRED).alias("why"),
        pl.lit(False).alias("waits"),
    )
    return pl.concat([over, spoken]).unique("keep_id", keep="first", maintain_order=True).sort("keep_id")
