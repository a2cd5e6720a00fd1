"""Snapshot: what SchedulePop holds now, as frames (the door is `load`).

Reads only. SQL in `sync/sql/snapshot_*.sql`.
"""

from schedulepop.sync.run.snapshot.step import (
    CODED,
    EDITS_KEPT,
    ENDED,
    codes,
    links_of,
    load,
    resting,
    touched,
)

__all__ = ["CODED", "EDITS_KEPT", "ENDED", "codes", "links_of", "load", "resting", "touched"]
