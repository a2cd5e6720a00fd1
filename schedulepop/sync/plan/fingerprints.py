"""Which records need a look: the hash of every record of the last applied feed against today's.

A record is skipped only when its hash and the rules hash are equal, its last outcome was clean, nobody wrote
the person since, and no date falls due. Findings that stay true as long as that holds are carried along. A hash that
differs only ever means the slow path, so that polars' own row hash serves although it is not promised stable between
versions (its version is part of the rules hash).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection
from datetime import date
from importlib.metadata import version

import polars as pl

from schedulepop.sync.plan.frames.feed import FINGERPRINT, TOLD, Delta, Feed
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.issue_codes import SETTLED
from schedulepop.sync.plan.policy import Mapping, Policy

VERSION = version("schedulepop")  # an upgrade may read the same text differently: then everybody is compared


def rules_hash(mapping: Mapping, policy: Policy, codes: str, date_formats: dict[str, str]) -> str:
    """One hash over everything but the record that decides what a record means."""
    parts = [
        VERSION,
        pl.__version__,
        ",".join([*FINGERPRINT, *TOLD, *sorted(SETTLED)]),
        mapping.model_dump_json(),
        policy.model_dump_json(),
        codes,
        json.dumps(date_formats, sort_keys=True),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def record_ids(table: pl.DataFrame, columns: dict[str, str]) -> pl.Series:
    """The records' source ids as text, trimmed; null when blank or when no id column is mapped."""
    column = columns.get("source_id")
    if column is None or column not in table.columns:
        return pl.Series("source_id", [None] * table.height, dtype=pl.String)
    return table.get_column(column).str.strip_chars().alias("source_id")


def compute(table: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """FINGERPRINT of a feed's table over its mapped columns, in row order; nothing is clean yet."""
    mapped = sorted(set(columns.values()) & set(table.columns))
    hashes = table.select(mapped).hash_rows(seed=1) if mapped else pl.Series([], dtype=pl.UInt64)
    return pl.DataFrame([record_ids(table, columns), hashes.alias("hash")]).with_columns(
        pl.lit(False).alias("clean"),
        pl.lit(None, dtype=pl.Date).alias("wake_on"),
        pl.lit(False).alias("excluded"),
    )


def blank_shares(table: pl.DataFrame, columns: dict[str, str]) -> dict[str, float]:
    """Share of blank values per mapped canonical field, over the whole feed."""
    if table.height == 0:
        return {}
    return {
        field: table.get_column(column).null_count() / table.height
        for field, column in columns.items()
        if column in table.columns
    }


def full_delta(feed: Feed, columns: dict[str, str], linked: pl.Series) -> Delta:
    """Every record is looked at; absent are all linked ids the feed does not carry."""
    prints = compute(feed.table, columns)
    absent = linked.filter(~linked.is_in(prints["source_id"].drop_nulls().implode()))
    return Delta(
        look_at=feed.table,
        skipped=0,
        absent=tuple(absent.unique().sort().to_list()),
        fingerprints=prints,
        blank=blank_shares(feed.table, columns),
        read=feed.table.height + feed.broken_rows.height,
    )


def incremental_delta(
    feed: Feed,
    columns: dict[str, str],
    known: pl.DataFrame,
    *,
    touched: Collection[str],
    already_missing: Collection[str],
    today: date,
    told: pl.DataFrame | None = None,
) -> Delta:
    """Only records that may plan differently than last time; all records of one id together.

    `known` and `told` are what the last run left (FINGERPRINT and TOLD). Where a record of an id is gone, or something
    of its person was missing before, the records the id still has are looked at.
    """
    woken = [*touched, *already_missing]
    prints = compute(feed.table, columns)
    sleeps = known.select(
        pl.col("clean")
        & (pl.col("wake_on").is_null() | (pl.col("wake_on") > today))
        & ~pl.col("source_id").is_in(woken).fill_null(False)
    ).to_series()
    asleep = known.filter(sleeps)
    if prints["hash"].equals(known["hash"]):  # most nights: the same records in the same order
        same, gone = sleeps.alias("hash"), known["source_id"].clear()
    else:
        same = prints["hash"].is_in(asleep["hash"].implode())
        gone = known.filter(~known["hash"].is_in(prints["hash"].implode()))["source_id"]
    look = pl.concat([prints.filter(~same)["source_id"], gone])
    if look.len():
        same &= prints["source_id"].is_not_null() & ~prints["source_id"].is_in(look.drop_nulls().implode())
    gone = (
        pl.concat([gone, pl.Series("source_id", list(already_missing), dtype=pl.String)])
        .drop_nulls()
        .unique()
    )
    if gone.len():
        gone = gone.filter(~gone.is_in(prints["source_id"].drop_nulls().implode())).sort()
    carried = _carry(prints, asleep, same)
    return Delta(
        look_at=feed.table.filter(~same),
        skipped=int(same.sum()),
        absent=tuple(gone.to_list()),
        fingerprints=carried,
        blank=blank_shares(feed.table, columns),
        read=feed.table.height + feed.broken_rows.height,
        skipped_excluded=int(carried["excluded"].sum()),
        told=carry_findings(feed.table["row"], prints["hash"], same, told),
    )


def _carry(prints: pl.DataFrame, asleep: pl.DataFrame, same: pl.Series) -> pl.DataFrame:
    """Skipped records stay clean, keep the day they wake on, and stay excluded when they were."""
    if asleep["wake_on"].null_count() < asleep.height or asleep["excluded"].any():
        kept = asleep.select("hash", "wake_on", "excluded").unique("hash", maintain_order=True)
        prints = prints.drop("wake_on", "excluded").join(kept, on="hash", how="left", maintain_order="left")
    return prints.with_columns(
        same.alias("clean"),
        pl.when(same).then(pl.col("wake_on")).otherwise(None).alias("wake_on"),
        (same & prints["excluded"].fill_null(False)).alias("excluded"),
    ).select(list(FINGERPRINT))


def carry_findings(
    rows: pl.Series, hashes: pl.Series, same: pl.Series, told: pl.DataFrame | None
) -> pl.DataFrame:
    """The findings of skipped records, at the rows where these stand today."""
    if told is None or told.is_empty():
        return empty(TOLD)
    now = pl.DataFrame([rows, hashes]).filter(same & hashes.is_in(told["hash"].unique().implode()))
    return now.join(told.drop("row"), on="hash", how="inner", maintain_order="left_right").select(list(TOLD))


def updated(
    prints: pl.DataFrame,
    looked_at: pl.DataFrame,
    records: pl.DataFrame,
    problems: pl.DataFrame,
    changes: pl.DataFrame,
) -> pl.DataFrame:
    """FINGERPRINT of the whole feed: clean where nothing waits, is held or is open, for every record of an id.

    A settled finding does not open a record: it is carried (`findings_to_carry`).
    """
    if records.is_empty():
        return prints
    unsettled = problems.filter(~pl.col("code").is_in(sorted(SETTLED)))
    spoiled = unsettled["row"].drop_nulls().unique().to_list()
    settled = pl.col("bucket").is_in(["held", "rejected"]).not_() & ~pl.col("row").is_in(spoiled)
    left_out = pl.col("bucket") == "excluded"
    ends = changes.group_by("source_id").agg(pl.col("ends_on").min())
    wakes = looked_at.select("row", "wake_on")
    after = (
        records.filter(pl.col("source_id").is_not_null())
        .join(wakes, on="row", how="left", maintain_order="left")
        .join(ends, on="source_id", how="left", maintain_order="left")
        .group_by("source_id", maintain_order=True)
        .agg(
            settled.all().alias("settled"),
            left_out.all().alias("left_out"),
            pl.min_horizontal(pl.col("wake_on").min(), pl.col("ends_on").min()).alias("wakes"),
        )
    )
    return (
        prints.join(after, on="source_id", how="left", maintain_order="left")
        .select(
            "source_id",
            "hash",
            pl.coalesce("settled", "clean").alias("clean"),
            pl.coalesce("wakes", "wake_on").alias("wake_on"),
            pl.coalesce("left_out", "excluded").alias("excluded"),
        )
        .cast(pl.Schema(FINGERPRINT))
    )


def findings_to_carry(
    rows: pl.Series,
    prints: pl.DataFrame,
    problems: pl.DataFrame,
    records: pl.DataFrame,
    carried: pl.DataFrame,
) -> pl.DataFrame:
    """TOLD of every record that is clean: what the next run says of it without looking. `rows` are the prints' rows."""
    about = problems.filter(pl.col("row").is_not_null() & pl.col("code").is_in(sorted(SETTLED)))
    if about.is_empty() or prints.is_empty():
        return empty(TOLD)
    whose = pl.concat([records.select("row", "name"), carried.select("row", "name")])
    numbered = prints.select("hash", "clean").insert_column(0, rows)
    hashes = numbered.filter(rows.is_in(about["row"].unique().implode()))["hash"].unique()
    first = numbered.filter(prints["hash"].is_in(hashes.implode())).filter("clean")
    first = first.unique(
        "hash", keep="first", maintain_order=True
    )  # of records that read the same, one speaks
    return (
        about.join(first, on="row", how="inner", maintain_order="left")
        .join(whose.unique("row", keep="first"), on="row", how="left", maintain_order="left")
        .select(list(TOLD))
        .cast(pl.Schema(TOLD))
    )


def pack(prints: pl.DataFrame, told: pl.DataFrame) -> bytes:
    """One blob per integration, about a megabyte for a hundred thousand records; the first frame's length leads."""
    frames = []
    for frame, schema in ((prints, FINGERPRINT), (told, TOLD)):
        buffer = io.BytesIO()
        frame.select(list(schema)).write_ipc(buffer, compression="lz4")
        frames.append(buffer.getvalue())
    return len(frames[0]).to_bytes(8, "big") + b"".join(frames)


def unpack(blob: bytes | memoryview) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The packed FINGERPRINT and TOLD."""
    view = memoryview(blob)
    end = 8 + int.from_bytes(view[:8], "big")
    return pl.read_ipc(view[8:end].tobytes()), pl.read_ipc(view[end:].tobytes())
