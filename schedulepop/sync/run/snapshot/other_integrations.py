"""Memberships another integration of the organization speaks for: no feed of this one can miss them."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor

from schedulepop.lib import sql


def memberships(cursor: Cursor[Any], given: dict[str, Any]) -> frozenset[int]:
    """Of people linked in both: those whose last change came from another integration. Mostly there is no other one."""
    cursor.execute(sql.load("schedulepop.sync", "snapshot_foreign"), given)
    return frozenset(row[0] for row in cursor.fetchall())
