"""Overrides and pins that are over with this run: released once, each with its audit entry."""

from __future__ import annotations

from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.lib import sql
from schedulepop.sync.plan.frames.plan import Plan


def write_releases(cursor: Cursor[Any], plan: Plan, given: dict[str, Any], *, decided: bool = False) -> int:
    """Release them; returns how many. What waits for an approval stays, unless it was `decided`.

    `given`: organization, run, by, now.
    """
    over = plan.released if decided else plan.released.filter(~pl.col("needs_approval"))
    if over.is_empty():
        return 0
    arrays = {"ids": over["override_id"].to_list(), "whys": over["why"].to_list()}
    cursor.execute(sql.load("schedulepop.sync", "apply_released"), given | arrays)
    return cursor.rowcount
