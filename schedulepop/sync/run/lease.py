"""One run per integration at a time: a lease is an advisory lock on a session of its own, and a fencing token.

The lock dies with the process that holds it, so a killed worker never blocks the next one; of one that is only
silent `heartbeat` ends the session. Whoever takes a run over raises its fencing token, which every write checks: a
paused process that wakes up later finds another token and writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connections, transaction
from django.utils.timezone import now as clock

from schedulepop.sync.models import Run, RunState
from schedulepop.sync.run import heartbeat, queries

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


@contextmanager
def lock(integration_id: int) -> Iterator[psycopg.Connection | None]:
    """Holds the integration's lock for the block, and yields the session that does; None: another process holds it."""
    settings = connections["default"].get_connection_params()
    options = {
        key: settings[key] for key in ("dbname", "user", "password", "host", "port") if settings.get(key)
    }
    with psycopg.connect(**options, autocommit=True, application_name=heartbeat.SESSION_NAME) as session:
        row = session.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [heartbeat.LOCK_SPACE, integration_id]
        ).fetchone()
        try:
            yield session if row and row[0] else None
        finally:  # closing alone lets go only when the server notices, after the next command has asked
            with suppress(psycopg.Error):  # a session that was ended has let go
                session.execute("SELECT pg_advisory_unlock_all()")


def acquire(run: Run, holder: psycopg.Connection) -> Run:
    """Makes this process, whose `holder` has the lock, the driver: the fencing token is raised.

    Raises LeaseLostError when somebody else has taken the run since its row was read under that lock: this process
    was paused, and its lock is lost. Paused in the middle, its transaction is one of the writers the next one ends.
    """
    heartbeat.terminate_writers(run.integration_id, holder)
    with transaction.atomic():
        heartbeat.mark_writer(run.integration_id)
        acquired = queries.rows(
            "run_acquire",
            integration=run.integration_id,
            run=run.pk,
            token=run.fencing_token,
            now=clock(),
        )
        if not acquired:
            raise LeaseLostError(f"run {run.pk} was taken over")
    for name, value in zip(_ACQUIRED, acquired[0], strict=True):
        setattr(run, name, value)
    return run


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


def confirm(run: Run) -> None:
    """Inside the applying transaction: locks the run's row and checks that it is still ours."""
    heartbeat.mark_writer(run.integration_id)
    mine = Run.objects.select_for_update().filter(
        pk=run.pk, fencing_token=run.fencing_token, state=RunState.RUNNING
    )
    if not mine.exists():
        raise LeaseLostError(f"run {run.pk} was taken over")
