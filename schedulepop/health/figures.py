"""The figures of the whole installation, from one statement whatever its size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

from django.db import connection, transaction

PATIENCE_MS = 10_000
"""How long the database may think about the figures: a scrape waits no longer either."""


@dataclass(frozen=True)
class Queue:
    """What waits in one queue of jobs and could start now."""

    jobs: int
    oldest_seconds: float


@dataclass(frozen=True)
class Size:
    """What is stored of one kind, with its indexes; rows as the database estimates them."""

    bytes: int
    rows: int
    bytes_a_day: float | None  # grown in the last week; None: not known yet


@dataclass(frozen=True)
class Figures:
    """How the installation is at one moment. Counts are of all organizations together; ages are in seconds."""

    queues: dict[str, Queue]
    runs: dict[str, int]  # requested in the last 24 hours, by state; a state nobody is in is 0
    integrations: dict[str, int]  # one of INTEGRATIONS → how many; one may be counted more than once
    letters: dict[str, int]  # one of LETTERS → how many
    oldest_letter_seconds: float  # of those that wait or are being sent
    mail_server_away_seconds: float  # 0: it answered when it was asked last
    mail_stops: dict[str, int]  # of `everybody`, of an `organization` → how many hold mail
    dead_jobs: int  # that broke off with their worker and were not taken away
    fetches: int  # sources being asked right now
    worker_beat_seconds: float | None  # since any worker's last beat; None: there is no worker
    database_bytes: int
    sizes: dict[str, Size]  # one of SIZES → what is stored of it


INTEGRATIONS = ("active", "late", "held", "failing", "paused")
SIZES = ("people", "files", "plans", "history", "audit", "issues", "letters", "jobs")
LETTERS = ("waiting", "sending", "stopped", "later", "without_address", "failed", "unknown")
"""`waiting` goes out next; `stopped`, `later` and `without_address` wait for the switch, their day, an address;
`failed` and `unknown` are of the last 7 days."""


def read(*, queues: tuple[str, ...], run_states: tuple[str, ...]) -> Figures:
    """The figures now. `queues` and `run_states`: names that are told even where nothing is.

    Raises Django's OperationalError when the database is away or takes longer than PATIENCE_MS.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
        cursor.execute("SELECT installation_figures()::text")
        return _figures(json.loads(cursor.fetchone()[0]), queues, run_states)


class Recent:
    """The figures, asked for once in a while however many ask: several scrapers and readers cost the database one."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = Lock()
        self._told: tuple[float, Figures] | None = None

    def read(self, *, queues: tuple[str, ...], run_states: tuple[str, ...]) -> Figures:
        """As `read` gives them, at most `seconds` old. Who asks meanwhile waits for the one who asks."""
        with self._lock:
            if self._told is None or monotonic() - self._told[0] >= self.seconds:
                self._told = monotonic(), read(queues=queues, run_states=run_states)
            return self._told[1]

    def forget(self) -> None:
        """The next one asks anew."""
        self._told = None


recent = Recent(seconds=5.0)


def _figures(told: dict[str, Any], queues: tuple[str, ...], run_states: tuple[str, ...]) -> Figures:
    waiting = {
        name: Queue(one["jobs"], float(one["oldest_seconds"] or 0)) for name, one in told["queues"].items()
    }
    beat = told["worker_beat_seconds"]
    return Figures(
        queues={name: Queue(0, 0.0) for name in queues} | waiting,
        runs=dict.fromkeys(run_states, 0) | told["runs"],
        integrations={name: told["integrations"][name] for name in INTEGRATIONS},
        letters=dict.fromkeys(LETTERS, 0) | told["mail"]["letters"],
        oldest_letter_seconds=float(told["mail"]["oldest_seconds"]),
        mail_server_away_seconds=float(told["mail"]["away_seconds"] or 0),
        mail_stops=told["mail"]["stops"],
        dead_jobs=told["dead_jobs"],
        fetches=told["fetches"],
        worker_beat_seconds=None if beat is None else float(beat),
        database_bytes=told["database_bytes"],
        sizes={name: _size(name, told["sizes"][name], told["sizes_before"]) for name in SIZES},
    )


def _size(name: str, now: dict[str, int], before: dict[str, Any] | None) -> Size:
    grown = None
    if before is not None and name in before["kinds"]:
        grown = (now["bytes"] - before["kinds"][name]["bytes"]) / before["days"]
    return Size(now["bytes"], now["rows"], grown)
