"""Puts a scope on hold when a feed looks wrong; what is not held goes through (SPEC §5 Guard).

Feed rules doubt the feed and hold every change in their scope. Quantity rules hold one kind of change in
theirs, person rules one person. Never a part of one person: when one of a person's changes is held, all of
them are. The one exception is a contact that changes hands (`contacts`). Whom somebody keeps apart is held first, and
counted by no quantity rule (`deferrals`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from schedulepop.sync.plan.frames.changes import CHANGE, HOLDING
from schedulepop.sync.plan.frames.outcomes import HOLD
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.frames.steps import Verdict
from schedulepop.sync.plan.guard.contacts import hold_moved_contacts
from schedulepop.sync.plan.guard.context import GuardContext, Hold
from schedulepop.sync.plan.guard.counts import largest
from schedulepop.sync.plan.guard.deferrals import hold_deferred
from schedulepop.sync.plan.guard.feed_rules import FEED_RULES
from schedulepop.sync.plan.guard.identity_rules import short_people
from schedulepop.sync.plan.guard.issues import about_holds, about_pay_jumps, about_unusual_size
from schedulepop.sync.plan.guard.open_holds import covered_by
from schedulepop.sync.plan.guard.person_rules import PERSON_RULES
from schedulepop.sync.plan.guard.quantity_rules import QUANTITY_RULES, resembles_leaver
from schedulepop.sync.plan.guard.status_rules import status_words


def guard(context: GuardContext) -> Verdict:
    """The changes with `held_by` and `held_scope`, and HOLD.

    Removals of missing people whose scope a feed rule holds are dropped: a feed that is not applied counts
    for nobody's absence.
    """
    context = replace(context, counts=[])
    feed_holds = doubts(context)
    changes, others = _judge(context, feed_holds)
    judged, moved = hold_moved_contacts(context, changes)
    changes = judged.rows
    holds = _frame([*feed_holds, *others, *moved])
    problems = [about_holds(holds)]
    if context.feed is not None:
        problems = [about_unusual_size(context), about_pay_jumps(context, changes), *problems]
    fields = judged.fields.join(changes, on="change_no", how="semi", maintain_order="left")
    return Verdict(
        changes=replace(context.changes, rows=changes, fields=fields),
        holds=holds,
        feed_holds=_frame(feed_holds),
        short=short_people(context, feed_holds),
        counts=[one.row() for one in largest(context.counts)],
        problems=pl.concat(problems),
    )


def doubts(context: GuardContext) -> list[Hold]:
    """The holds of the rules that doubt the whole feed."""
    found = [hold for rule in FEED_RULES for hold in rule(context)]
    return [hold for hold in found if hold.rule == "empty"] or found


def guard_some(
    context: GuardContext, whole: GuardContext | None, standing: Sequence[Hold]
) -> tuple[Verdict, pl.DataFrame]:
    """The verdict on some people's changes, and CHANGE of those that are stopped: nothing of these is asked here.

    Stopped is what a hold of an open run covers (`standing`), and what a feed in doubt says. `whole`: the feed with
    everybody, to be doubted or not; None: it speaks already.
    """
    feed_holds = doubts(whole) if whole is not None else []
    words = list(status_words(whole, whole.changes.rows)) if whole is not None else []
    changes = context.changes.rows.with_columns(context.left_location)
    for hold in feed_holds:
        changes = _hold(changes, _in_scope(hold), hold)
    for hold, kind in words:
        changes = _hold(changes, kind & _in_scope(hold), hold)
    for hold in standing:
        changes = _hold(changes, covered_by(hold, context) & _in_scope(hold), hold)
    changes = _whole_people(changes).select(list(CHANGE))
    stopped = changes.filter(pl.col("held_by").is_not_null())
    left = replace(context.changes, rows=changes.filter(pl.col("held_by").is_null()))
    asked = replace(context, changes=left)
    judged, others = _judge(asked, [])
    moved_apart, moved = hold_moved_contacts(asked, judged)
    holds = _frame([*others, *moved])
    kept = pl.concat([moved_apart.rows, stopped])
    fields = moved_apart.fields.join(kept, on="change_no", how="semi", maintain_order="left")
    verdict = Verdict(
        changes=replace(moved_apart, fields=fields),
        holds=holds,
        problems=pl.concat([about_pay_jumps(asked, moved_apart.rows), about_holds(holds)]),
    )
    return verdict, stopped


def _judge(context: GuardContext, feed_holds: list[Hold]) -> tuple[pl.DataFrame, list[Hold]]:
    """The changes that stay, with what holds them; and the holds of quantity and person rules."""
    if context.changes.rows.is_empty():
        return context.changes.rows, [hold for hold, _ in status_words(context, context.changes.rows)]
    changes = context.changes.rows.with_columns(context.left_location)
    for hold in feed_holds:
        changes = _hold(changes, _in_scope(hold), hold)
    changes = changes.filter((pl.col("situation") != "missing") | pl.col("held_by").is_null())
    changes = hold_deferred(context, changes)
    changes = _whole_people(changes)
    holds: list[Hold] = []
    for quantity in QUANTITY_RULES:
        for hold, kind in quantity(context, changes):
            holds.append(hold)
            changes = _hold(changes, kind & _in_scope(hold), hold)
    changes = _whole_people(changes)
    for of_one in (*PERSON_RULES, resembles_leaver):
        found = list(of_one(context, changes))
        if found:
            changes = _whole_people(_hold_people(changes, found))
            holds += found
    return changes.select(list(CHANGE)), holds


def _frame(holds: list[Hold]) -> pl.DataFrame:
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
        for name, value in zip(HOLDING, (hold.rule, *_scope(hold)), strict=True)
    )


def _scope(hold: Hold) -> tuple[object, ...]:
    return hold.scope, hold.location_id, hold.source_id


def _hold_people(changes: pl.DataFrame, holds: list[Hold]) -> pl.DataFrame:
    """Everybody whom a rule names, at once: there may be thousands."""
    rows = [(hold.source_id, hold.rule, *_scope(hold)) for hold in holds]
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
    changes = changes.with_columns(PERSON_KEY.alias("whole"))
    first = (
        changes.filter(pl.col("held_by").is_not_null())
        .unique("whole", keep="first", maintain_order=True)
        .select("whole", *(pl.col(name).alias(f"by_{name}") for name in HOLDING))
    )
    return _named(changes.join(first, on="whole", how="left", maintain_order="left")).drop("whole")
