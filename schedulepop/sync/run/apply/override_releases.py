"""Overrides and pins that are over with this run: released once, each with its audit entry."""

from __future__ import annotations

from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.directory import bulk
from schedulepop.sync.plan.frames.plan import Plan


def write_releases(cursor: Cursor[Any], plan: Plan, context: bulk.WriteContext, *, decided: bool) -> int:
    """Release them; returns how many. What waits for an approval stays, unless it was `decided`."""
    over = plan.released if decided else plan.released.filter(~pl.col("needs_approval"))
    if over.is_empty():
        return 0
    released = context.values(ids=over["override_id"].to_list(), whys=over["why"].to_list())
    return bulk.execute(cursor, "schedulepop.sync", "apply_released", released)[0]
