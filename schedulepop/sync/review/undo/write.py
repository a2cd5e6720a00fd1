"""Writes an undo inside the caller's transaction: the directory, history, audit, and the pins. No letters."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop.directory import bulk
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review.undo.plan import Restored
from schedulepop.sync.run.apply.staging import stage_changes

HERE = "schedulepop.sync"
_BEFORE = "SET LOCAL schedulepop.applying = 'on'; SET LOCAL random_page_cost = 1.1"


def write(plan: Plan, restored: Restored, context: bulk.WriteContext, *, undone: int, reason: str) -> None:
    """`undone`: the run that is taken back, `reason` of the pins."""
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        cursor.execute(_BEFORE)
        if not plan.changes.is_empty():
            _directory(cursor, plan, context)
        cursor.execute("SET LOCAL schedulepop.applying = 'off'")
        pins = context.values(
            undone=undone,
            reason=reason,
            users=restored.pins["user_id"].to_list(),
            places=restored.pins["location_id"].to_list(),
            fields=restored.pins["field"].to_list(),
            values=restored.pins["value"].to_list(),
            people=plan.changes["user_id"].unique().sort().to_list(),
            back=plan.changes.filter(pl.col("verb") == "deactivate")["membership_id"].to_list(),
        )
        bulk.execute(cursor, HERE, "undo_pins", pins)


def _directory(cursor: Cursor[Any], plan: Plan, context: bulk.WriteContext) -> None:
    """As updates whatever the verb: nobody is rehired, moved or welcomed by an undo."""
    updates = plan.changes.with_columns(pl.lit("update").alias("verb"))
    rows = stage_changes(cursor, plan, updates, frozenset(), context).rows
    bulk.stage(cursor, rows)
    if bulk.staged_counts(cursor) or rows.extra.height:
        bulk.execute(cursor, HERE, "journal_capture", context.values())
        bulk.write(cursor, rows, context, letters=False)
        for name in ("apply_changes", "apply_audit"):
            bulk.execute(cursor, HERE, name, context.values())
    bulk.drop_staging(cursor)
