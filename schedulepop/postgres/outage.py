"""What is the matter when the database is away or the disk is full, however deep in an error it lies.

Both come in many shapes (libpq's, a server's that stops, the operating system's), and to whoever waits they are two.
"""

import errno
from collections.abc import Iterator
from enum import StrEnum

import psycopg

from schedulepop.postgres.errors import ServerError

FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_WORDS = "No space left on device"
AWAY_CLASSES = (
    "08",
    "57P",
    "53",
)  # SQLSTATE: connection exception, operator intervention, insufficient resources


class Outage(StrEnum):
    """What keeps everybody from working, and passes without a change to the program."""

    DISK_FULL = "disk_full"
    DATABASE_AWAY = "database_away"


def outage(error: BaseException) -> Outage | None:
    """Which of them an error is, or was caused by; None when it is something else."""
    causes = list(_causes(error))
    if any(_is_full(one) for one in causes):
        return Outage.DISK_FULL
    if any(_is_away(one) for one in causes):
        return Outage.DATABASE_AWAY
    return None


def reason(error: BaseException) -> str:
    """What the server, or the one that should reach it, says of it in a line; empty when nothing is."""
    for one in _causes(error):
        if isinstance(one, psycopg.Error) and str(one):
            return str(one).strip().splitlines()[0].rstrip(".")
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in FULL:
        return True
    return isinstance(error, psycopg.errors.DiskFull | psycopg.OperationalError | ServerError) and (
        isinstance(error, psycopg.errors.DiskFull) or FULL_WORDS in str(error)
    )


def _is_away(error: BaseException) -> bool:
    if isinstance(error, psycopg.InterfaceError):
        return True
    if not isinstance(error, psycopg.OperationalError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(AWAY_CLASSES)
