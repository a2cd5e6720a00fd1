"""One run per integration at a time: an advisory lock on a connection of its own, and an epoch checked at every write.

The lock dies with the process that holds it, so a killed worker never blocks the next one; of one that is only
silent `heartbeat` ends the session. The epoch is bumped by whoever takes a run over; a paused process that wakes up
later finds another epoch and writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connection, connections, transaction
from django.utils.timezone import now

from schedulepop.lib import sql
from schedulepop.sync.models import Run, RunState
from schedulepop.sync.run import heartbeat

SAY_EVERY = 0.5  # seconds between two words on the run's row
_TAKEN = ("epoch", "state", "started_at", "attempt", "heartbeat_at", "stage", "raw_id", "source_time")


class TakenOverError(Exception):
    """Another process drives this run now; this one must stop without writing."""


@contextmanager
def lock(integration_id: int) -> Iterator[psycopg.Connection | None]:
    """Holds the integration's lock for the block, and yields the connection that does; None: another process holds it."""
    given = connections["default"].get_connection_params()
    options = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)}
    with psycopg.connect(**options, autocommit=True, application_name=heartbeat.NAME) as direct:
        row = direct.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [heartbeat.LOCK_SPACE, integration_id]
        ).fetchone()
        try:
            yield direct if row and row[0] else None
        finally:  # closing alone lets go only when the server notices, after the next command has asked
            with suppress(psycopg.Error):  # a session that was ended has let go
                direct.execute("SELECT pg_advisory_unlock_all()")


def take(run: Run, holder: psycopg.Connection) -> Run:
    """Makes this process, whose `holder` has the lock, the driver: bumps the epoch, so every earlier one is a zombie.

    Raises TakenOverError when somebody else has taken the run since its row was read under that lock: this process
    was paused, and its lock is lost. Paused in the middle, its transaction is one of the writers the next one ends.
    """
    heartbeat.end_writers(run.integration_id, holder)
    with transaction.atomic():
        heartbeat.writes(run.integration_id)
        with connection.cursor() as cursor:
            cursor.execute(
                sql.load("schedulepop.sync", "run_take"),
                {
                    "integration": run.integration_id,
                    "run": run.pk,
                    "epoch": run.epoch,
                    "now": now(),
                },
            )
            taken = cursor.fetchone()
        if taken is None:
            raise TakenOverError(f"run {run.pk} was taken over")
    for name, value in zip(_TAKEN, taken, strict=True):
        setattr(run, name, value)
    return run


def stage(run: Run, name: str) -> None:
    """Says where the run stands; raises TakenOverError when it is not ours any more."""
    changed = Run.objects.filter(pk=run.pk, epoch=run.epoch, state=RunState.RUNNING).update(
        stage=name, heartbeat_at=now()
    )
    if not changed:
        raise TakenOverError(f"run {run.pk} was taken over")


def now_and_then(run: Run) -> Callable[[str], None]:
    """Says the stage like `stage`, unless the last word is too young for a reader to have seen it."""
    said = [time.monotonic()]

    def say(name: str) -> None:
        if time.monotonic() - said[-1] >= SAY_EVERY:
            stage(run, name)
            said.append(time.monotonic())

    return say


def confirm(run: Run) -> None:
    """Inside the applying transaction: locks the run's row and checks that it is still ours."""
    heartbeat.writes(run.integration_id)
    mine = Run.objects.select_for_update().filter(pk=run.pk, epoch=run.epoch, state=RunState.RUNNING).exists()
    if not mine:
        raise TakenOverError(f"run {run.pk} was taken over")
