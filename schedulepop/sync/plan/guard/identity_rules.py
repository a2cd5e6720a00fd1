"""Guard rules about who is in a feed at all: people gone from it, people under new IDs (SPEC §5 Guard)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from schedulepop.sync.plan.guard.context import (
    REMOVAL,
    Hold,
    Scene,
    some_of,
)
from schedulepop.sync.plan.guard.lookalikes import look_alikes
from schedulepop.sync.plan.names import written


def ids_changed(scene: Scene) -> Iterator[Hold]:
    """New IDs that resemble people absent or leaving: payroll has renumbered them, so nobody is who they seem."""
    if scene.absent.is_empty() and not scene.changes["removal"].any():
        return
    known = renumbered(scene)
    figure, limit = known.height, scene.policy.ids_changed.of(scene.base())
    if figure and figure >= limit:
        yield Hold("ids_changed", float(figure), limit, {"count": figure, **some_of(known["name"])})


def renumbered(scene: Scene) -> pl.DataFrame:
    """user_id, name: people absent or leaving whom a record without a link resembles."""
    leaving = scene.changes.filter(REMOVAL & pl.col("user_id").is_not_null())
    gone = pl.concat(
        [
            scene.absent.select("user_id", "name"),
            leaving.select("user_id", written(leaving).alias("name")),
        ]
    ).unique("user_id", keep="first", maintain_order=True)
    asked = (
        scene.waiting.filter(pl.col("situation") != "linked")
        .select("candidates")
        .drop_nulls()
        .explode("candidates")
        .to_series()
    )
    hires = scene.changes.filter(pl.col("verb") == "create")
    alike = look_alikes(scene, hires, pl.Series("user_id", [], dtype=pl.Int64))["user_id"]
    return gone.filter(pl.col("user_id").is_in(pl.concat([asked.cast(pl.Int64), alike]).implode()))


def short(scene: Scene) -> Iterator[Hold]:
    """Linked active people are not in the feed and no broken record could be theirs: too many, or all.

    At one location whoever only other locations' records name counts as well: its file may be the one that is cut.
    """
    if scene.absent.is_empty():
        return
    accepted = list(scene.snapshot.accepted_short)
    gone = scene.absent.filter("active", ~pl.col("shielded"), ~pl.col("source_id").is_in(accepted))
    if gone.is_empty():
        return
    for (location,), here in gone.group_by("location_id", maintain_order=True):
        place = int(str(location))
        yield from _short(scene, here, place)
    nowhere = gone.filter(pl.col("about") == "person")
    if nowhere.height:
        yield from _short(scene, nowhere, None)


def _short(scene: Scene, gone: pl.DataFrame, location_id: int | None) -> Iterator[Hold]:
    base = scene.base(location_id)
    figure, limit = gone["user_id"].n_unique(), scene.policy.short.of(base)
    if figure < limit and figure < base:
        return
    params = {"count": figure, "base": base, "place": scene.place(location_id), **some_of(gone["name"])}
    params |= _cause(scene, gone, all_gone=figure >= base)
    yield Hold("short", float(figure), limit, params, location_id)


def _cause(scene: Scene, gone: pl.DataFrame, *, all_gone: bool) -> dict[str, object]:
    """What may be behind it, where the feed itself says so."""
    renamed = gone.filter("asked")["user_id"].n_unique()
    if renamed:
        return {"renamed": renamed}
    elsewhere = _works_elsewhere(scene)
    if all_gone and elsewhere:
        return {"elsewhere": elsewhere}
    strangers = scene.changes.filter((pl.col("verb") == "create") & pl.col("user_id").is_null()).height
    return {"strangers": all_gone and strangers > 0 and 2 * strangers > scene.read}


def _works_elsewhere(scene: Scene) -> str | None:
    """The one location where most people of the feed's unlinked records work already."""
    asked = (
        scene.waiting.filter(pl.col("situation") == "found_elsewhere")
        .explode("candidates")
        .select(pl.col("candidates").alias("user_id"))
        .join(scene.snapshot.members, on="user_id", how="inner", maintain_order="left")
        .group_by("location_id", maintain_order=True)
        .agg(pl.col("user_id").n_unique().alias("known"))
        .filter(2 * pl.col("known") > scene.read)
    )
    return scene.place(asked["location_id"][0]) if asked.height else None
