"""Who is it? Every readable record is tied to a person, called new, or waits for an answer (SPEC §5 Match).

Automatic are only the link, the employee number within the payroll company with an agreeing name, and an email
its owner confirmed, unique in feed and directory, with agreeing names. Whatever merely resembles somebody waits and creates nobody, so that doubling a person is impossible.
`local` people are neither matched nor suggested.

`waits` holds an issue code, or `already_left` for a record that is left out because the person's employment
has ended and nobody here is theirs. Of several records of one person at one location only the one that
speaks is handed on (see `several`).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan.employment import is_ended, is_over
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import MATCHED, Normalized
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.candidates import claimed, resembling, twins
from schedulepop.sync.plan.match.confirmed_email import proven
from schedulepop.sync.plan.match.primary_record import contradictory, speaking
from schedulepop.sync.plan.match.recycled_ids import recycled
from schedulepop.sync.plan.names import with_folded_names

IDENTITY_WAITS = (
    "contradictory_records",
    "recycled_id",
    "id_changed",
    "ambiguous",
    "name_missing",
    "possible_match",
    "found_elsewhere",
)
"""Questions about who somebody is, weightiest first: one of them makes all records of that id wait."""


def match(normalized: Normalized, snapshot: Snapshot, today: date) -> pl.DataFrame:
    """MATCHED, in the feed's order. `today` is the organization's day, for records without a location.

    The snapshot must hold, besides the linked people of these records, everybody who shares an employee
    number, an email, a phone or a folded name with a record that has no link.
    """
    if normalized.records.is_empty():
        return empty(MATCHED)
    records = _answered(_linked(normalized.records, snapshot), snapshot)
    records = _with_ended(records, snapshot, today)
    records = _kept_in_place(records, snapshot)
    records = _contradictions(records)
    records = speaking(records, snapshot.members)
    known = _recycled(
        _questions_of_known(records.filter(pl.col("user_id").is_not_null()), snapshot), snapshot
    )
    unknown = _unlinked(records.filter(pl.col("user_id").is_null()), records, snapshot)
    answered = pl.concat([known, unknown]).sort("row")
    answered = _with_membership(_all_or_nothing(answered), snapshot)
    nothing_here = pl.col("membership_id").is_null()
    answered = _wait(answered, pl.col("ended") & nothing_here, "already_left")
    answered = _wait(answered, ~pl.col("status_known") & nothing_here & ~pl.col("moves"), "unmapped_status")
    return answered.select(pl.col(name).cast(kind) for name, kind in MATCHED.items())


def _linked(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Tier 1: the link. `person` is the same for all records of one person."""
    links = snapshot.links.unique("source_id", keep="first", maintain_order=True)
    return records.join(links, on="source_id", how="left", maintain_order="left").with_columns(
        pl.coalesce(pl.format("user {}", "user_id"), pl.format("id {}", "source_id")).alias("person"),
        pl.when(pl.col("user_id").is_not_null())
        .then(pl.lit("linked"))
        .otherwise(pl.lit("new"))
        .alias("situation"),
        pl.lit(None, pl.List(pl.Int64)).alias("candidates"),
        pl.lit(None, pl.String).alias("waits"),
    )


def _answered(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """`answer`: what a person said of this record; `settled` has taken the links it means as true already."""
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


def _kept_in_place(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
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
    keeps = (
        pl.col("home").is_not_null()
        & only
        & (pl.col("location_id").is_null() | (pl.col("ended") & pl.col("works") & pl.col("here").is_null()))
    )
    nothing = [
        pl.when("keeps").then(None).otherwise(pl.col(name)).alias(name)
        for name in ("duty_id", "duty_new", "zone_id", "zone_new")
    ]
    return (
        records.join(homes, on="user_id", how="left", maintain_order="left")
        .join(here, on=["user_id", "location_id"], how="left", maintain_order="left")
        .with_columns(keeps.alias("keeps"), (only & pl.col("works").fill_null(False)).alias("moves"))
        .with_columns(pl.when("keeps").then("home").otherwise("location_id").alias("location_id"), *nothing)
        .drop("home", "homes", "works", "here", "keeps")
    )


def _contradictions(records: pl.DataFrame) -> pl.DataFrame:
    return _wait(records, pl.col("source_id").is_in(contradictory(records)), "contradictory_records")


def _wait(records: pl.DataFrame, when: pl.Expr, code: str) -> pl.DataFrame:
    """Let records wait with this code, unless they wait already."""
    waits = pl.when(pl.col("waits").is_null() & when).then(pl.lit(code)).otherwise("waits").alias("waits")
    return records.with_columns(waits)


def _questions_of_known(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """What makes a linked record wait: the person is local, or its location is nowhere known."""
    local = snapshot.people.filter(pl.col("local").fill_null(False))["user_id"].to_list()
    records = _wait(records, pl.col("user_id").is_in(local), "possible_match")
    return _wait(records, pl.col("location_id").is_null(), "unmapped_location")


def _recycled(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    return _wait(records, pl.col("row").is_in(recycled(records, snapshot)), "recycled_id")


def _unlinked(records: pl.DataFrame, feed: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Records nobody is linked to: tiers 2 and 3, then what they resemble, then what they lack."""
    if records.is_empty():
        return records
    records = with_folded_names(records)
    records = proven(claimed(records, snapshot), feed, snapshot)
    settled = pl.col("situation") != "new"
    records = _wait(records, pl.col("ended") & (pl.col("situation") != "found"), "already_left")
    records = _wait(records, pl.col("found_waits").is_not_null(), "").with_columns(
        pl.when(pl.col("waits") == "").then("found_waits").otherwise("waits").alias("waits")
    )
    nameless = pl.col("first_fold").is_null() | pl.col("last_fold").is_null()
    records = _wait(records, nameless & ~settled, "name_missing")
    records = _wait(records, pl.col("location_id").is_null(), "unmapped_location")
    records = _wait(records, ~pl.col("status_known") & ~settled, "unmapped_status")
    records = resembling(records, snapshot)
    doubled = twins(records.filter(pl.col("answer").is_null()), feed)
    records = _wait(records, pl.col("row").is_in(doubled) & (pl.col("situation") == "new"), "possible_match")
    return records.drop("first_fold", "last_fold", "found_waits")


def _all_or_nothing(records: pl.DataFrame) -> pl.DataFrame:
    """A question about who somebody is concerns all records of that id."""
    several = records.filter(pl.len().over("source_id") > 1)
    order = pl.col("waits").replace_strict(
        {w: i for i, w in enumerate(IDENTITY_WAITS)}, default=None, return_dtype=pl.Int32
    )
    asked = several.with_columns(order.alias("weight")).filter(pl.col("weight").is_not_null())
    if asked.is_empty():
        return records
    weightiest = asked.sort("weight", maintain_order=True).unique(
        "source_id", keep="first", maintain_order=True
    )
    questions = weightiest.select(
        "source_id", pl.col("waits").alias("asks"), pl.col("candidates").alias("about")
    )
    return (
        records.join(questions, on="source_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("asks").is_not_null() & (pl.col("waits") != "already_left").fill_null(True))
            .then("asks")
            .otherwise("waits")
            .alias("waits"),
            pl.coalesce("candidates", "about").alias("candidates"),
        )
        .drop("asks", "about")
    )


def _with_membership(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The person's membership at the record's location; nobody is certain while an identity question waits."""
    members = snapshot.members.select("user_id", "location_id", "membership_id").unique(
        ["user_id", "location_id"], keep="first", maintain_order=True
    )
    return records.join(members, on=["user_id", "location_id"], how="left", maintain_order="left")
