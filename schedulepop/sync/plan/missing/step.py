"""Whom the feed no longer carries, since when, and whose removal is due (SPEC §5 Missing)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from schedulepop.sync.plan.frames.feed import Delta
from schedulepop.sync.plan.frames.missing import LEAVING, MISSING, Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Matched, Missing, Normalized, Verdict
from schedulepop.sync.plan.missing.counters import (
    committed_counters,
    past_grace_period,
    paused,
    update_counters,
)
from schedulepop.sync.plan.missing.issues import about_missing
from schedulepop.sync.plan.missing.partly_missing import find_partly_missing, retired_ids
from schedulepop.sync.plan.missing.people import find_missing
from schedulepop.sync.plan.missing.protection import all_rejects_tied
from schedulepop.sync.plan.policy import Policy


def missing(
    normalized: Normalized, matched: Matched, delta: Delta, identity: str, policy: Policy, today: date
) -> Missing:
    """Who is missing, as the counters would be if this feed counts. `identity` is the feed's: the same one counts
    once.
    """
    snapshot, rejected = matched.snapshot, normalized.rejected
    wholly = find_missing(matched.missing_ids, snapshot, rejected, matched.records)
    partly = find_partly_missing(normalized, matched) if delta.complete else empty(MISSING)
    tied = all_rejects_tied(rejected, snapshot, wholly)
    rows = pl.concat([wholly, partly])
    counters = update_counters(rows, snapshot, identity, today, tied)
    due = past_grace_period(rows, counters, policy, today)
    retired, id_changes = retired_ids(due, partly, snapshot)
    leaving = due.filter(pl.col("about") != Subject.ID).select(list(LEAVING))
    return Missing(
        rows=rows,
        counters=counters,
        leaving=pl.concat([leaving, matched.reassigned]),
        retired=retired,
        id_changes=id_changes,
    )


def commit_counters(found: Missing, verdict: Verdict, snapshot: Snapshot) -> Missing:
    """The counters after the run, once the guard has said where the feed is in doubt; and who is told of them."""
    counters = committed_counters(found.counters, snapshot.missing, paused(found.rows, verdict.feed_holds))
    problems = about_missing(counters, found.people, snapshot.locations)
    return replace(found, counters=counters, problems=problems)
