"""Whether this installation can do its work right now: its database, its schema, its workers."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

WORKER_SILENT_SECONDS = 120.0
"""A worker's heart beats every 10 seconds; after two minutes nobody is there."""
PATIENCE_MS = 2_000
OK, AWAY, BEHIND, SILENT, UNKNOWN = "ok", "away", "behind", "silent", "unknown"


def readiness() -> dict[str, str]:
    """Part → code. `database`: ok, away · `migrations`: ok, behind · `worker`: ok, silent.

    What could not be asked is unknown. Every part that is not ok is a reason not to be ready.
    """
    told = {"database": AWAY, "migrations": UNKNOWN, "worker": UNKNOWN}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
            cursor.execute("SELECT app, name FROM django_migrations")
            told["database"] = OK
            applied = {(app, name) for app, name in cursor.fetchall()}
            told["migrations"] = OK if _known() <= applied else BEHIND
            cursor.execute("SELECT seconds_since_worker_beat()")
            seconds = cursor.fetchone()[0]
            told["worker"] = OK if seconds is not None and seconds <= WORKER_SILENT_SECONDS else SILENT
    except DatabaseError:  # a schema without these tables is behind; otherwise the database said no word
        if told["database"] == OK or _answers():
            told |= {"database": OK, "migrations": BEHIND}
    return told


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


@cache
def _known() -> frozenset[tuple[str, str]]:
    """The migrations that this version brings. Read from its files once: they do not change under a process."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
