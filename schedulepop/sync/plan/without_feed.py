"""Plans for which no feed is read: of the dates, of the file applied last, and the guard's word on an undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl

from schedulepop.sync.plan.accounting import count_due_people, list_due_people
from schedulepop.sync.plan.assembly import links_of
from schedulepop.sync.plan.diff import due_changes, release_overrides
from schedulepop.sync.plan.frames.feed import FINGERPRINT
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard import GuardContext, guard
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.stopwatch import Stopwatch
from schedulepop.sync.plan.unchanged_file import CachedReading


def plan_unread(
    cached: CachedReading,
    snapshot: Snapshot,
    mapping: Mapping,
    policy: Policy,
    *,
    source_time: datetime | None = None,
    day: date | None = None,
    watch: Stopwatch | None = None,
) -> Plan:
    """The plan of the file applied last, come again, while nobody in it needs a look: as if it had been read."""
    given = PlanInput(cached.file, cached.delta, snapshot, mapping, policy, source_time, day)
    return replace(plan(given, watch), carried=cached.carried)


def plan_due(snapshot: Snapshot, policy: Policy, *, today: date) -> Plan:
    """What falls due by itself: changes of the dates through the same guard. No feed is read or doubted."""
    watch = Stopwatch()
    watch.start("diff")
    due = due_changes(snapshot)
    watch.start("guard")
    verdict = guard(GuardContext(due, snapshot, policy))
    changes = verdict.changes.rows
    records = list_due_people(changes)
    return Plan(
        records=records,
        changes=changes,
        fields=due.fields,
        problems=verdict.problems,
        holds=verdict.holds,
        missing=snapshot.missing,
        links=links_of(changes),
        codes=pl.DataFrame(),
        fingerprints=empty(FINGERPRINT),
        counts=count_due_people(records),
        columns={},
        unknown_columns=(),
        blank={},
        today=today,
        seconds=watch.seconds(),
        released=release_overrides(verdict, snapshot, today),
        extras=due.extras,
        guard_counts=verdict.counts,
    )


def guard_preview(plan: Plan, snapshot: Snapshot, policy: Policy) -> pl.DataFrame:
    """What the guard says of changes that a person asked for: shown, and holding nothing (SPEC §5 Undo)."""
    changes = Changes(rows=plan.changes)
    return guard(GuardContext(changes, snapshot, policy)).holds
