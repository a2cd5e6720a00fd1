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
from collections.abc import Callable, Collection, Sequence
from datetime import date
from importlib.metadata import version

import polars as pl

from schedulepop.lib.nothing import LONGEST_NOTHING, NOTHING
from schedulepop.sync.plan.frames.feed import CARRIED, FINGERPRINT, Delta, Feed
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.issue_codes import SETTLED
from schedulepop.sync.plan.policy import Mapping, Policy

VERSION = version("schedulepop")  # an upgrade may read the same text differently: then everybody is compared


def rules_hash(mapping: Mapping, policy: Policy, codes: str, date_formats: dict[str, str]) -> str:
    """One hash over everything but the record that decides what a record means."""
    parts = [
        VERSION,
        pl.__version__,
        ",".join([*FINGERPRINT, *CARRIED, *sorted(SETTLED)]),
        mapping.model_dump_json(),
        policy.model_dump_json(),
        codes,
        json.dumps(date_formats, sort_keys=True),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


NAMES = frozenset({"full_name", "first_name", "last_name"})


def record_ids(table: pl.DataFrame, columns: dict[str, str]) -> pl.Series:
    """The records' source ids as text, trimmed; null when blank or when no id column is mapped."""
    column = columns.get("source_id")
    if column is None or column not in table.columns:
        return pl.Series("source_id", [None] * table.height, dtype=pl.String)
    return table.get_column(column).str.strip_chars().alias("source_id")


def compute(table: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """FINGERPRINT of a feed's table over its mapped columns, in row order; nothing is clean yet."""
    mapped = sorted(set(columns.values()) & set(table.columns))
    nothing = pl.Series([0] * table.height, dtype=pl.UInt64)
    hashes = table.select(mapped).hash_rows(seed=1) if mapped else nothing
    return pl.DataFrame([record_ids(table, columns), hashes.alias("hash")]).with_columns(
        pl.lit(False).alias("clean"),
        pl.lit(None, dtype=pl.Date).alias("recheck_on"),
        pl.lit(False).alias("excluded"),
    )


def blank_shares(table: pl.DataFrame, columns: dict[str, str]) -> dict[str, float]:
    """Share of blank values per mapped canonical field, over the whole feed; a word for nothing is a blank."""
    if table.height == 0:
        return {}
    return {
        field: _blanks(field, table.get_column(column)) / table.height
        for field, column in columns.items()
        if column in table.columns
    }


def _blanks(field: str, values: pl.Series) -> int:
    if field in NAMES:  # there are people called Null
        return values.null_count()
    short = values.filter(values.str.len_bytes() <= LONGEST_NOTHING)
    return values.null_count() + int(short.str.contains(NOTHING).sum())


def full_delta(feed: Feed, columns: dict[str, str], linked: pl.Series) -> Delta:
    """Every record is looked at; missing are all linked ids the feed does not carry."""
    prints = compute(feed.table, columns)
    missing = linked.filter(~linked.is_in(prints["source_id"].drop_nulls().implode()))
    return Delta(
        look_at=feed.table,
        skipped=0,
        missing_ids=tuple(missing.unique().sort().to_list()),
        fingerprints=prints,
        blank=blank_shares(feed.table, columns),
        read=feed.table.height + feed.broken_rows.height,
    )


def incremental_delta(
    feed: Feed,
    columns: dict[str, str],
    known: pl.DataFrame,
    *,
    dirty_ids: Collection[str],
    already_missing: Collection[str],
    today: date,
    read_emails: Callable[[pl.Series], pl.DataFrame],
    carried: pl.DataFrame | None = None,
) -> Delta:
    """Only records that may plan differently than last time; all records of one id together.

    `known` and `carried` are what the last run left (FINGERPRINT and CARRIED). Where a record of an id is gone, or
    something of its person was missing before, the records the id still has are looked at. So is whoever has an address
    of somebody looked at, as `read_emails` (`values.emails`) reads it: two who share one are named together.
    """
    due = [*dirty_ids, *already_missing]
    prints = compute(feed.table, columns)
    unchanged = known.select(
        pl.col("clean")
        & (pl.col("recheck_on").is_null() | (pl.col("recheck_on") > today))
        & ~pl.col("source_id").is_in(due).fill_null(False)
    ).to_series()
    at_rest = known.filter(unchanged)
    if prints["hash"].equals(known["hash"]):  # most nights: the same records in the same order
        same, gone = unchanged.alias("hash"), known["source_id"].clear()
    else:
        same = prints["hash"].is_in(at_rest["hash"].implode())
        gone = known.filter(~known["hash"].is_in(prints["hash"].implode()))["source_id"]
    look = pl.concat([prints.filter(~same)["source_id"], gone])
    if look.len():
        same &= prints["source_id"].is_not_null() & ~prints["source_id"].is_in(look.drop_nulls().implode())
        sharing = prints["source_id"].filter(
            _with_addresses_of(feed.table, columns.get("email"), same, read_emails)
        )
        same &= ~prints["source_id"].is_in(sharing.implode()).fill_null(True)
    gone = (
        pl.concat([gone, pl.Series("source_id", list(already_missing), dtype=pl.String)])
        .drop_nulls()
        .unique()
    )
    if gone.len():
        gone = gone.filter(~gone.is_in(prints["source_id"].drop_nulls().implode())).sort()
    prints_after = _carry(prints, at_rest, same)
    return Delta(
        look_at=feed.table.filter(~same),
        skipped=int(same.sum()),
        missing_ids=tuple(gone.to_list()),
        fingerprints=prints_after,
        blank=blank_shares(feed.table, columns),
        read=feed.table.height + feed.broken_rows.height,
        skipped_excluded=int(prints_after["excluded"].sum()),
        carried=carry_findings(feed.table["row"], prints["hash"], same, carried),
    )


def _with_addresses_of(
    table: pl.DataFrame,
    column: str | None,
    same: pl.Series,
    read_emails: Callable[[pl.Series], pl.DataFrame],
) -> pl.Series:
    """Which of the rows that are the `same` have an address of those that are not, as a mask of the table."""
    if column is None or column not in table.columns or not same.any():
        return pl.Series([False] * table.height, dtype=pl.Boolean)
    addresses = read_emails(table[column].filter(~same))["value"].drop_nulls().str.to_lowercase().unique()
    if addresses.is_empty():
        return pl.Series([False] * table.height, dtype=pl.Boolean)
    return same & table[column].str.to_lowercase().str.contains_any(addresses.to_list()).fill_null(False)


def _carry(prints: pl.DataFrame, at_rest: pl.DataFrame, same: pl.Series) -> pl.DataFrame:
    """Skipped records stay clean, keep the day of their next look, and stay excluded when they were."""
    if at_rest["recheck_on"].null_count() < at_rest.height or at_rest["excluded"].any():
        kept = at_rest.select("hash", "recheck_on", "excluded").unique("hash", maintain_order=True)
        prints = prints.drop("recheck_on", "excluded").join(
            kept, on="hash", how="left", maintain_order="left"
        )
    return prints.with_columns(
        same.alias("clean"),
        pl.when(same).then(pl.col("recheck_on")).otherwise(None).alias("recheck_on"),
        (same & prints["excluded"].fill_null(False)).alias("excluded"),
    ).select(list(FINGERPRINT))


def carry_findings(
    rows: pl.Series, hashes: pl.Series, same: pl.Series, carried: pl.DataFrame | None
) -> pl.DataFrame:
    """The findings of skipped records, at the rows where these stand today."""
    if carried is None or carried.is_empty():
        return empty(CARRIED)
    now = pl.DataFrame([rows, hashes]).filter(same & hashes.is_in(carried["hash"].unique().implode()))
    return now.join(carried.drop("row"), on="hash", how="inner", maintain_order="left_right").select(
        list(CARRIED)
    )


def updated(
    prints: pl.DataFrame,
    looked_at: pl.DataFrame,
    records: pl.DataFrame,
    problems: pl.DataFrame,
    changes: pl.DataFrame,
    doubted_places: Sequence[int] = (),
) -> pl.DataFrame:
    """FINGERPRINT of the whole feed: clean where nothing waits, is held or is open, for every record of an id.

    A settled finding does not open a record: it is carried (`findings_to_carry`). An id of which one record is left out
    and another is not is looked at every night: it is counted by record, and remembered by id.
    """
    if records.is_empty():
        return prints
    unsettled = problems.filter(~pl.col("code").is_in(sorted(SETTLED)))
    spoiled = unsettled["row"].drop_nulls().unique().to_list()
    spoiled += looked_at.filter(pl.col("location_id").is_in(doubted_places))["row"].to_list()
    waiting = changes.filter(pl.col("held_by").is_not_null())["source_id"].unique()
    settled = ~pl.col("bucket").is_in(["held", "rejected"]) & ~pl.col("row").is_in(spoiled)
    settled &= ~pl.col("source_id").is_in(waiting.implode())
    left_out = pl.col("bucket") == "excluded"
    ends = changes.group_by("source_id").agg(pl.col("ends_on").min())
    next_look = looked_at.select("row", "recheck_on")
    after = (
        records.filter(pl.col("source_id").is_not_null())
        .join(next_look, on="row", how="left", maintain_order="left")
        .join(ends, on="source_id", how="left", maintain_order="left")
        .group_by("source_id", maintain_order=True)
        .agg(
            (settled.all() & (left_out.all() | ~left_out.any())).alias("settled"),
            left_out.all().alias("left_out"),
            pl.min_horizontal(pl.col("recheck_on").min(), pl.col("ends_on").min()).alias("next_look"),
        )
    )
    return (
        prints.join(after, on="source_id", how="left", maintain_order="left")
        .select(
            "source_id",
            "hash",
            pl.coalesce("settled", "clean").alias("clean"),
            pl.coalesce("next_look", "recheck_on").alias("recheck_on"),
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
    """CARRIED of every record that is clean: what the next run says of it without looking. `rows` are the prints'
    rows.
    """
    about = problems.filter(pl.col("row").is_not_null() & pl.col("code").is_in(sorted(SETTLED)))
    if about.is_empty() or prints.is_empty():
        return empty(CARRIED)
    whose = pl.concat([records.select("row", "name"), carried.select("row", "name")])
    numbered = prints.select("hash", "clean").insert_column(0, rows)
    hashes = numbered.filter(rows.is_in(about["row"].unique().implode()))["hash"].unique()
    first = numbered.filter(prints["hash"].is_in(hashes.implode())).filter("clean")
    first = first.unique(
        "hash", keep="first", maintain_order=True
    )  # of records that read the same, one counts
    return (
        about.join(first, on="row", how="inner", maintain_order="left")
        .join(whose.unique("row", keep="first"), on="row", how="left", maintain_order="left")
        .select(list(CARRIED))
        .cast(pl.Schema(CARRIED))
    )


def pack(prints: pl.DataFrame, carried: pl.DataFrame) -> bytes:
    """One blob per integration, about a megabyte for a hundred thousand records; the first frame's length leads."""
    frames = []
    for frame, schema in ((prints, FINGERPRINT), (carried, CARRIED)):
        buffer = io.BytesIO()
        frame.select(list(schema)).write_ipc(buffer, compression="lz4")
        frames.append(buffer.getvalue())
    return len(frames[0]).to_bytes(8, "big") + b"".join(frames)


def unpack(blob: bytes | memoryview) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The packed FINGERPRINT and CARRIED."""
    view = memoryview(blob)
    end = 8 + int.from_bytes(view[:8], "big")
    return pl.read_ipc(view[8:end].tobytes()), pl.read_ipc(view[end:].tobytes())
