"""Owned fields that payroll does not move: overrides, and what an undo pinned (SPEC §1.7, §3, §5 Undo).

An override holds its own value until payroll sends the same, its day comes, or somebody releases it. A pin holds
whatever the person has while payroll keeps sending the value that was taken back; any other value releases it.
What payroll does not say, a blank or an absent column, neither agrees nor releases.

A last day that is held moves nobody: the status and the staged end follow the last day that counts.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from schedulepop.employee import NEXT_PAY, USER_FIELDS, Status
from schedulepop.sync.plan.diff.pay import RATE
from schedulepop.sync.plan.employment import effective_status, is_ended
from schedulepop.sync.plan.frames.changes import TARGET
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import VALUES
from schedulepop.sync.plan.frames.snapshot import Snapshot

OVERRIDE, PIN = "override", "pin"
AGREED, CHANGED, EXPIRED = "agreed", "changed", "expired"
HELD = "held"
KEPT: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,  # null: of a missing person
    "source_id": pl.String,
    "user_id": pl.Int64,
    "location_id": pl.Int64,
    "first_name": pl.String,
    "last_name": pl.String,
    "keep_id": pl.Int64,
    "field": pl.String,
    "kind": pl.String,
    "until": pl.Date,
    "run": pl.Int64,
    "said": pl.String,  # payroll's value as a keep writes values; null: payroll does not have the person
    "outcome": pl.String,  # held, agreed, changed
}
"""One row per keep that payroll's word met in this feed."""

_WHO = ("row", "source_id", "user_id", "location_id", "first_name", "last_name")
_DATES = ("hire_date", "termination_date")
_OF_THE_PLACE = (
    *(name for name in VALUES if name not in USER_FIELDS),
    "pay_effective_date",
    *(f"{kind}_{part}" for kind in ("duty", "zone") for part in ("id", "new", "code")),
)
_REST = (*(name for name in VALUES if name not in (*_DATES, "status", "cms_code")), "duty", "zone")


def text_of(field: str, column: str) -> pl.Expr:
    """A typed value as a keep writes it: days as ISO, amounts and ids as whole numbers, nothing as an empty text."""
    text = pl.col(column).cast(pl.String).fill_null("")
    return moved_by_days(text) if field == "status" else text


def moved_by_days(status: pl.Expr) -> pl.Expr:
    """Upcoming and active are one word of payroll's; only the day tells them apart."""
    return pl.when(status == Status.UPCOMING).then(pl.lit(Status.ACTIVE.value)).otherwise(status)


def value_of(field: str, column: str) -> pl.Expr:
    """The typed value again."""
    text, kind = pl.col(column), TARGET[_target(field)]
    stated = pl.when(text != "").then(text)
    return stated.str.to_date("%Y-%m-%d") if kind == pl.Date else stated.cast(kind)


def _target(field: str) -> str:
    return f"{field}_id" if field in ("duty", "zone") else field


def meet(compared: pl.DataFrame, pins: pl.DataFrame) -> pl.DataFrame:
    """The records whose person has one of these pins at that location, with the pin."""
    who = compared.select(*_WHO, "membership_id")
    return who.join(pins, on=["user_id", "location_id"], how="inner", maintain_order="left")


def told(met: pl.DataFrame) -> pl.DataFrame:
    """KEPT of the keeps that payroll's word met: those with an `outcome`."""
    spoken = met.filter(pl.col("outcome").is_not_null())
    return spoken.select(pl.col(name).cast(kind) for name, kind in KEPT.items())


def at_home(
    going: pl.DataFrame, only: pl.DataFrame, moving: pl.DataFrame, keeps: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """A move that was taken back: while payroll names that location, the person is compared where they work.

    `going` with such records there, `moving` (target.transfers) without them, and KEPT. A single record (`only`) that
    names another location releases it. What the record says besides name, email and phone belongs to the other location.
    """
    mine = _of(keeps, "location").drop("keep_place")
    if mine.is_empty():
        return going, moving, empty(KEPT)
    homes = moving.select("row", "from_membership_id", "from_location")
    met = (
        only.join(mine, on="user_id", how="inner", maintain_order="left")
        .join(homes, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("location_id").cast(pl.String).alias("said"), pl.lit("location").alias("field"))
        .with_columns(
            pl.when(pl.col("said") != pl.col("value"))
            .then(pl.lit(CHANGED))
            .when(pl.col("from_membership_id").is_not_null())
            .then(pl.lit(HELD))
            .alias("outcome")
        )
    )
    stays = met.filter(pl.col("outcome") == HELD)
    back = pl.col("from_membership_id").is_not_null()
    going = (
        going.join(
            stays.select("row", "from_membership_id", "from_location"),
            on="row",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.coalesce("from_membership_id", "membership_id").alias("membership_id"),
            pl.coalesce("from_location", "location_id").alias("location_id"),
            *(pl.when(~back).then(name).alias(name) for name in _OF_THE_PLACE),
            *((pl.col(name) & ~back).alias(name) for name in ("end_blank", "leave_blank")),
            pl.when(back).then(pl.lit([], pl.List(pl.String))).otherwise("clears").alias("clears"),
        )
        .drop("from_membership_id", "from_location")
    )
    moving = moving.join(stays, on="row", how="anti", maintain_order="left")
    return going, moving, told(met)


def kept(
    compared: pl.DataFrame,
    keeps: pl.DataFrame,
    has_status: bool,
    labored: Callable[[pl.DataFrame], pl.DataFrame],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`to_<field>` with what is kept in it, and KEPT. `keeps`: those that hold today.

    `labored` gives each record the CMS labor code of the duty it ends with.
    """
    mine = pl.col("user_id").is_in(keeps["user_id"].unique().to_list()).fill_null(False)
    concerned = compared.filter(mine) if keeps.height else compared.clear()
    if concerned.is_empty():
        return labored(compared), empty(KEPT)
    met = []
    for field in _DATES:
        concerned, found = _field(concerned, keeps, field)
        met.append(found)
    concerned = _status_by_kept_days(concerned, has_status)
    for field in ("status", *_REST, "cms_code"):
        if field == "cms_code":
            concerned = labored(concerned)
        concerned, found = _field(concerned, keeps, field)
        met.append(found)
    concerned = _staged(_still_ended(_whole_rate(concerned))).select(compared.columns)
    after = pl.concat([labored(compared.filter(~mine)), concerned]).sort("row", maintain_order=True)
    return after, pl.concat(met).sort("row", "keep_id", maintain_order=True)


def staying(
    leaving: pl.DataFrame | None, keeps: pl.DataFrame, snapshot: Snapshot
) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    """The missing people whose removal is due, without those whose status is kept; and KEPT of these.

    A pin keeps them only when their removal is what was taken back.
    """
    status = keeps.filter(pl.col("field") == "status")
    if leaving is None or status.is_empty():
        return leaving, empty(KEPT)
    homes = snapshot.members.select("membership_id", "user_id", "location_id")
    people = snapshot.people.select("user_id", "first_name", "last_name")
    at = leaving.select("source_id", "membership_id", "about").join(
        homes, on="membership_id", how="inner", maintain_order="left"
    )
    removal = pl.col("value").is_in([Status.TERMINATED, Status.CANCELED]) | (
        (pl.col("about") == "place") & (pl.col("value") == Status.INACTIVE)
    )
    stay = (
        at.join(status, on=["user_id", "location_id"], how="inner", maintain_order="left")
        .filter((pl.col("kind") == OVERRIDE) | removal)
        .join(people, on="user_id", how="left", maintain_order="left")
    )
    nothing = {"row": pl.lit(None), "said": pl.lit(None), "outcome": pl.lit(HELD)}
    told = stay.select(nothing.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in KEPT.items())
    return leaving.join(stay, on="membership_id", how="anti", maintain_order="left"), told


def overridden(keeps: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """user_id, location_id, field: what an override holds; not where payroll says the same by now."""
    agreed = kept.filter(pl.col("outcome") == AGREED)
    held = keeps.filter(pl.col("kind") == OVERRIDE).join(
        agreed, on="keep_id", how="anti", maintain_order="left"
    )
    return held.select("user_id", "location_id", "field")


def _of(keeps: pl.DataFrame, field: str) -> pl.DataFrame:
    here = keeps.filter(pl.col("field") == field)
    return here.select(
        "user_id", pl.col("location_id").alias("keep_place"), "keep_id", "kind", "value", "until", "run"
    )


def _field(concerned: pl.DataFrame, keeps: pl.DataFrame, field: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One field: kept where payroll's word does not release it."""
    mine = _of(keeps, field)
    if mine.is_empty():
        return concerned, empty(KEPT)
    place = [] if field in USER_FIELDS else ["location_id"]
    mine = mine.rename({"keep_place": "location_id"}) if place else mine.drop("keep_place")
    joined = concerned.join(mine, on=["user_id", *place], how="left", maintain_order="left")
    name = _target(field)
    said = text_of(field, f"to_{name}")
    if field == "pay_rate":  # the rate payroll names, whenever it comes into force
        said = pl.coalesce("pay_rate", "to_pay_rate").cast(pl.String).fill_null("")
    value = moved_by_days(pl.col("value")) if field == "status" else pl.col("value")
    same = said == value
    if field in ("duty", "zone"):
        same &= pl.col(f"{field}_new").is_null()
    pinned, overridden = pl.col("kind") == PIN, pl.col("kind") == OVERRIDE
    joined = joined.with_columns(
        pl.when(overridden & same & _speaks(field))
        .then(pl.lit(AGREED))
        .when(pinned & ~same & _speaks(field))
        .then(pl.lit(CHANGED))
        .when((overridden | pinned) & _speaks(field))
        .then(pl.lit(HELD))
        .alias("outcome"),
        said.alias("said"),
    )
    holds = ((pl.col("outcome") == HELD) | (overridden & pl.col("outcome").is_null())).fill_null(False)
    after = pl.when(pinned).then(f"now_{name}").otherwise(value_of(field, "value"))
    joined = joined.with_columns(
        pl.when(holds).then(after).otherwise(f"to_{name}").alias(f"to_{name}"),
        holds.alias(f"kept_{field}"),
        (holds & pinned).fill_null(False).alias(f"pinned_{field}"),
        *(
            pl.when(~holds).then(f"{field}_new").alias(f"{field}_new")
            for _ in [field]
            if field in ("duty", "zone")
        ),
    )
    told = joined.filter(pl.col("outcome").is_not_null() & (pl.col("leads") | pl.lit(bool(place))))
    met = told.with_columns(pl.lit(field).alias("field"))
    return joined.drop("keep_id", "kind", "value", "until", "run", "outcome", "said"), _told(met)


def _told(met: pl.DataFrame) -> pl.DataFrame:
    """KEPT, with the name the person has now."""
    names = {
        "first_name": pl.coalesce("now_first_name", "first_name"),
        "last_name": pl.coalesce("now_last_name", "last_name"),
    }
    return met.select(names.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in KEPT.items())


def _speaks(field: str) -> pl.Expr:
    """Whether payroll says anything of this field: a value, a blank that clears, or what its dates bring about."""
    if field == "status":
        return pl.col("asked_status").is_not_null()
    if field in ("duty", "zone"):
        return pl.col(f"{field}_id").is_not_null() | pl.col(f"{field}_new").is_not_null()
    moves = pl.col(f"to_{field}").ne_missing(pl.col(f"now_{field}"))
    return pl.col(field).is_not_null() | pl.col("clears").list.contains(field).fill_null(False) | moves


def _status_by_kept_days(concerned: pl.DataFrame, has_status: bool) -> pl.DataFrame:
    """The status that follows when a first or a last day is kept; one taken back ends nobody."""
    kept_days = [name for name in _DATES if f"kept_{name}" in concerned.columns]
    if not kept_days:
        return concerned
    as_said = {name: concerned[name] for name in kept_days}
    any_kept = pl.any_horizontal(f"kept_{name}" for name in kept_days)
    restated = concerned.with_columns(
        pl.when(f"kept_{name}").then(f"to_{name}").otherwise(name).alias(name) for name in kept_days
    ).with_columns(
        pl.when(any_kept)
        .then(effective_status(has_status, "now_status"))
        .otherwise("asked_status")
        .alias("asked_status")
    )
    if "pinned_termination_date" in concerned.columns:
        nobody = pl.col("pinned_termination_date") & is_ended("asked_status")
        restated = restated.with_columns(pl.when(~nobody).then("asked_status").alias("asked_status"))
    status = pl.coalesce("asked_status", "now_status")
    return restated.with_columns(
        pl.when(any_kept).then(status).otherwise("to_status").alias("to_status"), *as_said.values()
    )


def _whole_rate(concerned: pl.DataFrame) -> pl.DataFrame:
    """A rate is kept with its unit and currency, and nothing dated ahead takes its place."""
    if "kept_pay_rate" not in concerned.columns:
        return concerned
    whole, pinned = pl.col("kept_pay_rate"), pl.col("pinned_pay_rate")
    return concerned.with_columns(
        *(
            pl.when(whole).then(f"now_{name}").otherwise(f"to_{name}").alias(f"to_{name}")
            for name in RATE[1:]
        ),
        *(
            pl.when(pinned).then(f"now_{name}").when(~whole).then(f"to_{name}").alias(f"to_{name}")
            for name in NEXT_PAY
        ),
    )


def _still_ended(concerned: pl.DataFrame) -> pl.DataFrame:
    """Payroll would revive somebody whose status is kept as ended: then the last day stays as well."""
    stays = pl.col("revived") & is_ended("to_status") & pl.col("termination_date").is_null()
    last = pl.when(stays).then("now_termination_date").otherwise("to_termination_date")
    return concerned.with_columns(last.alias("to_termination_date"))


def _staged(concerned: pl.DataFrame) -> pl.DataFrame:
    """The staged end follows the last day that counts."""
    staged = (pl.col("to_termination_date") > pl.col("today")) & ~is_ended("to_status")
    return concerned.with_columns(pl.when(staged).then("to_termination_date").alias("to_ends_on"))
