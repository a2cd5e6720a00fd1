"""Runs the SQL of `sync/sql/` by its file's name, with named values."""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import Cursor

from schedulepop.lib import sql


def rows(name: str, /, **values: Any) -> list[tuple[Any, ...]]:
    """What the statement answers; nothing where it answers no rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load("schedulepop.sync", name), values)
        return cursor.fetchall() if cursor.description else []


def write(name: str, /, **values: Any) -> None:
    """Writes values that may be large bytes: they are sent beside the statement, not as text twice as long."""
    with binary_cursor() as cursor:
        cursor.execute(sql.load("schedulepop.sync", name), values)


def binary_cursor() -> Cursor[Any]:
    """A cursor that sends values beside the statement; Django's writes them into it."""
    connection.ensure_connection()
    return Cursor(connection.connection)
