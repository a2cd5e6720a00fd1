"""Linked people of whom the feed carries no record, and who of them could be in it all the same."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import WORKING
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.missing import MISSING, Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import WAITS
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.missing.protection import protected_ids, rejects_of_waiting
from schedulepop.sync.plan.names import full_names


def find_missing(
    missing_ids: tuple[str, ...], snapshot: Snapshot, rejected: pl.DataFrame, matched: pl.DataFrame
) -> pl.DataFrame:
    """MISSING, by source id and location. A person with another link that is present is not missing."""
    if not missing_ids:
        return empty(MISSING)
    unnamed = pl.DataFrame({"source_id": list(missing_ids)}, schema={"source_id": pl.String})
    present = snapshot.links.join(unnamed, on="source_id", how="anti", maintain_order="left")
    local = snapshot.people.filter(pl.col("local").fill_null(False))
    links = (
        snapshot.links.join(unnamed, on="source_id", how="semi", maintain_order="left")
        .join(present, on="user_id", how="anti", maintain_order="left")
        .join(local, on="user_id", how="anti", maintain_order="left")
        .sort("source_id")
        .unique("user_id", keep="first", maintain_order=True)
    )
    live = snapshot.members.filter(
        pl.col("payroll_owned")
        & ~is_ended("status")
        & ~pl.col("membership_id").is_in(list(snapshot.other_integrations))
    )
    missing = links.join(live, on="user_id", how="inner", maintain_order="left").join(
        snapshot.people, on="user_id", how="left", maintain_order="left"
    )
    return with_protection(missing, rejected, matched)


def with_protection(missing: pl.DataFrame, rejected: pl.DataFrame, matched: pl.DataFrame) -> pl.DataFrame:
    """MISSING of these links with their people and memberships; `is_uncertain`, where it is given, protects as well."""
    waiting = matched.filter(WAITS)
    candidates = waiting["candidates"].drop_nulls().explode().drop_nulls().unique()
    by_records = protected_ids(missing, rejects_of_waiting(waiting))
    by_rejects = protected_ids(missing, rejected)
    uncertain = pl.col("is_uncertain") if "is_uncertain" in missing.columns else pl.lit(False)
    about = [] if "about" in missing.columns else [pl.lit(Subject.PERSON.value).alias("about")]
    asked = pl.col("user_id").is_in(candidates.implode()) | pl.col("source_id").is_in(by_records)
    return (
        missing.with_columns(
            full_names(missing).alias("name"),
            (pl.col("source_id").is_in(by_rejects) | uncertain).alias("protected"),
            pl.col("status").is_in(sorted(WORKING)).fill_null(False).alias("active"),
            asked.alias("has_open_question"),
            *about,
        )
        .with_columns(pl.when(pl.col("about") == Subject.PLACE).then("location_id").alias("place"))
        .select(pl.col(name).cast(kind) for name, kind in MISSING.items())
        .sort("source_id", "location_id", "membership_id")
    )
