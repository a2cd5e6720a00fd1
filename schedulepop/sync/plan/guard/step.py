"""Puts a scope on hold when a feed looks wrong; what is not held goes through (SPEC §5 Guard).

Feed rules doubt the feed and hold every change in their scope. Quantity rules hold one kind of change in
theirs, person rules one person. Never a part of one person: when one of a person's changes is held, all of
them are.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.changes import CHANGE, HOLDING
from schedulepop.sync.plan.frames.outcomes import HOLD
from schedulepop.sync.plan.guard.context import Hold, Scene, person
from schedulepop.sync.plan.guard.feed_rules import FEED_RULES
from schedulepop.sync.plan.guard.person_rules import PERSON_RULES
from schedulepop.sync.plan.guard.quantity_rules import QUANTITY_RULES, resembles_leaver


def guard(scene: Scene) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CHANGE with `held_by` and `held_scope`, and HOLD.

    Removals of missing people whose scope a feed rule holds are dropped: a feed that is not applied counts
    for nobody's absence.
    """
    feed_holds = [hold for rule in FEED_RULES for hold in rule(scene)]
    if any(hold.rule == "empty" for hold in feed_holds):
        feed_holds = [hold for hold in feed_holds if hold.rule == "empty"]
    if scene.changes.is_empty():
        return scene.changes, _told(feed_holds)
    changes = scene.changes.with_columns(scene.left)
    for hold in feed_holds:
        changes = _hold(changes, _in_scope(hold), hold)
    changes = changes.filter((pl.col("situation") != "missing") | pl.col("held_by").is_null())
    changes = _whole_people(changes)
    other_holds: list[Hold] = []
    for quantity in QUANTITY_RULES:
        for hold, kind in quantity(scene, changes):
            other_holds.append(hold)
            changes = _hold(changes, kind & _in_scope(hold), hold)
    changes = _whole_people(changes)
    for of_one in (*PERSON_RULES, resembles_leaver):
        found = list(of_one(scene, changes))
        if found:
            changes = _whole_people(_hold_people(changes, found))
            other_holds += found
    return changes.select(list(CHANGE)), _told([*feed_holds, *other_holds])


def _told(holds: list[Hold]) -> pl.DataFrame:
    return pl.DataFrame([hold.row() for hold in holds], schema=HOLD, orient="row")


def _in_scope(hold: Hold) -> pl.Expr:
    if hold.location_id is None:
        return pl.lit(True)
    return (pl.col("location_id") == hold.location_id) | (pl.col("left_location") == hold.location_id)


def _hold(changes: pl.DataFrame, which: pl.Expr, hold: Hold) -> pl.DataFrame:
    """The first rule that holds a change names it."""
    held = which & pl.col("held_by").is_null()
    return changes.with_columns(
        pl.when(held).then(pl.lit(value, HOLDING[name])).otherwise(name).alias(name)
        for name, value in zip(HOLDING, (hold.rule, *_address(hold)), strict=True)
    )


def _address(hold: Hold) -> tuple[object, ...]:
    return hold.scope, hold.location_id, hold.source_id


def _hold_people(changes: pl.DataFrame, holds: list[Hold]) -> pl.DataFrame:
    """Everybody whom a rule names, at once: there may be thousands."""
    rows = [(hold.source_id, hold.rule, *_address(hold)) for hold in holds]
    schema = {"source_id": pl.String, **{f"by_{name}": kind for name, kind in HOLDING.items()}}
    first = pl.DataFrame(rows, schema=schema, orient="row").unique(
        "source_id", keep="first", maintain_order=True
    )
    return _named(changes.join(first, on="source_id", how="left", maintain_order="left"))


def _named(changes: pl.DataFrame) -> pl.DataFrame:
    """What `by_*` says, where nothing holds the change yet."""
    free = pl.col("held_by").is_null()
    return changes.with_columns(
        pl.when(free).then(f"by_{name}").otherwise(name).alias(name) for name in HOLDING
    ).drop(f"by_{name}" for name in HOLDING)


def _whole_people(changes: pl.DataFrame) -> pl.DataFrame:
    """Hold every change of a person of whom one change is held, whichever of their payroll IDs it came with."""
    if changes["held_by"].null_count() == changes.height:
        return changes
    changes = changes.with_columns(person().alias("whole"))
    first = (
        changes.filter(pl.col("held_by").is_not_null())
        .unique("whole", keep="first", maintain_order=True)
        .select("whole", *(pl.col(name).alias(f"by_{name}") for name in HOLDING))
    )
    return _named(changes.join(first, on="whole", how="left", maintain_order="left")).drop("whole")
