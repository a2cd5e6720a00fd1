"""The driver's heartbeat, and what becomes of a driver whose heartbeat stopped (docs/adr/0009).

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
from schedulepop.sync.run import queries

LOCK_SPACE, WRITE_SPACE = 0x5350, 0x5351  # keep our advisory locks apart from others in the same database
SESSION_NAME = (
    "schedulepop driver"  # application_name of sessions that hold a lock, a sign of life from the lock on
)


@contextmanager
def beating(run: Run, session: psycopg.Connection) -> Iterator[None]:
    """Beats for this run during the block, over the session that holds its lock."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, session, ended), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(run: Run, session: psycopg.Connection, ended: threading.Event) -> None:
    every = min(5.0, settings.SILENT_SECONDS / 6)
    values = {"run": run.pk, "token": run.fencing_token}
    while not ended.wait(every):
        try:
            session.execute(sql.load("schedulepop.sync", "heartbeat_beat"), values)
        except (
            psycopg.Error
        ):  # the lock is gone with its session: whoever takes over raises the fencing token
            return


def terminate_blockers() -> int:
    """End sessions that are silent in a transaction somebody else waits for; returns how many.

    A worker paused in its minute tick, or a page, has an integration's row as firmly as a driver has.
    """
    return len(queries.rows("heartbeat_blockers", silent=settings.SILENT_SECONDS))


def terminate_writers(integration_id: int, holder: psycopg.Connection) -> None:
    """End the sessions that still write for this integration, while `holder` has its lock.

    Theirs is lost, and a paused one would keep its rows locked for ever. A holder that has lost it, too, ends nobody.
    """
    queries.rows(
        "heartbeat_writers",
        space=WRITE_SPACE,
        locks=LOCK_SPACE,
        integration=integration_id,
        holder=holder.info.backend_pid,
    )


def mark_writer(integration_id: int) -> None:
    """Marks this transaction as one that writes for the integration, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WRITE_SPACE, integration_id])
