"""Tier 3: an email its owner confirmed, unique in feed and directory, with agreeing names (SPEC §5 Match).

Shared emails never match: whoever else in the feed or on the list has the address, even somebody `local`, makes
it worthless as a proof. On a first sync, which a person approves, addresses nobody has confirmed yet serve as
well; each such match is told one by one, and can be denied before the approval.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.candidates import NAME, people_who_match, undenied
from schedulepop.sync.plan.names import written

BY_EMAIL = "matched_by_email"


def proven(records: pl.DataFrame, feed: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """New records whose email proves who they are become `found`, `found_elsewhere` or `id_changed`.

    `feed` are all records, for the emails they share. Records of people who have left prove nothing but on a
    first sync, which always reads the whole feed.
    """
    if snapshot.people.is_empty():
        return records
    asking = records.filter(
        (pl.col("situation") == "new") & pl.col("found_waits").is_null() & _stays(snapshot)
    )
    asking = asking.select(
        "row", "source_id", "location_id", *NAME, pl.col("email").str.to_lowercase()
    ).drop_nulls("email")
    if asking.is_empty():
        return records
    asking = asking.filter(pl.col("email").is_in(_one_in_feed(feed, snapshot).implode()))
    pairs = asking.join(_owners(snapshot), on=["email", *NAME], how="inner", maintain_order="left")
    pairs = undenied(pairs, records, snapshot)
    if pairs.is_empty():
        return records
    told = _verdicts(pairs, records, snapshot)
    return (
        records.join(told, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("tier", "situation").alias("situation"),
            pl.when(pl.col("why").is_null())
            .then(pl.coalesce("candidate", "user_id"))
            .otherwise("user_id")
            .alias("user_id"),
            pl.coalesce("candidates", pl.concat_list("candidate").list.drop_nulls()).alias("candidates"),
            pl.coalesce("found_waits", "why").alias("found_waits"),
        )
        .with_columns(pl.when(pl.col("candidates").list.len() > 0).then("candidates").alias("candidates"))
        .drop("tier", "why", "candidate")
    )


def _stays(snapshot: Snapshot) -> pl.Expr:
    return pl.lit(True) if snapshot.first_sync else ~pl.col("ended")


def _one_in_feed(feed: pl.DataFrame, snapshot: Snapshot) -> pl.Series:
    """Emails that one id of the feed has. People who have left and are nobody's do not count."""
    counts = feed if snapshot.first_sync else feed.filter(~pl.col("ended") | pl.col("user_id").is_not_null())
    emails = (
        counts.select("source_id", pl.col("email").str.to_lowercase())
        .drop_nulls()
        .unique(maintain_order=True)
    )
    return emails.filter(pl.len().over("email") == 1)["email"]


def _owners(snapshot: Snapshot) -> pl.DataFrame:
    """candidate, email, folded names: who alone on the list has an address, and has confirmed it."""
    people = snapshot.people.select(
        "user_id", pl.col("email").str.to_lowercase(), pl.col("confirmed_email").str.to_lowercase()
    )
    every = (
        pl.concat(
            [
                people.select("user_id", "email"),
                people.select("user_id", pl.col("confirmed_email").alias("email")),
            ]
        )
        .drop_nulls()
        .unique(maintain_order=True)
    )
    alone = every.filter(pl.len().over("email") == 1)
    if not snapshot.first_sync:
        own = people.select("user_id", pl.col("confirmed_email").alias("email"))
        alone = alone.join(own, on=["user_id", "email"], how="semi", maintain_order="left")
    return (
        people_who_match(snapshot)
        .select("candidate", "taken", *NAME)
        .join(alone.rename({"user_id": "candidate"}), on="candidate", how="inner", maintain_order="left")
    )


def _verdicts(pairs: pl.DataFrame, records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """row, candidate, tier, why: an email unique on both sides names one person at most."""
    works = snapshot.members.select(pl.col("user_id").alias("candidate"), "location_id")
    here = works.with_columns(pl.lit(True).alias("here")).unique(maintain_order=True)
    somewhere = works.select("candidate", pl.lit(True).alias("somewhere")).unique(maintain_order=True)
    claimed = records.filter(pl.col("situation") == "found")["user_id"]
    elsewhere = (
        pl.col("here").is_null() & pl.col("somewhere").is_not_null() & pl.col("location_id").is_not_null()
    )
    tier = (
        pl.when(pl.col("taken"))
        .then(pl.lit("id_changed"))
        .when(pl.col("candidate").is_in(claimed.drop_nulls().implode()))
        .then(pl.lit("possible_match"))
        .when(elsewhere)
        .then(pl.lit("found_elsewhere"))
    )
    return (
        pairs.join(here, on=["candidate", "location_id"], how="left", maintain_order="left")
        .join(somewhere, on="candidate", how="left", maintain_order="left")
        .select("row", "candidate", tier.alias("why"))
        .with_columns(
            pl.when(pl.col("why") == "possible_match")
            .then(pl.lit("new"))
            .otherwise(pl.col("why").fill_null("found"))
            .alias("tier")
        )
    )


def by_email(matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The records of a first sync that an unconfirmed email matched: found, and not by a number or a confirmed one."""
    if not snapshot.first_sync:
        return matched.clear()
    numbers = snapshot.members.select("user_id", "employee_number").drop_nulls().unique(maintain_order=True)
    confirmed = snapshot.people.select(
        "user_id", pl.col("confirmed_email").str.to_lowercase().alias("own")
    ).drop_nulls()
    return (
        matched.filter((pl.col("situation") == "found") & pl.col("waits").is_null())
        .with_columns(pl.col("email").str.to_lowercase().alias("own"))
        .join(numbers, on=["user_id", "employee_number"], how="anti", maintain_order="left")
        .join(confirmed, on=["user_id", "own"], how="anti", maintain_order="left")
        .drop("own")
    )


def told(matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """One PROBLEM per person an unconfirmed email matched: whoever approves sees each of them."""
    found = by_email(matched, snapshot)
    if found.is_empty():
        return empty(PROBLEM)
    people = snapshot.people.with_columns(written(snapshot.people).alias("known")).select("user_id", "known")
    found = found.with_columns(written(found).alias("name")).join(
        people, on="user_id", how="left", maintain_order="left"
    )
    return about_people(found, BY_EMAIL, params=pl.struct("name", "known"))
