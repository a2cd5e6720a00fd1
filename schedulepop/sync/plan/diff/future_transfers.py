"""A move to another location on a day to come, and a location somebody will not start at (SPEC §6 transfer).

A record that names another location with a first day still ahead does not end the work at the present one today:
the new membership is upcoming, and the old one is staged to end on that day. A start that is moved moves both. When
payroll takes the move back, the end is withdrawn and the membership nobody will start at is canceled.

A membership that ends because of a move has a staged end and no termination date: payroll said no such thing.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import TARGET
from schedulepop.sync.plan.frames.snapshot import Snapshot

ASIDE: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,
    "source_id": pl.String,
    "membership_id": pl.Int64,  # the other membership, without a record
    "to_ends_on": pl.Date,
    "to_status": pl.String,
}


def split(found: pl.DataFrame, snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Moves of today, and moves on a day to come, of (row, hire_date, location_id, from_membership_id, …).

    Somebody who has not started yet does not move: their start does, wherever it is.
    """
    days = snapshot.locations.select("location_id", "today")
    working = snapshot.members.select(
        pl.col("membership_id").alias("from_membership_id"),
        (~is_ended("status") & (pl.col("status") != Status.UPCOMING)).alias("works_there"),
    )
    dated = (
        found.join(days, on="location_id", how="left", maintain_order="left")
        .join(working, on="from_membership_id", how="left", maintain_order="left")
        .with_columns(
            ((pl.col("hire_date") > pl.col("today")) & pl.col("works_there")).fill_null(False).alias("later")
        )
    )
    return dated.filter(~pl.col("later")), dated.filter("later")


def aside(going: pl.DataFrame, later: pl.DataFrame, snapshot: Snapshot, only: pl.DataFrame) -> pl.DataFrame:
    """ASIDE: what a single record says about a membership at another location.

    `later` are the moves that begin to be known, `only` (row, user_id) the records that are their person's only one.
    """
    begin = later.select(
        "row", pl.col("from_membership_id").alias("membership_id"), pl.col("hire_date").alias("to_ends_on")
    )
    others = _other_homes(going, only, snapshot)
    if begin.is_empty() and others.is_empty():
        return pl.DataFrame(schema=ASIDE)
    by_move = pl.col("ends_on").is_not_null() & pl.col("termination_date").is_null()
    known = pl.col("starts_here") & by_move & (pl.col("hire_date") != pl.col("ends_on")).fill_null(False)
    moved = others.filter(known & (pl.col("hire_date") > pl.col("today"))).select(
        "row", "membership_id", pl.col("hire_date").alias("to_ends_on")
    )
    canceled = others.filter((pl.col("status") == Status.UPCOMING) & ~pl.col("starts_here")).select(
        "row", "membership_id", pl.lit(Status.CANCELED.value).alias("to_status")
    )
    found = pl.concat([begin, moved, canceled], how="diagonal")
    return found.join(going.select("row", "source_id"), on="row", how="inner", maintain_order="left").select(
        pl.col(name).cast(kind)
        if name in found.columns or name == "source_id"
        else pl.lit(None, kind).alias(name)
        for name, kind in ASIDE.items()
    )


def _other_homes(going: pl.DataFrame, only: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The one other live membership of payroll's of people with a single record at a location they belong to."""
    live = snapshot.members.filter(pl.col("payroll_owned") & ~is_ended("status"))
    several = live.filter(pl.len().over("user_id") == 2)
    if several.is_empty():
        return several.with_columns(
            row=pl.lit(None, pl.UInt32), today=pl.lit(None, pl.Date), starts_here=pl.lit(False)
        )
    here = several.select(
        "user_id", "location_id", (pl.col("status") == Status.UPCOMING).alias("starts_here")
    )
    days = snapshot.locations.select("location_id", "today")
    single = (
        going.join(only.select("row"), on="row", how="semi", maintain_order="left")
        .select("row", "user_id", "location_id", "hire_date")
        .join(here, on=["user_id", "location_id"], how="inner", maintain_order="left")
        .join(days, on="location_id", how="left", maintain_order="left")
    )
    return single.join(
        several.drop("hire_date"), on="user_id", how="inner", suffix="_there", maintain_order="left"
    ).filter(pl.col("location_id") != pl.col("location_id_there"))


def changes_aside(asides: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The same as changes: the whole state of those memberships, with the end or the status they get."""
    if asides.is_empty():
        return pl.DataFrame()
    there = asides.join(snapshot.members, on="membership_id", how="inner", maintain_order="left").join(
        snapshot.people, on="user_id", how="inner", maintain_order="left"
    )
    over = pl.col("to_status").is_not_null()
    kept = [name for name in TARGET if name in there.columns and name not in ("status", "ends_on")]
    return there.select(
        "row",
        "source_id",
        "membership_id",
        "user_id",
        "location_id",
        *(pl.col(name).alias(f"to_{name}") for name in kept),
        pl.coalesce("to_status", "status").alias("to_status"),
        pl.col("status").alias("now_status"),
        pl.when(~over).then("to_ends_on").alias("to_ends_on"),
        pl.col("ends_on").alias("now_ends_on"),
        pl.when(over).then(pl.lit("deactivate")).otherwise(pl.lit("update")).alias("verb"),
        pl.lit("linked").alias("situation"),
        (over | pl.col("ends_on").is_null()).alias("removal"),
        pl.lit(False).alias("primary_location"),
        pl.lit(True).alias("aside"),
    )
