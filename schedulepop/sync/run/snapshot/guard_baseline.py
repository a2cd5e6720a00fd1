"""What the guard compares with once somebody changes: how many people each location has, and what happened lately.

Counting them is the longest query of most nights. An unchanged night does not ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop import employee
from schedulepop.lib import sql
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.policy import Policy
from schedulepop.sync.run.snapshot import recent_removals as lately

WORKING = sorted(employee.MAY_SIGN_IN - {employee.Status.UPCOMING})


@dataclass(frozen=True, slots=True)
class GuardBaseline:
    """Linked active people by location id, and the frames of `lately`."""

    linked_active: dict[int, int]
    lately: dict[str, Any]

    def onto(self, held: Snapshot) -> Snapshot:
        """The same snapshot with them."""
        counted = [self.linked_active.get(place, 0) for place in held.locations["location_id"].to_list()]
        locations = held.locations.with_columns(pl.Series("linked_active", counted, dtype=pl.Int64))
        return replace(held, locations=locations, **self.lately)


def read(cursor: Cursor[Any], integration: Integration, now: datetime) -> GuardBaseline:
    """As they are at this moment."""
    given = {"integration": integration.pk, "working": WORKING}
    cursor.execute(sql.load("schedulepop.sync", "snapshot_linked_active"), given)
    counted = dict(cursor.fetchall())
    return GuardBaseline(
        counted, lately.read(cursor, integration.organization_id, Policy(**integration.policy), now)
    )


def load(integration: Integration, now: datetime) -> GuardBaseline:
    """As `read`, on the run's own connection."""
    with connection.cursor() as wrapped:
        return read(wrapped.cursor, integration, now)
