"""Who was called different people, wherever somebody said it: no question and no finder asks about such a pair
again.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.lib import sql
from schedulepop.sync.plan.frames.questions import DISTINCT_PAIR


def pairs(cursor: Cursor[Any], organization: int) -> pl.DataFrame:
    """APART, both ways round."""
    cursor.execute(sql.load("schedulepop.sync", "snapshot_apart"), {"organization": organization})
    return pl.DataFrame(cursor.fetchall(), schema=DISTINCT_PAIR, orient="row")
