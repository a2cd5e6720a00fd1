"""The seven steps on one screen: read → normalize → match → diff → guard → apply → notify.

Here is the pure half, `plan()`: the same feed, snapshot, mapping and policy give the same plan, for ever. The
effects at both ends, reading a feed and applying a plan, are the run's. Each step takes the values of the steps
before it, and gives one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import polars as pl

from schedulepop.sync.plan import fingerprints
from schedulepop.sync.plan.assembly import assemble
from schedulepop.sync.plan.diff import diff, diff_unchanged, release_overrides
from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.steps import Matched, Missing, Normalized
from schedulepop.sync.plan.guard import FeedFigures, GuardContext, guard
from schedulepop.sync.plan.match import about_shared_emails, match
from schedulepop.sync.plan.missing import commit_counters, missing
from schedulepop.sync.plan.normalize import contacts_of, normalize, normalize_unchanged
from schedulepop.sync.plan.stopwatch import Stopwatch


def plan(given: PlanInput, watch: Stopwatch | None = None) -> Plan:
    """What a run would do."""
    watch = watch or Stopwatch()
    return plan_unchanged(given, watch) if given.is_unchanged else plan_changes(given, watch)


def plan_changes(given: PlanInput, watch: Stopwatch) -> Plan:
    """The plan of a feed with records that need a look."""
    file, delta, policy, today = given.file, given.delta, given.policy, given.today
    watch.start("normalize")
    normalized = normalize(file, delta.look_at, given.mapping, policy, given.snapshot)
    watch.start("match")
    matched = match(normalized, delta, given.snapshot, today)
    shared = about_shared_emails(file, matched, delta.look_at)
    matched = replace(matched, problems=pl.concat([matched.problems, shared]))
    watch.start("diff")
    gone = missing(normalized, matched, delta, file.feed.identity, policy, today)
    doubted = file.feed.encoding_doubted
    changes = diff(normalized, matched, gone, file.columns, policy, today, encoding_doubted=doubted)
    watch.start("guard")
    figures = figures_of(given, normalized)
    verdict = guard(GuardContext(changes, matched.snapshot, policy, figures, gone.people, matched.records))
    gone = commit_counters(gone, verdict, matched.snapshot)
    released = release_overrides(verdict, matched.snapshot, today)
    return assemble(given, normalized, matched, gone, verdict, released, watch)


def plan_unchanged(given: PlanInput, watch: Stopwatch) -> Plan:
    """The plan of a feed of which nobody needs a look: what `plan_changes` says then, at a tenth of its cost.

    Only what concerns the feed or a location as a whole can be found, and a feed rule may hold a feed of nobody.
    """
    watch.start("normalize")
    normalized = normalize_unchanged(given.file)
    watch.start("guard")
    changes = diff_unchanged(given.snapshot, given.policy)
    verdict = guard(GuardContext(changes, given.snapshot, given.policy, figures_of(given, normalized)))
    matched = Matched(given.snapshot, missing_ids=())
    return assemble(given, normalized, matched, Missing(), verdict, empty(RELEASED), watch)


def figures_of(given: PlanInput, normalized: Normalized) -> FeedFigures:
    return FeedFigures(
        read=given.delta.read,
        rejected=normalized.rejected.height,
        mapped=frozenset(given.file.columns),
        blank=given.delta.blank,
        not_at_hand=frozenset(given.mapping.naming(given.file.feed.not_kept)),
        unread=given.file.unknown,
        unread_values=partial(_unread_values, given.file),
        status_column=given.file.columns.get("status", ""),
        status_words=given.file.counts("status"),
        contacts=partial(contacts_of, given.file, given.mapping),
    )


def _unread_values(file: FileProfile) -> pl.DataFrame:
    """Of the columns nobody reads, as far as they are at hand: beside a field that is gone all of them are."""
    table = file.feed.table
    names = [name for name in file.unknown if name in table.columns and name != "source_id"]
    known = [fingerprints.record_ids(table, file.columns)] if names and "source_id" in file.columns else []
    return pl.DataFrame([*known, *(table[name] for name in names)])
