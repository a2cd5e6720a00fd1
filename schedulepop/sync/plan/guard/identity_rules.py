"""Guard rules about who is in a feed at all: people gone from it, people under new IDs (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from schedulepop.sync.plan.frames.missing import SHORT, Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.guard.context import (
    REMOVAL,
    GuardContext,
    Hold,
    some_names,
)
from schedulepop.sync.plan.guard.lookalikes import look_alikes
from schedulepop.sync.plan.names import full_names


def ids_changed(context: GuardContext) -> Iterator[Hold]:
    """New IDs that resemble people absent or leaving: payroll has renumbered them, so nobody is who they seem."""
    if context.missing.is_empty() and not context.changes.rows["removal"].any():
        return
    known = renumbered(context)
    figure = known.height
    limit = context.exceeds("ids_changed", figure, context.base())
    if limit is not None:
        yield Hold("ids_changed", float(figure), limit, {"count": figure, **some_names(known["name"])})


def renumbered(context: GuardContext) -> pl.DataFrame:
    """user_id, name: people absent or leaving whom a record without a link resembles."""
    leaving = context.changes.rows.filter(REMOVAL & pl.col("user_id").is_not_null())
    gone = pl.concat(
        [
            context.missing.select("user_id", "name"),
            leaving.select("user_id", full_names(leaving).alias("name")),
        ]
    ).unique("user_id", keep="first", maintain_order=True)
    asked = (
        context.stopped.filter(pl.col("situation") != "linked")
        .select("candidates")
        .drop_nulls()
        .explode("candidates")
        .to_series()
    )
    hires = context.changes.rows.filter(pl.col("verb") == "create")
    alike = look_alikes(context, hires, pl.Series("user_id", [], dtype=pl.Int64))["user_id"]
    return gone.filter(pl.col("user_id").is_in(pl.concat([asked.cast(pl.Int64), alike]).implode()))


def short(context: GuardContext) -> Iterator[Hold]:
    """Linked active people are not in the feed and no broken record could be theirs: too many, or all.

    At one location whoever only other locations' records name counts as well: its file may be the one that is cut.
    """
    gone = _gone(context)
    if gone.is_empty():
        return
    for (location,), here in gone.group_by("location_id", maintain_order=True):
        place = int(str(location))
        yield from _short(context, here, place)
    nowhere = gone.filter(pl.col("about") == Subject.PERSON)
    if nowhere.height:
        yield from _short(context, nowhere, None)


def short_people(context: GuardContext, holds: Sequence[Hold]) -> pl.DataFrame:
    """SHORT: whom these holds of `short` count, at each location of theirs."""
    places = [hold.location_id for hold in holds if hold.rule == "short"]
    if not places:
        return empty(SHORT)
    here = pl.col("location_id").is_in([place for place in places if place is not None])
    anywhere = pl.lit(None in places) & (pl.col("about") == Subject.PERSON)
    named = _gone(context).filter(here | anywhere).select(list(SHORT))
    return named.unique(maintain_order=True).sort("location_id", "source_id")


def _gone(context: GuardContext) -> pl.DataFrame:
    """MISSING of those who count toward `short`."""
    if context.missing.is_empty():
        return context.missing
    accepted = list(context.snapshot.accepted_short)
    return context.missing.filter("active", ~pl.col("protected"), ~pl.col("source_id").is_in(accepted))


def _short(context: GuardContext, gone: pl.DataFrame, location_id: int | None) -> Iterator[Hold]:
    base = context.base(location_id)
    figure = gone["user_id"].n_unique()
    limit = context.exceeds("short", figure, base, location_id, always=figure >= base)
    if limit is None:
        return
    params = {"count": figure, "base": base, "place": context.place(location_id), **some_names(gone["name"])}
    params |= _cause(context, gone, all_gone=figure >= base)
    yield Hold("short", float(figure), limit, params, location_id)


def _cause(context: GuardContext, gone: pl.DataFrame, *, all_gone: bool) -> dict[str, object]:
    """What may be behind it, where the feed itself says so."""
    renamed = gone.filter("has_open_question")["user_id"].n_unique()
    if renamed:
        return {"renamed": renamed}
    elsewhere = _works_elsewhere(context)
    if all_gone and elsewhere:
        return {"elsewhere": elsewhere}
    strangers = context.changes.rows.filter((pl.col("verb") == "create") & pl.col("user_id").is_null()).height
    return {"strangers": all_gone and strangers > 0 and 2 * strangers > context.read}


def _works_elsewhere(context: GuardContext) -> str | None:
    """The one location where most people of the feed's unlinked records work already."""
    asked = (
        context.stopped.filter(pl.col("situation") == "found_elsewhere")
        .explode("candidates")
        .select(pl.col("candidates").alias("user_id"))
        .join(context.snapshot.members, on="user_id", how="inner", maintain_order="left")
        .group_by("location_id", maintain_order=True)
        .agg(pl.col("user_id").n_unique().alias("known"))
        .filter(2 * pl.col("known") > context.read)
    )
    return context.place(asked["location_id"][0]) if asked.height else None
