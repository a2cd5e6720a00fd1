"""Guard rules that hold one kind of change in their scope, while the rest goes through (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from schedulepop.sync.plan.frames.outcomes import CREATED, REMOVED
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.guard.context import (
    REMOVAL,
    GuardContext,
    Hold,
    some_names,
)
from schedulepop.sync.plan.guard.deferrals import deferred_leavers
from schedulepop.sync.plan.guard.lookalikes import look_alikes
from schedulepop.sync.plan.guard.status_rules import status_words
from schedulepop.sync.plan.names import fold_names, full_names

CREATE = pl.col("verb") == "create"
ALL_OF = 2  # removals of everybody are unusual from this many people on
HALF_OF = 3  # and so is half of a small location within days, though it stays below the limit for them


def _going(changes: pl.DataFrame) -> pl.DataFrame:
    return changes.filter(pl.col("held_by").is_null())


def _count(changes: pl.DataFrame) -> int:
    return changes.select(PERSON_KEY.n_unique()).item() if changes.height else 0


def removals_location(context: GuardContext, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Too many people of one location lose access or leave in one run, or all of them."""
    removals = _going(changes).filter(REMOVAL)
    for (location,), leaving in removals.group_by("left_location", maintain_order=True):
        place = int(str(location))
        if context.skips_quantity(place):
            continue
        before = context.earlier(REMOVED, place, leaving["source_id"])
        figure, base = _count(leaving) + before.people, context.base(place) + before.counted
        everybody = 0 < base <= figure and figure >= ALL_OF
        limit = context.exceeds("removals_location", figure, base, place, always=everybody)
        if limit is not None:
            params = {
                "count": figure,
                "base": base,
                "place": context.place(place),
                **some_names(full_names(leaving)),
            }
            yield Hold("removals_location", float(figure), limit, params, place), REMOVAL


def removals_week(context: GuardContext, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """A location loses too many people over several days, though on none of them enough to notice."""
    removals = _going(changes).filter(REMOVAL)
    for (location,), leaving in removals.group_by("left_location", maintain_order=True):
        place, days = int(str(location)), context.policy.week_days
        before = context.snapshot.recent_removals.filter(pl.col("location_id") == place)["user_id"]
        earlier = before.filter(~before.is_in(leaving["user_id"].implode())).n_unique()
        if not earlier or context.skips_quantity(place):
            continue
        figure, base = _count(leaving) + earlier, context.base(place)
        much = _much_of(figure, base + earlier)
        limit = context.exceeds("removals_week", figure, base, place, always=much)
        if limit is not None:
            params: dict[str, object] = {"count": figure, "base": base, "place": context.place(place)}
            params |= {"days": days, "earlier": earlier, **some_names(full_names(leaving))}
            yield Hold("removals_week", float(figure), limit, params, place), REMOVAL


def _much_of(figure: int, there: int) -> bool:
    """Half of a location's people, or all of two: a small one would be empty before any number is reached."""
    return (figure >= HALF_OF and 2 * figure >= there) or figure >= max(ALL_OF, there)


def removals_organization(context: GuardContext, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Too many people of the organization lose access or leave in one run, held ones included."""
    counted = pl.col("held_by").is_null() | pl.col("held_by").is_in(["removals_location", "removals_week"])
    leaving = changes.filter(REMOVAL & counted)
    if leaving.is_empty() or context.snapshot.first_sync:
        return
    before = context.earlier(REMOVED, None, leaving["source_id"])
    figure, base = _count(leaving) + before.people, context.base() + before.counted
    limit = context.exceeds("removals_organization", figure, base)
    if limit is not None and not _going(leaving).is_empty():
        params = {"count": figure, "base": base, **some_names(full_names(leaving))}
        yield Hold("removals_organization", float(figure), limit, params), REMOVAL


def creates_location(context: GuardContext, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Too many people appear at one location in one run."""
    for (location,), hires in _going(changes).filter(CREATE).group_by("location_id", maintain_order=True):
        place = int(str(location))
        if context.skips_quantity(place):
            continue
        before = context.earlier(CREATED, place, hires["source_id"])
        figure, base = hires["source_id"].n_unique() + before.people, context.base(place) - before.counted
        limit = context.exceeds("creates_location", figure, base, place)
        if limit is not None:
            params = {
                "count": figure,
                "base": base,
                "place": context.place(place),
                **some_names(full_names(hires)),
            }
            yield Hold("creates_location", float(figure), limit, params, place), CREATE


QUANTITY_RULES: tuple[Callable[[GuardContext, pl.DataFrame], Iterator[tuple[Hold, pl.Expr]]], ...] = (
    removals_location,
    removals_week,
    removals_organization,
    status_words,
    creates_location,
)
"""In the order in which the first one that trips names a held change."""


def resembles_leaver(context: GuardContext, changes: pl.DataFrame) -> Iterator[Hold]:
    """While removals are held, a hire who resembles somebody held, leaving or missing may be that person."""
    held = changes.filter(pl.col("held_by").is_not_null())
    if held.filter(REMOVAL).is_empty():
        return
    pairs = look_alikes(context, _going(changes).filter(CREATE), held["user_id"].drop_nulls())
    deferred = deferred_leavers(changes)
    if (
        deferred is not None
    ):  # nobody was asked about a removal tonight: only who may be one of those kept apart waits
        pairs = pairs.filter(pl.col("user_id").is_in(deferred.implode()))
    for source_id, name, leaver in (
        pairs.unique("source_id", keep="first", maintain_order=True)
        .select("source_id", "name", "leaver")
        .iter_rows()
    ):
        same = fold_names(pl.Series([name]))[0] == fold_names(pl.Series([leaver]))[0]
        params = {"name": name, "leaver": None if same else leaver}
        yield Hold("resembles_leaver", 1.0, 1.0, params, source_id=source_id)
