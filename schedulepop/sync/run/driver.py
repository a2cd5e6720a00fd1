"""Drives one run from the feed to the commit: the effects at both ends of the pure plan.

`read` and `apply` do I/O, everything between them is `pipeline.plan`. Each stage is said on the run's row with
its epoch, so that a process that lost the run writes nothing more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import polars as pl
import structlog
from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.sync.errors import LIST_BUSY, SOURCE_BUSY, NeedsAdmin, RetryLater
from schedulepop.sync.models import Answer, Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.plan import approval
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.unchanged_file import UnreadFeed
from schedulepop.sync.run import apply, feeds, lease, notify, outcome, report, snapshot
from schedulepop.sync.run.notify import holds, overwritten_edits, source_trouble
from schedulepop.sync.run.planner import Drawn, draw

Decide = Callable[[datetime, apply.Applied], None]  # called in the applying transaction, with its time
Welcome = frozenset[str] | None  # source ids ticked; None: everybody new
DRAWS = 3  # how often a plan is drawn when people are edited while it is applied
log = structlog.get_logger("sync")


class MovedError(RetryLater):
    """The plan is no longer true for somebody in it; nothing was written."""


def run(row: Run) -> None:
    """From `running` to applied, planned, held, skipped or failed."""
    try:
        started = time.perf_counter()
        feed = feeds.of_run(row)
        read_in = time.perf_counter() - started
    except RetryLater as error:
        return _trouble(row, str(error), SOURCE_BUSY)
    except NeedsAdmin as error:
        return _trouble(row, str(error), error.code)
    if _stale(row):
        return _skip(row)
    try:
        _draw_and_settle(row, feed, read_in)
    except RetryLater as error:  # our own list was busy: payroll's source is not to blame
        _finish(row, RunState.FAILED, error_code=LIST_BUSY, error=str(error))
    except NeedsAdmin as error:
        return _trouble(row, str(error), error.code)
    return None


def _draw_and_settle(row: Run, feed: Feed | UnreadFeed, read_in: float) -> None:
    """Plans, then keeps or writes the plan; people somebody wrote in between are planned anew."""
    for attempt in range(DRAWS):
        drawn = draw(row, feed)
        drawn.plan.seconds["read"] += read_in
        if row.preview or not row.integration.first_sync_done:
            outcome.keep_plan(row, drawn.plan, RunState.PLANNED)
            if not row.preview:
                outcome.say_trips(row, drawn.plan)
            return None
        try:
            return write(row, drawn, drawn.plan.going)
        except (MovedError, RetryLater):
            if attempt == DRAWS - 1:
                raise
    return None


def write(
    row: Run,
    drawn: Drawn,
    changes: pl.DataFrame,
    *,
    welcome: Welcome = None,
    decide: Decide | None = None,
) -> None:
    """Applies these changes of the plan in one transaction, then sends what became due.

    `decide` records a person's approval of all of it in the same transaction: then nothing waits any more.
    """
    plan = drawn.plan
    decided = decide is not None
    waiting = plan.holds.height > 0 and not decided  # a doubted feed waits even when it would change nobody
    state = RunState.HELD if waiting and changes.height == 0 else RunState.APPLIED
    lease.stage(row, "apply")
    started = time.perf_counter()
    with transaction.atomic():
        lease.confirm(row)
        _unmoved(row, drawn, changes)
        at = clock()
        applied = apply.apply(
            plan,
            run=row,
            changes=changes,
            welcome=welcome,
            **_compared(row, drawn),
            whole=drawn.whole,
            decided=decided,
            now=at,
        )
        if decide is not None:
            decide(at, applied)
        else:
            outcome.say_trips(row, plan)
        if drawn.fresh_prints:
            outcome.keep_fingerprints(row.integration, drawn)
        elif drawn.reading is not None:
            outcome.keep_found(row.integration, drawn)
        if row.trigger != Trigger.EFFECTIVE:  # the dates say nothing about payroll
            outcome.remember(row, plan, accepted=decided)
        plan.seconds["apply"] = time.perf_counter() - started
        outcome.settle(row, plan, state, waiting=waiting, decided=decided)
        told = overwritten_edits.tell(row, plan, changes)
        if waiting:
            told += holds.tell(row, plan, state)
        if row.integration.state == IntegrationState.QUARANTINED and row.trigger != Trigger.EFFECTIVE:
            told += source_trouble.works(row.integration)
    send_letters(row, plan, queued=applied.queued + told)


def write_further(
    row: Run,
    drawn: Drawn,
    part: pl.DataFrame,
    *,
    kept: Plan,
    decide: Decide,
    alone: Collection[str] | None = None,
) -> None:
    """Applies a part of a run that waited, as a further apply of the same run. `kept`: the plan its row tells now.

    `alone`: only these people were decided on, None: everything. The next run looks at all of them once more and
    finds them done, so its fingerprints and marks stay as they are.
    """
    free = approval.lifted(drawn.plan, alone)
    changes = free.changes.join(part, on="change_no", how="semi", maintain_order="left")
    plan = approval.about(free, changes["source_id"])
    waiting = alone is not None and (kept.held.height > 0 or outcome.doubts_feed(kept))
    lease.stage(row, "apply")
    with transaction.atomic():
        lease.confirm(row)
        _unmoved(row, drawn, changes)
        at = clock()
        applied = apply.apply(
            plan,
            run=row,
            changes=changes,
            whole=drawn.whole,
            decided=not waiting,
            now=at,
            **{**_compared(row, drawn), "touched": ()},
        )
        decide(at, applied)
        if alone is None and row.trigger != Trigger.EFFECTIVE:
            outcome.remember(row, kept, accepted=True)
        outcome.settle(row, kept, RunState.APPLIED, waiting=waiting, decided=not waiting)
        told = overwritten_edits.tell(row, plan, changes)
    send_letters(row, kept, queued=applied.queued + told)


def send_letters(row: Run, plan: Plan, *, queued: int) -> None:
    """After the commit: letters go out. A failure here never touches the run: the outbox keeps what is left."""
    if not queued:
        return
    started = time.perf_counter()
    _send_waiting(row)
    plan.seconds["notify"] = time.perf_counter() - started
    summary = row.summary | {"seconds": report.seconds(plan)}
    Run.objects.filter(pk=row.pk, epoch=row.epoch).update(summary=summary)


def _send_waiting(row: Run) -> None:
    try:
        notify.notify(row)
    except Exception as error:  # whatever a mail server does, the people are on the list
        log.error("letters_wait", run=row.pk, error=type(error).__name__)


def _unmoved(row: Run, drawn: Drawn, changes: pl.DataFrame) -> None:
    """Raises MovedError when somebody wrote a person of these changes, or took an answer back, since the snapshot."""
    answers = drawn.plan.answered["answer_id"].to_list()
    if answers and Answer.objects.filter(pk__in=answers, withdrawn_at=None).count() < len(answers):
        raise MovedError("An answer was changed at the same moment. The sync tries again by itself.")
    seen = {(link, version) for link, _, version in drawn.touched}
    since = {
        ident for link, ident, version in snapshot.touched(row.integration) if (link, version) not in seen
    }
    if since and not since.isdisjoint(changes["source_id"].to_list()):
        raise MovedError(
            "Somebody on the list was edited at the same moment. The sync tries again by itself."
        )


def _compared(row: Run, drawn: Drawn) -> dict[str, Any]:
    """Whom this run has compared with payroll's record; a run of the dates compares nobody, and settles no issue."""
    if row.trigger == Trigger.EFFECTIVE:
        return {"touched": (), "looked_at": ()}
    return {"touched": drawn.touched}


def _stale(row: Run) -> bool:
    last = row.integration.last_source_time
    return last is not None and row.source_time is not None and row.source_time < last


def _trouble(row: Run, message: str, code: str) -> None:
    """The run ends without a change and says what a person has to do; an active integration is quarantined."""
    integration = row.integration
    with transaction.atomic():
        lease.confirm(row)
        _finish(row, RunState.FAILED, error_code=code, error=message)
        mine = Integration.objects.filter(pk=integration.pk)
        mine.filter(failing_since=None).update(failing_since=clock())
        mine.filter(state=IntegrationState.ACTIVE).update(state=IntegrationState.QUARANTINED)
        told = source_trouble.failed(integration, message)
    if told:
        _send_waiting(row)


def _skip(row: Run) -> None:
    """An older file changes nothing. But the source answered, so it is in no trouble (late it may be)."""
    integration = row.integration
    with transaction.atomic():
        lease.confirm(row)
        _finish(
            row,
            RunState.SKIPPED,
            error_code="stale",
            error="This file is older than the one applied last, so nothing was changed.",
        )
        if integration.state == IntegrationState.QUARANTINED:
            mine = Integration.objects.filter(pk=integration.pk, state=IntegrationState.QUARANTINED)
            mine.update(state=IntegrationState.ACTIVE, failing_since=None)
            source_trouble.forget(integration)


def _finish(row: Run, state: str, *, error_code: str, error: str) -> None:
    Run.objects.filter(pk=row.pk, epoch=row.epoch).update(
        state=state, finished_at=clock(), error_code=error_code, error=error, stage=""
    )
    row.refresh_from_db(fields=["state", "finished_at", "error_code", "error", "stage"])
