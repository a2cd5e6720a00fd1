"""When things run: the run row and its job in one transaction, the ticks, the sweep.

A job only says "drive run N": no state, no personal data. The run row is the truth, so a lost job costs nothing
(the sweep makes another), and a run has one job at a time: the database takes no second one (`job_of_run`).
Procrastinate's `queueing_lock` is never used: together with `lock` it wedges a queue for ever after a kill.
Ticks, letters and the upkeep have queues of their own, with workers of their own: they never wait behind a night.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import structlog
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils.timezone import now as clock
from procrastinate.contrib.django import app

from schedulepop.accounts.actors import Actor
from schedulepop.directory.actions import local_people
from schedulepop.messages import addresses
from schedulepop.retention import upkeep
from schedulepop.retention.erasure import job as erasing
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import dropped_files, due, lifecycle, notices, reading, schedule
from schedulepop.sync.models import DropAddress, Integration, Run, RunState, Trigger
from schedulepop.sync.review import morning_letter, overrides
from schedulepop.sync.run import effective_dates, feeds, fetching, heartbeat, queries, runs, source_lease
from schedulepop.sync.run.at_once_requests import drive_next
from schedulepop.sync.run.database_turns import Turn
from schedulepop.sync.run.notify import send_waiting
from schedulepop.sync.run.returned_letters import renew_all

log = structlog.get_logger("jobs")

JOB_ON_ITS_WAY = timedelta(seconds=5)  # between a run's row and its driver's lock
RUNS, FETCHES, TICKS, LETTERS, UPKEEP = "runs", "fetches", "ticks", "letters", "upkeep"
QUEUES = {RUNS: 2, FETCHES: 50, TICKS: 1, LETTERS: 1, UPKEEP: 1}  # queue → jobs at a time
UPKEEP_TAKES = timedelta(minutes=50)  # at most, of an hour; the next call goes on
FRESH = 5.0  # seconds for which a connection that answered is taken to live
_ANSWERED = "schedulepop_answered"  # on the connection: when, by the monotonic clock
WORKER_SILENT = timedelta(seconds=30)  # its heart beats every 10 seconds
SCHEDULER = Actor(user=None, by="schedule", door="sync")
DATES = Actor(user=None, by="dates", door="sync")
PAYROLL = Actor(user=None, by="payroll's job", door="sync")


def request_run(
    integration: Integration,
    *,
    trigger: str,
    actor: Actor,
    preview: bool = False,
    upload: tuple[bytes | BinaryIO, str] | None = None,
) -> Run:
    """A queued run and its job, or neither. Raises what `runs.request` raises."""
    with transaction.atomic():
        queue(run := runs.request(integration, trigger=trigger, actor=actor, preview=preview, upload=upload))
    return run


def queue(run: Run) -> None:
    """The run's job, unless it has one: to fetch what it waits for, or to drive it."""
    queries.rows("job_queue", run=run.pk, runs=RUNS, fetches=FETCHES)


@contextmanager
def a_job(broke: str, **about: Any) -> Iterator[None]:
    """A job with database connections of its own: those that died since the last one are not used.

    A bug is logged without personal data, and the worker goes on with the others. One that answered a moment ago is
    not asked whether it lives: should it be dead, the job breaks off, and the sweep gives it back.
    """
    close_old_connections()
    if time.monotonic() - getattr(connection, _ANSWERED, -FRESH) < FRESH:
        setattr(connection, "health_check_done", True)  # noqa: B010 (Django's, of which its types know nothing)
    try:
        yield
        setattr(connection, _ANSWERED, time.monotonic())
    except Exception as error:
        log.error(broke, error=type(error).__name__, **about)
    finally:
        close_old_connections()


@app.task(name="drive_run", queue=RUNS)
def drive_run(run_id: int) -> None:
    """Drives one run; its row says what became of it."""
    with a_job("run_broke", run=run_id):
        run = runs.drive(run_id, fresh=False)
        for one in (run, *drive_next(run.integration_id)):
            log.info("run", run=one.pk, state=one.state, counts=one.counts)


@app.task(name="fetch_feed", queue=FETCHES)
def fetch_feed(run_id: int) -> None:
    """Fetches what a run waits for; then it gets the job that drives it. Mostly it waits for a server."""
    turn = Turn()
    with a_job("fetch_broke", run=run_id), turn.taken():
        fetching.fetch(runs.with_id(run_id), hand_over=queue, turn=turn)


def request_reading(integration: Integration, *, actor: Actor) -> None:
    """Everybody of its source is read for the set-up, by a job. Raises what `reading.want` raises."""
    reading.want(integration, actor=actor, queue=FETCHES)


@app.task(name="read_everybody", queue=FETCHES)
def read_everybody(integration_id: int) -> None:
    """Reads everybody of a source for its set-up; a page follows it."""
    with a_job("reading_broke", integration=integration_id):
        reading.read(Integration.objects.select_related("organization").get(pk=integration_id))


def give_back_fetches() -> None:
    """This process is told to end: whoever is fetching stops at the next request, and another worker begins anew."""
    source_lease.stopping.set()


@app.periodic(cron="0 * * * *")
@app.task(name="hourly_tick", queue=TICKS)
def hourly_tick(timestamp: int) -> None:
    """Applies what falls due at some location's midnight, or fell due while no worker ran; settles what came back."""
    with a_job("tick_broke", tick="hour"):
        apply_due(clock())
        renew_all(clock())


@app.periodic(cron="* * * * *")
@app.task(name="minute_tick", queue=TICKS)
def minute_tick(timestamp: int) -> None:
    """Starts what is due, also by date at a midnight off the hour; queues notices of what is late or open."""
    with a_job("tick_broke", tick="minute"):
        at = clock()
        start_due(at)
        start_arrived(at)
        if effective_dates.midnight_somewhere(at):
            apply_due(at)
        give_notice(at, spread=True)


@app.periodic(cron="* * * * *")
@app.task(name="send_letters", queue=LETTERS)
def send_letters(timestamp: int) -> None:
    """Answers who forgot a password, and sends the letters that wait."""
    with a_job("letters_broke"):
        addresses.answer(clock())
        send_waiting()


@app.periodic(cron="23 * * * *")
@app.task(name="hourly_upkeep", queue=UPKEEP)
def hourly_upkeep(timestamp: int) -> None:
    """Drops what is past its time, once a day an organization; what a killed worker left is done by the next call."""
    with a_job("upkeep_broke"):
        erasing.of_all(at := clock())
        upkeep.of_all(at, go_on=lambda: clock() - at < UPKEEP_TAKES)


@app.task(name="erase_person", queue=UPKEEP)
def erase_person(erasure_id: int) -> None:
    """Erases somebody; what a killed worker left is done by the hour's upkeep."""
    with a_job("erasure_broke", erasure=erasure_id):
        erasing.go_on(erasure_id, clock())


def start_due(at: datetime) -> list[Run]:
    """One scheduled run per integration and local day."""
    return _start_each(due.starts(at), lambda integration: _start(integration, at))


def start_arrived(at: datetime, integration: Integration | None = None) -> list[Run]:
    """A run for whatever has arrived at a drop address and waits for one; of one integration, or of all."""
    waiting = Integration.objects.filter(state__in=dropped_files.RUNS_BY_ITSELF, drop_address__run_at__lte=at)
    if integration is not None:
        waiting = waiting.filter(pk=integration.pk)
    arrived = waiting.select_related("organization").order_by("pk")
    return _start_each(arrived, lambda one: _start_for_arrival(one, at))


def _start_for_arrival(integration: Integration, at: datetime) -> Run | None:
    with transaction.atomic():
        due = DropAddress.objects.filter(integration=integration, run_at__lte=at)
        if not due.update(run_at=None):
            return None
        return request_run(integration, trigger=Trigger.PUSH, actor=PAYROLL)


def apply_due(at: datetime) -> list[Run]:
    """A run of the dates for every integration with something due, also while it is paused or in trouble.

    Overrides whose day has come end too; payroll's value follows with the next feed. Whom no payroll knows comes last.
    """

    for organization in overrides.organizations_due(at):
        with _looked_at(organization=organization.pk):
            overrides.expire(organization, actor=DATES, now=at)
    started = _start_each(due.dates(at), lambda one: _start_of_dates(one, at))
    local_people.apply_due(at, actor=DATES)
    return started


def _start_of_dates(integration: Integration, at: datetime) -> Run | None:
    if not effective_dates.is_due(integration, at=at):
        return None
    return request_run(integration, trigger=Trigger.EFFECTIVE, actor=DATES)


def _start_each(integrations: Iterable[Integration], start: Callable[[Integration], Run | None]) -> list[Run]:
    """The runs that were started; one integration failing never stops the others."""
    started = []
    for integration in integrations:
        with _looked_at(integration=integration.pk):
            run = start(integration)
            started += [run] if run else []
    return started


@contextmanager
def _looked_at(**one: int) -> Iterator[None]:
    """One of many in a tick: whatever goes wrong with it, the others follow."""
    try:
        yield
    except Refused as refusal:  # a run is under way: the next tick looks again
        log.info("not_started", why=str(refusal), **one)
    except Exception as error:
        log.error("tick_broke", error=type(error).__name__, **one)


def give_notice(at: datetime, *, spread: bool = False) -> int:
    """What no run tells: who is late, and the morning's letters. Returns how many were queued.

    `spread`: called every minute, so that each call does a part of the hour's.
    """
    return notices.give(at, spread=spread) + notices.safely(morning_letter.notify_all, at)


def _start(integration: Integration, at: datetime) -> Run | None:
    """Today's run when its time has come, or a further attempt of it while the source is in trouble."""
    if not feeds.can_fetch(integration):
        return None
    if schedule.is_given_up(integration, at):  # those who can mend it are told
        lifecycle.switch_off(integration, actor=SCHEDULER)
        return None
    if dropped_files.is_awaiting(integration, at):
        return None
    day = integration.local_date(at)
    today = schedule.scheduled_run(integration, day)
    if today is not None:
        return _again(today) if schedule.retry_is_due(integration, today, at) else None
    if at < schedule.due_at(integration, day):
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL synchronous_commit = off"
        )  # lost with the server, it is asked for again in a minute
        return request_run(integration, trigger=Trigger.SCHEDULE, actor=SCHEDULER)


def _again(run: Run) -> Run:
    """A further attempt of the same run: the day keeps its one run."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk, state=RunState.FAILED).update(
            state=RunState.QUEUED, error_reason="", error_params={}, error_code="", finished_at=None, raw=None
        )
        if fetching.is_fetched(run.integration):
            fetching.want(run)
        queue(run)
    return run


def sweep(at: datetime) -> list[int]:
    """Runs that nobody drives any more get their job again, set-wise; returns them.

    A free lock means a dead driver, however young its last beat; one still held is only taken from a driver that
    has been silent (`heartbeat`). A run just queued, or a job just taken, has its driver on its way. Jobs that a dead
    worker left of runs that are over, and of ticks, go.
    """
    try:
        heartbeat.terminate_blockers()
    except Exception as error:
        log.error("sweep_broke", about="blockers", error=type(error).__name__)
    found = queries.rows(
        "job_sweep",
        queue=RUNS,
        space=heartbeat.LOCK_SPACE,
        name=heartbeat.SESSION_NAME,
        silent=settings.SILENT_SECONDS,
        queued_before=at - JOB_ON_ITS_WAY,
        on_its_way=JOB_ON_ITS_WAY,
    )
    fetched = queries.rows(
        "fetch_sweep", queue=FETCHES, queued_before=at - JOB_ON_ITS_WAY, on_its_way=JOB_ON_ITS_WAY
    )
    queries.rows("job_remove_dead", worker_silent=WORKER_SILENT)
    return [run for (run,) in [*found, *fetched]]
