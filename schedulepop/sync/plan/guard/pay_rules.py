"""Raises and cuts as shares of what a person is paid now, whatever the unit (SPEC §5 Guard).

An hourly rate that becomes the same pay by the year is no change. A rate of zero was none, so a rate after it
fills a blank; a rate that becomes zero is as absurd as one ten times lower.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from schedulepop.employee import PAY_FIELDS, UNITS_A_YEAR
from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.guard.context import Hold, Scene
from schedulepop.sync.plan.names import written

PARTS = ("rate", "unit", "currency")
RATE = tuple(f"pay_{part}" for part in PARTS)
PAID = {"change_no": pl.UInt32, "times": pl.Float64}
_KEYS = ("membership_id", "duty_id")


def pay_changes(scene: Scene) -> pl.DataFrame:
    """change_no, `times` (new pay over the old; null when they cannot be compared), for everybody paid before.

    A row per rate that changes: the one in force, the one dated ahead, and both of payroll's further duties. A rate
    that was dated ahead was judged on the night it came, so nobody is asked again on its day.
    """
    if not scene.policy.pay or scene.fields.is_empty():
        return pl.DataFrame(schema=PAID)
    told = _told(scene, PAY_FIELDS)
    ahead, further = _told(scene, {"next_pay_rate"}), _told(scene, {"extra_pay_rate"})
    if told.is_empty() and ahead.is_empty() and further.is_empty():
        return pl.DataFrame(schema=PAID)
    primary = _primary(scene)
    extras = _further(scene).join(further, on="change_no", how="semi", maintain_order="left")
    parts = [
        _in_force(primary.join(told, on="change_no", how="semi", maintain_order="left")),
        _dated_ahead(primary.join(ahead, on="change_no", how="semi", maintain_order="left")),
        _in_force(extras),
        _dated_ahead(extras),
    ]
    return pl.concat(parts)


def _told(scene: Scene, names: Collection[str]) -> pl.DataFrame:
    return scene.fields.filter(pl.col("field").is_in(sorted(names))).select("change_no").unique()


def _primary(scene: Scene) -> pl.DataFrame:
    """Changes with the rate before and the one that was dated ahead, of the primary duty."""
    before = scene.snapshot.members.select(
        pl.col("membership_id").alias("base"),
        pl.col("duty_id").alias("old_duty_id"),
        *(pl.col(name).alias(f"old_{name}") for name in RATE),
    )
    changes = scene.changes.with_columns(pl.coalesce("from_membership_id", "membership_id").alias("base"))
    paid = changes.join(before, on="base", how="inner", maintain_order="left")
    return _with_staged(paid, scene, ["base", "old_duty_id"])


def _further(scene: Scene) -> pl.DataFrame:
    """The same of payroll's further duties, those that appear included: these have no rate before."""
    before = scene.snapshot.extras.filter(pl.col("by_payroll")).select(
        "membership_id", pl.col("duty_id").alias("id"), *(pl.col(name).alias(f"old_{name}") for name in RATE)
    )
    whose = scene.changes.select("change_no", "membership_id")
    duties = scene.extras.filter((pl.col("kind") == "duty") & ~pl.col("gone"))
    paid = duties.join(whose, on="change_no", how="inner", maintain_order="left").join(
        before, on=["membership_id", "id"], how="left", maintain_order="left"
    )
    return _with_staged(paid, scene, ["membership_id", "id"])


def _with_staged(paid: pl.DataFrame, scene: Scene, keys: list[str]) -> pl.DataFrame:
    """Add `staged_pay_*`: what was dated ahead for that duty before this run."""
    staged = scene.snapshot.next_pays.select(
        *(pl.col(mine).alias(key) for mine, key in zip(_KEYS, keys, strict=True)),
        *(pl.col(name).alias(f"staged_{name}") for name in RATE),
    )
    return paid.join(staged, on=keys, how="left", maintain_order="left")


def _in_force(paid: pl.DataFrame) -> pl.DataFrame:
    """PAID of the rates in force; a rate of zero was none."""
    return _compared(paid.filter((pl.col("old_pay_rate") > 0) & ~_staged("pay_")), "old_pay_", "pay_")


def _dated_ahead(paid: pl.DataFrame) -> pl.DataFrame:
    """PAID of the rates dated ahead, against the one in force until then."""
    ahead = paid.filter(
        pl.col("next_pay_rate").is_not_null() & (pl.col("pay_rate") > 0) & ~_staged("next_pay_")
    )
    return _compared(ahead, "pay_", "next_pay_")


def _staged(prefix: str) -> pl.Expr:
    """This rate was dated ahead before."""
    return (
        pl.all_horizontal(
            pl.col(f"{prefix}{part}").eq_missing(pl.col(f"staged_pay_{part}")) for part in PARTS
        )
        & pl.col("staged_pay_rate").is_not_null()
    )


def _compared(paid: pl.DataFrame, old: str, new: str) -> pl.DataFrame:
    same_currency = pl.col(f"{old}currency").eq_missing(pl.col(f"{new}currency"))
    times = _by_year(f"{new}rate", f"{new}unit").fill_null(0.0) / _by_year(f"{old}rate", f"{old}unit")
    return paid.select(
        "change_no", pl.when(same_currency | pl.col(f"{new}rate").is_null()).then(times).alias("times")
    )


def _by_year(rate: str, unit: str) -> pl.Expr:
    factor = pl.col(unit).replace_strict(UNITS_A_YEAR, default=1.0, return_dtype=pl.Float64)
    return pl.col(rate) * factor


def jumps(limit: float) -> pl.Expr:
    """More than the usual raise or cut, or in another currency."""
    return ((pl.col("times") - 1.0).abs() > limit + 1e-9).fill_null(True)


def pay_absurd(scene: Scene, changes: pl.DataFrame) -> Iterator[Hold]:
    """Ten times the pay, or a tenth of it: a slip of the comma, so this person waits."""
    most = scene.policy.pay_absurd
    paid = pay_changes(scene).filter((pl.col("times") >= most) | (pl.col("times") <= 1.0 / most))
    if paid.is_empty():
        return
    farthest = pl.max_horizontal("times", 1.0 / pl.col("times"))
    paid = paid.sort("change_no", farthest, descending=[False, True], maintain_order=True).unique(
        "change_no", keep="first", maintain_order=True
    )
    found = changes.filter(pl.col("held_by").is_null()).join(
        paid, on="change_no", how="inner", maintain_order="left"
    )
    for source_id, name, times in found.select(
        "source_id", written(found).alias("name"), "times"
    ).iter_rows():
        params = {"name": name, "source_id": source_id, "times": most, "higher": times > 1.0}
        figure = max(times, 1.0 / times if times else most)
        yield Hold("pay_absurd", figure, most, params, source_id=source_id)


def pay_jumps(scene: Scene, changes: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per person whose pay changes much and goes through. Without amounts, and for no location's list."""
    paid = pay_changes(scene).filter(jumps(scene.policy.pay_jump))
    if paid.is_empty():
        return empty(PROBLEM)
    going = changes.filter(pl.col("held_by").is_null()).join(
        paid, on="change_no", how="semi", maintain_order="left"
    )
    said = pl.struct(written(going).alias("name"), "source_id", pl.lit(scene.policy.pay_jump).alias("limit"))
    return about_people(going.drop("location_id"), "pay_jump", params=said)
