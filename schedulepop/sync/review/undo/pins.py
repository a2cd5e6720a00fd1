"""An undo's pins, its extras as a plan has them, and what it could not put back."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import USER_FIELDS, Status
from schedulepop.sync.plan.frames.changes import EXTRA
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.review.undo.memberships import ROW
from schedulepop.sync.review.undo.pay_rates import rate_pins

PIN: dict[str, pl.DataType | type[pl.DataType]] = {
    "user_id": pl.Int64,
    "location_id": pl.Int64,
    "field": pl.String,
    "value": pl.String,
}
"""Rows of models.Keep: the value that was taken back, as `diffing.keeping` writes values."""
CONFLICT = {name: kind for name, kind in ROW.items() if name != "membership_id"}
_NO_PIN = ("ends_on", "next_pay_on", "next_pay_rate")
_OF_NO_PLACE = (*USER_FIELDS, "location", "primary_location")


def conflicts_of(rows: pl.DataFrame) -> pl.DataFrame:
    """What stays as it is, and why; what is back already is no news."""
    return rows.filter(pl.col("outcome").is_in(["changed", "stays", "untold"])).select(list(CONFLICT))


def extras_of(placed: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """EXTRA of further duties and zones that go again, or come back (their rate comes with payroll's next word)."""
    rows = (
        placed.filter(pl.col("field").is_in(["extra_duty", "extra_zone"]))
        .with_columns(
            pl.col("field").str.strip_prefix("extra_").alias("kind"),
            pl.coalesce("new", "old").alias("name"),
            pl.col("new").is_not_null().alias("gone"),
        )
        .join(parts, on=["kind", "location_id", "name"], how="inner", maintain_order="left")
    )
    known = ("change_no", "kind", "id", "gone")
    return rows.select(
        (pl.col(name) if name in known else pl.lit(None)).cast(kind).alias(name)
        for name, kind in EXTRA.items()
    )


def pins_of(going: pl.DataFrame, made: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame) -> pl.DataFrame:
    """PIN of everything put back. A move is pinned as the location payroll named."""
    moved = going.filter((pl.col("field") == "primary_location") & pl.col("new").str.contains(r"^\d+$"))
    plain = going.filter(
        ~pl.col("user_id").is_in(moved["user_id"].implode()) | pl.col("field").is_in(USER_FIELDS)
    )
    ahead = _moves_ahead(going, made)
    found = [
        _single(
            plain.filter(~pl.col("field").is_in([*_NO_PIN, "extra_duty", "extra_zone", "extra_pay_rate"])),
            snapshot,
            parts,
        ),
        _single(
            plain.filter(pl.col("field") == "next_pay_rate").with_columns(pl.lit("pay_rate").alias("field")),
            snapshot,
            parts,
        ),
        pl.concat([moved.select("user_id", "new"), ahead]).select(
            "user_id",
            pl.lit(None, pl.Int64).alias("location_id"),
            pl.lit("location").alias("field"),
            pl.col("new").alias("value"),
        ),
        _extras(plain, snapshot),
        rate_pins(plain, snapshot),
    ]
    pins = pl.concat([one.select(pl.col(name).cast(kind) for name, kind in PIN.items()) for one in found])
    return pins.unique(["user_id", "location_id", "field"], keep="first", maintain_order=True)


def _moves_ahead(going: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """user_id, new: a move on a day to come is a membership made there and an end staged here."""
    staged = going.filter(pl.col("field") == "ends_on").join(
        made.select("membership_id"), on="membership_id", how="anti"
    )
    staged = staged.select("user_id", pl.col("location_id").alias("home"))
    ends = going.filter(pl.col("field") == "termination_date").select("user_id")
    there = made.select("user_id", "location_id").join(
        staged.join(ends, on="user_id", how="anti"), on="user_id", how="inner", maintain_order="left"
    )
    other = there.filter(pl.col("location_id") != pl.col("home"))
    return other.select("user_id", pl.col("location_id").cast(pl.String).alias("new"))


def _single(rows: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame) -> pl.DataFrame:
    """The value that was taken back, of single fields."""
    ids = parts.select("location_id", pl.col("kind").alias("field"), pl.col("name").alias("new"), "id")
    places = snapshot.locations.select(
        pl.lit("primary_location").alias("field"),
        pl.col("name").alias("new"),
        pl.col("location_id").alias("place"),
    )
    named = rows.join(ids, on=["location_id", "field", "new"], how="left", maintain_order="left").join(
        places, on=["field", "new"], how="left", maintain_order="left"
    )
    rate = pl.when(pl.col("field") == "pay_rate").then("new")
    word = pl.col("new").replace({Status.UPCOMING.value: Status.ACTIVE.value})
    value = (
        pl.when(pl.col("field").is_in(["duty", "zone"]))
        .then(pl.col("id").cast(pl.String))
        .when(pl.col("field") == "primary_location")
        .then(pl.col("place").cast(pl.String))
        .when(pl.col("field") == "pay_rate")
        .then((rate.cast(pl.Decimal(20, 4), strict=False) * 10_000).cast(pl.Int64).cast(pl.String))
        .when(pl.col("field") == "status")
        .then(word)
        .otherwise("new")
    )
    nowhere = pl.col("field").is_in(_OF_NO_PLACE)
    return named.select(
        "user_id",
        pl.when(~nowhere).then("location_id").alias("location_id"),
        "field",
        value.fill_null("").alias("value"),
    )


def _extras(plain: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The set of further duties or zones that payroll sends now."""
    rows = (
        plain.filter(pl.col("field").is_in(["extra_duty", "extra_zone"]))
        .select("user_id", "membership_id", "location_id", "field")
        .unique(maintain_order=True)
    )
    mine = (
        snapshot.extras.filter("by_payroll")
        .select(
            "membership_id",
            pl.coalesce("duty_id", "zone_id").alias("id"),
            pl.when(pl.col("duty_id").is_not_null())
            .then(pl.lit("extra_duty"))
            .otherwise(pl.lit("extra_zone"))
            .alias("field"),
        )
        .group_by("membership_id", "field", maintain_order=True)
        .agg(pl.col("id").sort().cast(pl.String).str.join(",").alias("value"))
    )
    return rows.join(mine, on=["membership_id", "field"], how="left", maintain_order="left").with_columns(
        pl.col("value").fill_null("")
    )
