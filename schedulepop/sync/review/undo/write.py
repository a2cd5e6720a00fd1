"""Writes an undo inside the caller's transaction: the directory, history, audit, and the pins. No letters."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop.directory import bulk
from schedulepop.employee import ENDED
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review.undo.plan import Restored
from schedulepop.sync.run.apply.staging import staged

HERE = "schedulepop.sync"
_BEFORE = "SET LOCAL schedulepop.applying = 'on'; SET LOCAL random_page_cost = 1.1"


def write(plan: Plan, restored: Restored, given: dict[str, Any]) -> None:
    """`given`: organization, integration, run, by, now, today, reason, undone."""
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        cursor.execute(_BEFORE)
        if not plan.changes.is_empty():
            _directory(cursor, plan, given)
        cursor.execute("SET LOCAL schedulepop.applying = 'off'")
        pins = restored.pins
        bulk.execute(
            cursor,
            HERE,
            "undo_pins",
            given
            | {
                "users": pins["user_id"].to_list(),
                "places": pins["location_id"].to_list(),
                "fields": pins["field"].to_list(),
                "values": pins["value"].to_list(),
                "people": plan.changes["user_id"].unique().sort().to_list(),
                "back": plan.changes.filter(pl.col("verb") == "deactivate")["membership_id"].to_list(),
            },
        )


def _directory(cursor: Cursor[Any], plan: Plan, given: dict[str, Any]) -> None:
    """As updates whatever the verb: nobody is rehired, moved or welcomed by an undo."""
    updates = plan.changes.with_columns(pl.lit("update").alias("verb"))
    rows = staged(cursor, plan, updates, frozenset(), given)
    bulk.stage(cursor, rows.new, rows.known, rows.own, rows.extras, rows.told)
    if bulk.counted(cursor) or rows.extras.height:
        bulk.execute(cursor, HERE, "journal_capture", given | {"ended": sorted(ENDED)})
        bulk.write(cursor, given, new=False, known=True, extras=rows.extras.height > 0, letters=False)
        for name in ("apply_changes", "apply_audit"):
            bulk.execute(cursor, HERE, name, given)
    bulk.clear(cursor)
