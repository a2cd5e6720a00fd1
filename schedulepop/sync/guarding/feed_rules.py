"""Guard rules that doubt the whole feed: what they hold is everything in their scope (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from schedulepop.employee import BY_NAME, PAY_FIELDS
from schedulepop.sync.guarding.scene import ORGANIZATION, Hold, Scene, at_location, named, people

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


def short(scene: Scene) -> Iterator[Hold]:
    """Linked active people are not in the feed and no broken record could be theirs: too many, or all."""
    if scene.absent.is_empty():
        return
    accepted = list(scene.snapshot.accepted_short)
    gone = scene.absent.filter("active", ~pl.col("shielded"), ~pl.col("source_id").is_in(accepted))
    for (location,), here in gone.group_by("location_id", maintain_order=True):
        place = int(str(location))
        yield from _short(scene, here, scene.base(place), at_location(place), place)
    yield from _short(scene, gone, scene.base(), ORGANIZATION, None)


def _short(
    scene: Scene, gone: pl.DataFrame, base: int, scope: str, location_id: int | None
) -> Iterator[Hold]:
    figure, limit = gone["user_id"].n_unique() if gone.height else 0, scene.policy.short.of(base)
    if not figure or (figure < limit and figure < base):
        return
    renumbered = gone.filter("asked")["user_id"].n_unique() if gone.height else 0
    cause = f" Of these, {renumbered:,} may be in it with a new payroll ID." if renumbered else ""
    where = f"at {scene.place(location_id)}" if location_id is not None else "of the organization"
    verb = "is" if figure == 1 else "are"
    reason = (
        f"{figure:,} of {people(base)} {where} {verb} not in the payroll file: {named(gone['name'])}.{cause} Nothing "
        "was changed there. If they left, approve; if not, check the export's filters in payroll."
    )
    yield Hold("short", scope, location_id, float(figure), limit, reason)


FEED_RULES: tuple[Callable[[Scene], Iterator[Hold]], ...] = (empty, column_gone, column_blank, rejects, short)
"""In the order in which the first one that trips names a held change."""
