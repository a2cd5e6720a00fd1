"""One run per integration at a time: a lease is an advisory lock on a session of its own, and a fencing token.

The lock dies with the process that holds it, so a killed worker never blocks the next one; of one that is only
silent `heartbeat` ends the session. Whoever takes a run over raises its fencing token, which every write checks: a
paused process that wakes up later finds another token and writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connections, transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import tenancy
from schedulepop.sync.models import Integration, Run, RunState
from schedulepop.sync.run import heartbeat, queries

SESSION_ERRORS = (OperationalError, InterfaceError, psycopg.OperationalError)
"""The database ended the session, or gave none: nothing is wrong with what was done, and somebody begins anew."""

PROGRESS_SECONDS = 0.5  # between two stages written to the run's row
_ACQUIRED = (
    "fencing_token",
    "state",
    "started_at",
    "attempt",
    "heartbeat_at",
    "stage",
    "raw_id",
    "source_time",
)


class LeaseLostError(Exception):
    """Another process drives this run now; this one must stop without writing."""


_spare: list[psycopg.Connection] | None = None
"""Sessions without a lock, in a process that drives one run after the other: opening one costs the server 5 ms."""


@contextmanager
def sessions_kept() -> Iterator[None]:
    """This process keeps the sessions of its locks for the next runs, until the block ends."""
    global _spare
    _spare = []
    try:
        yield
    finally:
        kept, _spare = _spare, None
        for session in kept:
            session.close()


@contextmanager
def lock(integration_id: int) -> Iterator[psycopg.Connection | None]:
    """Holds the integration's lock for the block, and yields the session that does; None: another process holds it."""
    session, locked = _session_with_lock(integration_id)
    free = False
    try:
        yield session if locked else None
    finally:  # closing alone lets go only when the server notices, after the next command has asked
        with suppress(psycopg.Error):  # a session that was ended has let go
            session.execute("SELECT pg_advisory_unlock_all()")
            free = True
        if free and _spare is not None:
            _spare.append(session)
        else:
            session.close()


def _session_with_lock(integration_id: int) -> tuple[psycopg.Connection, bool]:
    """A session, and whether it holds the lock now. A kept one that the server has ended meanwhile is left."""
    while _spare:
        session = _spare.pop()
        try:
            return session, _try_lock(session, integration_id)
        except psycopg.OperationalError:
            session.close()
            connections["default"].close_if_unusable_or_obsolete()  # the server may have been started anew
    settings = connections["default"].get_connection_params()
    options = {
        key: settings[key] for key in ("dbname", "user", "password", "host", "port") if settings.get(key)
    }
    session = psycopg.connect(**options, autocommit=True, application_name=heartbeat.SESSION_NAME)
    try:
        tenancy.pass_on(session)
        return session, _try_lock(session, integration_id)
    except BaseException:
        session.close()
        raise


def _try_lock(session: psycopg.Connection, integration_id: int) -> bool:
    ask = "SELECT pg_try_advisory_lock(%s, %s)"
    row = session.execute(ask, [heartbeat.LOCK_SPACE, integration_id]).fetchone()
    return bool(row and row[0])


def acquire(run: Run, holder: psycopg.Connection) -> Run:
    """Makes this process, whose `holder` has the lock, the driver: the fencing token is raised.

    Raises LeaseLostError when another run of it has begun and lost its driver: that one ends first. Also when somebody
    else has taken this one since its row was read under that lock: this process was paused, and its lock is lost.
    Paused in the middle, its transaction is one of the writers the next one ends.
    """
    acquired = _acquired(run, seen=run.integration.fencing_token) or _acquired_from_others(run, holder)
    for name, value in zip(_ACQUIRED, acquired[0], strict=True):
        setattr(run, name, value)
    return run


def _acquired(run: Run, *, seen: int | None) -> list[tuple[Any, ...]]:
    """What the run's row says from now on; nothing where somebody else has it, still writes, or has driven a run since
    the integration's row was `seen`.
    """
    return queries.rows(
        "run_acquire",
        space=heartbeat.WRITE_SPACE,
        integration=run.integration_id,
        run=run.pk,
        token=run.fencing_token,
        seen=seen,
        now=clock(),
    )


def _acquired_from_others(run: Run, holder: psycopg.Connection) -> list[tuple[Any, ...]]:
    heartbeat.terminate_writers(run.integration_id, holder)
    others = Run.objects.filter(integration=run.integration_id, state=RunState.RUNNING)
    if others.exclude(pk=run.pk).exists():
        raise LeaseLostError("another run of this integration lost its driver, and goes on first")
    with transaction.atomic():
        heartbeat.mark_writer(run.integration_id)
        acquired = _acquired(run, seen=None)
    if not acquired:
        raise LeaseLostError(f"run {run.pk} was taken over")
    run.integration = Integration.objects.select_related("organization").get(pk=run.integration_id)
    return acquired


def report_stage(run: Run, name: str) -> None:
    """Writes where the run stands; raises LeaseLostError when it is not ours any more."""
    mine = Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token, state=RunState.RUNNING)
    if not mine.update(stage=name, heartbeat_at=clock()):
        raise LeaseLostError(f"run {run.pk} was taken over")


def throttled_progress(run: Run) -> Callable[[str], None]:
    """Reports the stage like `report_stage`, unless the last one is too young for a reader to have seen it."""
    last = time.monotonic()

    def progress(name: str) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS:
            report_stage(run, name)
            last = time.monotonic()

    return progress


def confirm(run: Run, and_ask: str = "run_confirm") -> tuple[Any, ...]:
    """Inside the applying transaction: marks it, locks the run's row, and checks that the run is still ours.

    `and_ask`: a statement that does the same, and answers more. Raises LeaseLostError.
    """
    mine = queries.rows(
        and_ask,
        space=heartbeat.WRITE_SPACE,
        integration=run.integration_id,
        run=run.pk,
        token=run.fencing_token,
    )
    if not mine:
        raise LeaseLostError(f"run {run.pk} was taken over")
    return mine[0]
