"""Every record in exactly one bucket, and the sum is what was read (SPEC §5 Accounting).

A record that waits is held; any other takes its person's weightiest change. Records skipped as unchanged are
counted, not listed. Removals of missing people have no record and stand outside the sum.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schedulepop.sync.plan.frames.changes import CONTACT_MOVED
from schedulepop.sync.plan.frames.feed import Delta
from schedulepop.sync.plan.frames.outcomes import BUCKET_PRECEDENCE, BUCKETS, RECORD, empty
from schedulepop.sync.plan.frames.records import ALREADY_LEFT
from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.names import full_names

BUCKET_OF_VERB = {
    "create": "created",
    "update": "updated",
    "deactivate": "deactivated",
    "reactivate": "reactivated",
    "transfer": "transferred",
}


def list_records(
    normalized: Normalized, matched: pl.DataFrame, changes: pl.DataFrame, pinned: Collection[int] = ()
) -> pl.DataFrame:
    """RECORD of every looked-at record, in the feed's order. `pinned`: rows with a value that an undo keeps out."""
    if normalized.records.is_empty() and normalized.rejected.is_empty() and normalized.excluded.is_empty():
        return empty(RECORD)
    parts = [
        _with_pinned(_readable(normalized.records, matched, changes), pinned),
        _rejected(normalized.rejected, normalized.problems),
        _excluded(normalized.excluded),
    ]
    return pl.concat([frame.select(list(RECORD)).cast(pl.Schema(RECORD)) for frame in parts]).sort(
        "row", maintain_order=True
    )


def _with_pinned(readable: pl.DataFrame, pinned: Collection[int]) -> pl.DataFrame:
    """Whose value was taken back and comes again is held with every record, whatever else of it went through."""
    if not pinned:
        return readable
    whose = readable.filter(pl.col("row").is_in(list(pinned)))["source_id"].drop_nulls()
    theirs = pl.col("row").is_in(list(pinned)) | pl.col("source_id").is_in(whose.implode()).fill_null(False)
    here = theirs & ~pl.col("bucket").is_in(["held", "excluded"])
    return readable.with_columns(
        pl.when(here).then(pl.lit("undone")).otherwise("reason").alias("reason"),
        pl.when(here).then(pl.lit("held")).otherwise("bucket").alias("bucket"),
    )


def count_buckets(records: pl.DataFrame, changes: pl.DataFrame, delta: Delta) -> dict[str, int]:
    """Read, every bucket, and removed_missing; a sum that does not hold is a bug and raises."""
    found = dict(records.group_by("bucket").len().iter_rows())
    sums = {bucket: int(found.get(bucket, 0)) for bucket in BUCKETS}
    sums["unchanged"] += delta.skipped - delta.skipped_excluded
    sums["excluded"] += delta.skipped_excluded
    if sum(sums.values()) != delta.read:
        raise RuntimeError(
            f"accounting: {delta.read} records were read, {sum(sums.values())} are in a bucket: {sums}"
        )
    missing = changes.filter((pl.col("situation") == "missing") & pl.col("held_by").is_null())
    return {
        "read": delta.read,
        **sums,
        "removed_missing": missing["source_id"].n_unique() if missing.height else 0,
    }


def list_due_people(changes: pl.DataFrame) -> pl.DataFrame:
    """RECORD of people whose day has come without a feed: one per person, who counts as read (SPEC §5 Accounting)."""
    theirs = change_buckets(changes).select("source_id", "bucket", pl.col("held_by").alias("reason"))
    people = changes.with_columns(full_names(changes).alias("name")).unique(
        "source_id", keep="first", maintain_order=True
    )
    return people.join(theirs, on="source_id", how="left", maintain_order="left").select(
        pl.col(name).cast(kind) for name, kind in RECORD.items()
    )


def count_due_people(records: pl.DataFrame) -> dict[str, int]:
    """The same figures for records without a feed."""
    found = dict(records.group_by("bucket").len().iter_rows())
    return {
        "read": records.height,
        **{name: int(found.get(name, 0)) for name in BUCKETS},
        "removed_missing": 0,
    }


def change_buckets(changes: pl.DataFrame) -> pl.DataFrame:
    """source_id, bucket, held_by: the weightiest of its changes; whoever is missing has no record of that id."""
    changes = changes.filter(pl.col("situation") != "missing")
    order = {bucket: position for position, bucket in enumerate(BUCKET_PRECEDENCE)}
    bucket = (
        pl.when(pl.col("held_by").is_not_null())
        .then(pl.lit("held"))
        .otherwise(pl.col("verb").replace_strict(BUCKET_OF_VERB, return_dtype=pl.String))
    )
    ranked = changes.select("source_id", bucket.alias("bucket"), "held_by")
    contact_alone = (pl.col("held_by") == CONTACT_MOVED).fill_null(
        False
    )  # whatever else they have goes through
    position = pl.col("bucket").replace_strict(order, return_dtype=pl.Int8)
    ranked = ranked.sort(contact_alone, position, maintain_order=True)
    return ranked.unique("source_id", keep="first", maintain_order=True)


def _readable(records: pl.DataFrame, matched: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Of several records of one person those that are not primary share the bucket of the primary one.

    That is the one of their id at their location, else any of their id: one that waits before one that goes on.
    """
    own = matched.select("row", "situation", "stop_reason", "user_id", pl.col("location_id").alias("placed"))
    primary = matched.select(
        "source_id",
        "location_id",
        pl.col("row").alias("primary_row"),
        pl.col("situation").alias("primary_situation"),
        pl.col("stop_reason").alias("primary_reason"),
        pl.col("user_id").alias("primary_user"),
    )
    pairs = (
        records.select("row", "source_id", "location_id")
        .join(own, on="row", how="anti", maintain_order="left")
        .join(primary, on="source_id", how="inner", suffix="_of_primary", maintain_order="left")
    )
    same = (pl.col("location_id") == pl.col("location_id_of_primary")).fill_null(False)
    others = pairs.sort(
        "row",
        same,
        "primary_reason",
        "primary_situation",
        "primary_row",
        descending=[False, True, False, False, False],
        nulls_last=True,
        maintain_order=True,
    ).unique("row", keep="first", maintain_order=True)
    known = (
        records.with_columns(full_names(records).alias("name"))
        .join(own, on="row", how="left", maintain_order="left")
        .join(
            others.select("row", "primary_situation", "primary_reason", "primary_user"),
            on="row",
            how="left",
            maintain_order="left",
        )
        .join(change_buckets(changes), on="source_id", how="left", maintain_order="left")
    )
    is_primary = pl.col("situation").is_not_null()
    reason = pl.when(is_primary).then("stop_reason").otherwise("primary_reason")
    return known.with_columns(
        pl.coalesce("situation", "primary_situation").alias("situation"),
        pl.coalesce("user_id", "primary_user").alias("user_id"),
        pl.coalesce("placed", "location_id").alias("location_id"),
        pl.when(reason == ALREADY_LEFT)
        .then(pl.lit("excluded"))
        .when(reason.is_not_null())
        .then(pl.lit("held"))
        .otherwise(pl.col("bucket").fill_null("unchanged"))
        .alias("bucket"),
        pl.coalesce(reason, "held_by").alias("reason"),
    )


def _rejected(rejected: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    reasons = problems.select("row", pl.col("code").alias("reason")).unique(
        "row", keep="first", maintain_order=True
    )
    return rejected.join(reasons, on="row", how="left", maintain_order="left").select(
        "row",
        "source_id",
        pl.lit("unreadable").alias("situation"),
        pl.lit("rejected").alias("bucket"),
        pl.col("reason").fill_null("id_column_missing"),
        pl.lit(None, pl.Int64).alias("user_id"),
        pl.lit(None, pl.Int64).alias("location_id"),
        "name",
    )


def _excluded(excluded: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None)
    return excluded.select(
        "row",
        "source_id",
        nothing.alias("situation"),
        pl.lit("excluded").alias("bucket"),
        pl.col("rule").alias("reason"),
        nothing.alias("user_id"),
        nothing.alias("location_id"),
        nothing.alias("name"),
    )
