"""Overrides and pins that are open: few, so they are fetched at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.lib import sql
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS


def keeps_of(cursor: Cursor[Any], organization: int, users: Collection[int] | None) -> pl.DataFrame:
    """Those of the organization, or only of these users of it."""
    given = {"organization": organization, "users": None if users is None else list(users)}
    cursor.execute(sql.load("schedulepop.sync", "snapshot_keeps"), given)
    return pl.DataFrame(cursor.fetchall(), schema=SNAPSHOT_SCHEMAS["overrides"], orient="row")
