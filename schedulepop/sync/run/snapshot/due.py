"""Who has something falling due at their location's day: asked every hour, before anything else is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from schedulepop.employee import ENDED, ON_LEAVE
from schedulepop.lib import sql
from schedulepop.sync.models import Integration


def due_ids(integration: Integration, places: dict[int, Any], *, at: datetime) -> list[str]:
    """Source ids of people with something due. `places`: time zone by location, `at`: the moment it is now."""
    given: dict[str, Any] = {
        "integration": integration.pk,
        "ended": sorted(ENDED),
        "on_leave": sorted(ON_LEAVE),
        "pay": bool(integration.policy.get("pay")),
        "places": list(places),
        "days": [at.astimezone(zone).date() for zone in places.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.load("schedulepop.sync", "snapshot_due"), given)
        return [row[0] for row in cursor.fetchall()]
