"""Snapshot: what SchedulePop holds now, as frames (the door is `load`).

Reads only. SQL in `sync/sql/snapshot_*.sql`.
"""

from schedulepop.sync.run.snapshot.step import (
    CODED,
    EDITS_KEPT,
    ENDED,
    active_ids,
    codes,
    dirty_links,
    links_of,
    load,
    load_feed_level,
)

__all__ = [
    "CODED",
    "EDITS_KEPT",
    "ENDED",
    "active_ids",
    "codes",
    "dirty_links",
    "links_of",
    "load",
    "load_feed_level",
]
