"""Whom somebody keeps apart: read with every snapshot, few as they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS


def open_on(cursor: Cursor[Any], integration: int, today: date) -> pl.DataFrame:
    """SNAPSHOT_SCHEMAS["deferrals"] of those that hold today, the organization's day."""
    cursor.execute(
        "SELECT source_id FROM sync_deferral WHERE integration_id = %s AND ended_at IS NULL AND until > %s"
        " ORDER BY source_id",
        (integration, today),
    )
    return pl.DataFrame(cursor.fetchall(), schema=SNAPSHOT_SCHEMAS["deferrals"], orient="row")
