"""The driver's heartbeat, and what becomes of a driver that is silent (DESIGN, Runs and jobs).

The beat goes over the connection that holds the integration's lock, from a thread of its own, so that it goes on
during long steps. It writes the run's row where that is free; while the applying transaction has the row, the
beating session itself is the sign of life. All times are the database's, so that no two clocks are compared.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection

from schedulepop.lib import sql
from schedulepop.sync.models import Run

LOCK_SPACE, WRITE_SPACE = 0x5350, 0x5351  # keep our advisory locks apart from others in the same database
HERE = "schedulepop.sync"
NAME = "schedulepop driver"  # application_name of sessions that hold a lock, a sign of life from the lock on


@contextmanager
def beating(run: Run, direct: psycopg.Connection) -> Iterator[None]:
    """Beats for this run during the block, over the connection that holds its lock."""
    ended = threading.Event()
    thread = threading.Thread(
        target=_beat, args=(run.pk, run.epoch, direct, ended), name="heartbeat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(run: int, epoch: int, direct: psycopg.Connection, ended: threading.Event) -> None:
    every = min(5.0, settings.SILENT_SECONDS / 6)
    query = sql.load(HERE, "heartbeat_beat")
    while not ended.wait(every):
        try:
            direct.execute(query, {"run": run, "epoch": epoch})
        except psycopg.Error:  # the lock is gone with its connection: whoever takes over bumps the epoch
            return


def held(integration_id: int) -> bool:
    """Whether somebody holds the integration's lock now."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, "heartbeat_held"), {"space": LOCK_SPACE, "integration": integration_id})
        row = cursor.fetchone()
        return bool(row and row[0])


def end_silent(run: Run) -> bool:
    """End the session that holds the lock of this run's integration, if its driver has been silent too long.

    Its lock is free then, and the next sweep takes the run over. Only sessions of our own database role can be ended.
    """
    given: dict[str, str | int | float] = {
        "space": LOCK_SPACE,
        "integration": run.integration_id,
        "run": run.pk,
        "silent": settings.SILENT_SECONDS,
        "name": NAME,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, "heartbeat_silent"), given)
        return bool(cursor.fetchall())


def end_blockers() -> int:
    """End the sessions that keep somebody waiting from the middle of a transaction they are silent in; returns how many.

    A worker paused in its minute tick, or a page, has an integration's row as firmly as a driver has.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, "heartbeat_blockers"), {"silent": settings.SILENT_SECONDS})
        return len(cursor.fetchall())


def end_writers(integration_id: int, holder: psycopg.Connection) -> None:
    """End the sessions that still write for this integration, while `holder` has its lock: theirs is lost, and a
    paused one would keep its rows locked for ever. A holder that has lost it, too, ends nobody.
    """
    given: dict[str, str | int | float] = {
        "space": WRITE_SPACE,
        "locks": LOCK_SPACE,
        "integration": integration_id,
        "holder": holder.info.backend_pid,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, "heartbeat_writers"), given)


def writes(integration_id: int) -> None:
    """Marks this transaction as one that writes for the integration, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WRITE_SPACE, integration_id])
