"""What an undo pinned beside single values: payroll's further duties and zones, and the primary location.

A pin of extras holds the set of them that payroll sent in the run taken back; another set releases it. A pin of the
primary location holds while payroll flags that location's record, and goes when it flags another one.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.diff.overrides.values import met_pins, outcomes
from schedulepop.sync.plan.frames.changes import IN_FORCE, OVERRIDE_OUTCOME, SUPERSEDED
from schedulepop.sync.plan.frames.outcomes import empty

EXTRAS = ("extra_duty", "extra_zone")


def pin_extras(
    extra_changes: pl.DataFrame, compared: pl.DataFrame, extras: pl.DataFrame, overrides: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`extra_changes` (EXTRA_CHANGE) without what was taken back and comes again, and OVERRIDE_OUTCOME. `extras`:
    the snapshot's.
    """
    pins = overrides.filter(pl.col("field").is_in(EXTRAS))
    if pins.is_empty():
        return extra_changes, empty(OVERRIDE_OUTCOME)
    pins = pins.with_columns(pl.col("field").str.strip_prefix("extra_").alias("kind_of"))
    met = met_pins(compared, pins)
    met = met.join(
        _extras_after(met, extra_changes, extras), on=["row", "kind_of"], how="left", maintain_order="left"
    ).with_columns(pl.col("payroll_value").fill_null(""))
    moves = (
        extra_changes.select("row", pl.col("kind").alias("kind_of"))
        .unique()
        .with_columns(pl.lit(True).alias("moves"))
    )
    met = met.join(moves, on=["row", "kind_of"], how="left", maintain_order="left").with_columns(
        pl.when(pl.col("payroll_value") != pl.col("value"))
        .then(pl.lit(SUPERSEDED))
        .when("moves")
        .then(pl.lit(IN_FORCE))
        .alias("outcome")
    )
    stays = met.filter(pl.col("outcome") == IN_FORCE).select("row", pl.col("kind_of").alias("kind"))
    return extra_changes.join(stays, on=["row", "kind"], how="anti", maintain_order="left"), outcomes(met)


def _extras_after(met: pl.DataFrame, extra_changes: pl.DataFrame, extras: pl.DataFrame) -> pl.DataFrame:
    """Row, kind_of → `payroll_value`: the set payroll would have after this feed, as a pin writes it."""
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
    here = extra_changes.join(met.select("row").unique(), on="row", how="semi", maintain_order="left")
    drops = here.filter("gone").select("row", pl.col("kind").alias("kind_of"), "id")
    come = here.filter(~pl.col("gone")).select(
        "row", pl.col("kind").alias("kind_of"), pl.col("id").fill_null(0)
    )
    after = pl.concat(
        [
            has.join(drops, on=["row", "kind_of", "id"], how="anti", maintain_order="left").select(
                "row", "kind_of", "id"
            ),
            come,
        ]
    ).unique(maintain_order=True)
    return after.group_by("row", "kind_of", maintain_order=True).agg(
        pl.col("id").sort().cast(pl.String).str.join(",").alias("payroll_value")
    )


def pin_primary_location(
    compared: pl.DataFrame, overrides: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`compared` without a move of the primary location that was taken back, and OVERRIDE_OUTCOME."""
    pins = overrides.filter(pl.col("field") == "primary_location").drop("location_id")
    if pins.is_empty():
        return compared, empty(OVERRIDE_OUTCOME)
    met = compared.filter("differs_primary_location").join(
        pins, on="user_id", how="inner", maintain_order="left"
    )
    met = met.with_columns(pl.col("location_id").cast(pl.String).alias("payroll_value")).with_columns(
        pl.when(pl.col("payroll_value") == pl.col("value"))
        .then(pl.lit(IN_FORCE))
        .otherwise(pl.lit(SUPERSEDED))
        .alias("outcome")
    )
    stays = pl.col("row").is_in(met.filter(pl.col("outcome") == IN_FORCE)["row"].implode())
    names = ("primary_location", "differs_primary_location")
    return compared.with_columns((pl.col(name) & ~stays).alias(name) for name in names), outcomes(met)
