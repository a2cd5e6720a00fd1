"""Linked people the feed does not carry: whom a broken record shields, and how long they have been missing.

A reject shields every existing person any readable part of it could name (SPEC §5 Normalize): part of the
id, the employee number, the email, the name. A missing counter advances only with feeds whose content
differs from the last counted one, and not at all while a reject can be tied to nobody.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, Status
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.missing.protection import of_somebody_else, shielded
from schedulepop.sync.plan.names import written

ABSENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "name": pl.String,
    "active": pl.Boolean,  # works there today: neither upcoming nor suspended
    "shielded": pl.Boolean,  # a broken record could be theirs
    "asked": pl.Boolean,  # a record that waits for an answer could be theirs: not missing, yet short
    "about": pl.String,  # person, place or id
    "place": pl.Int64,  # the location of a place
}
"""One row per live, payroll-owned membership of a person none of whose links is in the feed; `half_absent` adds more."""
PERSON, PLACE, ID = "person", "place", "id"
KEY = ["source_id", "about", "place"]
"""What is counted: a person, their place at one location, or one of several ids."""

_WORKING = sorted(MAY_SIGN_IN - {Status.UPCOMING})


def absentees(
    absent: tuple[str, ...], snapshot: Snapshot, rejected: pl.DataFrame, matched: pl.DataFrame
) -> pl.DataFrame:
    """ABSENT, by source id and location. A person with another link that is present is not absent."""
    if not absent:
        return empty(ABSENT)
    gone = pl.DataFrame({"source_id": list(absent)}, schema={"source_id": pl.String})
    present = snapshot.links.join(gone, on="source_id", how="anti", maintain_order="left")
    local = snapshot.people.filter(pl.col("local").fill_null(False))
    links = (
        snapshot.links.join(gone, on="source_id", how="semi", maintain_order="left")
        .join(present, on="user_id", how="anti", maintain_order="left")
        .join(local, on="user_id", how="anti", maintain_order="left")
        .sort("source_id")
        .unique("user_id", keep="first", maintain_order=True)
    )
    live = snapshot.members.filter(
        pl.col("payroll_owned") & ~is_ended("status") & ~pl.col("membership_id").is_in(list(snapshot.foreign))
    )
    missing = links.join(live, on="user_id", how="inner", maintain_order="left").join(
        snapshot.people, on="user_id", how="left", maintain_order="left"
    )
    return shown(missing, rejected, matched)


def shown(missing: pl.DataFrame, rejected: pl.DataFrame, matched: pl.DataFrame) -> pl.DataFrame:
    """ABSENT of these links with their people and memberships; `spared`, where it is given, shields as well."""
    waiting = matched.filter(pl.col("waits").is_not_null() & (pl.col("waits") != "already_left"))
    asked = waiting["candidates"].drop_nulls().explode().drop_nulls()
    named = shielded(missing, of_somebody_else(waiting))
    safe = shielded(missing, rejected)
    spared = pl.col("spared") if "spared" in missing.columns else pl.lit(False)
    about = [] if "about" in missing.columns else [pl.lit(PERSON).alias("about")]
    return (
        missing.with_columns(
            written(missing).alias("name"),
            (pl.col("source_id").is_in(safe) | spared).alias("shielded"),
            pl.col("status").is_in(_WORKING).fill_null(False).alias("active"),
            (pl.col("user_id").is_in(asked.unique().to_list()) | pl.col("source_id").is_in(named)).alias(
                "asked"
            ),
            *about,
        )
        .with_columns(pl.when(pl.col("about") == PLACE).then("location_id").alias("place"))
        .select(pl.col(name).cast(kind) for name, kind in ABSENT.items())
        .sort("source_id", "location_id", "membership_id")
    )


def counted(
    absent: pl.DataFrame, snapshot: Snapshot, sha256: str, today: date, all_tied: bool
) -> pl.DataFrame:
    """The missing counters if this feed counts; repeated feeds and people a record could be do not advance.

    Every absent person has a row, with zero feeds while none counted, so that they are looked at again; only
    absent people have one, so that reappearing resets it. So does a record that waits and could be theirs.
    """
    if absent.is_empty():
        return empty(SNAPSHOT_SCHEMAS["missing"])
    about = absent.select(*KEY, (pl.col("shielded") | pl.col("asked")).alias("spared"), "asked")
    about = about.unique(KEY, keep="first", maintain_order=True)
    before = about.join(snapshot.missing, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    counts = pl.lit(all_tied) & ~pl.col("spared") & (pl.col("counted_sha") != sha256).fill_null(True)
    begins = pl.col("feeds") == 0
    return (
        before.with_columns(
            counts.alias("counts"),
            pl.when("asked").then(0).otherwise(pl.col("feeds").fill_null(0)).alias("feeds"),
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


def due(absent: pl.DataFrame, counters: pl.DataFrame, feeds: int, days: int, today: date) -> pl.DataFrame:
    """The ABSENT rows whose removal is due: missing from enough feeds, for enough days, and nobody's record."""
    if absent.is_empty():
        return absent
    ripe = counters.filter(
        (pl.col("feeds") >= feeds) & ((pl.lit(today) - pl.col("since")).dt.total_days() >= days)
    )
    return absent.filter(~pl.col("shielded"), ~pl.col("asked")).join(
        ripe, on=KEY, how="semi", nulls_equal=True, maintain_order="left"
    )


def advanced(counters: pl.DataFrame, before: pl.DataFrame, frozen: pl.DataFrame) -> pl.DataFrame:
    """The counters after the run: those of a held scope (`frozen`, KEY) stay as they were."""
    if counters.is_empty():
        return counters
    if frozen.is_empty():
        return counters.sort(KEY)
    going = counters.join(frozen, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    kept = counters.join(frozen, on=KEY, how="semi", nulls_equal=True, maintain_order="left").select(
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


def frozen(gone: pl.DataFrame, feed_holds: pl.DataFrame) -> pl.DataFrame:
    """KEY of whoever is absent in a scope a feed rule holds: for them this feed does not count. An id is nowhere."""
    if feed_holds.is_empty():
        return gone.select(KEY).clear()
    held = feed_holds["location_id"]
    there = pl.col("location_id").is_in(held.drop_nulls().implode()) | (pl.col("about") == ID)
    everywhere = pl.lit(held.null_count() > 0)
    return gone.filter(there | everywhere).select(KEY).unique(maintain_order=True)
