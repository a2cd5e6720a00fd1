"""What the guard remembers beyond the feed: recent removals and flips, and who may still decide (SPEC §5 Guard).

Read only when somebody changes: an unchanged night does not ask.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.employee import MAY_SIGN_IN
from schedulepop.lib import sql
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS
from schedulepop.sync.plan.policy import Policy

FRAMES = {"recent_removals": "removed", "recent_flips": "flips", "officers": "officers"}
"""Frame of the snapshot → statement that reads it."""


def read(cursor: Cursor[Any], organization_id: int, policy: Policy, now: datetime) -> dict[str, pl.DataFrame]:
    """The snapshot's frames `recent_removals`, `recent_flips` and `officers`."""
    given = {
        "organization": organization_id,
        "sign_in": sorted(MAY_SIGN_IN),
        "week": now - timedelta(days=policy.week_days),
        "flip_days": now - timedelta(days=policy.flip_days),
    }
    return {name: _frame(cursor, name, given) for name in FRAMES}


def _frame(cursor: Cursor[Any], name: str, given: dict[str, Any]) -> pl.DataFrame:
    cursor.execute(sql.load("schedulepop.sync", f"snapshot_{FRAMES[name]}"), given)
    return pl.DataFrame(cursor.fetchall(), schema=SNAPSHOT_SCHEMAS[name], orient="row")
