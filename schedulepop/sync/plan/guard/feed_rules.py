"""Guard rules that doubt the whole feed: what they hold is everything in their scope (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from schedulepop.employee import BY_NAME, PAY_FIELDS
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty as empty_frame
from schedulepop.sync.plan.guard.context import ORGANIZATION, Hold, Scene, people
from schedulepop.sync.plan.guard.field_rules import field_change
from schedulepop.sync.plan.guard.identity_rules import ids_changed, short
from schedulepop.wording.issues import TEXTS

FEW = 3  # records more or less than usual that are worth a word
_NAME_PARTS = frozenset({"first_name", "last_name"})


def empty(scene: Scene) -> Iterator[Hold]:
    """A header and no records."""
    if scene.read == 0:
        reason = "The payroll file has no people in it. Nothing was changed. Check the export's filters in payroll."
        yield Hold("empty", ORGANIZATION, None, 0.0, 1.0, reason)


def column_gone(scene: Scene) -> Iterator[Hold]:
    """A column that was mapped in the last good run is not in the feed any more."""
    off = (PAY_FIELDS if not scene.policy.pay else frozenset()) | (
        {"cms_code"} if not scene.policy.cms else set()
    )
    for field in sorted(scene.snapshot.last_columns - scene.mapped - off):
        if not _told_otherwise(field, scene.mapped):
            reason = (
                f"The column for {_label(field)} is missing from the payroll file; the last file had it. Nothing "
                "was changed. Restore the column in the export, or map the field to another column."
            )
            yield Hold("column_gone", ORGANIZATION, None, 1.0, 1.0, reason)


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
            reason = (
                f"The column for {_label(field)} is suddenly blank for {people(concerned)} of {scene.read:,} "
                f"({newly:.0%}) who had a value in the last file. Nothing was changed. Check the export in payroll."
            )
            yield Hold("column_blank", ORGANIZATION, None, newly, scene.policy.newly_blank, reason)


def rows_unusual(scene: Scene) -> pl.DataFrame:
    """PROBLEM, when the number of records is far from the usual one. It only warns: people come and go."""
    usual = scene.snapshot.median_read
    if usual is None or scene.read == 0:
        return empty_frame(PROBLEM)
    far = abs(scene.read - usual)
    if far < FEW or far <= scene.policy.rows_warn * usual:
        return empty_frame(PROBLEM)
    what = "fewer" if scene.read < usual else "more"
    message = (
        f"The payroll file has {scene.read:,} records; {usual:,.0f} are usual, so these are {far:,.0f} {what}. "
        f"{TEXTS['rows_unusual'].remedy}"
    )
    return pl.DataFrame(
        [{"code": "rows_unusual", "key": "rows_unusual", "message": message}], schema_overrides=PROBLEM
    ).select(
        pl.col(n) if n in ("code", "key", "message") else pl.lit(None, t).alias(n) for n, t in PROBLEM.items()
    )


def _label(field: str) -> str:
    return f"“{BY_NAME[field].label}”" if field in BY_NAME else f"“{field}”"


def rejects(scene: Scene) -> Iterator[Hold]:
    """Too many records whose identity cannot be read."""
    limit = scene.policy.rejects.of(scene.read)
    if scene.read and scene.rejects >= limit:
        reason = (
            f"{scene.rejects:,} of {scene.read:,} records have no payroll ID that can be read. Nothing was "
            "changed. Look at the rows named in the issues, correct the export and send it again."
        )
        yield Hold("rejects", ORGANIZATION, None, float(scene.rejects), limit, reason)


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
