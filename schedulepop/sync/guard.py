"""Puts a scope on hold when a feed looks wrong; what is not held goes through (SPEC §5 Guard).

Feed rules doubt the feed and hold every change in their scope. Quantity rules hold one kind of change in
theirs. Never a part of one person: when one of a person's changes is held, all of them are.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.frames import CHANGE, HOLD
from schedulepop.sync.guarding.feed_rules import FEED_RULES
from schedulepop.sync.guarding.quantity_rules import (
    creates_location,
    removals_location,
    removals_organization,
    resembles_leaver,
)
from schedulepop.sync.guarding.scene import ORGANIZATION, Hold, Scene


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
    changes = scene.changes.with_columns(left_location(scene).alias("left_location"))
    for hold in feed_holds:
        changes = _hold(changes, _in_scope(hold), hold)
    changes = changes.filter((pl.col("situation") != "missing") | pl.col("held_by").is_null())
    changes = _whole_people(changes)
    quantity_holds: list[Hold] = []
    for rule in (removals_location, removals_organization, creates_location):
        for hold, kind in rule(scene, changes):
            quantity_holds.append(hold)
            changes = _hold(changes, kind & _in_scope(hold), hold)
    changes = _whole_people(changes)
    for hold in resembles_leaver(scene, changes):
        quantity_holds.append(hold)
        changes = _hold(changes, pl.format("person:{}", "source_id") == hold.scope, hold)
    return _whole_people(changes).select(list(CHANGE)), _told([*feed_holds, *quantity_holds])


def _told(holds: list[Hold]) -> pl.DataFrame:
    return pl.DataFrame([hold.row() for hold in holds], schema=HOLD, orient="row")


def left_location(scene: Scene) -> pl.Series:
    """Where a removal counts: the location a transfer leaves, else the change's own."""
    members = scene.snapshot.members.select(
        pl.col("membership_id").alias("from_membership_id"), pl.col("location_id").alias("left")
    )
    joined = scene.changes.select("from_membership_id", "location_id").join(
        members, on="from_membership_id", how="left", maintain_order="left"
    )
    return joined.select(pl.coalesce("left", "location_id")).to_series()


def _in_scope(hold: Hold) -> pl.Expr:
    if hold.scope == ORGANIZATION:
        return pl.lit(True)
    return (pl.col("location_id") == hold.location_id) | (pl.col("left_location") == hold.location_id)


def _hold(changes: pl.DataFrame, which: pl.Expr, hold: Hold) -> pl.DataFrame:
    """The first rule that holds a change names it."""
    held = which & pl.col("held_by").is_null()
    return changes.with_columns(
        pl.when(held).then(pl.lit(hold.rule)).otherwise("held_by").alias("held_by"),
        pl.when(held).then(pl.lit(hold.scope)).otherwise("held_scope").alias("held_scope"),
    )


def _whole_people(changes: pl.DataFrame) -> pl.DataFrame:
    """Hold every change of a person of whom one change is held."""
    held = changes.filter(pl.col("held_by").is_not_null())
    if held.is_empty():
        return changes
    first = held.unique("source_id", keep="first", maintain_order=True).select(
        "source_id", pl.col("held_by").alias("by"), pl.col("held_scope").alias("scope")
    )
    return (
        changes.join(first, on="source_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("held_by", "by").alias("held_by"),
            pl.coalesce("held_scope", "scope").alias("held_scope"),
        )
        .drop("by", "scope")
    )
