"""Guard rules that doubt the whole feed: what they hold is everything in their scope (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from schedulepop.employee import PAY_FIELDS
from schedulepop.sync.plan.guard.context import GuardContext, Hold
from schedulepop.sync.plan.guard.field_rules import field_change
from schedulepop.sync.plan.guard.identity_rules import ids_changed, short
from schedulepop.sync.plan.values.renamed_columns import successor, successor_by_values

_NAME_PARTS = frozenset({"first_name", "last_name"})


def empty(context: GuardContext) -> Iterator[Hold]:
    """A header and no records."""
    if context.feed is not None and context.feed.read == 0:
        yield Hold("empty", 0.0, 1.0, {})


def column_gone(context: GuardContext) -> Iterator[Hold]:
    """A column that was mapped in the last good run is not in the feed any more.

    One that a kept feed had when nobody used it is not gone: it counts from the next feed on.
    """
    if context.feed is None:
        return
    off = (PAY_FIELDS if not context.policy.pay else frozenset()) | (
        {"cms_code"} if not context.policy.cms else set()
    )
    for field in sorted(context.snapshot.last_columns - context.feed.mapped - context.feed.not_at_hand - off):
        if not _replaced(field, context.feed.mapped):
            was = context.snapshot.last_headers.get(field, "")
            same = successor_by_values(field, _had(context, field), context.feed.unread_values())
            now = same or successor(field, was, context.feed.unread)
            params = {"field": field, "was": was or None, "successor": now, "same_values": same is not None}
            yield Hold("column_gone", 1.0, 1.0, params)


def _had(context: GuardContext, field: str) -> pl.DataFrame:
    """source_id, value: what linked people have in a field that is kept as payroll writes it; else nothing."""
    people, links = context.snapshot.people, context.snapshot.links
    if field == "source_id":
        return links.select("source_id", pl.col("source_id").alias("value"))
    if field not in people.columns or people[field].dtype != pl.String:
        return pl.DataFrame(schema={"source_id": pl.String, "value": pl.String})
    values = people.select("user_id", pl.col(field).alias("value"))
    return links.join(values, on="user_id", how="inner", maintain_order="left").select("source_id", "value")


def _replaced(field: str, mapped: frozenset[str]) -> bool:
    """One name column replaced by two, or the other way round, loses nothing."""
    return (field == "full_name" and mapped >= _NAME_PARTS) or (
        field in _NAME_PARTS and "full_name" in mapped
    )


def column_blank(context: GuardContext) -> Iterator[Hold]:
    """Most values of a column that had values are blank now."""
    if (feed := context.feed) is None:
        return
    for field in sorted(feed.blank.keys() & context.snapshot.last_blank.keys()):
        newly = feed.blank[field] - context.snapshot.last_blank[field]
        concerned = round(newly * feed.read)
        if newly > context.policy.newly_blank and concerned >= context.policy.newly_blank_floor:
            params = {"field": field, "concerned": concerned, "read": feed.read, "share": newly}
            yield Hold("column_blank", newly, context.policy.newly_blank, params)


def rejects(context: GuardContext) -> Iterator[Hold]:
    """Too many records whose identity cannot be read."""
    if (feed := context.feed) is None:
        return
    last = context.snapshot
    if "source_id" not in feed.mapped and (last.first_sync or "source_id" in last.last_columns):
        return  # the column is missing, and that is said
    limit = context.exceeds("rejects", feed.rejected, feed.read)
    if feed.read and limit is not None:
        params = {"rejects": feed.rejected, "read": feed.read}
        yield Hold("rejects", float(feed.rejected), limit, params)


FEED_RULES: tuple[Callable[[GuardContext], Iterator[Hold]], ...] = (
    empty,
    column_gone,
    column_blank,
    rejects,
    ids_changed,
    short,
    field_change,
)
"""In the order in which the first one that trips names a held change."""

FEED_RULE_NAMES: frozenset[str] = frozenset(rule.__name__ for rule in FEED_RULES)
"""Their names in holds: rules that doubt the feed; the others hold one kind of change, or one person."""

ASKS_ABOUT_FEED = FEED_RULE_NAMES - {"field_change"}
"""Rules that doubt the file whoever waits: deciding on its people one by one does not say that the file is right."""

DOUBTS_FEED = FEED_RULE_NAMES | {"status_words"}
"""Rules after which a feed is nothing to compare the next one with, until somebody approves it."""
