"""What an undo puts back beside single values: memberships a run made, transfers, and the primary location."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.review.undo.values import MEMBERSHIP, ROW, outcome_of, shaped

STATE = ("status", "termination_date", "ends_on")


def created(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells of memberships the run made: one each, `new` is the status it was given."""
    made = (pl.col("verb") == "create") & (pl.col("table") == MEMBERSHIP) & (pl.col("field") == "status")
    return cells.filter(made)


def undo_creates(cells: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Memberships the run made end; who had not started yet is canceled, the others are inactive."""
    told = _with_now(created(cells), now)
    # Upcoming and active are one word of payroll's: the day may have moved it since.
    as_word = {Status.UPCOMING.value: Status.ACTIVE.value}
    given, status = pl.col("new").replace(as_word), pl.col("now").replace(as_word)
    ends_as = pl.when(pl.col("now") == Status.UPCOMING).then(pl.lit("canceled")).otherwise(pl.lit("inactive"))
    told = told.with_columns(
        ends_as.alias("old"),
        pl.when(is_ended("now"))
        .then(pl.lit("already"))
        .when(status == given)
        .then(pl.lit("back"))
        .otherwise(pl.lit("changed"))
        .alias("outcome"),
    )
    return pl.concat([shaped(told, ROW), _unstaged(told, now)])


def _with_now(cells: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The cells of memberships that are still there, with `now`; `membership_id` is the cell's own."""
    here = now.filter(pl.col("part").is_null()).select(
        pl.col("holder").alias("membership_id"), "field", "now"
    )
    own = cells.with_columns(pl.col("key").alias("membership_id"))
    return own.join(here, on=["membership_id", "field"], how="inner", maintain_order="left")


def _unstaged(ended: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Whoever ends again has no end to come."""
    ends = ended.filter(pl.col("outcome") == "back").with_columns(pl.lit("ends_on").alias("field"))
    staged = _with_now(ends.drop("now", "old", "new"), now).filter(pl.col("now").is_not_null())
    return shaped(staged.with_columns(pl.col("now").alias("new")), ROW)


def undo_transfers(cells: pl.DataFrame, now: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Back at the location left, with its status and dates of then; the other one ends, or is as it was."""
    moved = cells.filter(pl.col("verb") == "transfer")
    if moved.is_empty():
        return empty(ROW)
    states = moved.filter((pl.col("table") == MEMBERSHIP) & pl.col("field").is_in(STATE))
    places = snapshot.members.select(
        pl.col("membership_id").alias("key"), pl.col("location_id").alias("place")
    )
    left = states.filter((pl.col("key") != pl.col("membership_id")) & (pl.col("field") == "status"))
    status = now.filter(pl.col("field") == "status").select("holder", "now")
    open_places = snapshot.locations["location_id"].implode()
    whole = (
        moved.unique("change_id", keep="first", maintain_order=True)
        .select("change_id", "source_id", "user_id", "membership_id", "location_id", "verb")
        .join(left.select("change_id", pl.col("key")), on="change_id", how="left", maintain_order="left")
        .join(places, on="key", how="left", maintain_order="left")
        .join(status.rename({"now": "here_now"}), left_on="membership_id", right_on="holder", how="left")
        .join(status.rename({"now": "left_now"}), left_on="key", right_on="holder", how="left")
        .sort("change_id")
        .with_columns(
            pl.when(pl.col("left_now").is_null())
            .then(pl.lit("not_recorded"))
            .when(~pl.col("place").is_in(open_places) & is_ended("left_now"))
            .then(pl.lit("closed"))
            .when(is_ended("left_now") & ~is_ended("here_now"))
            .then(pl.lit("back"))
            .when(is_ended("here_now") & ~is_ended("left_now"))
            .then(pl.lit("already"))
            .otherwise(pl.lit("changed"))
            .alias("outcome")
        )
    )
    place = whole.with_columns(
        pl.lit("location").alias("field"),
        pl.col("place").alias("old"),
        pl.col("location_id").alias("new"),
        pl.when(pl.col("outcome") == "back").then("location_id").alias("now"),
        pl.coalesce("key", "membership_id").alias("membership_id"),
        pl.coalesce("place", "location_id").alias("location_id"),
    )
    going = whole.filter(pl.col("outcome") == "back").select("change_id", "outcome")
    here = whole.select(
        "change_id",
        "source_id",
        "user_id",
        pl.col("membership_id").alias("key"),
        pl.lit("status").alias("field"),
    ).with_columns(pl.lit(Status.INACTIVE.value).alias("old"))
    states = pl.concat(
        [states.select(here.columns), here.join(states, on=["change_id", "key", "field"], how="anti")]
    )
    states = (
        _with_now(states.join(going, on="change_id", how="inner", maintain_order="left"), now)
        .join(places, on="key", how="inner", maintain_order="left")
        .filter(pl.col("now").ne_missing(pl.col("old")))
        .with_columns(pl.col("now").alias("new"), pl.col("place").alias("location_id"))
    )
    return pl.concat([shaped(place, ROW), shaped(states, ROW)])


def undo_primary(cells: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The primary location that a flag of payroll's had moved; `old` and `new` are locations."""
    lost = (
        (pl.col("field") == "primary_location") & (pl.col("old") == "true") & (pl.col("verb") != "transfer")
    )
    told = cells.filter(lost).select(
        "source_id", "user_id", pl.col("location_id").alias("new"), pl.col("key").alias("membership_id")
    )
    places = snapshot.members.select("membership_id", "location_id", pl.col("location_id").alias("old"))
    primary = snapshot.members.filter("is_primary").select("user_id", pl.col("location_id").alias("now"))
    joined = told.join(places, on="membership_id", how="left", maintain_order="left").join(
        primary, on="user_id", how="left", maintain_order="left"
    )
    outcome = pl.when(pl.col("old").is_null()).then(pl.lit("stays")).otherwise(outcome_of())
    return shaped(joined.with_columns(outcome.alias("outcome")), ROW)
