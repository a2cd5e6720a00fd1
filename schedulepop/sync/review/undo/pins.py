"""An undo's pins: what was taken back stays out while payroll sends it (SPEC §5 Undo)."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import USER_FIELDS
from schedulepop.sync.plan.diff.overrides.pay import FIELD, extra_rate_values
from schedulepop.sync.plan.diff.overrides.values import status_word
from schedulepop.sync.plan.frames.changes import EXTRA
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.review.undo.values import TURNS, alone, current_extras

PIN: dict[str, pl.DataType | type[pl.DataType]] = {
    "user_id": pl.Int64,
    "location_id": pl.Int64,
    "field": pl.String,
    "value": pl.String,
}
"""Rows of models.FieldOverride: the value that was taken back, as overrides write values."""
_NO_PIN = ("ends_on", "next_pay_on", "next_pay_unit", "next_pay_currency")
_OF_NO_PLACE = (*USER_FIELDS, "location", "primary_location")


def pins_of(going: pl.DataFrame, made: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """PIN of everything put back. A move is pinned as the location payroll named, and nothing else of that person's
    memberships."""
    moved = going.filter(pl.col("field") == "location")
    moved = pl.concat([moved.select("user_id", "field", "new"), _moves_ahead(going, made)])
    moves = pl.col("user_id").is_in(going.filter(pl.col("field") == "location")["user_id"].implode())
    plain = going.filter(~moves | pl.col("field").is_in(USER_FIELDS))
    single = pl.concat([plain, moved], how="diagonal").filter(
        pl.col("part").is_null() & ~pl.col("field").is_in(_NO_PIN)
    )
    value = pl.when(pl.col("field") == "status").then(status_word(pl.col("new"))).otherwise("new")
    nowhere = pl.col("field").is_in(_OF_NO_PLACE)
    pins = single.select(
        "user_id",
        pl.when(~nowhere).then("location_id").alias("location_id"),
        pl.col("field").replace({"next_pay_rate": "pay_rate"}),
        value.fill_null("").alias("value"),
    )
    further = [_extras(plain, snapshot), _rates(plain, snapshot)]
    pins = pl.concat(
        [one.select(pl.col(name).cast(kind) for name, kind in PIN.items()) for one in [pins, *further]]
    )
    return pins.unique(["user_id", "location_id", "field"], keep="first", maintain_order=True)


def _moves_ahead(going: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """user_id, field, new: a move on a day to come is a membership made there and an end staged here."""
    staged = going.filter(pl.col("field") == "ends_on").join(
        made.select("membership_id"), on="membership_id", how="anti"
    )
    staged = staged.select("user_id", pl.col("location_id").alias("home"))
    ends = going.filter(pl.col("field") == "termination_date").select("user_id")
    there = made.select("user_id", "location_id").join(
        staged.join(ends, on="user_id", how="anti"), on="user_id", how="inner", maintain_order="left"
    )
    other = there.filter(pl.col("location_id") != pl.col("home"))
    return other.select(
        "user_id", pl.lit("location").alias("field"), pl.col("location_id").cast(pl.String).alias("new")
    )


def _extras(plain: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The set of further duties or zones that payroll sends now, without what is the primary one again."""
    rows = plain.filter(pl.col("field").is_in(TURNS)).unique(["membership_id", "field"], maintain_order=True)
    primary = plain.filter(pl.col("field").is_in(["duty", "zone"])).select(
        "membership_id", pl.col("field").alias("kind"), pl.col("old").cast(pl.Int64).alias("part")
    )
    mine = (
        current_extras(snapshot)
        .join(primary, on=["membership_id", "kind", "part"], how="anti", maintain_order="left")
        .group_by("membership_id", pl.format("extra_{}", "kind").alias("field"), maintain_order=True)
        .agg(pl.col("part").sort().cast(pl.String).str.join(",").alias("value"))
    )
    found = rows.join(mine, on=["membership_id", "field"], how="left", maintain_order="left")
    return found.with_columns(pl.col("value").fill_null(""))


def _rates(plain: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The rates payroll sends for the further duties of a person at a location: one pin holds them all."""
    rows = alone(plain).filter(pl.col("part").is_not_null() & ~pl.col("field").is_in(TURNS))
    rows = rows.unique("membership_id", maintain_order=True).with_columns(pl.lit(FIELD).alias("field"))
    rates = extra_rate_values(
        snapshot, empty(EXTRA).with_columns(pl.lit(None, pl.Int64).alias("membership_id"))
    )
    return rows.join(rates, on="membership_id", how="inner", maintain_order="left").rename(
        {"payroll_value": "value"}
    )
