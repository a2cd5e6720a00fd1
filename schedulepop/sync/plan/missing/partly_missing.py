"""People the feed carries, though not with everything of theirs (SPEC §5 Missing).

A membership is missing by itself when no record names it, although a record names another membership of the same
person: after the same feeds and days as a missing person it ends, and nothing else of the person. One of several ids
that payroll stops sending is over after the same time: the other id stays, and with it the person.

Nothing is counted while a record of that person cannot be placed, waits or was left out: it may be the one that is
missing. Nor where a move on a day to come ends the membership anyway, or another integration speaks for it.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.missing import MISSING, Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.questions import ID_CHANGE, RETIRED
from schedulepop.sync.plan.frames.records import WAITS
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Matched, Normalized
from schedulepop.sync.plan.missing.people import with_protection


def find_partly_missing(normalized: Normalized, matched: Matched) -> pl.DataFrame:
    """MISSING: places of people whom the feed names elsewhere, and ids of people whom it names by another id."""
    if matched.records.is_empty():
        return empty(MISSING)
    snapshot = matched.snapshot
    live = snapshot.members.filter(pl.col("payroll_owned") & ~is_ended("status"))
    several = live.filter(pl.len().over("user_id") > 1)
    again = snapshot.links.filter(pl.col("source_id").is_in(list(matched.missing_ids)))
    if several.is_empty() and again.is_empty():
        return empty(MISSING)
    named = _named_places(normalized.records, matched.records, snapshot)
    left_out = snapshot.links.filter(pl.col("source_id").is_in(normalized.excluded["source_id"].implode()))
    unsure = pl.concat([named.filter("unsure")["user_id"], left_out["user_id"]]).unique()
    people = snapshot.people.filter(~pl.col("local").fill_null(False)).with_columns(
        pl.col("user_id").is_in(unsure.implode()).alias("is_uncertain")
    )
    present = snapshot.links.join(again, on="source_id", how="anti", maintain_order="left").join(
        named.select("user_id").unique(), on="user_id", how="semi", maintain_order="left"
    )
    found = [_places(several, named, present, snapshot), _ids(again, present)]
    missing = pl.concat(found, how="diagonal").join(people, on="user_id", how="inner", maintain_order="left")
    by_move = (pl.col("ends_on").is_not_null() & pl.col("termination_date").is_null()).fill_null(False)
    missing = missing.with_columns((pl.col("is_uncertain") | by_move).alias("is_uncertain"))
    return with_protection(missing, normalized.rejected, matched.records)


def _named_places(records: pl.DataFrame, matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """user_id, location_id, primary_records (how many the person has), `unsure`: where the feed places each person."""
    placed = matched.select(
        "row", pl.col("location_id").alias("placed"), "stop_reason", pl.lit(1).alias("is_primary")
    )
    users = pl.concat(
        [
            snapshot.links.select("source_id", "user_id"),
            matched.select("source_id", "user_id").drop_nulls("user_id"),
        ]
    ).unique("source_id", keep="last", maintain_order=True)
    return (
        records.select("row", "source_id", "location_id")
        .join(users, on="source_id", how="inner", maintain_order="left")
        .join(placed, on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("placed", "location_id").alias("location_id"))
        .with_columns(
            (WAITS | pl.col("location_id").is_null()).fill_null(False).alias("unsure"),
            pl.col("is_primary").sum().over("user_id").alias("primary_records"),
        )
    )


def _places(
    several: pl.DataFrame, named: pl.DataFrame, present: pl.DataFrame, snapshot: Snapshot
) -> pl.DataFrame:
    """Memberships no record names, of people with a record at another membership of theirs.

    A first day still to come that the only record no longer names is canceled at once (`moves`), so it is not missing.
    """
    here = named.select("user_id", "location_id").unique(maintain_order=True)
    stays = several.join(here, on=["user_id", "location_id"], how="semi", maintain_order="left")
    one_record = named.filter(pl.col("primary_records") == 1)["user_id"]
    canceled = (
        (pl.col("status") == Status.UPCOMING)
        & (pl.len().over("user_id") == 2)
        & pl.col("user_id").is_in(one_record.implode())
    )
    ids = present.sort("source_id").unique("user_id", keep="first", maintain_order=True)
    return (
        several.filter(~canceled)
        .join(stays, on="user_id", how="semi", maintain_order="left")
        .join(here, on=["user_id", "location_id"], how="anti", maintain_order="left")
        .filter(~pl.col("membership_id").is_in(list(snapshot.other_integrations)))
        .join(ids, on="user_id", how="inner", maintain_order="left")
        .with_columns(pl.lit(Subject.PLACE.value).alias("about"))
    )


def _ids(again: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """Linked ids the feed does not carry, of people whom it carries by another id."""
    return again.join(present, on="user_id", how="semi", maintain_order="left").with_columns(
        pl.lit(Subject.ID.value).alias("about")
    )


def retired_ids(
    due: pl.DataFrame, partly: pl.DataFrame, snapshot: Snapshot
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RETIRED and ID_CHANGE of ids that are over. `due`: rows past the grace period, `partly`: all that are partly
    missing.

    Payroll goes on under the other id, which CMS has to know; where a place is missing as well, the id was that
    employment's, and nothing was renumbered.
    """
    over = due.filter(pl.col("about") == Subject.ID).select("source_id", "user_id")
    if over.is_empty():
        return empty(RETIRED), empty(ID_CHANGE)
    missing = partly.filter(pl.col("about") == Subject.ID)
    stays = snapshot.links.join(missing, on="source_id", how="anti", maintain_order="left")
    stays = stays.sort("source_id").unique("user_id", keep="first", maintain_order=True)
    known = over.join(
        stays.select("user_id", pl.col("source_id").alias("for_id")),
        on="user_id",
        how="inner",
        maintain_order="left",
    )
    places = partly.filter(pl.col("about") == Subject.PLACE)
    renumbered = known.join(places, on="user_id", how="anti", maintain_order="left")
    return known.select(list(RETIRED)), renumbered.select(
        "user_id",
        pl.col("source_id").alias("old_id"),
        pl.col("for_id").alias("new_id"),
        pl.lit("").alias("by"),
    )
