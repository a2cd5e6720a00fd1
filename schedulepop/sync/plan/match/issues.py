"""Findings of match: who waits for what, and who was matched by an unconfirmed email."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import WAITS
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.confirmed_email import MATCHED_BY_EMAIL, matched_by_email
from schedulepop.sync.plan.names import full_names, name_list
from schedulepop.wording.issues import TEXTS


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
    messages = [
        _message(code, name or f"Payroll ID {source_id}", [names[c] for c in candidates or [] if c in names])
        for code, name, source_id, candidates in asks.select(
            "stop_reason", "name", "source_id", "candidates"
        ).iter_rows()
    ]
    coded = pl.col("stop_reason").is_in(["unmapped_location", "unmapped_status"])
    code = pl.when(pl.col("stop_reason") == "unmapped_location").then("location_code").otherwise("status_raw")
    return asks.select(
        pl.col("stop_reason").alias("code"),
        "row",
        "source_id",
        "location_id",
        pl.lit(None, pl.String).alias("column"),
        pl.when(coded).then(code).alias("value"),
        pl.when(coded).then(pl.coalesce(code, "source_id")).otherwise("source_id").alias("key"),
        pl.Series("message", messages, dtype=pl.String),
    ).cast(pl.Schema(PROBLEM))


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


def _message(code: str, name: str, candidates: list[str]) -> str:
    issue, whom = TEXTS[code], name_list(candidates)
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
    nothing = pl.lit(None, pl.String)
    return found.select(
        pl.lit(MATCHED_BY_EMAIL).alias("code"),
        "row",
        "source_id",
        "location_id",
        nothing.alias("column"),
        nothing.alias("value"),
        pl.col("source_id").alias("key"),
        pl.format(
            "{} is taken for {}, who is on the list with the same email and name. {}",
            "name",
            "known",
            pl.lit(TEXTS[MATCHED_BY_EMAIL].remedy),
        ).alias("message"),
    ).cast(pl.Schema(PROBLEM))
