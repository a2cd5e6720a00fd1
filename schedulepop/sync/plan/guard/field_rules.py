"""A guard rule for columns that mean something else than yesterday: one field changes for too many (SPEC §5 Guard).

Filling a blank is no change, nor is what a date brought about. The end of an employment is counted by the
rules for removals, so that three lawful leavers never make a small building's hires wait. Pay counts only
above the usual raise.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from schedulepop.employee import TELLS_PAY, WORKING
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.guard.context import (
    REMOVAL,
    GuardContext,
    Hold,
    some_names,
)
from schedulepop.sync.plan.guard.pay_rules import jumps, pay_changes
from schedulepop.sync.plan.names import full_names

PAY = "pay_rate"
IDENTITY = "identity"
_OF_REMOVALS = ["status", "termination_date", "ends_on"]


def field_change(context: GuardContext) -> Iterator[Hold]:
    """One owned field changes for too many people of the organization, or of one location."""
    if context.snapshot.first_sync or (context.changes.fields.is_empty() and context.stopped.is_empty()):
        return
    for (name,), group in _people_by_field(context).group_by("field", maintain_order=True):
        whole = _hold(context, str(name), group, group["person"].n_unique(), None)
        if whole is not None:
            yield whole
            continue
        for place, figure in _people_by_location(group):
            if context.skips_quantity(place):
                continue
            here = _hold(context, str(name), group, figure, place)
            if here is not None:
                yield here


def _people_by_location(group: pl.DataFrame) -> list[tuple[int, int]]:
    """Counted at once: an organization has hundreds of locations, and seldom does one of them trip."""
    counted = group.group_by("left_location", maintain_order=True)
    return [
        (int(place), int(figure)) for place, figure in counted.agg(pl.col("person").n_unique()).iter_rows()
    ]


def _hold(
    context: GuardContext, name: str, group: pl.DataFrame, figure: int, location_id: int | None
) -> Hold | None:
    """The hold, when this many are too many. `group`: everybody of the organization with this field."""
    base = context.base(location_id)
    limit = context.exceeds("field_change", figure, base, location_id)
    if limit is None:
        return None
    if location_id is not None:
        group = group.filter(pl.col("left_location") == location_id)
    params = {"field": name, "count": figure, "base": base, "place": context.place(location_id)}
    params |= some_names(group["name"]) | _cause(context, name, group)
    return Hold("field_change", float(figure), limit, params, location_id)


def _cause(context: GuardContext, name: str, group: pl.DataFrame) -> dict[str, object]:
    """What may be behind it, where the feed itself says so."""
    if name == "location":
        return {"swapped": _swapped(context, group)}
    if name == "email":
        return {"domain": _one_domain(context, group)}
    return {"limit": context.policy.pay_jump, "times": _by_the_factor(context, group)} if name == PAY else {}


def _swapped(context: GuardContext, group: pl.DataFrame) -> list[str | None]:
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
    return [context.place(one) for one in back]


def _one_domain(context: GuardContext, group: pl.DataFrame) -> str | None:
    """Most new addresses are of one domain: payroll has moved, or a column was filled down."""
    emails = context.changes.fields.filter(pl.col("field") == "email").join(group, on="change_no", how="semi")
    domains = emails.select(pl.col("new").str.extract("(@.+)$").alias("domain")).drop_nulls()
    most = domains.group_by("domain").len("times").sort("times", "domain", descending=[True, False]).head(1)
    if most.is_empty() or 2 * most["times"][0] <= group.height:
        return None
    return str(most["domain"][0])


def _by_the_factor(context: GuardContext, group: pl.DataFrame) -> float | None:
    """A comma in the wrong place, or another unit, multiplies everybody's pay alike."""
    times = pay_changes(context).join(group, on="change_no", how="semi")["times"].median()
    if not isinstance(times, float) or 1.0 / context.policy.pay_absurd < times < context.policy.pay_absurd:
        return None
    return times


def _people_by_field(context: GuardContext) -> pl.DataFrame:
    """field, person, name, left_location, location_id: who of the working, linked people changes in which field."""
    working = context.snapshot.members.filter(
        pl.col("payroll_owned") & pl.col("status").is_in(sorted(WORKING))
    ).select(pl.col("membership_id").alias("base"), pl.lit(True).alias("works"))
    about = (
        context.changes.rows.with_columns(
            context.left_location, pl.coalesce("from_membership_id", "membership_id").alias("base")
        )
        .filter(pl.col("situation") == "linked")
        .join(working, on="base", how="semi", maintain_order="left")
    )
    about = about.select(
        "change_no",
        "left_location",
        "location_id",
        "removal",
        PERSON_KEY.alias("person"),
        pl.col("source_id").is_in(context.snapshot.answers["source_id"].implode()).alias("answered"),
        full_names(about).alias("name"),
    )
    plain = context.changes.fields.filter(
        ~pl.col("field").is_in(sorted(TELLS_PAY)) & pl.col("old").is_not_null() & (pl.col("why") != "dates")
    ).select("change_no", "field")
    paid = pay_changes(context).filter(jumps(context.policy.pay_jump))
    fields = pl.concat(
        [plain, paid.select("change_no", pl.lit(PAY).alias("field")).unique(maintain_order=True)]
    )
    fields = fields.join(about, on="change_no", how="inner", maintain_order="left").filter(
        ~(REMOVAL & pl.col("field").is_in(_OF_REMOVALS)),
        ~(pl.col("answered") & (pl.col("field") == "employee_number")),
    )
    kept = ("change_no", "field", "person", "name", "left_location", "location_id")
    return pl.concat([fields.select(kept), _other_people(context).select(kept)]).sort(
        "field", "left_location", "person", maintain_order=True
    )


def _other_people(context: GuardContext) -> pl.DataFrame:
    """The records whose ID names somebody else now: they wait already, and many of them doubt the whole feed."""
    recycled = context.stopped.filter(
        (pl.col("stop_reason") == "recycled_id")
        & pl.col("location_id").is_not_null()
        & pl.col("user_id").is_not_null()
    )
    return recycled.select(
        pl.lit(None, pl.UInt32).alias("change_no"),
        pl.lit(IDENTITY).alias("field"),
        PERSON_KEY.alias("person"),
        full_names(recycled).alias("name"),
        pl.col("location_id").alias("left_location"),
        "location_id",
    )
