"""A guard rule for columns that mean something else than yesterday: one field changes for too many (SPEC §5 Guard).

Filling a blank is no change, nor is what a date brought about. The end of an employment is counted by the
rules for removals, so that three lawful leavers never make a small building's hires wait. Pay counts only
above the usual raise.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from schedulepop.employee import TELLS_PAY
from schedulepop.sync.plan.guard.context import (
    REMOVAL,
    WORKING,
    Hold,
    Scene,
    person,
    some_of,
)
from schedulepop.sync.plan.guard.pay_rules import jumps, pay_changes
from schedulepop.sync.plan.names import written

PAY = "pay_rate"
IDENTITY = "identity"
_OF_REMOVALS = ["status", "termination_date", "ends_on"]


def field_change(scene: Scene) -> Iterator[Hold]:
    """One owned field changes for too many people of the organization, or of one location."""
    if scene.snapshot.first_sync or (scene.fields.is_empty() and scene.waiting.is_empty()):
        return
    told = _people_by_field(scene)
    for (name,), group in told.group_by("field", maintain_order=True):
        whole = _hold(scene, str(name), group, group["person"].n_unique(), None)
        if whole is not None:
            yield whole
            continue
        for place, figure in _people_by_location(group):
            if scene.skips_quantity(place):
                continue
            here = _hold(scene, str(name), group, figure, place)
            if here is not None:
                yield here


def _people_by_location(group: pl.DataFrame) -> list[tuple[int, int]]:
    """Counted at once: an organization has hundreds of locations, and seldom does one of them trip."""
    counted = group.group_by("left_location", maintain_order=True)
    return [
        (int(place), int(figure)) for place, figure in counted.agg(pl.col("person").n_unique()).iter_rows()
    ]


def _hold(scene: Scene, name: str, group: pl.DataFrame, figure: int, location_id: int | None) -> Hold | None:
    """The hold, when this many are too many. `group`: everybody of the organization with this field."""
    base = scene.base(location_id)
    limit = scene.policy.field_change.of(base)
    if figure < limit:
        return None
    if location_id is not None:
        group = group.filter(pl.col("left_location") == location_id)
    params = {"field": name, "count": figure, "base": base, "place": scene.place(location_id)}
    params |= some_of(group["name"]) | _cause(scene, name, group)
    return Hold("field_change", float(figure), limit, params, location_id)


def _cause(scene: Scene, name: str, group: pl.DataFrame) -> dict[str, object]:
    """What may be behind it, where the feed itself says so."""
    if name == "location":
        return {"swapped": _swapped(scene, group)}
    if name == "email":
        return {"domain": _one_domain(scene, group)}
    return {"limit": scene.policy.pay_jump, "times": _by_the_factor(scene, group)} if name == PAY else {}


def _swapped(scene: Scene, group: pl.DataFrame) -> list[str | None]:
    """Two locations that exchange their people."""
    moves = group.select("left_location", "location_id").unique()
    back = (
        moves.join(
            moves,
            left_on=["left_location", "location_id"],
            right_on=["location_id", "left_location"],
            how="semi",
            maintain_order="left",
        )["left_location"]
        .sort()
        .to_list()
    )
    return [scene.place(one) for one in back]


def _one_domain(scene: Scene, group: pl.DataFrame) -> str | None:
    """Most new addresses are of one domain: payroll has moved, or a column was filled down."""
    told = scene.fields.filter(pl.col("field") == "email").join(group, on="change_no", how="semi")
    domains = told.select(pl.col("new").str.extract("(@.+)$").alias("domain")).drop_nulls()
    most = domains.group_by("domain").len("times").sort("times", "domain", descending=[True, False]).head(1)
    if most.is_empty() or 2 * most["times"][0] <= group.height:
        return None
    return str(most["domain"][0])


def _by_the_factor(scene: Scene, group: pl.DataFrame) -> float | None:
    """A comma in the wrong place, or another unit, multiplies everybody's pay alike."""
    times = pay_changes(scene).join(group, on="change_no", how="semi")["times"].median()
    if not isinstance(times, float) or 1.0 / scene.policy.pay_absurd < times < scene.policy.pay_absurd:
        return None
    return times


def _people_by_field(scene: Scene) -> pl.DataFrame:
    """field, person, name, left_location, location_id: who of the working, linked people changes in which field."""
    working = scene.snapshot.members.filter(pl.col("payroll_owned") & pl.col("status").is_in(WORKING)).select(
        pl.col("membership_id").alias("base"), pl.lit(True).alias("works")
    )
    about = (
        scene.changes.with_columns(
            scene.left, pl.coalesce("from_membership_id", "membership_id").alias("base")
        )
        .filter(pl.col("situation") == "linked")
        .join(working, on="base", how="semi", maintain_order="left")
    )
    about = about.select(
        "change_no",
        "left_location",
        "location_id",
        "removal",
        person().alias("person"),
        pl.col("source_id").is_in(scene.snapshot.answers["source_id"].implode()).alias("answered"),
        written(about).alias("name"),
    )
    plain = scene.fields.filter(
        ~pl.col("field").is_in(sorted(TELLS_PAY)) & pl.col("old").is_not_null() & (pl.col("why") != "dates")
    ).select("change_no", "field")
    paid = pay_changes(scene).filter(jumps(scene.policy.pay_jump))
    told = pl.concat(
        [plain, paid.select("change_no", pl.lit(PAY).alias("field")).unique(maintain_order=True)]
    )
    told = told.join(about, on="change_no", how="inner", maintain_order="left").filter(
        ~(REMOVAL & pl.col("field").is_in(_OF_REMOVALS)),
        ~(pl.col("answered") & (pl.col("field") == "employee_number")),
    )
    kept = ("change_no", "field", "person", "name", "left_location", "location_id")
    return pl.concat([told.select(kept), _other_people(scene).select(kept)]).sort(
        "field", "left_location", "person", maintain_order=True
    )


def _other_people(scene: Scene) -> pl.DataFrame:
    """The records whose ID names somebody else now: they wait already, and many of them doubt the whole feed."""
    recycled = scene.waiting.filter(
        (pl.col("waits") == "recycled_id")
        & pl.col("location_id").is_not_null()
        & pl.col("user_id").is_not_null()
    )
    return recycled.select(
        pl.lit(None, pl.UInt32).alias("change_no"),
        pl.lit(IDENTITY).alias("field"),
        person().alias("person"),
        written(recycled).alias("name"),
        pl.col("location_id").alias("left_location"),
        "location_id",
    )
