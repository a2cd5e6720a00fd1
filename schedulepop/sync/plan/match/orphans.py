"""Who is about to be nobody's record: the feed carries none of their IDs, or only as an employment that is over.

A hire who resembles one of them a little may be the same person under a new ID, perhaps with a new name or at another
location: then a person is asked before anybody is added twice.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from schedulepop.sync.plan.employment import is_ended, is_over
from schedulepop.sync.plan.frames.snapshot import Snapshot

DAYS = timedelta(days=30)
"""How long after a last day somebody is still looked for: so long the same question stays open."""


def orphans(
    records: pl.DataFrame, snapshot: Snapshot, missing_ids: tuple[str, ...], today: date
) -> frozenset[int]:
    """User ids of linked people of payroll's, living or just gone, whom no record carries on. Only asked when
    somebody is new.
    """
    if snapshot.links.is_empty() or records["source_id"].is_in(snapshot.links["source_id"].implode()).all():
        return frozenset()
    over = (
        records.with_columns(pl.lit(today).alias("today"))
        .group_by("source_id", maintain_order=True)
        .agg(is_over().all().alias("over"))
    )
    out = pl.concat(
        [pl.Series("source_id", list(missing_ids), dtype=pl.String), over.filter("over")["source_id"]]
    )
    stays = snapshot.links.filter(~pl.col("source_id").is_in(out.implode()))["user_id"]
    recently = (pl.col("termination_date") >= pl.lit(today) - DAYS).fill_null(False)
    live = snapshot.members.filter(pl.col("payroll_owned") & (~is_ended("status") | recently))["user_id"]
    left = snapshot.links.filter(
        pl.col("source_id").is_in(out.implode()),
        ~pl.col("user_id").is_in(stays.implode()),
        pl.col("user_id").is_in(live.implode()),
    )
    return frozenset(left["user_id"].to_list())


def last_days(records: pl.DataFrame, snapshot: Snapshot, left: frozenset[int]) -> dict[int, date | None]:
    """User id → last day, of those of `left` whom the feed still lists: as somebody whose employment is over."""
    if not left:
        return {}
    listed = records.join(snapshot.links, on="source_id", how="inner", maintain_order="left").filter(
        pl.col("user_id").is_in(sorted(left))
    )
    days = listed.group_by("user_id", maintain_order=True).agg(pl.col("termination_date").max())
    return dict(days.iter_rows())
