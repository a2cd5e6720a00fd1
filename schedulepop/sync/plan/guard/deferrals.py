"""People somebody keeps apart for some days: held by themselves, outside the figures of the quantity rules (ADR 0022).

Feed rules go on counting them: whether a feed is right does not depend on what somebody decided about one person.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.changes import DEFERRED, HOLDING
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.guard.context import REMOVAL, GuardContext


def hold_deferred(context: GuardContext, changes: pl.DataFrame) -> pl.DataFrame:
    """The changes with all those of a deferred person held as `deferred`, whatever else would hold them."""
    if context.snapshot.deferrals.is_empty():
        return changes
    chosen = pl.col("source_id").is_in(context.snapshot.deferrals["source_id"].implode())
    people = changes.filter(chosen).select(PERSON_KEY.alias("whole")).to_series()
    held = {"held_by": DEFERRED, "held_scope": "person", "held_location": None}
    theirs = PERSON_KEY.is_in(people.unique().implode())
    return changes.with_columns(
        pl.when(theirs)
        .then(pl.col("source_id") if name == "held_person" else pl.lit(held[name], kind))
        .otherwise(name)
        .alias(name)
        for name, kind in HOLDING.items()
    )


def deferred_leavers(changes: pl.DataFrame) -> pl.Series | None:
    """User ids of deferred people who would leave, where no other removal is held; None where one is."""
    removals = changes.filter(REMOVAL & pl.col("held_by").is_not_null())
    if (removals["held_by"] != DEFERRED).any():
        return None
    return removals["user_id"].drop_nulls()
