"""Where a record ended: its situation and its bucket. Part of `frames`, which hands these on."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

HOLD = {
    "rule": pl.String,
    "scope": pl.String,  # organization, location (of that id) or person (of that payroll id)
    "location_id": pl.Int64,
    "source_id": pl.String,
    "figure": pl.Float64,
    "limit": pl.Float64,  # what was measured, and where the rule trips
    "params": pl.String,  # JSON object: what `reasons.REASONS` declares for the rule
}
"""What the guard stops: a rule, the scope it stops, and what is to be said of it."""

AT_ONCE: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,  # CREATED or REMOVED
    "location_id": pl.Int64,  # of a transfer: the location left
    "source_id": pl.String,
    "counted": pl.Boolean,  # the base of the guard's shares has them, or has them no more
}
"""Whom runs at once have added or removed, or asked to, since the last full run: they count as if in one feed."""
CREATED, REMOVED = "created", "removed"

RECORD = {
    "row": pl.UInt32,
    "source_id": pl.String,
    "situation": pl.String,
    "bucket": pl.String,  # held, deactivated, transferred, reactivated, created, updated, unchanged, rejected, excluded
    "reason": pl.String,  # issue code or exclusion rule, null for what simply happened
    "user_id": pl.Int64,
    "location_id": pl.Int64,
    "name": pl.String,
}
"""Where each looked-at record ended. Records skipped as unchanged are counted, not listed."""

SITUATIONS = ("linked", "found", "found_elsewhere", "new", "missing", "ambiguous", "id_changed", "unreadable")
"""What match says of a record, or of a person no record carries (SPEC §2)."""
BUCKETS = (
    "created",
    "updated",
    "reactivated",
    "transferred",
    "deactivated",
    "unchanged",
    "held",
    "rejected",
    "excluded",
)
BUCKET_PRECEDENCE = ("held", "deactivated", "transferred", "reactivated", "created", "updated", "unchanged")
"""The first one that fits: a record with several changes is counted once, by this order (SPEC §5 Accounting)."""

RELEASED: dict[str, pl.DataType | type[pl.DataType]] = {
    "override_id": pl.Int64,
    "source_id": pl.String,  # whose record says so; null: the day has come
    "why": pl.String,  # CONVERGED, SUPERSEDED or EXPIRED
    "needs_approval": pl.Boolean,  # payroll's word itself waits for an approval
}
"""Overrides and pins that are over with this run (SPEC §3, §5 Undo)."""

_made: dict[int, tuple[object, pl.DataFrame]] = {}


def empty(schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """A frame of one of the schemas, without rows. A run asks for some fifty, so each is made once."""
    if id(schema) not in _made:
        _made[id(schema)] = (
            schema,
            pl.DataFrame(schema=schema),
        )  # the schema is kept, so that its id stays its own
    return _made[id(schema)][1].clear()
