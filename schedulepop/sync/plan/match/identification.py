"""Every readable record is tied to a person, called new, or waits for an answer (SPEC §5 Match).

Automatic are only the link, the employee number within the payroll company with an agreeing name, and an email
its owner confirmed, unique in feed and directory, with agreeing names. Whatever merely resembles somebody waits and
creates nobody, so that doubling a person is impossible. `local` people are neither matched nor suggested.

Of several records of one person at one location only the primary one is handed on (`primary_record`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan.employment import is_ended, is_over
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import ALREADY_LEFT, MATCHED, PERSON_KEY
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.match.candidates import (
    ask_about_similar,
    duplicates_in_feed,
    match_by_employee_number,
)
from schedulepop.sync.plan.match.confirmed_email import match_by_confirmed_email
from schedulepop.sync.plan.match.primary_record import contradictory, primary_records
from schedulepop.sync.plan.match.reused_ids import reused_ids
from schedulepop.sync.plan.names import with_folded_names

IDENTITY_CODES = (
    "contradictory_records",
    "recycled_id",
    "id_changed",
    "ambiguous",
    "name_missing",
    "possible_match",
    "found_elsewhere",
)
"""Questions about who somebody is, weightiest first: one of them makes all records of that id wait."""


def identify(normalized: Normalized, snapshot: Snapshot, today: date) -> pl.DataFrame:
    """MATCHED, in the feed's order. `today` is the organization's day, for records without a location.

    The snapshot must hold, besides the linked people of these records, everybody who shares an employee
    number, an email, a phone or a folded name with a record that has no link.
    """
    if normalized.records.is_empty():
        return empty(MATCHED)
    records = _with_answer(_with_link(normalized.records, snapshot), snapshot)
    records = _with_ended(records, snapshot, today)
    records = _stay_in_place(records, snapshot)
    records = _stop(records, pl.col("source_id").is_in(contradictory(records)), "contradictory_records")
    records = primary_records(records, snapshot.members)
    known = _check_linked(records.filter(pl.col("user_id").is_not_null()), snapshot)
    unknown = _find_unlinked(records.filter(pl.col("user_id").is_null()), known, records, snapshot)
    records = pl.concat([known, unknown]).sort("row")
    records = _with_membership(_all_or_nothing(records), snapshot)
    nothing_here = pl.col("membership_id").is_null()
    records = _stop(records, pl.col("ended") & nothing_here, ALREADY_LEFT)
    records = _stop(records, nothing_here & ~pl.col("moves"), pl.col("status_doubt"))
    return records.select(pl.col(name).cast(kind) for name, kind in MATCHED.items())


def _with_link(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Tier 1: the link. `person` is the same for all records of one person."""
    links = snapshot.links.unique("source_id", keep="first", maintain_order=True)
    return records.join(links, on="source_id", how="left", maintain_order="left").with_columns(
        PERSON_KEY.alias("person"),
        pl.when(pl.col("user_id").is_not_null())
        .then(pl.lit("linked"))
        .otherwise(pl.lit("new"))
        .alias("situation"),
        pl.lit(None, pl.List(pl.Int64)).alias("candidates"),
        pl.lit(None, pl.String).alias("stop_reason"),
    )


def _with_answer(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """`answer`: what a person said of this record; `apply_answers` has taken the links it means as true already."""
    if snapshot.answers.is_empty():
        return records.with_columns(pl.lit(None, pl.String).alias("answer"))
    said = snapshot.answers.select("source_id", pl.col("kind").alias("answer"))
    return records.join(said, on="source_id", how="left", maintain_order="left")


def _with_ended(records: pl.DataFrame, snapshot: Snapshot, today: date) -> pl.DataFrame:
    """`today`, and `ended`: on that day of the location, the record says that the employment is over."""
    days = snapshot.locations.select("location_id", "today")
    return (
        records.join(days, on="location_id", how="left", maintain_order="left")
        .with_columns(pl.col("today").fill_null(today))
        .with_columns(is_over().alias("ended"))
    )


def _stay_in_place(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """A linked person's only record stays where they work when its location is unmapped, or ended elsewhere.

    Adds `moves`: should the record name another location, it can only mean that this person moved.
    """
    owned = snapshot.members.filter(pl.col("payroll_owned"))
    live = owned.filter(~is_ended("status"))
    homes = (
        pl.concat([live, owned.join(live, on="user_id", how="anti", maintain_order="left")])
        .group_by("user_id", maintain_order=True)
        .agg(
            pl.col("location_id").first().alias("home"),
            pl.len().alias("homes"),
            (~is_ended("status")).any().alias("works"),
        )
        .filter(pl.col("homes") == 1)
    )
    only = pl.len().over("person") == 1
    here = snapshot.members.select("user_id", "location_id", pl.lit(True).alias("here")).unique(
        maintain_order=True
    )
    stays = (
        pl.col("home").is_not_null()
        & only
        & (pl.col("location_id").is_null() | (pl.col("ended") & pl.col("works") & pl.col("here").is_null()))
    )
    nothing = [
        pl.when("stays").then(None).otherwise(pl.col(name)).alias(name)
        for name in ("duty_id", "duty_new", "zone_id", "zone_new")
    ]
    return (
        records.join(homes, on="user_id", how="left", maintain_order="left")
        .join(here, on=["user_id", "location_id"], how="left", maintain_order="left")
        .with_columns(stays.alias("stays"), (only & pl.col("works").fill_null(False)).alias("moves"))
        .with_columns(pl.when("stays").then("home").otherwise("location_id").alias("location_id"), *nothing)
        .drop("home", "homes", "works", "here", "stays")
    )


def _stop(records: pl.DataFrame, when: pl.Expr, code: str | pl.Expr) -> pl.DataFrame:
    """Let records go no further, with this code (null: they go on) as the reason, unless they are stopped already."""
    stops = pl.col("stop_reason").is_null() & when
    reason = pl.lit(code) if isinstance(code, str) else code
    return records.with_columns(pl.when(stops).then(reason).otherwise("stop_reason").alias("stop_reason"))


def _check_linked(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """What stops a linked record: the person is local, its location is nowhere known, its id names somebody else."""
    local = snapshot.people.filter(pl.col("local").fill_null(False))["user_id"].to_list()
    records = _stop(records, pl.col("user_id").is_in(local), "possible_match")
    records = _stop(records, pl.col("location_id").is_null(), "unmapped_location")
    return _stop(records, pl.col("row").is_in(reused_ids(records, snapshot)), "recycled_id")


def _find_unlinked(
    records: pl.DataFrame, known: pl.DataFrame, feed: pl.DataFrame, snapshot: Snapshot
) -> pl.DataFrame:
    """Records nobody is linked to: tiers 2 and 3, then what they resemble, then what they lack.

    `known` are the others, checked; `feed` all of them.
    """
    if records.is_empty():
        return records
    records = match_by_confirmed_email(
        match_by_employee_number(with_folded_names(records), snapshot), feed, snapshot
    )
    decided = pl.col("situation") != "new"
    records = _stop(records, pl.col("ended") & (pl.col("situation") != "found"), ALREADY_LEFT)
    records = records.with_columns(pl.coalesce("stop_reason", "tier_code").alias("stop_reason"))
    nameless = pl.col("nameless") | (pl.col("first_fold").is_null() & pl.col("last_fold").is_null())
    records = _stop(records, nameless & ~decided, "name_missing")
    records = _stop(records, pl.col("location_id").is_null(), "unmapped_location")
    records = _stop(records, ~decided, pl.col("status_doubt"))
    records = ask_about_similar(records, known, snapshot)
    doubled = duplicates_in_feed(records.filter(pl.col("answer").is_null()), feed)
    records = _stop(records, pl.col("row").is_in(doubled) & (pl.col("situation") == "new"), "possible_match")
    return records.drop("first_fold", "last_fold", "tier_code")


def _all_or_nothing(records: pl.DataFrame) -> pl.DataFrame:
    """A question about who somebody is concerns all records of that id."""
    several = records.filter(pl.len().over("source_id") > 1)
    order = pl.col("stop_reason").replace_strict(
        {w: i for i, w in enumerate(IDENTITY_CODES)}, default=None, return_dtype=pl.Int32
    )
    asked = several.with_columns(order.alias("weight")).filter(pl.col("weight").is_not_null())
    if asked.is_empty():
        return records
    weightiest = asked.sort("weight", maintain_order=True).unique(
        "source_id", keep="first", maintain_order=True
    )
    questions = weightiest.select(
        "source_id", pl.col("stop_reason").alias("question"), pl.col("candidates").alias("about_whom")
    )
    return (
        records.join(questions, on="source_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(
                pl.col("question").is_not_null() & (pl.col("stop_reason") != ALREADY_LEFT).fill_null(True)
            )
            .then("question")
            .otherwise("stop_reason")
            .alias("stop_reason"),
            pl.coalesce("candidates", "about_whom").alias("candidates"),
        )
        .drop("question", "about_whom")
    )


def _with_membership(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The person's membership at the record's location; nobody is certain while an identity question waits."""
    members = snapshot.members.select("user_id", "location_id", "membership_id").unique(
        ["user_id", "location_id"], keep="first", maintain_order=True
    )
    return records.join(members, on=["user_id", "location_id"], how="left", maintain_order="left")
