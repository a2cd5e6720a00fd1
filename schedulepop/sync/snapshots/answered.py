"""What people answered to "who is this record?" and no run has made true yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop.lib import sql
from schedulepop.lib.text import fold
from schedulepop.sync.frames import SNAPSHOT_SCHEMAS
from schedulepop.sync.models import Integration


@dataclass(frozen=True, slots=True)
class Concerned:
    """Records an answer makes the fast path look at."""

    pending: list[str]  # ids with an answer that no run has made true
    together: list[str]  # ids of people who have, or are about to have, more than one: compared together


def given(cursor: Cursor[Any], integration: int) -> pl.DataFrame:
    """SNAPSHOT_SCHEMAS["answers"], oldest first."""
    cursor.execute(
        "SELECT id, source_id, kind, user_id, ARRAY(SELECT jsonb_array_elements_text(denied)::bigint), name, by"
        " FROM sync_answer WHERE integration_id = %s AND withdrawn_at IS NULL AND applied_at IS NULL ORDER BY id",
        (integration,),
    )
    rows = [(*row[:5], fold(row[5]) or None, row[6]) for row in cursor.fetchall()]
    return pl.DataFrame(rows, schema=SNAPSHOT_SCHEMAS["answers"], orient="row")


def concerned(integration: Integration) -> Concerned:
    """For a feed of which only what changed is looked at."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load("schedulepop.sync", "snapshot_concerned"), {"integration": integration.pk})
        rows = cursor.fetchall()
    return Concerned([one for one, pending in rows if pending], [one for one, pending in rows if not pending])
