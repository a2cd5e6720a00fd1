"""Drives one run from the feed to the commit: the effects at both ends of the pure plan.

`read` and `apply` do I/O, everything between them is `pipeline.plan`. Each stage is said on the run's row with
its epoch, so that a process that lost the run writes nothing more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import polars as pl
import structlog
from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.sync import (
    apply,
    exclusive,
    feeds,
    fingerprints,
    notify,
    pipeline,
    plans,
    report,
    snapshot,
)
from schedulepop.sync.draw import Drawn, draw
from schedulepop.sync.errors import LIST_BUSY, SOURCE_BUSY, NeedsAdmin, RetryLater
from schedulepop.sync.frames import Feed, Plan
from schedulepop.sync.models import (
    Answer,
    Fingerprints,
    Integration,
    IntegrationState,
    Run,
    RunState,
    Trigger,
)
from schedulepop.sync.notices import alarm, overwritten, trouble

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


def _draw_and_settle(row: Run, feed: Feed, read_in: float) -> None:
    """Plans, then keeps or writes the plan; people somebody wrote in between are planned anew."""
    for attempt in range(DRAWS):
        drawn = draw(row, feed)
        drawn.plan.seconds["read"] += read_in
        if row.preview or not row.integration.first_sync_done:
            return keep_plan(row, drawn.plan, RunState.PLANNED)
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
    decide: Callable[[], None] | None = None,
) -> None:
    """Applies these changes of the plan in one transaction, then sends what became due.

    `decide` records a person's approval of all of it in the same transaction: then nothing waits any more.
    """
    plan = drawn.plan
    decided = decide is not None
    waiting = plan.holds.height > 0 and not decided  # a doubted feed waits even when it would change nobody
    state = RunState.HELD if waiting and changes.height == 0 else RunState.APPLIED
    exclusive.stage(row, "apply")
    started = time.perf_counter()
    with transaction.atomic():
        exclusive.confirm(row)
        _unmoved(row, drawn, changes)
        if decide is not None:
            decide()
        applied = apply.apply(
            plan, run=row, changes=changes, welcome=welcome, **_compared(row, drawn), whole=drawn.whole,
            decided=decided, now=clock(),
        )  # fmt: skip
        if drawn.fresh_prints:
            keep_fingerprints(row.integration, drawn)
        if row.trigger != Trigger.EFFECTIVE:  # the dates say nothing about payroll
            remember(row, plan)
        plan.seconds["apply"] = time.perf_counter() - started
        _settle(row, plan, state, waiting=waiting, decided=decided)
        told = overwritten.tell(row, plan, changes)
        if waiting:
            told += alarm.tell(row, plan, state, pipeline.FEED_RULES)
        if row.integration.state == IntegrationState.QUARANTINED and row.trigger != Trigger.EFFECTIVE:
            told += trouble.works(row.integration)
    send_letters(row, plan, queued=applied.queued + told)


def send_letters(row: Run, plan: Plan, *, queued: int) -> None:
    """After the commit: letters go out. A failure here never touches the run: the outbox keeps what is left."""
    if not queued:
        return
    started = time.perf_counter()
    _send_waiting(row)
    plan.seconds["notify"] = time.perf_counter() - started
    summary = row.summary | {"seconds": report.seconds(plan)}
    Run.objects.filter(pk=row.pk).update(summary=summary)


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


def keep_plan(row: Run, plan: Plan, state: str) -> None:
    """A plan that waits: stored whole, named by its digest; older waiting ones are superseded."""
    with transaction.atomic():
        exclusive.confirm(row)
        _settle(row, plan, state, waiting=False, decided=False)
        Run.objects.filter(pk=row.pk).update(plan_hash=plans.digest(plan.changes, plan.fields))
        if row.integration.state in (IntegrationState.DRAFT, IntegrationState.TESTED):
            Integration.objects.filter(pk=row.integration_id).update(state=IntegrationState.PREVIEWED)


def remember(row: Run, plan: Plan) -> None:
    """What the next run compares with: shares of blanks, columns, source time; and the state of the integration."""
    integration = row.integration
    held_feed = any(rule in pipeline.FEED_RULES for rule in plan.holds["rule"].to_list())
    values: dict[str, object] = {"last_success_at": clock(), "failing_since": None}
    if not held_feed:
        values |= {"last_good": {"blank": plan.blank, "columns": sorted(plan.columns)}}
        values |= {"last_source_time": row.source_time}
    if not integration.first_sync_done:
        values["state"] = IntegrationState.FIRST_APPLIED
    elif integration.state == IntegrationState.QUARANTINED:
        values["state"] = IntegrationState.ACTIVE
    Integration.objects.filter(pk=integration.pk).update(**values)


def keep_fingerprints(integration: Integration, drawn: Drawn) -> None:
    """Stores the fingerprints of the feed just applied."""
    Fingerprints.objects.update_or_create(
        integration=integration,
        defaults={
            "rules_hash": drawn.rules,
            "blob": fingerprints.pack(drawn.plan.fingerprints, drawn.plan.told),
        },
    )


def _stale(row: Run) -> bool:
    last = row.integration.last_source_time
    return last is not None and row.source_time is not None and row.source_time < last


def _settle(row: Run, plan: Plan, state: str, *, waiting: bool, decided: bool) -> None:
    """The run's row after a plan: figures, holds, what waits; older waiting plans are superseded."""
    rest = (
        Run.Rest.WAITING
        if waiting
        else (Run.Rest.APPROVED if decided and row.rest == Run.Rest.WAITING else row.rest)
    )
    values = {
        "state": state, "finished_at": clock(), "counts": plan.counts, "holds": report.holds(plan), "rest": rest,
        "summary": report.summary(plan), "stage": "", "plan": plans.pack(plan),
        "plan_hash": plans.digest(plan.held, plan.fields) if waiting else "",
    }  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    Run.objects.filter(pk=row.pk).update(**values)
    older = Run.objects.filter(integration_id=row.integration_id, number__lt=row.number)
    if row.trigger == Trigger.EFFECTIVE:  # it looked at dates only, so a feed's plan still waits
        older = older.filter(trigger=Trigger.EFFECTIVE)
    older.filter(state__in=[RunState.PLANNED, RunState.HELD]).update(state=RunState.SUPERSEDED)
    older.filter(rest=Run.Rest.WAITING).update(rest=Run.Rest.SUPERSEDED)


def _trouble(row: Run, message: str, code: str) -> None:
    """The run ends without a change and says what a person has to do; an active integration is quarantined."""
    integration = row.integration
    with transaction.atomic():
        exclusive.confirm(row)
        _finish(row, RunState.FAILED, error_code=code, error=message)
        mine = Integration.objects.filter(pk=integration.pk)
        mine.filter(failing_since=None).update(failing_since=clock())
        mine.filter(state=IntegrationState.ACTIVE).update(state=IntegrationState.QUARANTINED)
        told = trouble.failed(integration, message)
    if told:
        _send_waiting(row)


def _skip(row: Run) -> None:
    """An older file changes nothing. But the source answered, so it is in no trouble (late it may be)."""
    integration = row.integration
    with transaction.atomic():
        exclusive.confirm(row)
        _finish(row, RunState.SKIPPED, error_code="stale",
                error="This file is older than the one applied last, so nothing was changed.")  # fmt: skip
        if integration.state == IntegrationState.QUARANTINED:
            mine = Integration.objects.filter(pk=integration.pk, state=IntegrationState.QUARANTINED)
            mine.update(state=IntegrationState.ACTIVE, failing_since=None)
            trouble.forget(integration)


def _finish(row: Run, state: str, *, error_code: str, error: str) -> None:
    Run.objects.filter(pk=row.pk, epoch=row.epoch).update(
        state=state, finished_at=clock(), error_code=error_code, error=error, stage=""
    )
    row.refresh_from_db(fields=["state", "finished_at", "error_code", "error", "stage"])
