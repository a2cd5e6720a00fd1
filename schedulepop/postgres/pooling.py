"""Whether a pooler between us and the server gives one session to several clients in turn.

A run holds its lock by a session, and a page that drives one says by its session whose rows it is about (ADR 0013).
Where the next transaction may come over another session, two workers drive one run, and a page sees what another
customer's page was about. So nothing is served or driven over such a connection.
"""

from __future__ import annotations

from contextlib import ExitStack

import psycopg

OTHERS = 3
"""So many transactions beside ours take whatever session a pooler has free."""

_SHARED = (
    "The database is reached through a pooler that changes sessions between transactions. Over it runs lose their "
    "locks, and one customer's page could be shown what another's was about. Let it keep a session for each client "
    "(PgBouncer: pool_mode = session), or name the server itself in {variable}."
)


def reason_against(url: str, variable: str) -> str:
    """Why nothing may be served or driven over this address, which `variable` names; "": it may.

    Raises psycopg.Error where the database does not answer.
    """
    return _SHARED.format(variable=variable) if shares_sessions(url) else ""


def shares_sessions(url: str) -> bool:
    """Whether a session changes between two transactions of one client, while others have transactions open."""
    with ExitStack() as open_:
        ours = open_.enter_context(psycopg.connect(url, autocommit=True, prepare_threshold=None))
        before = _session(ours)
        for _ in range(OTHERS):
            other = open_.enter_context(psycopg.connect(url, prepare_threshold=None))
            try:
                other.execute("SELECT 1")  # its transaction stays open
            except (
                psycopg.errors.ProtocolViolation
            ):  # a pooler that keeps a session for one statement has none
                return True
            if _session(ours) != before:
                return True
    return False


def _session(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None  # noqa: S101 (a statement without FROM has one row)
    return int(row[0])
