"""What an undo puts back beside single values: memberships a run made, transfers, the primary location, extras."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot

ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "field": pl.String,
    "old": pl.String,  # what was so before the run, and is put back
    "new": pl.String,  # what the run made of it
    "now": pl.String,
    "outcome": pl.String,  # back, already, changed, stays, untold
}
"""One row per field of a person that the run changed."""
_DAYS = {"termination_date": pl.String, "ends_on": pl.String}
_BEFORE = pl.Struct(
    {
        "left": pl.Struct({"membership_id": pl.Int64, "location_id": pl.Int64, "status": pl.String, **_DAYS}),
        "here": pl.Struct({"status": pl.String, **_DAYS}),
    }
)


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in ROW.items())


def _as_word() -> pl.Expr:
    """Upcoming and active are one word of payroll's: the day may have moved it since."""
    return pl.col("now").replace({Status.UPCOMING.value: Status.ACTIVE.value})


def ended_again(history: pl.DataFrame, made: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Memberships the run made end; who had not started yet is canceled, the others are inactive."""
    if made.is_empty():
        return empty(ROW)
    status = now.filter(pl.col("field") == "status")
    given = history.filter((pl.col("verb") == "create") & (pl.col("field") == "status")).select(
        "change_id", "new"
    )
    told = (
        made.drop("field", "old", "new")
        .join(given.unique("change_id", keep="last"), on="change_id", how="left", maintain_order="left")
        .join(status, on="membership_id", how="inner", maintain_order="left")
    )
    same = _as_word() == pl.col("new").replace({Status.UPCOMING.value: Status.ACTIVE.value})
    early = pl.col("now") == Status.UPCOMING
    told = told.with_columns(
        pl.when(early)
        .then(pl.lit(Status.CANCELED.value))
        .otherwise(pl.lit(Status.INACTIVE.value))
        .alias("old"),
        pl.when(is_ended("now"))
        .then(pl.lit("already"))
        .when(same)
        .then(pl.lit("back"))
        .otherwise(pl.lit("changed"))
        .alias("outcome"),
    )
    return pl.concat([_rows(told), _unstaged(told, now)])


def _unstaged(ended: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Whoever ends again has no end to come."""
    staged = now.filter((pl.col("field") == "ends_on") & pl.col("now").is_not_null())
    rows = ended.filter(pl.col("outcome") == "back").drop("field", "now", "old", "new")
    rows = rows.join(staged, on="membership_id", how="inner", maintain_order="left")
    return _rows(rows.with_columns(pl.lit(None, pl.String).alias("old"), pl.col("now").alias("new")))


def transfers_back(history: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Back at the location left, with its status and dates of then; the other one ends, or is as it was."""
    moved = history.filter(pl.col("verb") == "transfer").unique(
        "change_id", keep="first", maintain_order=True
    )
    if moved.is_empty():
        return empty(ROW)
    moved = (
        moved.with_columns(pl.col("before").str.json_decode(_BEFORE).alias("was"))
        .with_columns(pl.col("was").struct.field("left"), pl.col("was").struct.field("here"))
        .with_columns(
            pl.col("left").struct.field("membership_id").alias("left_id"),
            pl.col("left").struct.field("location_id").alias("left_place"),
        )
    )
    status = now.filter(pl.col("field") == "status").select("membership_id", pl.col("now").alias("status"))
    moved = (
        moved.join(
            status.rename({"status": "here_now"}), on="membership_id", how="left", maintain_order="left"
        )
        .join(
            status.rename({"membership_id": "left_id", "status": "left_now"}),
            on="left_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.when(pl.col("before").is_null() | pl.col("left_now").is_null())
            .then(pl.lit("untold"))
            .when(is_ended("left_now") & ~is_ended("here_now"))
            .then(pl.lit("back"))
            .when(is_ended("here_now") & ~is_ended("left_now"))
            .then(pl.lit("already"))
            .otherwise(pl.lit("changed"))
            .alias("outcome")
        )
    )
    told = [_side(moved, now, "left", field) for field in ("status", *_DAYS)]
    told += [_side(moved, now, "here", field) for field in ("status", *_DAYS)]
    place = moved.select(
        "source_id",
        "user_id",
        pl.coalesce("left_id", "membership_id").alias("membership_id"),
        pl.coalesce("left_place", "location_id").alias("location_id"),
        pl.lit("primary_location").alias("field"),
        pl.lit(None, pl.String).alias("old"),
        pl.col("location_id").cast(pl.String).alias("new"),
        pl.lit(None, pl.String).alias("now"),
        "outcome",
    )
    return pl.concat([_rows(place), *told])


def _side(moved: pl.DataFrame, now: pl.DataFrame, side: str, field: str) -> pl.DataFrame:
    """One field at the location left, or at the one moved to; only what differs."""
    left = side == "left"
    was = pl.col(side).struct.field(field)
    if not left and field == "status":
        was = pl.coalesce(was, pl.lit(Status.INACTIVE.value))
    rows = moved.filter(pl.col("outcome") == "back")
    rows = (
        rows
        if left or field == "status"
        else rows.filter(pl.col("here").struct.field("status").is_not_null())
    )
    return _rows(
        rows.with_columns(
            was.alias("old"),
            pl.lit(field).alias("field"),
            (pl.col("left_id") if left else pl.col("membership_id")).alias("membership_id"),
            (pl.col("left_place") if left else pl.col("location_id")).alias("location_id"),
        )
        .join(now, on=["membership_id", "field"], how="inner", maintain_order="left")
        .with_columns(pl.col("now").alias("new"))
        .filter(pl.col("now").ne_missing(pl.col("old")))
    )


def primary_back(history: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The primary location that a flag of payroll's had moved."""
    told = history.filter((pl.col("field") == "primary_location") & (pl.col("verb") != "transfer"))
    if told.is_empty():
        return empty(ROW)
    places = snapshot.members.join(
        snapshot.locations.select("location_id", "name"), on="location_id", how="inner", maintain_order="left"
    )
    before = places.select(
        "user_id",
        pl.col("name").alias("old"),
        pl.col("membership_id").alias("back_id"),
        pl.col("location_id").alias("back_place"),
    )
    primary = places.filter("is_primary").select("user_id", pl.col("name").alias("now"))
    joined = told.join(before, on=["user_id", "old"], how="left", maintain_order="left").join(
        primary, on="user_id", how="left", maintain_order="left"
    )
    return _rows(
        joined.with_columns(
            pl.when(pl.col("back_id").is_null())
            .then(pl.lit("stays"))
            .when(pl.col("now").eq_missing(pl.col("old")))
            .then(pl.lit("already"))
            .when(pl.col("now").ne_missing(pl.col("new")))
            .then(pl.lit("changed"))
            .otherwise(pl.lit("back"))
            .alias("outcome"),
            pl.coalesce("back_id", "membership_id").alias("membership_id"),
            pl.coalesce("back_place", "location_id").alias("location_id"),
        )
    )


def extras_back(
    history: pl.DataFrame, made: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame
) -> pl.DataFrame:
    """Payroll's further duties and zones; their rates are `rates_back`'s."""
    told = history.filter(
        pl.col("field").is_in(["extra_duty", "extra_zone"]) & ~pl.col("verb").is_in(["create", "transfer"])
    ).join(made.select("membership_id"), on="membership_id", how="anti", maintain_order="left")
    if told.is_empty():
        return empty(ROW)
    mine = snapshot.extras.filter("by_payroll").select(
        "membership_id",
        pl.coalesce("duty_id", "zone_id").alias("id"),
        pl.when(pl.col("duty_id").is_not_null())
        .then(pl.lit("extra_duty"))
        .otherwise(pl.lit("extra_zone"))
        .alias("field"),
        pl.lit(True).alias("has"),
    )
    named = parts.select("location_id", pl.format("extra_{}", "kind").alias("field"), "id", "name")
    joined = (
        told.with_columns(pl.coalesce("new", "old").alias("name"))
        .join(named, on=["location_id", "field", "name"], how="left", maintain_order="left")
        .join(mine, on=["membership_id", "field", "id"], how="left", maintain_order="left")
    )
    came, has = pl.col("new").is_not_null(), pl.col("has").fill_null(False)
    return _rows(
        joined.with_columns(
            pl.when(pl.col("id").is_null())
            .then(pl.lit("changed"))
            .when(came != has)
            .then(pl.lit("already"))
            .otherwise(pl.lit("back"))
            .alias("outcome"),
            pl.when(has).then("name").alias("now"),
        )
    )
