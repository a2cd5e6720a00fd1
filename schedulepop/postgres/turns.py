"""Turns at a database: who changes its schema, or builds the demo, does so alone; who comes second waits.

The lock is a session's, so it is free however its holder ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import psycopg

_TRIES, _PAUSE = 20, 0.05  # a look takes a moment: who waits no longer need not hear of it
_SPACE = 0x5353  # keeps our advisory locks apart from others in the same database


class Turn(IntEnum):
    """What is done by one process at a time."""

    MIGRATION = 1
    DEMO = 2


class Session:
    """A session that takes turns; `waits` is told when somebody else has it."""

    def __init__(self, session: psycopg.Connection[Any], turn: Turn, waits: Callable[[], None]) -> None:
        self._session, self._turn, self._waits = session, turn, waits

    def look(self) -> None:
        """Waits until nobody changes anything; others may look too."""
        self._take("_shared")

    def change(self) -> None:
        """Waits until nobody else looks or changes anything."""
        self._session.execute("SELECT pg_advisory_unlock_all()")
        self._take("")

    def execute(self, statement: str) -> Any:
        """Its first row."""
        done = self._session.execute(statement)
        return done.fetchone() if done.description else None

    def _take(self, how: str) -> None:
        lock = (_SPACE, int(self._turn))
        for _ in range(_TRIES):
            row = self._session.execute(f"SELECT pg_try_advisory_lock{how}(%s, %s)", lock).fetchone()
            if row and row[0]:
                return
            time.sleep(_PAUSE)
        self._waits()
        self._session.execute(f"SELECT pg_advisory_lock{how}(%s, %s)", lock)


@contextmanager
def turns(url: str, turn: Turn, waits: Callable[[], None]) -> Iterator[Session]:
    """A session at that database for turns of this kind, which ends with the block."""
    with psycopg.connect(url, autocommit=True) as session:
        try:
            yield Session(session, turn, waits)
        finally:
            if not session.closed and not session.broken:
                session.execute(
                    "SELECT pg_advisory_unlock_all()"
                )  # closing alone lets go only a moment later
