"""Who is it? What people answered first, then what the records say, then what is left to ask (SPEC §5 Match)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from schedulepop.sync.plan.frames.feed import Delta
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Matched, Normalized
from schedulepop.sync.plan.match.answers import apply_answers, leaving_reassigned, resolved_links
from schedulepop.sync.plan.match.identification import IDENTITY_CODES, identify
from schedulepop.sync.plan.match.issues import about_matched_by_email, about_waiting
from schedulepop.sync.plan.match.orphans import last_days, orphans
from schedulepop.sync.plan.match.questions import open_questions, suggestions


def match(normalized: Normalized, delta: Delta, snapshot: Snapshot, today: date) -> Matched:
    """A person and a situation for every record. `today` is the organization's day."""
    records, feed_ids = normalized.records, delta.fingerprints["source_id"]
    applied = apply_answers(records, snapshot, feed_ids, delta.missing_ids, today)
    left = orphans(records, applied.snapshot, applied.missing_ids, today)
    snapshot = replace(
        applied.snapshot,
        in_feed=_named_by(applied.snapshot, feed_ids),
        orphans=left,
        last_days=last_days(records, applied.snapshot, left),
    )
    matched = identify(normalized, snapshot, today)
    questions = open_questions(matched, snapshot)
    in_doubt = matched.filter(pl.col("stop_reason").is_in(IDENTITY_CODES))["source_id"]
    problems = [
        about_waiting(matched, normalized.problems, snapshot),
        about_matched_by_email(matched, snapshot),
    ]
    return Matched(
        snapshot=snapshot,
        missing_ids=applied.missing_ids,
        records=matched,
        resolved=resolved_links(applied, in_doubt),
        reassigned=leaving_reassigned(applied, matched),
        questions=questions,
        suggestions=suggestions(questions, matched, snapshot),
        problems=pl.concat(problems),
    )


def _named_by(snapshot: Snapshot, feed_ids: pl.Series) -> frozenset[int]:
    """User ids of the people whose link a record of the feed carries, whether or not it needs a look."""
    named = snapshot.links.filter(pl.col("source_id").is_in(feed_ids.drop_nulls().implode()))
    return frozenset(named["user_id"].to_list())
