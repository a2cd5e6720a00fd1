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
from schedulepop.sync.plan.match.orphans import orphans
from schedulepop.sync.plan.match.questions import open_questions, suggestions


def match(normalized: Normalized, delta: Delta, snapshot: Snapshot, today: date) -> Matched:
    """A person and a situation for every record. `today` is the organization's day."""
    records, feed_ids = normalized.records, delta.fingerprints["source_id"]
    applied = apply_answers(records, snapshot, feed_ids, delta.missing_ids, today)
    left = orphans(records, applied.snapshot, applied.missing_ids, today)
    snapshot = replace(applied.snapshot, orphans=left)
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
