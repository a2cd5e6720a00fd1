"""Many fetches wait for slow servers at once; a few of them at a time have a database connection.

A fetch has its turn while it works with the database, and gives it up while it waits for a server or for its account's
turn. Otherwise fifty answers that come in the same second would ask for fifty connections.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

AT_ONCE = 8
_turns = threading.BoundedSemaphore(AT_ONCE)


class Turn:
    """One fetch's turn, for its own thread. Not `limited`: somebody who waits in front of a page, and keeps theirs."""

    def __init__(self, *, limited: bool = True) -> None:
        self._limited, self._has = limited, False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The database for the length of the block; nothing more where it is taken already."""
        if self._has or not self._limited:
            yield
            return
        self._acquire()
        try:
            yield
        finally:
            self._give_up()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Others work with the database while this block waits; nothing where there is no turn to give up.

        Inside a transaction the connection stays: it is not ours alone.
        """
        if not self._has:
            yield
            return
        self._give_up()
        try:
            yield
        finally:
            self._acquire()

    def _acquire(self) -> None:
        _turns.acquire()
        self._has = True

    def _give_up(self) -> None:
        if not connection.in_atomic_block:
            connection.close()
        self._has = False
        _turns.release()
