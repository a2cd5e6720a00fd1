"""Findings of match: who waits for what, and who was matched by an unconfirmed email."""

from __future__ import annotations

import json

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import WAITS
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.confirmed_email import MATCHED_BY_EMAIL, matched_by_email
from schedulepop.sync.plan.names import full_names, name_params
from schedulepop.sync.plan.reasons import FINDINGS

ABOUT_PEOPLE = frozenset(
    {
        "found_elsewhere",
        "possible_match",
        "ambiguous",
        "id_changed",
        "several_records",
        "contradictory_records",
        "recycled_id",
    }
)
"""Codes of records that wait with a sentence of their own; whatever else waits is told by its kind."""


def about_waiting(matched: pl.DataFrame, known: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """One PROBLEM per waiting record, unless `known` (normalize's problems) has that code for its row already."""
    asks = matched.filter(WAITS).join(
        known.select("row", pl.col("code").alias("stop_reason")),
        on=["row", "stop_reason"],
        how="anti",
        maintain_order="left",
    )
    if asks.is_empty():
        return empty(PROBLEM)
    asks = asks.with_columns(full_names(asks).alias("name"))
    names = _candidate_names(asks, snapshot)
    reasons, params = [], []
    for code, name, source_id, candidates in asks.select(
        "stop_reason", "name", "source_id", "candidates"
    ).iter_rows():
        reason = code if code in ABOUT_PEOPLE else "waits"
        few = name_params([names[one] for one in candidates or [] if one in names])
        values = {"name": name, "source_id": source_id, "code": code, **few}
        reasons.append(reason)
        params.append(json.dumps({one: values[one] for one in FINDINGS[reason]}, ensure_ascii=False))
    coded = pl.col("stop_reason").is_in(["unmapped_location", "unmapped_status"])
    code = pl.when(pl.col("stop_reason") == "unmapped_location").then("location_code").otherwise("status_raw")
    return about_people(
        asks,
        pl.col("stop_reason"),
        reason=pl.lit(pl.Series("reason", reasons, dtype=pl.String)),
        value=pl.when(coded).then(code),
        key=pl.when(coded).then(pl.coalesce(code, "source_id")).otherwise("source_id"),
    ).with_columns(pl.Series("params", params, dtype=pl.String))


def _candidate_names(asks: pl.DataFrame, snapshot: Snapshot) -> dict[int, str]:
    """Candidates by name and where they work, for the few who are candidates."""
    wanted = asks["candidates"].drop_nulls().explode().drop_nulls().unique().to_list()
    people = snapshot.people.filter(pl.col("user_id").is_in(wanted))
    places = (
        snapshot.members.join(
            snapshot.locations.select("location_id", pl.col("name").alias("place")),
            on="location_id",
            how="left",
            maintain_order="left",
        )
        .group_by("user_id", maintain_order=True)
        .agg(pl.col("place").drop_nulls().unique().sort().str.join(", "))
    )
    who = people.with_columns(full_names(people).alias("name")).join(
        places, on="user_id", how="left", maintain_order="left"
    )
    return {
        user: f"{name} ({place})" if place else str(name)
        for user, name, place in who.select("user_id", "name", "place").iter_rows()
    }


def about_matched_by_email(matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """One PROBLEM per person an unconfirmed email matched: whoever approves sees each of them."""
    found = matched_by_email(matched, snapshot)
    if found.is_empty():
        return empty(PROBLEM)
    people = snapshot.people.with_columns(full_names(snapshot.people).alias("known")).select(
        "user_id", "known"
    )
    found = found.with_columns(full_names(found).alias("name")).join(
        people, on="user_id", how="left", maintain_order="left"
    )
    return about_people(found, MATCHED_BY_EMAIL, params=pl.struct("name", "known"))
