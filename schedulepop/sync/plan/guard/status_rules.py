"""A guard rule for a status column that says something else than last time (SPEC §5 Guard).

It looks at the words as payroll writes them, whether they map or not: hours, a pay class or another system's codes may
well map, and to the wrong status.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from schedulepop.employee import WORKING
from schedulepop.lib import text
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.guard.context import GuardContext, Hold, some_names
from schedulepop.sync.plan.names import full_names

CREATE = pl.col("verb") == "create"
_SHOWN = 4  # words named with their counts


def status_words(context: GuardContext, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Words new to the integration, or of another column than last time, for too many people of a location.

    It holds what the column says there: changes of the status, and new people who come with such a word. Where all
    of them leave and are on hold for that, nothing is left to say.
    """
    feed, last = context.feed, context.snapshot
    if feed is None or not last.last_status_words or last.first_sync:
        return
    known = {text.fold(word) for word in last.last_status_words}
    new = sorted(word for word in feed.status_words if text.fold(word) not in known)
    moved = text.fold_header(feed.status_column) != text.fold_header(last.last_status_column)
    if not new and not moved:
        return
    stated = context.records.filter(pl.col("status_raw").is_not_null() & pl.col("location_id").is_not_null())
    touched = _status_changes(context)
    for (location,), people in stated.group_by("location_id", maintain_order=True):
        place = int(str(location))
        if context.skips_quantity(place):
            continue
        doubted = people.filter(pl.col("status_raw").is_in(new))
        there = _of_column(doubted, touched)
        hold = _hold(context, place, doubted, new, moved=moved)
        if hold is None and moved and changes.filter(_of_column(people, touched)).height:
            hold, there = (
                _hold(context, place, people, new, moved=True, all_of=True),
                _of_column(people, touched),
            )
        concerned = there | _touching(touched)
        if hold is not None and not _is_held_anyway(changes, doubted, concerned):
            yield hold, concerned


def _is_held_anyway(changes: pl.DataFrame, doubted: pl.DataFrame, concerned: pl.Expr) -> bool:
    held = pl.col("held_by").is_not_null()
    others = doubted.filter(~pl.col("source_id").is_in(changes.filter(held)["source_id"].implode()))
    return others.is_empty() and changes.filter(concerned & ~held).is_empty()


def _hold(
    context: GuardContext,
    place: int,
    doubted: pl.DataFrame,
    new: Collection[str],
    *,
    moved: bool,
    all_of: bool = False,
) -> Hold | None:
    """`all_of`: everybody there is in doubt, also those whose record reads as it did and was not looked at."""
    working = context.snapshot.members.filter(
        pl.col("payroll_owned") & pl.col("status").is_in(sorted(WORKING)) & (pl.col("location_id") == place)
    )
    here = doubted.filter(pl.col("user_id").is_in(working["user_id"].implode()))
    base = context.base(place)
    figure = base if all_of else here.select(PERSON_KEY.n_unique()).item()
    limit = context.policy.field_change.of(base)
    if context.feed is None or figure < limit:
        return None
    last = context.snapshot
    params = {
        "column": context.feed.status_column,
        "was": last.last_status_column if moved else None,
        "before": _most(last.last_status_words),
        "now": _most({word: context.feed.status_words[word] for word in new}),
        "count": figure,
        "base": base,
        "place": context.place(place),
        **some_names(full_names(here)),
    }
    return Hold("status_words", float(figure), limit, params, place)


def _most(words: dict[str, int]) -> list[list[object]]:
    """The most frequent words with their counts."""
    ranked = sorted(
        ((count, word) for word, count in words.items() if count), key=lambda one: (-one[0], one[1])
    )
    return [[word, count] for count, word in ranked[:_SHOWN]]


def _status_changes(context: GuardContext) -> list[int]:
    """Changes of the status of somebody in the feed."""
    fields = context.changes.fields.filter(pl.col("field").is_in(["status", "ends_on"]))
    found: list[int] = fields["change_no"].unique().sort().to_list()
    return found


def _touching(touched: list[int]) -> pl.Expr:
    return ~CREATE & (pl.col("situation") != "missing") & pl.col("change_no").is_in(touched)


def _of_column(people: pl.DataFrame, touched: list[int]) -> pl.Expr:
    """What these records bring: new people, and changes of the status."""
    theirs = pl.col("source_id").is_in(people["source_id"].unique().implode())
    return theirs & (CREATE | _touching(touched))
