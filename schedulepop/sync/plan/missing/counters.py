"""The grace period: how many feeds and days somebody has been missing, and who is past it (SPEC §5 Missing).

A counter advances only with feeds whose content differs from the last counted one, and not at all while a reject can
be tied to nobody.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan.frames.missing import Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.policy import Policy

KEY = ["source_id", "about", "place"]
"""What is counted: a person, their place at one location, or one of several ids."""


def update_counters(
    missing: pl.DataFrame, snapshot: Snapshot, sha256: str, today: date, all_tied: bool
) -> pl.DataFrame:
    """The missing counters if this feed counts; repeated feeds and people a record could be do not advance.

    Everybody missing has a row, with zero feeds while none counted, so that they are looked at again; nobody else has
    one, so that reappearing resets it. So does a record that waits and could be theirs.
    """
    if missing.is_empty():
        return empty(SNAPSHOT_SCHEMAS["missing"])
    about = missing.select(*KEY, "protected", "has_open_question")
    about = about.unique(KEY, keep="first", maintain_order=True)
    before = about.join(snapshot.missing, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    certain = ~pl.col("protected") & ~pl.col("has_open_question")
    counts = pl.lit(all_tied) & certain & (pl.col("counted_sha") != sha256).fill_null(True)
    begins = pl.col("feeds") == 0
    return (
        before.with_columns(
            counts.alias("counts"),
            pl.when("has_open_question").then(0).otherwise(pl.col("feeds").fill_null(0)).alias("feeds"),
        )
        .with_columns(
            pl.when("counts").then(pl.col("feeds") + 1).otherwise("feeds").alias("feeds"),
            pl.when(begins).then(pl.lit(today)).otherwise("since").fill_null(today).alias("since"),
            pl.when("counts")
            .then(pl.lit(sha256))
            .otherwise("counted_sha")
            .fill_null("")
            .alias("counted_sha"),
        )
        .select(pl.col(name).cast(kind) for name, kind in SNAPSHOT_SCHEMAS["missing"].items())
    )


def past_grace_period(
    missing: pl.DataFrame, counters: pl.DataFrame, policy: Policy, today: date
) -> pl.DataFrame:
    """The MISSING rows whose removal is due: missing from enough feeds, for enough days, and nobody's record."""
    if missing.is_empty():
        return missing
    days = (pl.lit(today) - pl.col("since")).dt.total_days()
    over = counters.filter((pl.col("feeds") >= policy.missing_feeds) & (days >= policy.missing_days))
    return missing.filter(~pl.col("protected"), ~pl.col("has_open_question")).join(
        over, on=KEY, how="semi", nulls_equal=True, maintain_order="left"
    )


def paused(missing: pl.DataFrame, feed_holds: pl.DataFrame) -> pl.DataFrame:
    """KEY of whoever is missing in a scope a feed rule holds: for them this feed does not count. An id is nowhere."""
    if feed_holds.is_empty():
        return missing.select(KEY).clear()
    held = feed_holds["location_id"]
    there = pl.col("location_id").is_in(held.drop_nulls().implode()) | (pl.col("about") == Subject.ID)
    everywhere = pl.lit(held.null_count() > 0)
    return missing.filter(there | everywhere).select(KEY).unique(maintain_order=True)


def committed_counters(counters: pl.DataFrame, before: pl.DataFrame, paused: pl.DataFrame) -> pl.DataFrame:
    """The counters after the run: those of a held scope (`paused`, KEY) stay as they were."""
    if counters.is_empty():
        return counters
    if paused.is_empty():
        return counters.sort(KEY)
    going = counters.join(paused, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    kept = counters.join(paused, on=KEY, how="semi", nulls_equal=True, maintain_order="left").select(
        *KEY, "since"
    )
    stood = kept.join(
        before.rename({"since": "stood"}), on=KEY, how="left", nulls_equal=True, maintain_order="left"
    )
    stood = stood.with_columns(
        pl.coalesce("stood", "since").alias("since"),
        pl.col("feeds").fill_null(0),
        pl.col("counted_sha").fill_null(""),
    )
    return pl.concat([going, stood.select(going.columns)]).sort(KEY)
