"""Raises and cuts as shares of what a person is paid now, whatever the unit (SPEC §5 Guard).

An hourly rate that becomes the same pay by the year is no change. A rate of zero was none, so a rate after it
fills a blank; a rate that becomes zero is as absurd as one ten times lower.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from schedulepop.employee import PAY_FIELDS
from schedulepop.sync.folding import written
from schedulepop.sync.frames import PROBLEM, empty
from schedulepop.sync.guarding.scene import Hold, Scene, of_person
from schedulepop.sync.issue_codes import CODES

A_YEAR = {"hour": 2080.0, "day": 260.0, "week": 52.0, "two_weeks": 26.0, "month": 12.0, "year": 1.0}
"""Units in a working year of forty hours a week."""


PAID = {"change_no": pl.UInt32, "times": pl.Float64}


def pay_changes(scene: Scene) -> pl.DataFrame:
    """change_no, `times` (new pay over the old; null when they cannot be compared), for everybody paid before."""
    if not scene.policy.pay or scene.fields.is_empty():
        return pl.DataFrame(schema=PAID)
    told = scene.fields.filter(pl.col("field").is_in(sorted(PAY_FIELDS))).select("change_no").unique()
    if told.is_empty():
        return pl.DataFrame(schema=PAID)
    before = scene.snapshot.members.select(
        pl.col("membership_id").alias("base"), pl.col("pay_rate").alias("old_rate"),
        pl.col("pay_unit").alias("old_unit"), pl.col("pay_currency").alias("old_currency"),
    )  # fmt: skip
    paid = (
        scene.changes.join(told, on="change_no", how="semi", maintain_order="left")
        .with_columns(pl.coalesce("from_membership_id", "membership_id").alias("base"))
        .join(before, on="base", how="inner", maintain_order="left")
        .filter(pl.col("old_rate") > 0)
    )
    same_currency = pl.col("old_currency").eq_missing(pl.col("pay_currency"))
    times = _by_year("pay_rate", "pay_unit").fill_null(0.0) / _by_year("old_rate", "old_unit")
    return paid.select(
        "change_no", pl.when(same_currency | pl.col("pay_rate").is_null()).then(times).alias("times")
    )


def _by_year(rate: str, unit: str) -> pl.Expr:
    factor = pl.col(unit).replace_strict(A_YEAR, default=1.0, return_dtype=pl.Float64)
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
    found = changes.filter(pl.col("held_by").is_null()).join(
        paid, on="change_no", how="inner", maintain_order="left"
    )
    for source_id, name, times in found.select(
        "source_id", written(found).alias("name"), "times"
    ).iter_rows():
        how = f"{most:g} times higher or more" if times > 1.0 else f"{most:g} times lower or more"
        reason = (
            f"The pay of {name or f'payroll ID {source_id}'} would be {how} than now. Only this person "
            "waits. If it is right, approve; if not, correct it in payroll."
        )
        yield Hold(
            "pay_absurd", of_person(source_id), None, max(times, 1.0 / times if times else most), most, reason
        )


def pay_jumps(scene: Scene, changes: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per person whose pay changes much and goes through. Without amounts, and for no location's list."""
    paid = pay_changes(scene).filter(jumps(scene.policy.pay_jump))
    if paid.is_empty():
        return empty(PROBLEM)
    going = changes.filter(pl.col("held_by").is_null()).join(
        paid, on="change_no", how="semi", maintain_order="left"
    )
    nothing, advice = pl.lit(None, pl.String), CODES["pay_jump"].remedy
    said = f"changes by more than {scene.policy.pay_jump:.0%}. {advice}"
    who = pl.coalesce(written(going), pl.format("payroll ID {}", "source_id"))
    return going.select(
        pl.lit("pay_jump").alias("code"), "row", "source_id", pl.lit(None, pl.Int64).alias("location_id"),
        nothing.alias("column"), nothing.alias("value"), pl.col("source_id").alias("key"),
        pl.format("The pay of {} {}", who, pl.lit(said)).alias("message"),
    ).cast(pl.Schema(PROBLEM))  # fmt: skip
