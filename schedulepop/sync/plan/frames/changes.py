"""What would change: one row per person and location, its fields, and duties and zones beside the primary ones."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import NEXT_PAY, PAY_COLUMNS
from schedulepop.sync.plan.frames.records import VALUES, schema_of

TARGET: dict[str, pl.DataType | type[pl.DataType]] = {
    **VALUES,
    "duty_id": pl.Int64,
    "duty_code": pl.String,
    "duty_new": pl.String,
    "zone_id": pl.Int64,
    "zone_code": pl.String,
    "zone_new": pl.String,
    "ends_on": pl.Date,  # a staged termination date, null when none
    **schema_of({name: PAY_COLUMNS[name] for name in NEXT_PAY}),
}

HOLDING: dict[str, pl.DataType | type[pl.DataType]] = {
    "held_by": pl.String,  # the guard rule that holds it, null: goes through
    "held_scope": pl.String,  # and which of its holds: scope, location and payroll id as HOLD has them
    "held_location": pl.Int64,
    "held_person": pl.String,
}
CONTACTS = ("email", "phone")
CONTACT_MOVED = "contact_moved"
"""The one rule that holds a part of a person: their contact, as an update of its own beside their other change."""
DEFERRED = "deferred"
"""Stands in `held_by` of somebody who is kept apart: it stays held for some days, and no run asks about it."""
SCOPE = ("scope", "location_id", "source_id")
"""The same columns in HOLD, behind its `rule`."""

CHANGE: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_no": pl.UInt32,  # position in the plan, from 0
    "verb": pl.String,  # create, update, deactivate, reactivate, transfer
    "source_id": pl.String,
    "row": pl.UInt32,  # null for removals of missing people
    "user_id": pl.Int64,  # null: a new user
    "membership_id": pl.Int64,  # the membership changed; null: a new one
    "from_membership_id": pl.Int64,  # the one a transfer ends
    "location_id": pl.Int64,
    "situation": pl.String,
    "removal": pl.Boolean,  # ends sign-in at a location or a membership (SPEC §2 Removal)
    "primary_location": pl.Boolean,  # the location becomes the person's primary one
    **TARGET,  # the whole state after the change, so that apply never has to look back
    **HOLDING,
}
"""One row per person and location that would change."""

FIELD = {
    "change_no": pl.UInt32,
    "field": pl.String,  # canonical field name
    "old": pl.String,
    "new": pl.String,
    "why": pl.String,  # one of reasons.FIELD_REASONS
    "params": pl.String,  # JSON of what the reason declares; null: nothing
}
"""Field-level old and new of every change that is not a create (a create's fields are its target)."""

EXTRA: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_no": pl.UInt32,
    "kind": pl.String,  # "duty" or "zone"
    "id": pl.Int64,  # null: apply creates it for `code`, named `new`
    "code": pl.String,
    "new": pl.String,
    "gone": pl.Boolean,  # payroll dropped it
    **schema_of(PAY_COLUMNS),  # of a duty
}
"""Further duties and zones of payroll at a change's location that appear, go, or whose pay moves (SPEC §5 Match)."""

OVERRIDE, PIN = "override", "pin"
"""Kinds of an override: set by hand with a value of its own, or left by an undo against the value taken back."""
IN_FORCE, CONVERGED, SUPERSEDED, EXPIRED = "in_force", "converged", "superseded", "expired"
"""How an override stands after payroll's word: it holds; payroll says the same; payroll says another; its day has
come.
"""
OVERRIDE_OUTCOME: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,  # null: of a missing person
    "source_id": pl.String,
    "user_id": pl.Int64,
    "location_id": pl.Int64,
    "first_name": pl.String,
    "last_name": pl.String,
    "override_id": pl.Int64,
    "field": pl.String,
    "kind": pl.String,
    "until": pl.Date,
    "run": pl.Int64,
    "payroll_value": pl.String,  # as an override writes values; null: payroll does not have the person
    "outcome": pl.String,  # IN_FORCE, CONVERGED or SUPERSEDED
}
"""One row per override or pin that payroll's word met in this feed."""


def stopped_by(changes: pl.DataFrame) -> pl.DataFrame:
    """The holds of these changes: `rule` and SCOPE, one row per change that one stops."""
    held = changes.filter(pl.col("held_by").is_not_null() & (pl.col("held_by") != DEFERRED))
    return held.select(pl.col(name).alias(hold) for name, hold in zip(HOLDING, ("rule", *SCOPE), strict=True))
