"""When things run: the run row and its job in one transaction, the minute tick, the sweep, the worker.

A job only says "drive run N": no state, no personal data. The run row is the truth, so a lost job costs nothing
(the sweep makes another) and a doubled one does nothing (the run is driven once). Procrastinate's
`queueing_lock` is never used: together with `lock` it wedges a queue for ever after a kill.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now as clock
from procrastinate.contrib.django import app

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.messages import outbox
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle, schedule
from schedulepop.sync.models import Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.review import overrides
from schedulepop.sync.run import effective_dates, heartbeat, runs
from schedulepop.sync.run.notify import digest, late_sync

log = structlog.get_logger("jobs")

JOB_ON_ITS_WAY = timedelta(seconds=5)
SCHEDULER = Actor(user=None, by="schedule", door="sync")
DATES = Actor(user=None, by="dates", door="sync")
KEEPS_DATES = (
    IntegrationState.FIRST_APPLIED,
    IntegrationState.ACTIVE,
    IntegrationState.PAUSED,
    IntegrationState.QUARANTINED,
)


def request_run(
    integration: Integration,
    *,
    trigger: str,
    actor: Actor,
    preview: bool = False,
    upload: tuple[bytes, str] | None = None,
) -> Run:
    """A queued run and its job, or neither. Raises what `runs.request` raises."""
    with transaction.atomic():
        run = runs.request(integration, trigger=trigger, actor=actor, preview=preview, upload=upload)
        drive_run.defer(run_id=run.pk)
    return run


@contextmanager
def fresh_connections() -> Iterator[None]:
    """A job's own database connections: those that died since the last one are not used."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


@app.task(name="drive_run")
def drive_run(run_id: int) -> None:
    """Drives one run. A bug is logged without personal data; the run's row says what became of it."""
    with fresh_connections():
        try:
            run = runs.drive(run_id)
            log.info("run", run=run_id, state=run.state, counts=run.counts)
        except Exception as error:  # the run is marked failed; the worker must go on with the others
            log.error("run_broke", run=run_id, error=type(error).__name__)
            raise


@app.periodic(cron="0 * * * *")
@app.task(name="hourly_tick")
def hourly_tick(timestamp: int) -> None:
    """Applies what falls due at some location's midnight, or fell due while no worker ran."""
    with fresh_connections():
        apply_due(clock())


@app.periodic(cron="* * * * *")
@app.task(name="minute_tick")
def minute_tick(timestamp: int) -> None:
    """Starts what is due, also by date at a midnight off the hour; queues notices of what is late or open, sends."""
    with fresh_connections():
        at = clock()
        start_due(at)
        if effective_dates.midnight_somewhere(at):
            apply_due(at)
        give_notice(at)
        outbox.drain()


def start_due(at: datetime) -> list[Run]:
    """One scheduled run per integration and local day."""
    live = Integration.objects.filter(state__in=[IntegrationState.ACTIVE, IntegrationState.QUARANTINED])
    return _start_each(live, lambda integration: _start(integration, at))


def apply_due(at: datetime) -> list[Run]:
    """A run of the dates for every integration with something due.

    Overrides whose day has come end too; payroll's value follows with the next feed. Also while an integration is
    paused or in trouble: what payroll announced for a day comes on that day.
    """

    def start(integration: Integration) -> Run | None:
        overrides.expire(integration.organization, actor=DATES, now=at)
        if not effective_dates.is_due(integration, at=at):
            return None
        return request_run(integration, trigger=Trigger.EFFECTIVE, actor=DATES)

    return _start_each(Integration.objects.filter(state__in=KEEPS_DATES), start)


def _start_each(integrations: QuerySet[Integration], start: Callable[[Integration], Run | None]) -> list[Run]:
    """The runs that were started; one integration failing never stops the others."""
    started = []
    for integration in integrations.select_related("organization").order_by("pk"):
        try:
            run = start(integration)
        except Refused as refusal:  # a run is under way: the next tick looks again
            log.info("not_started", integration=integration.pk, why=str(refusal))
        except Exception as error:
            log.error("tick_broke", integration=integration.pk, error=type(error).__name__)
        else:
            started += [run] if run else []
    return started


def give_notice(at: datetime) -> int:
    """What no run tells: who is late, and the morning's open issues. One customer's trouble never keeps another's.

    Returns how many notices were queued.
    """
    queued = 0
    active = Integration.objects.select_related("organization").filter(state=IntegrationState.ACTIVE)
    for integration in active:
        fresh = schedule.freshness(integration, at)
        if fresh["late"]:
            since = lifecycle.watched_since(integration)
            queued += _notify_safely(late_sync.notify, integration, since, fresh["ran"])
    live = Integration.objects.filter(state__in=digest.LIVE).values("organization")
    for organization in Organization.objects.filter(pk__in=live):
        queued += _notify_safely(digest.notify, organization, at)
    return queued


def _notify_safely(notify: Callable[..., int], *about: Any) -> int:
    try:
        return notify(*about)
    except Exception as error:
        log.error("notice_broke", about=notify.__module__, error=type(error).__name__)
        return 0


def _start(integration: Integration, at: datetime) -> Run | None:
    """Today's run when its time has come, or a further attempt of it while the source is in trouble."""
    if schedule.is_given_up(integration, at):  # those who can mend it are told
        lifecycle.switch_off(integration, actor=SCHEDULER)
        return None
    day = integration.local_date(at)
    today = schedule.scheduled_run(integration, day)
    if today is not None:
        return _again(today) if schedule.retry_is_due(integration, today, at) else None
    if at < schedule.due_at(integration, day):
        return None
    return request_run(integration, trigger=Trigger.SCHEDULE, actor=SCHEDULER)


def _again(run: Run) -> Run:
    """A further attempt of the same run: the day keeps its one run."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk, state=RunState.FAILED).update(
            state=RunState.QUEUED, error="", error_code="", finished_at=None, raw=None
        )
        drive_run.defer(run_id=run.pk)
    return run


def sweep(at: datetime) -> list[int]:
    """Runs that nobody drives any more get a job again; one that fails never stops the sweep.

    A free lock means a dead driver, however young its last beat; one still held is only taken from a driver that
    has been silent (`heartbeat`). A run just queued has a job on its way.
    """
    found = []
    try:
        heartbeat.terminate_blockers()
    except Exception as error:
        log.error("sweep_broke", about="blockers", error=type(error).__name__)
    under_way = Q(state=RunState.RUNNING) | Q(state=RunState.QUEUED, requested_at__lt=at - JOB_ON_ITS_WAY)
    for run in Run.objects.filter(under_way).only("pk", "integration_id"):
        try:
            if heartbeat.is_locked(run.integration_id) and not heartbeat.terminate_stale(run):
                continue
            drive_run.defer(run_id=run.pk)
            found.append(run.pk)
        except Exception as error:
            log.error("sweep_broke", run=run.pk, error=type(error).__name__)
    return found


def work(*, stop: threading.Event | None = None) -> None:
    """The worker: jobs, the minute tick and the sweep, until the process is told to stop."""
    ended = stop or threading.Event()
    threading.Thread(target=_sweep_for_ever, args=(ended,), name="sweep", daemon=True).start()
    # Not replace_connector: it would also move what tasks and the sweep defer to the worker's own pool, out of
    # Django's transaction, so that a job could start before its run row is there.
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    try:
        worker.run_worker(name="schedulepop", concurrency=2, delete_jobs="always", listen_notify=True)
    finally:
        ended.set()


def _sweep_for_ever(ended: threading.Event) -> None:
    every: float = settings.SWEEP_SECONDS
    while not ended.is_set():
        close_old_connections()
        try:
            sweep(clock())
        except Exception as error:
            log.error("sweep_broke", error=type(error).__name__)
        finally:
            close_old_connections()
        ended.wait(every)
