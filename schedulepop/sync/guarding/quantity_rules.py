"""Guard rules that hold one kind of change in their scope, while the rest goes through (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from schedulepop.sync.folding import folded, with_folded_names, written
from schedulepop.sync.guarding.scene import ORGANIZATION, Hold, Scene, at_location, named, of_person, people

REMOVAL = pl.col("removal")
CREATE = pl.col("verb") == "create"
_WHAT_TO_DO = (
    "They wait; everything else goes through. If it is right, approve; if not, correct it in payroll."
)


def _going(changes: pl.DataFrame) -> pl.DataFrame:
    return changes.filter(pl.col("held_by").is_null())


def removals_location(scene: Scene, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Too many people of one location lose access or leave in one run."""
    removals = _going(changes).filter(REMOVAL)
    for (location,), leaving in removals.group_by("left_location", maintain_order=True):
        place = int(str(location))
        figure, base = leaving["source_id"].n_unique(), scene.base(place)
        limit = scene.policy.removals_location.of(base)
        if figure >= limit and not scene.skips_quantity(place):
            reason = (
                f"{figure:,} of {people(base)} at {scene.place(place)} would lose access: "
                f"{named(written(leaving))}. {_WHAT_TO_DO}"
            )
            yield Hold("removals_location", at_location(place), place, float(figure), limit, reason), REMOVAL


def removals_organization(scene: Scene, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Too many people of the organization lose access or leave in one run, held ones included."""
    leaving = changes.filter(
        REMOVAL & (pl.col("held_by").is_null() | (pl.col("held_by") == "removals_location"))
    )
    figure, base = leaving["source_id"].n_unique() if leaving.height else 0, scene.base()
    limit = scene.policy.removals_organization.of(base)
    if figure and figure >= limit and not scene.snapshot.first_sync and not _going(leaving).is_empty():
        reason = (
            f"{figure:,} of {people(base)} of the organization would lose access: {named(written(leaving))}. "
            f"{_WHAT_TO_DO}"
        )
        yield Hold("removals_organization", ORGANIZATION, None, float(figure), limit, reason), REMOVAL


def creates_location(scene: Scene, changes: pl.DataFrame) -> Iterator[tuple[Hold, pl.Expr]]:
    """Too many people appear at one location in one run."""
    for (location,), hires in _going(changes).filter(CREATE).group_by("location_id", maintain_order=True):
        place = int(str(location))
        figure, base = hires["source_id"].n_unique(), scene.base(place)
        limit = scene.policy.creates_location.of(base)
        if figure >= limit and not scene.skips_quantity(place):
            reason = (
                f"{people(figure)} would be added at {scene.place(place)}, which has {base:,}: "
                f"{named(written(hires))}. They wait; everything else goes through. If they are real, approve; if "
                "not, check the export in payroll."
            )
            yield Hold("creates_location", at_location(place), place, float(figure), limit, reason), CREATE


def resembles_leaver(scene: Scene, changes: pl.DataFrame) -> Iterator[Hold]:
    """While removals are held, a hire who resembles somebody leaving or missing may be that person."""
    if changes.filter(REMOVAL & pl.col("held_by").is_not_null()).is_empty():
        return
    hires = _going(changes).filter(CREATE & pl.col("user_id").is_null()).sort("source_id")
    leavers = _leavers(scene, changes)
    if hires.is_empty() or leavers.is_empty():
        return
    hires = with_folded_names(hires.select("source_id", "first_name", "last_name", "email", "phone"))
    hires = hires.with_columns(written(hires).alias("name"))
    told: set[str] = set()
    for keys in (["first_fold", "last_fold"], ["email"], ["phone"]):
        pairs = hires.drop_nulls(keys).join(
            leavers.drop_nulls(keys).select(*keys, "leaver"), on=keys, how="inner", maintain_order="left"
        )
        for source_id, name, leaver in pairs.select("source_id", "name", "leaver").iter_rows():
            if source_id not in told:
                told.add(source_id)
                yield Hold(
                    "resembles_leaver", of_person(source_id), None, 1.0, 1.0, _same_person(name, leaver)
                )


def _leavers(scene: Scene, changes: pl.DataFrame) -> pl.DataFrame:
    """Names, emails and phones, before and after the run, of people leaving or missing."""
    leaving = changes.filter(REMOVAL)
    users = pl.concat([leaving["user_id"].drop_nulls(), scene.absent["user_id"]]).unique().to_list()
    before = scene.snapshot.people.filter(pl.col("user_id").is_in(users))
    kept = ["first_name", "last_name", "email", "phone"]
    both = with_folded_names(
        pl.concat([before.select(kept), leaving.select(kept)]).unique(maintain_order=True)
    )
    return both.with_columns(written(both).alias("leaver"))


def _same_person(name: str, leaver: str) -> str:
    same = folded(pl.Series([name]))[0] == folded(pl.Series([leaver]))[0]
    who = "somebody of the same name" if same else leaver
    return (
        f"{name} would be added, while {who} is leaving or missing and that waits for approval. If it is the "
        "same person, nobody should be added twice: decide on the people leaving first."
    )
