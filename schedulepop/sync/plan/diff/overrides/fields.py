"""Owned fields that payroll does not move: overrides, and what an undo pinned (SPEC §1.7, §3, §5 Undo).

An override holds its own value until payroll sends the same, its day comes, or somebody releases it. A pin holds
whatever the person has while payroll keeps sending the value that was taken back; any other value releases it.
What payroll does not say, a blank or an absent column, neither converges nor releases.

A last day that is held moves nobody: the status and the staged end follow the last day that counts.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import NEXT_PAY, USER_FIELDS
from schedulepop.sync.plan.diff.labor_codes import with_labor_code
from schedulepop.sync.plan.diff.overrides.values import (
    as_text,
    from_text,
    of_field,
    status_word,
    target_column,
)
from schedulepop.sync.plan.diff.pay import RATE
from schedulepop.sync.plan.employment import effective_status, is_ended
from schedulepop.sync.plan.frames.changes import (
    CONVERGED,
    IN_FORCE,
    OVERRIDE,
    OVERRIDE_OUTCOME,
    PIN,
    SUPERSEDED,
)
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import VALUES

_DATES = ("hire_date", "termination_date")
_REST = (*(name for name in VALUES if name not in (*_DATES, "status", "cms_code")), "duty", "zone")


def apply_overrides(
    compared: pl.DataFrame,
    overrides: pl.DataFrame,
    has_status: bool,
    labor: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`to_<field>` with what is overridden in it, and OVERRIDE_OUTCOME. `overrides`: those that hold today.

    `labor`: the duties with their CMS codes; each record has the code of the duty it ends with.
    """
    mine = pl.col("user_id").is_in(overrides["user_id"].unique().to_list()).fill_null(False)
    concerned = compared.filter(mine) if overrides.height else compared.clear()
    if concerned.is_empty():
        return with_labor_code(compared, labor), empty(OVERRIDE_OUTCOME)
    met = []
    for field in _DATES:
        concerned, found = _apply(concerned, overrides, field)
        met.append(found)
    concerned = _status_by_overridden_days(concerned, has_status)
    for field in ("status", *_REST, "cms_code"):
        if field == "cms_code":
            concerned = with_labor_code(concerned, labor)
        concerned, found = _apply(concerned, overrides, field)
        met.append(found)
    concerned = _staged(_still_ended(_whole_rate(concerned))).select(compared.columns)
    after = pl.concat([with_labor_code(compared.filter(~mine), labor), concerned]).sort(
        "row", maintain_order=True
    )
    return after, pl.concat(met).sort("row", "override_id", maintain_order=True)


def overridden_fields(overrides: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """user_id, location_id, field: what an override holds; not where payroll says the same by now."""
    converged = met.filter(pl.col("outcome") == CONVERGED)
    holding = overrides.filter(pl.col("kind") == OVERRIDE).join(
        converged, on="override_id", how="anti", maintain_order="left"
    )
    return holding.select("user_id", "location_id", "field")


def _apply(concerned: pl.DataFrame, overrides: pl.DataFrame, field: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One field: kept where payroll's word does not release it."""
    mine = of_field(overrides, field)
    if mine.is_empty():
        return concerned, empty(OVERRIDE_OUTCOME)
    place = [] if field in USER_FIELDS else ["location_id"]
    mine = mine.rename({"override_place": "location_id"}) if place else mine.drop("override_place")
    joined = concerned.join(mine, on=["user_id", *place], how="left", maintain_order="left")
    name = target_column(field)
    said = as_text(field, f"to_{name}")
    if field == "pay_rate":  # the rate payroll names, whenever it comes into force
        said = pl.coalesce("pay_rate", "to_pay_rate").cast(pl.String).fill_null("")
    value = status_word(pl.col("value")) if field == "status" else pl.col("value")
    same = said == value
    coded = field in ("duty", "zone")
    if coded:
        same &= pl.col(f"{field}_new").is_null()
    pinned, overridden = pl.col("kind") == PIN, pl.col("kind") == OVERRIDE
    joined = joined.with_columns(
        pl.when(overridden & same & _is_stated(field))
        .then(pl.lit(CONVERGED))
        .when(pinned & ~same & _is_stated(field))
        .then(pl.lit(SUPERSEDED))
        .when((overridden | pinned) & _is_stated(field))
        .then(pl.lit(IN_FORCE))
        .alias("outcome"),
        said.alias("payroll_value"),
    )
    holds = ((pl.col("outcome") == IN_FORCE) | (overridden & pl.col("outcome").is_null())).fill_null(False)
    after = pl.when(pinned).then(f"now_{name}").otherwise(from_text(field, "value"))
    joined = joined.with_columns(
        pl.when(holds).then(after).otherwise(f"to_{name}").alias(f"to_{name}"),
        holds.alias(f"overridden_{field}"),
        (holds & pinned).fill_null(False).alias(f"pinned_{field}"),
        *([pl.when(~holds).then(f"{field}_new").alias(f"{field}_new")] if coded else []),
    )
    met = joined.filter(pl.col("outcome").is_not_null() & (pl.col("is_primary_record") | pl.lit(bool(place))))
    met = met.with_columns(pl.lit(field).alias("field"))
    return joined.drop("override_id", "kind", "value", "until", "run", "outcome", "payroll_value"), _outcomes(
        met
    )


def _outcomes(met: pl.DataFrame) -> pl.DataFrame:
    """OVERRIDE_OUTCOME, with the name the person has now."""
    names = {
        "first_name": pl.coalesce("now_first_name", "first_name"),
        "last_name": pl.coalesce("now_last_name", "last_name"),
    }
    return met.select(
        names.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in OVERRIDE_OUTCOME.items()
    )


def _is_stated(field: str) -> pl.Expr:
    """Whether payroll says anything of this field: a value, a blank that clears, or what its dates bring about."""
    if field == "status":
        return pl.col("stated_status").is_not_null()
    if field in ("duty", "zone"):
        return pl.col(f"{field}_id").is_not_null() | pl.col(f"{field}_new").is_not_null()
    moves = pl.col(f"to_{field}").ne_missing(pl.col(f"now_{field}"))
    return pl.col(field).is_not_null() | pl.col("clears").list.contains(field).fill_null(False) | moves


def _status_by_overridden_days(concerned: pl.DataFrame, has_status: bool) -> pl.DataFrame:
    """The status that follows when a first or a last day is kept; one taken back ends nobody."""
    overridden_days = [name for name in _DATES if f"overridden_{name}" in concerned.columns]
    if not overridden_days:
        return concerned
    as_stated = {name: concerned[name] for name in overridden_days}
    any_overridden = pl.any_horizontal(f"overridden_{name}" for name in overridden_days)
    restated = concerned.with_columns(
        pl.when(f"overridden_{name}").then(f"to_{name}").otherwise(name).alias(name)
        for name in overridden_days
    ).with_columns(
        pl.when(any_overridden)
        .then(effective_status(has_status, "now_status"))
        .otherwise("stated_status")
        .alias("stated_status")
    )
    if "pinned_termination_date" in concerned.columns:
        nobody = pl.col("pinned_termination_date") & is_ended("stated_status")
        restated = restated.with_columns(pl.when(~nobody).then("stated_status").alias("stated_status"))
    status = pl.coalesce("stated_status", "now_status")
    return restated.with_columns(
        pl.when(any_overridden).then(status).otherwise("to_status").alias("to_status"), *as_stated.values()
    )


def _whole_rate(concerned: pl.DataFrame) -> pl.DataFrame:
    """A rate is kept with its unit and currency, and nothing dated ahead takes its place."""
    if "overridden_pay_rate" not in concerned.columns:
        return concerned
    whole, pinned = pl.col("overridden_pay_rate"), pl.col("pinned_pay_rate")
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
