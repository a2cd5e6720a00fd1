"""Further duties and zones, and pay dated ahead, as frames of the snapshot.

Few people have either, so they stand apart from the memberships, which every feed reads. While the integration's
pay switch is off no rate is read here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS

Read = Callable[[str, str], pl.DataFrame]
"""(query file, frame of the schema) → its rows, about everybody or the people in question."""


def load(read: Read, *, pay: bool, nobody: bool) -> dict[str, pl.DataFrame]:
    """`extras` and `next_pays`. `nobody`: the feed touches no person we know, so there is nothing to ask for."""
    if nobody:
        return {}
    found: dict[str, Any] = {"extras": read("snapshot_extras", "extras")}
    if not pay:
        nothing = (
            pl.lit(None, SNAPSHOT_SCHEMAS["extras"][name]).alias(name)
            for name in ("pay_rate", "pay_unit", "pay_currency")
        )
        return {
            "extras": found["extras"].with_columns(*nothing),
            "next_pays": empty(SNAPSHOT_SCHEMAS["next_pays"]),
        }
    return found | {"next_pays": read("snapshot_next_pays", "next_pays")}
