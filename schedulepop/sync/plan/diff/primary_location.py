"""Which of a person's locations is the primary one (SPEC §5 Match, §6 works at A and B).

Payroll's flag decides among the records of a feed, else the current primary location stays. A transfer moves it;
when the primary location's membership ends, apply lets it pass to one that goes on.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import FIELD
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot


def with_primary_location(compared: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add `primary_location`: by this change the location becomes the person's primary one.

    And `differs_primary_location`: it is news about somebody who has another one now.
    """
    makes = (
        pl.col("user_id").is_null() & pl.col("is_primary_record") | pl.col("from_membership_id").is_not_null()
    )
    if not (compared["record_count"] > 1).any():
        return compared.with_columns(
            makes.fill_null(False).alias("primary_location"), pl.lit(False).alias("differs_primary_location")
        )
    here = snapshot.members.filter("is_primary").select("user_id", pl.col("location_id").alias("primary_now"))
    flagged = pl.col("primary_flag").fill_null(False) & ~is_ended("to_status")
    alone = flagged.cast(pl.Int64).sum().over("user_id") == 1
    moves = (
        pl.col("user_id").is_not_null()
        & (pl.col("record_count") > 1)
        & flagged
        & alone
        & pl.col("location_id").ne_missing(pl.col("primary_now"))
    )
    return (
        compared.join(
            here.unique("user_id", maintain_order=True), on="user_id", how="left", maintain_order="left"
        )
        .with_columns(moves.fill_null(False).alias("differs_primary_location"))
        .with_columns((makes | pl.col("differs_primary_location")).fill_null(False).alias("primary_location"))
    )


def primary_rows(changed: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """FIELD of a primary location that moves."""
    moving = changed.filter("differs_primary_location")
    if moving.is_empty():
        return empty(FIELD)
    places = snapshot.locations.select("location_id", pl.col("name").alias("new"))
    before = places.rename({"location_id": "primary_now", "new": "old"})
    return (
        moving.select("change_no", "location_id", "primary_now")
        .join(places, on="location_id", how="left", maintain_order="left")
        .join(before, on="primary_now", how="left", maintain_order="left")
        .select(
            "change_no",
            pl.lit("primary_location").alias("field"),
            "old",
            "new",
            pl.lit("payroll").alias("why"),
            pl.lit(None, pl.String).alias("params"),
        )
        .cast(pl.Schema(FIELD))
    )
