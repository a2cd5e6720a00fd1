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

SECONDARY: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,
    "source_id": pl.String,
    "membership_id": pl.Int64,  # the other membership, without a record
    "to_ends_on": pl.Date,
    "to_status": pl.String,
}


def only_records(going: pl.DataFrame, snapshot: Snapshot, missing_ids: tuple[str, ...]) -> pl.DataFrame:
    """Linked people's records that are the only one, with no other link of theirs in the feed."""
    unnamed = pl.DataFrame({"source_id": list(missing_ids)}, schema={"source_id": pl.String})
    ids = (
        snapshot.links.join(unnamed, on="source_id", how="anti", maintain_order="left")
        .group_by("user_id", maintain_order=True)
        .len("ids")
    )
    return going.filter((pl.col("situation") == "linked") & (pl.col("record_count") == 1)).join(
        ids.filter(pl.col("ids") == 1), on="user_id", how="semi", maintain_order="left"
    )


def find_transfers(only: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add `from_membership_id`, `from_location`: a linked person's only record names another location.

    Only with exactly one live membership of payroll's, elsewhere. Whoever answered "transfer" means any membership
    of theirs, and "add here" none.
    """
    moving = only.filter(pl.col("answer") == "transfer")["user_id"]
    live = snapshot.members.filter(
        (pl.col("payroll_owned") | pl.col("user_id").is_in(moving.implode())) & ~is_ended("status")
    )
    homes = live.group_by("user_id", maintain_order=True).agg(
        pl.col("membership_id").first().alias("from_membership_id"),
        pl.col("location_id").first().alias("from_location"),
        pl.len().alias("homes"),
    )
    return (
        only.filter((pl.col("answer") != "add_here").fill_null(True))
        .select("row", "user_id", "location_id", "hire_date")
        .join(homes.filter(pl.col("homes") == 1), on="user_id", how="inner", maintain_order="left")
        .filter(pl.col("from_location") != pl.col("location_id"))
    )


def split_by_day(found: pl.DataFrame, snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
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


def _secondary(
    going: pl.DataFrame, later: pl.DataFrame, snapshot: Snapshot, only: pl.DataFrame
) -> pl.DataFrame:
    """SECONDARY: what a single record says about a membership at another location."""
    begin = later.select(
        "row", pl.col("from_membership_id").alias("membership_id"), pl.col("hire_date").alias("to_ends_on")
    )
    others = _other_homes(going, only, snapshot)
    if begin.is_empty() and others.is_empty():
        return pl.DataFrame(schema=SECONDARY)
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
        for name, kind in SECONDARY.items()
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


def secondary_changes(
    going: pl.DataFrame, later: pl.DataFrame, snapshot: Snapshot, only: pl.DataFrame
) -> pl.DataFrame:
    """What single records change at another location than theirs: whole memberships, with the end or status they get.

    `later` are the moves that begin to be known, `only` (row, user_id) the records that are their person's only one.
    """
    found = _secondary(going, later, snapshot, only)
    if found.is_empty():
        return pl.DataFrame()
    there = found.join(snapshot.members, on="membership_id", how="inner", maintain_order="left").join(
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
        pl.lit(True).alias("is_secondary"),
    )
