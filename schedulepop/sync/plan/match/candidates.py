"""Whom a record without a link could be: tier 2 finds, everything else only suggests (SPEC §5 Match).

Tier 2 is the employee number within the payroll company with an agreeing name; tier 3 is in `confirmed_email`. Whoever
resembles somebody in any other way, as far as `scoring` says, waits for a person's answer.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.records import GOES_ON
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.blocking import candidate_pairs
from schedulepop.sync.plan.match.namesakes import active_colleagues, without_namesakes
from schedulepop.sync.plan.match.scoring import THRESHOLD, with_similarity
from schedulepop.sync.plan.names import with_folded_names

NAME = ["first_fold", "last_fold"]


def people_who_match(snapshot: Snapshot) -> pl.DataFrame:
    """Everybody who may be matched, with folded names and whether a link of this integration exists."""
    people = snapshot.people.filter(~pl.col("local").fill_null(False))
    linked = pl.col("user_id").is_in(snapshot.links["user_id"].unique().to_list())
    return with_folded_names(people).with_columns(linked.alias("taken")).rename({"user_id": "candidate"})


def match_by_employee_number(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Tier 2: `found`, `id_changed` or `ambiguous`, with `tier_code` as the reason to wait.

    Two ids that claim one person both wait; an ended record does not stand in the way of one that goes on.
    """
    records = records.with_columns(pl.lit(None, pl.String).alias("tier_code"))
    numbers = (
        snapshot.members.select(pl.col("user_id").alias("candidate"), "employee_number")
        .drop_nulls()
        .unique(maintain_order=True)
    )
    if numbers.is_empty():
        return records
    pairs = records.join(numbers, on="employee_number", how="inner", maintain_order="left").join(
        people_who_match(snapshot).select("candidate", "taken", *NAME),
        on=["candidate", *NAME],
        how="inner",
        maintain_order="left",
    )
    pairs = undenied(pairs, records, snapshot).unique(["row", "candidate"], keep="first", maintain_order=True)
    goes_on = (~pl.col("ended")).any().over("candidate")
    pairs = pairs.filter(~pl.col("ended") | ~goes_on)
    pairs = pairs.with_columns((pl.col("source_id").n_unique().over("candidate") > 1).alias("contested"))
    verdict = pairs.group_by("row", maintain_order=True).agg(
        pl.col("candidate").sort().alias("found"), pl.col("taken").any(), pl.col("contested").any()
    )
    many, taken = pl.col("found").list.len() > 1, pl.col("taken")
    situation = (
        pl.when(many)
        .then(pl.lit("ambiguous"))
        .when(taken)
        .then(pl.lit("id_changed"))
        .otherwise(pl.lit("found"))
    )
    code = (
        pl.when(many)
        .then(pl.lit("ambiguous"))
        .when(taken)
        .then(pl.lit("id_changed"))
        .when(pl.col("contested"))
        .then(pl.lit("possible_match"))
    )
    verdict = verdict.select(
        "row",
        "found",
        situation.alias("tier"),
        code.alias("code"),
        pl.when(code.is_null()).then(pl.col("found").list.first()).alias("whom"),
    )
    verdict = verdict.with_columns(
        pl.when(pl.col("code") == "possible_match").then(pl.lit("new")).otherwise("tier").alias("tier")
    )
    return (
        records.join(verdict, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("tier", "situation").alias("situation"),
            pl.coalesce("whom", "user_id").alias("user_id"),
            pl.coalesce("found", "candidates").alias("candidates"),
            pl.col("code").alias("tier_code"),
        )
        .drop("tier", "code", "whom", "found")
    )


def undenied(pairs: pl.DataFrame, records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Without the pairs of row and candidate of whom somebody said that they are different people."""
    denied = snapshot.answers.filter(pl.col("kind") == "different")
    if denied.is_empty():
        return pairs
    said = denied.select("source_id", pl.col("denied").alias("candidate")).explode("candidate").drop_nulls()
    rows = records.select("row", "source_id").join(said, on="source_id", how="inner", maintain_order="left")
    return pairs.join(rows, on=["row", "candidate"], how="anti", maintain_order="left")


def ask_about_similar(records: pl.DataFrame, known: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Let new records wait that resemble somebody enough to ask: `found_elsewhere`, or `possible_match`.

    `known` are the records of linked people: who works on under their own is nobody else for a name's sake.
    """
    asking = records.filter((pl.col("situation") == "new") & GOES_ON)
    if asking.is_empty() or snapshot.people.is_empty():
        return records
    pairs = undenied(
        candidate_pairs(asking, people_who_match(snapshot), snapshot.members, snapshot.orphans),
        records,
        snapshot,
    )
    if pairs.is_empty():
        return records
    pairs = with_similarity(pairs, asking, snapshot).filter(pl.col("score") >= THRESHOLD)
    pairs = without_namesakes(pairs, asking, known, active_colleagues(known, snapshot))
    pairs = best_candidates(pairs, snapshot.distinct_pairs)
    near = snapshot.members.select(
        pl.col("user_id").alias("candidate"), pl.col("location_id").alias("works_at")
    )
    judged = (
        pairs.join(asking.select("row", "location_id"), on="row", how="left", maintain_order="left")
        .join(near, on="candidate", how="left", maintain_order="left")
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("candidate").unique().sort().alias("suggested"),
            ((pl.col("works_at") != pl.col("location_id")).fill_null(False)).all().alias("elsewhere"),
        )
    )
    elsewhere, similar = pl.col("elsewhere"), pl.col("suggested").is_not_null()
    return (
        records.join(judged, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.when(elsewhere).then(pl.lit("found_elsewhere")).otherwise("situation").alias("situation"),
            pl.when(elsewhere)
            .then(pl.lit("found_elsewhere"))
            .when(similar)
            .then(pl.lit("possible_match"))
            .otherwise("stop_reason")
            .alias("stop_reason"),
            pl.coalesce("suggested", "candidates").alias("candidates"),
        )
        .drop("suggested", "elsewhere")
    )


def best_candidates(pairs: pl.DataFrame, distinct_pairs: pl.DataFrame) -> pl.DataFrame:
    """Of two candidates of one record whom somebody called different people, only the likelier is asked about."""
    if distinct_pairs.is_empty():
        return pairs
    scores = pairs.select("row", "candidate", "score")
    beaten = (
        scores.join(distinct_pairs, left_on="candidate", right_on="one", how="inner", maintain_order="left")
        .join(
            scores,
            left_on=["row", "other"],
            right_on=["row", "candidate"],
            how="inner",
            suffix="_of_other",
            maintain_order="left",
        )
        .filter(pl.col("score") < pl.col("score_of_other"))
    )
    return pairs.join(beaten, on=["row", "candidate"], how="anti", maintain_order="left")


def duplicates_in_feed(records: pl.DataFrame, feed: pl.DataFrame) -> list[int]:
    """Rows of new records whose number and name, or email and name, another id of the feed has too."""
    active = feed.filter(GOES_ON & ~pl.col("ended"))
    doubled: list[int] = []
    for key in ("employee_number", "email"):
        keys = [key, *NAME]
        shared = active.filter(pl.col(key).is_not_null()).filter(pl.len().over(key) > 1)
        if shared.is_empty():
            continue
        named = with_folded_names(shared).select("source_id", *keys).drop_nulls().unique(maintain_order=True)
        several = named.group_by(keys, maintain_order=True).len().filter(pl.col("len") > 1)
        doubled += records.join(several, on=keys, how="semi", maintain_order="left")["row"].to_list()
    return doubled
