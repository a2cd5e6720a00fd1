"""What an undo pinned beside single values: payroll's further duties and zones, and the primary location.

A pin of extras holds the set of them that payroll sent in the run taken back; another set releases it. A pin of the
primary location holds while payroll flags that location's record, and goes when it flags another one.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.diff.overrides.fields import CHANGED, HELD, KEPT, meet, told
from schedulepop.sync.plan.frames.outcomes import empty

EXTRAS = ("extra_duty", "extra_zone")


def kept_extras(
    moved: pl.DataFrame, compared: pl.DataFrame, extras: pl.DataFrame, keeps: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`moved` (extras.MOVED) without what was taken back and comes again, and KEPT. `extras`: the snapshot's."""
    pins = keeps.filter(pl.col("field").is_in(EXTRAS))
    if pins.is_empty():
        return moved, empty(KEPT)
    pins = pins.with_columns(pl.col("field").str.strip_prefix("extra_").alias("kind_of"))
    met = meet(compared, pins)
    met = met.join(
        _sent(met, moved, extras), on=["row", "kind_of"], how="left", maintain_order="left"
    ).with_columns(pl.col("said").fill_null(""))
    moves = (
        moved.select("row", pl.col("kind").alias("kind_of"))
        .unique()
        .with_columns(pl.lit(True).alias("moves"))
    )
    met = met.join(moves, on=["row", "kind_of"], how="left", maintain_order="left").with_columns(
        pl.when(pl.col("said") != pl.col("value"))
        .then(pl.lit(CHANGED))
        .when("moves")
        .then(pl.lit(HELD))
        .alias("outcome")
    )
    stays = met.filter(pl.col("outcome") == HELD).select("row", pl.col("kind_of").alias("kind"))
    return moved.join(stays, on=["row", "kind"], how="anti", maintain_order="left"), told(met)


def _sent(met: pl.DataFrame, moved: pl.DataFrame, extras: pl.DataFrame) -> pl.DataFrame:
    """Row, kind_of → `said`: the set payroll would have after this feed, as a pin writes it."""
    mine = extras.filter("by_payroll").select(
        "membership_id",
        pl.when(pl.col("duty_id").is_not_null())
        .then(pl.lit("duty"))
        .otherwise(pl.lit("zone"))
        .alias("kind_of"),
        pl.coalesce("duty_id", "zone_id").alias("id"),
    )
    has = met.select("row", "kind_of", "membership_id").join(
        mine, on=["membership_id", "kind_of"], how="inner", maintain_order="left"
    )
    here = moved.join(met.select("row").unique(), on="row", how="semi", maintain_order="left")
    gone = here.filter("gone").select("row", pl.col("kind").alias("kind_of"), "id")
    come = here.filter(~pl.col("gone")).select(
        "row", pl.col("kind").alias("kind_of"), pl.col("id").fill_null(0)
    )
    after = pl.concat(
        [
            has.join(gone, on=["row", "kind_of", "id"], how="anti", maintain_order="left").select(
                "row", "kind_of", "id"
            ),
            come,
        ]
    ).unique(maintain_order=True)
    return after.group_by("row", "kind_of", maintain_order=True).agg(
        pl.col("id").sort().cast(pl.String).str.join(",").alias("said")
    )


def kept_primary(compared: pl.DataFrame, keeps: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`compared` without a move of the primary location that was taken back, and KEPT."""
    pins = keeps.filter(pl.col("field") == "primary_location").drop("location_id")
    if pins.is_empty():
        return compared, empty(KEPT)
    met = compared.filter("differs_primary_location").join(
        pins, on="user_id", how="inner", maintain_order="left"
    )
    met = met.with_columns(pl.col("location_id").cast(pl.String).alias("said")).with_columns(
        pl.when(pl.col("said") == pl.col("value"))
        .then(pl.lit(HELD))
        .otherwise(pl.lit(CHANGED))
        .alias("outcome")
    )
    stays = pl.col("row").is_in(met.filter(pl.col("outcome") == HELD)["row"].implode())
    names = ("primary_location", "differs_primary_location")
    return compared.with_columns((pl.col(name) & ~stays).alias(name) for name in names), told(met)
