"""Guard rules that doubt the whole feed: what they hold is everything in their scope (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from schedulepop.employee import PAY_FIELDS
from schedulepop.sync.plan.findings import about_feed
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty as empty_frame
from schedulepop.sync.plan.guard.context import Hold, Scene
from schedulepop.sync.plan.guard.field_rules import field_change
from schedulepop.sync.plan.guard.identity_rules import ids_changed, short

FEW = 3  # records more or less than usual that are worth a word
_NAME_PARTS = frozenset({"first_name", "last_name"})


def empty(scene: Scene) -> Iterator[Hold]:
    """A header and no records."""
    if scene.read == 0:
        yield Hold("empty", 0.0, 1.0, {})


def column_gone(scene: Scene) -> Iterator[Hold]:
    """A column that was mapped in the last good run is not in the feed any more."""
    off = (PAY_FIELDS if not scene.policy.pay else frozenset()) | (
        {"cms_code"} if not scene.policy.cms else set()
    )
    for field in sorted(scene.snapshot.last_columns - scene.mapped - off):
        if not _told_otherwise(field, scene.mapped):
            yield Hold("column_gone", 1.0, 1.0, {"field": field})


def _told_otherwise(field: str, mapped: frozenset[str]) -> bool:
    """One name column replaced by two, or the other way round, loses nothing."""
    return (field == "full_name" and mapped >= _NAME_PARTS) or (
        field in _NAME_PARTS and "full_name" in mapped
    )


def column_blank(scene: Scene) -> Iterator[Hold]:
    """Most values of a column that had values are blank now."""
    for field in sorted(scene.blank):
        if field not in scene.snapshot.last_blank:
            continue
        newly = scene.blank[field] - scene.snapshot.last_blank[field]
        concerned = round(newly * scene.read)
        if newly > scene.policy.newly_blank and concerned >= scene.policy.newly_blank_floor:
            params = {"field": field, "concerned": concerned, "read": scene.read, "share": newly}
            yield Hold("column_blank", newly, scene.policy.newly_blank, params)


def rows_unusual(scene: Scene) -> pl.DataFrame:
    """PROBLEM, when the number of records is far from the usual one. It only warns: people come and go."""
    usual = scene.snapshot.median_read
    if usual is None or scene.read == 0:
        return empty_frame(PROBLEM)
    far = abs(scene.read - usual)
    if far < FEW or far <= scene.policy.rows_warn * usual:
        return empty_frame(PROBLEM)
    return about_feed("rows_unusual", key="rows_unusual", params={"read": scene.read, "usual": usual})


def rejects(scene: Scene) -> Iterator[Hold]:
    """Too many records whose identity cannot be read."""
    limit = scene.policy.rejects.of(scene.read)
    if scene.read and scene.rejects >= limit:
        params = {"rejects": scene.rejects, "read": scene.read}
        yield Hold("rejects", float(scene.rejects), limit, params)


FEED_RULES: tuple[Callable[[Scene], Iterator[Hold]], ...] = (
    empty,
    column_gone,
    column_blank,
    rejects,
    ids_changed,
    short,
    field_change,
)
"""In the order in which the first one that trips names a held change."""

DOUBTING: frozenset[str] = frozenset(rule.__name__ for rule in FEED_RULES)
"""Their names in holds: rules that doubt the feed; the others hold one kind of change, or one person."""
