"""People who share one email address: each is named, and nobody is stopped (SPEC §8 Notify gives them printed codes).

Whoever shares an address with a record that is looked at is looked at too (`fingerprints.incremental_delta`). Whoever
has left does not count, several records and payroll IDs of one person are one, and an address that is no mailbox is
none.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import ENDED
from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.frames.feed import PROBLEM, FileProfile
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import GOES_ON, PERSON_KEY
from schedulepop.sync.plan.frames.steps import Matched
from schedulepop.sync.plan.values.emails import read_emails

_NAMED = 5


def about_shared_emails(file: FileProfile, matched: Matched, looked_at: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per row of the feed whose address another person of the feed has as well."""
    if "email" not in file.columns or "source_id" not in file.columns:
        return empty(PROBLEM)
    raw, ids = (looked_at[file.columns[field]] for field in ("email", "source_id"))
    emails = read_emails(raw)["value"].str.to_lowercase()
    every = looked_at.select("row", ids.alias("source_id"), raw.alias("shown"), emails.alias("email"))
    twice = every.drop_nulls("email").filter(pl.col("email").is_duplicated())
    if twice.is_empty():
        return empty(PROBLEM)
    twice = _of_people(twice, matched)
    shared = twice.filter(pl.col("person").n_unique().over("email") > 1)
    listed = pl.col("row").unique().sort()
    shared = shared.with_columns(
        listed.head(_NAMED).implode().over("email").alias("rows"),
        (pl.col("row").n_unique().over("email").cast(pl.Int64) - _NAMED).clip(0).alias("more"),
        pl.col("person").n_unique().over("email").alias("count"),
    )
    return about_rows(
        shared,
        "email_shared",
        column=file.columns["email"],
        value="shown",
        masked=True,
        params=pl.struct("count", "rows", "more"),
    )


def _of_people(rows: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """The rows of people who work or will work, with their `person` and `location_id`.

    Somebody whom payroll ends at one location, and who works at another, works.
    """
    records = matched.records
    looked = records.select("row", "location_id", PERSON_KEY.alias("person"), _stays().alias("stays"))
    snapshot = matched.snapshot
    live = snapshot.members.filter(~pl.col("status").is_in(sorted(ENDED))).select("user_id", "location_id")
    elsewhere = live.join(records.select("user_id", "location_id"), on=["user_id", "location_id"], how="anti")
    known = (
        snapshot.links.filter(pl.col("user_id").is_in(elsewhere["user_id"].implode()))
        .select("source_id", pl.format("user {}", "user_id").alias("linked"))
        .unique("source_id")
    )
    return (
        rows.join(looked, on="row", how="left", maintain_order="left")
        .join(known, on="source_id", how="left", maintain_order="left")
        .filter(pl.col("stays").fill_null(False) | pl.col("linked").is_not_null())
        .with_columns(pl.coalesce("person", "linked").alias("person"))
    )


def _stays() -> pl.Expr:
    return GOES_ON & ~pl.col("status").is_in(sorted(ENDED)).fill_null(False)
