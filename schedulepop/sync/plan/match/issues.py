"""Findings of the plan itself as PROBLEM rows: who waits for what, who is missing, what is on hold."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.names import listed, written
from schedulepop.wording.issues import TEXTS


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
    messages = [
        _message(code, name or f"Payroll ID {source_id}", [names[c] for c in candidates or [] if c in names])
        for code, name, source_id, candidates in asks.select(
            "waits", "name", "source_id", "candidates"
        ).iter_rows()
    ]
    coded = pl.col("waits").is_in(["unmapped_location", "unmapped_status"])
    code = pl.when(pl.col("waits") == "unmapped_location").then("location_code").otherwise("status_raw")
    return asks.select(
        pl.col("waits").alias("code"),
        "row",
        "source_id",
        "location_id",
        pl.lit(None, pl.String).alias("column"),
        pl.when(coded).then(code).alias("value"),
        pl.when(coded).then(pl.coalesce(code, "source_id")).otherwise("source_id").alias("key"),
        pl.Series("message", messages, dtype=pl.String),
    ).cast(pl.Schema(PROBLEM))


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


def _message(code: str, name: str, candidates: list[str]) -> str:
    issue, whom = TEXTS[code], listed(candidates)
    sentence = {
        "found_elsewhere": f"{name} resembles {whom}, who is at another location.",
        "possible_match": f"{name} may be {whom or 'the same person as another record of this file'}.",
        "ambiguous": f"{name} could be any of {whom}.",
        "id_changed": f"{name} seems to be {whom} with a new payroll ID.",
        "several_records": f"{name} has several records at one location, and nothing says which is the primary job.",
        "contradictory_records": f"{name} is on hold: their payroll ID comes with another person's name, too.",
        "recycled_id": f"{name} is on hold: their payroll ID belonged to somebody else so far.",
    }.get(code, f"{name}: {issue.title}. {issue.cause}")
    return f"{sentence} {issue.remedy}"
