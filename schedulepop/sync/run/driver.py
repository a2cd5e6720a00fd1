"""Drives one run from the feed to the commit: the effects at both ends of the pure plan.

`read` and `apply` do I/O, everything between them is `pipeline.plan`. Each stage is written to the run's row under
its fencing token, so that a process that lost the run writes nothing more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

import polars as pl
from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.sync.errors import LIST_BUSY, NeedsAdmin, RetryLater
from schedulepop.sync.models import Answer, Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.plan import approval
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.unchanged_file import UnreadFeed
from schedulepop.sync.run import (
    apply,
    deferrals,
    effective_dates,
    feeds,
    kept_feeds,
    lease,
    leftovers,
    outcome,
    report,
    snapshot,
    trouble,
)
from schedulepop.sync.run.at_once import open_holds, planning
from schedulepop.sync.run.notify import holds, overwritten_edits, source_trouble
from schedulepop.sync.run.planner import PlannedRun, plan_run

Decide = Callable[[datetime, apply.Applied], None]  # called in the applying transaction, with its time
Welcome = frozenset[str] | None  # source ids ticked; None: everybody new
QUICK = 500  # changes that are applied in about a second
PLAN_ATTEMPTS = 3  # how often a plan is made when people are edited while it is applied


class OutdatedPlanError(RetryLater):
    """The plan is no longer true for somebody in it; nothing was written."""


def execute(run: Run) -> None:
    """From `running` to applied, planned, held, skipped or failed."""
    try:
        plan = _read(run)
    except (RetryLater, NeedsAdmin) as error:
        return _fail(run, error)
    if _stale(run):
        return _skip(run)
    try:
        _plan_and_apply(run, plan)
    except RetryLater as error:  # our own list was busy: payroll's source is not to blame
        outcome.end_without_plan(run, code=LIST_BUSY, reason=error.reason, params=error.params)
    except NeedsAdmin as error:
        return _fail(run, error)
    return None


def _read(run: Run) -> Callable[[], PlannedRun]:
    """Reads the run's feed, and gives what plans it; a run of the dates reads none."""
    if run.trigger == Trigger.EFFECTIVE:
        return partial(effective_dates.plan_run, run)
    started = time.perf_counter()
    feed = feeds.feed_of(run)
    if run.is_at_once and isinstance(feed, UnreadFeed):
        feed = feed.read()  # as it was applied last: somebody in it is looked at all the same
    seconds = time.perf_counter() - started

    def plan() -> PlannedRun:
        planned = (
            planning.plan_run(run, feed) if isinstance(feed, Feed) and run.is_at_once else plan_run(run, feed)
        )
        planned.plan.seconds["read"] += seconds
        return planned

    return plan


def _plan_and_apply(run: Run, plan: Callable[[], PlannedRun]) -> None:
    """Plans, then saves or applies the plan; people somebody wrote in between are planned anew."""
    for attempt in range(PLAN_ATTEMPTS):
        planned = plan()
        if run.preview or not run.integration.first_sync_done:
            outcome.save_plan(run, planned.plan)
            if not run.preview:
                outcome.audit_holds(run, planned.plan)
            return None
        try:
            return apply_changes(run, planned, planned.plan.applicable)
        except RetryLater:
            if attempt == PLAN_ATTEMPTS - 1:
                raise
    return None


def apply_changes(
    run: Run,
    planned: PlannedRun,
    changes: pl.DataFrame,
    *,
    welcome: Welcome = None,
    decide: Decide | None = None,
) -> None:
    """Applies these changes of the plan in one transaction, then sends the notices it queued.

    `decide` records a person's approval of all of it in the same transaction: then nothing waits any more.
    """
    plan = planned.plan
    decided = decide is not None
    waiting = plan.holds.height > 0 and not decided  # a doubted feed waits even when it would change nobody
    state = RunState.HELD if waiting and changes.height == 0 else RunState.APPLIED
    started = time.perf_counter()
    _tell_stage(run, changes)
    with transaction.atomic():
        left = leftovers.of(run)
        at = _begin(run, planned, changes)
        applied = apply.apply(
            plan,
            run=run,
            changes=changes,
            left=left,
            welcome=welcome,
            compared=_compared(run, planned, held=state == RunState.HELD),
            decided=decided,
            now=at,
        )
        if decide is not None:
            decide(at, applied)
        else:
            outcome.audit_holds(run, plan)
        if left.deferred and state != RunState.HELD and _says_how_payroll_is(run):
            deferrals.end_unheld(run, plan, at)
        if state == RunState.HELD or run.is_at_once:
            pass  # the next feed is compared with the last one applied
        elif planned.fingerprints_changed:
            outcome.save_fingerprints(run.integration, planned)
        elif planned.reading is not None:
            outcome.save_reading(run.integration, planned)
        if _says_how_payroll_is(run):
            outcome.save_baseline(run, plan, accepted=decided)
            if left.spare:
                kept_feeds.let_go(run, plan.named_columns if waiting else ())
        plan.seconds["apply"] = time.perf_counter() - started
        outcome.record_outcome(
            run, plan, state, waiting=waiting, decided=decided, replaces=left.waiting, unread=planned.unread
        )
        queued = applied.queued + overwritten_edits.notify(run, plan, changes)
        if waiting:
            queued += holds.notify(run, plan, state)
        if planned.some is not None:
            open_holds.take_out(run, changes["source_id"])
            outcome.note_stopped(run, planned.some.stopped)
        if run.integration.state == IntegrationState.QUARANTINED and _says_how_payroll_is(run):
            queued += source_trouble.recovered(run.integration)
    send_notices(run, plan, queued=queued)


def apply_waiting(
    run: Run,
    planned: PlannedRun,
    part: pl.DataFrame,
    *,
    stored: Plan,
    decide: Decide,
    alone: Collection[str] | None = None,
) -> None:
    """Applies a part of a run that waited, as a further apply of the same run.

    `stored`: the plan its row has from now on. `alone`: only these people were decided on, None: everything. The next
    run looks at all of them once more and finds them done, so its fingerprints and dirty links stay as they are.
    """
    free = approval.release_holds(planned.plan, alone)
    changes = free.changes.join(part, on="change_no", how="semi", maintain_order="left")
    plan = approval.only_people(free, changes["source_id"])
    waiting = alone is not None and outcome.waits(stored)
    if waiting:
        plan = replace(plan, holds=stored.holds)
    _tell_stage(run, changes)
    with transaction.atomic():
        lease.confirm(run)
        at = _begin(run, planned, changes)
        applied = apply.apply(
            plan,
            run=run,
            changes=changes,
            compared=replace(_compared(run, planned), dirty_links=()),
            decided=not waiting,
            now=at,
        )
        decide(at, applied)
        if planned.some is not None:
            open_holds.take_out(run, changes["source_id"])
        if not waiting and _says_how_payroll_is(run):
            outcome.save_baseline(run, stored, accepted=True)
            kept_feeds.let_go(run, ())
        outcome.record_outcome(run, stored, RunState.APPLIED, waiting=waiting, decided=not waiting)
        queued = applied.queued + overwritten_edits.notify(run, plan, changes)
    send_notices(run, stored, queued=queued)


def send_notices(run: Run, plan: Plan, *, queued: int) -> None:
    """After the commit: queued notices go out. A failure here never touches the run: the outbox keeps what is left."""
    outcome.close_returned(run, plan)
    if queued:
        started = time.perf_counter()
        outcome.deliver(run)
        plan.seconds["notify"] = time.perf_counter() - started
        summary = run.summary | {"seconds": report.seconds(plan)}
        Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token).update(summary=summary)


def _tell_stage(run: Run, changes: pl.DataFrame) -> None:
    """Says that the run applies, unless that is over before anybody could read it."""
    if changes.height > QUICK:
        lease.report_stage(run, "apply")


def _begin(run: Run, planned: PlannedRun, changes: pl.DataFrame) -> datetime:
    """Makes sure in the applying transaction, whose lease is confirmed, that the plan is current; returns its time."""
    _check_current(run, planned, changes)
    return clock()


def _check_current(run: Run, planned: PlannedRun, changes: pl.DataFrame) -> None:
    """Raises OutdatedPlanError when a person of these changes was written since, or an answer taken back."""
    answers = planned.plan.answered["answer_id"].to_list()
    if answers and Answer.objects.filter(pk__in=answers, withdrawn_at=None).count() < len(answers):
        raise OutdatedPlanError("answer_changed")
    if changes.is_empty():
        return
    seen = {(link, version) for link, _, version in planned.dirty_links}
    since = {
        source_id
        for link, source_id, version in snapshot.dirty_links(run.integration)
        if (link, version) not in seen
    }
    if since and not since.isdisjoint(changes["source_id"].to_list()):
        raise OutdatedPlanError("person_edited")


def _compared(run: Run, planned: PlannedRun, *, held: bool = False) -> apply.Compared:
    """Whom this run has compared with payroll's record; a run of the dates compares nobody, and settles no issue.

    Of a `held` one nothing was applied: it settles none either, and everybody edited meanwhile is looked at again.
    """
    if run.trigger == Trigger.EFFECTIVE:
        return apply.Compared(record_ids=(), full=planned.full)
    if planned.some is not None:
        return apply.Compared(full=False, closes=not held, findings=planned.some.findings)
    if held:
        return apply.Compared(full=planned.full, closes=False)
    return apply.Compared(full=planned.full, dirty_links=planned.dirty_links)


def _says_how_payroll_is(run: Run) -> bool:
    """Whether it moves baseline and health: the dates say nothing about payroll, a run at once about some people."""
    return run.trigger != Trigger.EFFECTIVE and not run.is_at_once


def _stale(run: Run) -> bool:
    if run.is_at_once and not run.asks_source:
        return False
    last = run.integration.last_source_time
    return last is not None and run.source_time is not None and run.source_time < last


def _fail(run: Run, error: NeedsAdmin | RetryLater) -> None:
    """The run ends without a change and says what a person has to do."""
    with transaction.atomic():
        lease.confirm(run)
        queued = trouble.fail(run, error)
    if queued:
        outcome.deliver(run)


def _skip(run: Run) -> None:
    """An older file changes nothing. But the source answered, so it is in no trouble (late it may be)."""
    integration = run.integration
    with transaction.atomic():
        lease.confirm(run)
        outcome.end_without_plan(
            run,
            code="stale",
            reason="file_older",
            state=RunState.SKIPPED,
        )
        if integration.state == IntegrationState.QUARANTINED and _says_how_payroll_is(run):
            mine = Integration.objects.filter(pk=integration.pk, state=IntegrationState.QUARANTINED)
            mine.update(state=IntegrationState.ACTIVE, failing_since=None)
            source_trouble.forget(integration)
