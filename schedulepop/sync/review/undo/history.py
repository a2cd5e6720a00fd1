"""What a run did, as a frame: one row per field of every change it applied, in the order it was written."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop.lib import sql
from schedulepop.sync.models import Run
from schedulepop.sync.review.undo.plan import HISTORY, PARTS


def of_run(run: Run, source_id: str | None) -> pl.DataFrame:
    """HISTORY of the run, or of one person in it. A change without fields is one row without a field."""
    given = {"run": run.pk, "source_id": source_id}
    return _rows("undo_history", given, HISTORY)


def parts_of(organization_id: int) -> pl.DataFrame:
    """PARTS: every duty and zone of the organization by its location, since history tells them by name."""
    return _rows("undo_parts", {"organization": organization_id}, PARTS)


def _rows(name: str, given: dict[str, Any], schema: Any) -> pl.DataFrame:
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        cursor.execute(sql.load("schedulepop.sync", name), given)
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
