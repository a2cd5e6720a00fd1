"""People who share one email address: each is named, and nobody is stopped (SPEC §8 Notify gives them printed codes).

The whole feed counts, also records that are not looked at: those speak for the person they are linked with. Whoever has
left does not count, several records and payroll IDs of one person are one, and an address that is no mailbox is none.
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


def about_shared_emails(file: FileProfile, matched: Matched) -> pl.DataFrame:
    """One PROBLEM per row of the feed whose address another person of the feed has as well."""
    if "email" not in file.columns or "source_id" not in file.columns:
        return empty(PROBLEM)
    raw, ids = (file.feed.table[file.columns[field]] for field in ("email", "source_id"))
    emails = read_emails(raw)["value"].str.to_lowercase()
    every = file.feed.table.select("row").with_columns(
        ids.alias("source_id"), raw.alias("shown"), emails.alias("email")
    )
    twice = every.drop_nulls("email").filter(pl.col("email").is_duplicated())
    if twice.is_empty():
        return empty(PROBLEM)
    twice = _of_people(twice, matched)
    shared = twice.filter(pl.col("person").n_unique().over("email") > 1)
    rows = pl.col("row").unique().sort()
    shared = shared.with_columns(
        rows.head(_NAMED).implode().over("email").alias("rows"),
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
    """The rows of people who work or will work, with their `person` and `location_id`."""
    looked = matched.records.select("row", "location_id", PERSON_KEY.alias("person"), _stays().alias("stays"))
    snapshot = matched.snapshot
    live = snapshot.members.filter(~pl.col("status").is_in(sorted(ENDED)))["user_id"].unique()
    known = (
        snapshot.links.filter(pl.col("user_id").is_in(live.implode()))
        .select("source_id", pl.format("user {}", "user_id").alias("linked"))
        .unique("source_id")
    )
    seen = pl.coalesce("person", "linked").alias("person")
    return (
        rows.join(looked, on="row", how="left", maintain_order="left")
        .join(known, on="source_id", how="left", maintain_order="left")
        .filter(pl.coalesce("stays", pl.col("linked").is_not_null()))
        .with_columns(seen)
    )


def _stays() -> pl.Expr:
    return GOES_ON & ~pl.col("status").is_in(sorted(ENDED)).fill_null(False)
