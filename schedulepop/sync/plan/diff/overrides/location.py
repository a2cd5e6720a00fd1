"""A move that was taken back: whoever payroll names at the other location goes on where they work."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import USER_FIELDS
from schedulepop.sync.plan.diff.overrides.values import of_field, outcomes
from schedulepop.sync.plan.frames.changes import IN_FORCE, OVERRIDE_OUTCOME, SUPERSEDED
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import VALUES

_PLACE_VALUES = (
    *(name for name in VALUES if name not in USER_FIELDS),
    "pay_effective_date",
    *(f"{kind}_{part}" for kind in ("duty", "zone") for part in ("id", "new", "code")),
)


def apply_location_override(
    going: pl.DataFrame, only: pl.DataFrame, moving: pl.DataFrame, overrides: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """A move that was taken back: while payroll names that location, the person is compared where they work.

    `going` with such records there, `moving` (`transfers.find_transfers`) without them, and OVERRIDE_OUTCOME. A
    single record (`only`) that names another location releases it. What the record says besides name, email and
    phone belongs to the other
    location.
    """
    mine = of_field(overrides, "location").drop("override_place")
    if mine.is_empty():
        return going, moving, empty(OVERRIDE_OUTCOME)
    homes = moving.select("row", "from_membership_id", "from_location")
    met = (
        only.join(mine, on="user_id", how="inner", maintain_order="left")
        .join(homes, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.col("location_id").cast(pl.String).alias("payroll_value"), pl.lit("location").alias("field")
        )
        .with_columns(
            pl.when(pl.col("payroll_value") != pl.col("value"))
            .then(pl.lit(SUPERSEDED))
            .when(pl.col("from_membership_id").is_not_null())
            .then(pl.lit(IN_FORCE))
            .alias("outcome")
        )
    )
    stays = met.filter(pl.col("outcome") == IN_FORCE)
    back = pl.col("from_membership_id").is_not_null()
    going = (
        going.join(
            stays.select("row", "from_membership_id", "from_location"),
            on="row",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.coalesce("from_membership_id", "membership_id").alias("membership_id"),
            pl.coalesce("from_location", "location_id").alias("location_id"),
            *(pl.when(~back).then(name).alias(name) for name in _PLACE_VALUES),
            *((pl.col(name) & ~back).alias(name) for name in ("end_blank", "leave_blank")),
            pl.when(back).then(pl.lit([], pl.List(pl.String))).otherwise("clears").alias("clears"),
        )
        .drop("from_membership_id", "from_location")
    )
    moving = moving.join(stays, on="row", how="anti", maintain_order="left")
    return going, moving, outcomes(met)
