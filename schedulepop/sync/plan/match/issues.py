"""Findings of the plan itself as PROBLEM rows: who waits for what, who is missing, what is on hold."""

from __future__ import annotations

import json

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.names import named, written
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


def waiting(matched: pl.DataFrame, told: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """One PROBLEM per waiting record, unless `told` (normalize's) has that code for its row already."""
    asks = matched.filter(pl.col("waits").is_not_null() & (pl.col("waits") != "already_left"))
    if asks.is_empty():
        return empty(PROBLEM)
    asks = asks.join(
        told.select("row", "code"),
        left_on=["row", "waits"],
        right_on=["row", "code"],
        how="anti",
        maintain_order="left",
    )
    if asks.is_empty():
        return empty(PROBLEM)
    asks = asks.with_columns(written(asks).alias("name"))
    names = _names(asks, snapshot)
    reasons, params = [], []
    for code, *who, candidates in asks.select("waits", "name", "source_id", "candidates").iter_rows():
        declared = FINDINGS[code] if code in ABOUT_PEOPLE else FINDINGS["waits"]
        known = named([names[one] for one in candidates or [] if one in names])
        values = {"name": who[0], "source_id": who[1], "code": code, **known}
        reasons.append(code if code in ABOUT_PEOPLE else "waits")
        params.append(json.dumps({name: values[name] for name in declared}, ensure_ascii=False))
    coded = pl.col("waits").is_in(["unmapped_location", "unmapped_status"])
    code = pl.when(pl.col("waits") == "unmapped_location").then("location_code").otherwise("status_raw")
    return about_people(
        asks,
        pl.col("waits"),
        reason=pl.lit(pl.Series("reason", reasons, dtype=pl.String)),
        value=pl.when(coded).then(code),
        key=pl.when(coded).then(pl.coalesce(code, "source_id")).otherwise("source_id"),
    ).with_columns(pl.Series("params", params, dtype=pl.String))


def _names(asks: pl.DataFrame, snapshot: Snapshot) -> dict[int, str]:
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
    who = people.with_columns(written(people).alias("name")).join(
        places, on="user_id", how="left", maintain_order="left"
    )
    return {
        user: f"{name} ({place})" if place else str(name)
        for user, name, place in who.select("user_id", "name", "place").iter_rows()
    }
