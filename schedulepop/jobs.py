"""When things run: the run row and its job in one transaction, the minute tick, the sweep, the worker.

A job only says "drive run N": no state, no personal data. The run row is the truth, so a lost job costs nothing
(the sweep makes another) and a doubled one does nothing (the run is driven once). Procrastinate's
`queueing_lock` is never used: together with `lock` it wedges a queue for ever after a kill.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils.timezone import now as clock
from procrastinate.contrib.django import app

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory.models import Location
from schedulepop.messages import outbox
from schedulepop.sync.errors import LIST_BUSY, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.review import overrides
from schedulepop.sync.run import effective_dates, heartbeat, runs
from schedulepop.sync.run.notify import digest, late_sync

log = structlog.get_logger("jobs")

SPREAD_MINUTES = 120  # the stable offset that keeps organizations from all asking payroll at once (SPEC §4)
RETRY_AFTER = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
DISABLE_AFTER = timedelta(days=28)
LATE_AFTER = timedelta(hours=26)
BUSY_ATTEMPTS = 5
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


@app.task(name="drive_run")
def drive_run(run_id: int) -> None:
    """Drives one run. A bug is logged without personal data; the run's row says what became of it."""
    close_old_connections()
    try:
        run = runs.drive(run_id)
        log.info("run", run=run_id, state=run.state, counts=run.counts)
    except Exception as error:  # the run is marked failed; the worker must go on with the others
        log.error("run_broke", run=run_id, error=type(error).__name__)
        raise
    finally:
        close_old_connections()


@app.periodic(cron="0 * * * *")
@app.task(name="hourly_tick")
def hourly_tick(timestamp: int) -> None:
    """Applies what falls due at some location's midnight, or fell due while no worker ran."""
    close_old_connections()
    try:
        apply_due(clock())
    finally:
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="minute_tick")
def minute_tick(timestamp: int) -> None:
    """Starts what is due, also by date at a midnight off the hour; says what is late or open, sends what waits."""
    close_old_connections()
    try:
        at = clock()
        start_due(at)
        if midnight_somewhere(at):
            apply_due(at)
        give_notice(at)
        outbox.drain()
    finally:
        close_old_connections()


def start_due(at: datetime) -> list[Run]:
    """One scheduled run per integration and local day; one integration failing never stops the others."""
    started = []
    live = Integration.objects.select_related("organization").filter(
        state__in=[IntegrationState.ACTIVE, IntegrationState.QUARANTINED]
    )
    for integration in live.order_by("pk"):
        try:
            run = _start(integration, at)
        except Refused as refusal:
            log.info("not_started", integration=integration.pk, why=str(refusal))
        except Exception as error:
            log.error("tick_broke", integration=integration.pk, error=type(error).__name__)
        else:
            started += [run] if run else []
    return started


def give_notice(at: datetime) -> int:
    """What no run tells: who is late, and the morning's open issues. One customer's trouble never keeps another's.

    Returns how many letters were queued.
    """
    told = 0
    for integration in Integration.objects.select_related("organization").filter(
        state=IntegrationState.ACTIVE
    ):
        fresh = freshness(integration, at)
        if fresh["late"]:
            since = lifecycle.watched_since(integration)
            told += _guarded(late_sync.tell, integration, since, fresh["ran"])
    live = Integration.objects.filter(state__in=digest.LIVE).values("organization")
    for organization in Organization.objects.filter(pk__in=live):
        told += _guarded(digest.tell, organization, at)
    return told


def _guarded(tell: Callable[..., int], *about: Any) -> int:
    try:
        return tell(*about)
    except Exception as error:
        log.error("notice_broke", about=tell.__module__, error=type(error).__name__)
        return 0


def apply_due(at: datetime) -> list[Run]:
    """A run of the dates for every integration with something due; one failing never stops the others.

    Overrides whose day has come end too; payroll's value follows with the next feed. Also while an integration is paused or in trouble: what payroll announced for a day comes on that day.
    """
    started = []
    for integration in (
        Integration.objects.select_related("organization").filter(state__in=KEEPS_DATES).order_by("pk")
    ):
        try:
            overrides.expire(integration.organization, actor=DATES, now=at)
            if effective_dates.is_due(integration, at=at):
                started.append(request_run(integration, trigger=Trigger.EFFECTIVE, actor=DATES))
        except Refused as refusal:  # a run is under way: the next hour looks again
            log.info("not_started", integration=integration.pk, why=str(refusal))
        except Exception as error:
            log.error("tick_broke", integration=integration.pk, error=type(error).__name__)
    return started


def midnight_somewhere(at: datetime) -> bool:
    """Whether a location's day begins in this minute, off the hour: there the hourly tick would be late."""
    if at.astimezone(UTC).minute == 0:
        return False
    zones = Location.objects.filter(closed_at=None).order_by().values_list("timezone", flat=True).distinct()
    return any((local := at.astimezone(ZoneInfo(zone))).hour == 0 and local.minute == 0 for zone in zones)


def due_at(integration: Integration, day: date) -> datetime:
    """When this integration runs on a local day: the wall-clock time plus its stable offset, across DST."""
    offset = timedelta(minutes=zlib.crc32(f"{integration.pk}".encode()) % SPREAD_MINUTES)
    wall = datetime.combine(day, integration.schedule_at) + offset
    return wall.replace(tzinfo=ZoneInfo(integration.organization.timezone))


def next_due(integration: Integration, at: datetime) -> datetime:
    """The next time it runs by itself, if it is active: its next day, or a further attempt before that."""
    day = runs.local_date(integration, at)
    today = integration.runs.filter(trigger=Trigger.SCHEDULE, local_date=day).only("state").first()
    if today is None:
        return due_at(integration, day)
    since = integration.failing_since
    retries = [since + wait for wait in RETRY_AFTER if since + wait > at] if since else []
    tomorrow = due_at(integration, day + timedelta(days=1))
    return min([*retries, tomorrow]) if today.state == RunState.FAILED else tomorrow


def _start(integration: Integration, at: datetime) -> Run | None:
    """Today's run when its time has come, or a further attempt of it while the source is in trouble."""
    if _given_up(integration, at):
        return None
    day = runs.local_date(integration, at)
    today = integration.runs.filter(trigger=Trigger.SCHEDULE, local_date=day).first()
    if today is None:
        return (
            request_run(integration, trigger=Trigger.SCHEDULE, actor=SCHEDULER)
            if at >= due_at(integration, day)
            else None
        )
    if today.state == RunState.FAILED and _retry_is_due(integration, today, at):
        return _again(today)
    return None


def _retry_is_due(integration: Integration, run: Run, at: datetime) -> bool:
    """6, 12 and 24 hours after the first failure, then with each day's run (SPEC §4); at once if only our own list
    was busy, a few times.
    """
    if run.error_code == LIST_BUSY:
        return run.attempt < BUSY_ATTEMPTS
    since = integration.failing_since
    if since is None or run.finished_at is None:
        return False
    return any(run.finished_at < since + wait <= at for wait in RETRY_AFTER)


def _given_up(integration: Integration, at: datetime) -> bool:
    """After 28 days of trouble nobody asks any more, and those who can mend it are told (SPEC §4)."""
    since = integration.failing_since
    if integration.state != IntegrationState.QUARANTINED or since is None or at - since <= DISABLE_AFTER:
        return False
    lifecycle.switch_off(integration, actor=SCHEDULER)
    return True


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
        heartbeat.end_blockers()
    except Exception as error:
        log.error("sweep_broke", about="blockers", error=type(error).__name__)
    under_way = Q(state=RunState.RUNNING) | Q(state=RunState.QUEUED, requested_at__lt=at - JOB_ON_ITS_WAY)
    for run in Run.objects.filter(under_way).only("pk", "integration_id"):
        try:
            if heartbeat.held(run.integration_id) and not heartbeat.end_silent(run):
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


def freshness(integration: Integration, at: datetime) -> dict[str, Any]:
    """How old the last good run and its source data are; `late` after 26 h on an active integration.

    The hours count from its activation when that is newer: who resumes after a month is not late at once.
    """
    since = lifecycle.watched_since(integration)
    late = integration.state == IntegrationState.ACTIVE and (since is None or at - since > LATE_AFTER)
    return {"ran": integration.last_success_at, "source": integration.last_source_time, "late": late}
