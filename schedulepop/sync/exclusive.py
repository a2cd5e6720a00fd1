"""One run per integration at a time: an advisory lock on a connection of its own, and an epoch checked at every write.

The lock dies with the process that holds it, so a killed worker never blocks the next one. The epoch is bumped
by whoever takes a run over; a paused process that wakes up later finds another epoch and writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections, transaction
from django.db.models import F
from django.utils.timezone import now

from schedulepop.sync.models import Integration, Run, RunState

SAY_EVERY = 0.5  # seconds between two words on the run's row; a silent driver is given up after 60
_LOCK_SPACE = 0x5350  # keeps our advisory locks apart from others in the same database


class TakenOverError(Exception):
    """Another process drives this run now; this one must stop without writing."""


@contextmanager
def lock(integration_id: int) -> Iterator[bool]:
    """Holds the integration's lock for the block; yields False when another process holds it."""
    given = connections["default"].get_connection_params()
    options = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)}
    with psycopg.connect(**options, autocommit=True) as direct:
        row = direct.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, integration_id]).fetchone()
        try:
            yield bool(row and row[0])
        finally:  # closing alone lets go only when the server notices, after the next command has asked
            direct.execute("SELECT pg_advisory_unlock_all()")


def take(run: Run) -> Run:
    """Makes this process the driver: bumps the epoch, so that every earlier driver is a zombie."""
    with transaction.atomic():
        Integration.objects.filter(pk=run.integration_id).update(epoch=F("epoch") + 1)
        epoch = Integration.objects.values_list("epoch", flat=True).get(pk=run.integration_id)
        Run.objects.filter(pk=run.pk).update(
            epoch=epoch, state=RunState.RUNNING, started_at=run.started_at or now(), attempt=F("attempt") + 1,
            heartbeat_at=now(), stage="read",
        )  # fmt: skip
    run.refresh_from_db()
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
    mine = Run.objects.select_for_update().filter(pk=run.pk, epoch=run.epoch, state=RunState.RUNNING).exists()
    if not mine:
        raise TakenOverError(f"run {run.pk} was taken over")
