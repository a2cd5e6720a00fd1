"""What people answered to "who is this record?" and no run has made true yet."""

from __future__ import annotations

from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.lib.text import fold
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS


def given(cursor: Cursor[Any], integration: int) -> pl.DataFrame:
    """SNAPSHOT_SCHEMAS["answers"], oldest first."""
    cursor.execute(
        "SELECT id, source_id, kind, user_id, ARRAY(SELECT jsonb_array_elements_text(denied)::bigint), name, by"
        " FROM sync_answer WHERE integration_id = %s AND withdrawn_at IS NULL AND applied_at IS NULL ORDER BY id",
        (integration,),
    )
    rows = [(*row[:5], fold(row[5]) or None, row[6]) for row in cursor.fetchall()]
    return pl.DataFrame(rows, schema=SNAPSHOT_SCHEMAS["answers"], orient="row")
