"""Pay with effective dates: the rate in force, and the one dated ahead (SPEC §5 Effective dates, §7 pay).

A rate whose first day is still to come does not touch the rate in force: it is kept beside it and takes its
place at the location's midnight. Payroll's next word replaces what is dated ahead; without a date it is in
force at once, unless it only repeats the rate that is dated ahead already. One rate per duty.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import NEXT_PAY
from schedulepop.sync.plan.frames.changes import TARGET
from schedulepop.sync.plan.frames.snapshot import Snapshot

RATE = ("pay_rate", "pay_unit", "pay_currency")


def with_next(frame: pl.DataFrame, snapshot: Snapshot, membership: str, duty: str) -> pl.DataFrame:
    """Add `now_next_pay_*`: the rate dated ahead of this membership's duty; null where there is none."""
    if snapshot.next_pays.is_empty():
        return frame.with_columns(pl.lit(None, TARGET[name]).alias(f"now_{name}") for name in NEXT_PAY)
    kept = snapshot.next_pays.select(
        pl.col("membership_id").alias(membership),
        pl.col("duty_id").alias(duty),
        pl.col("pay_rate").alias("now_next_pay_rate"),
        pl.col("pay_unit").alias("now_next_pay_unit"),
        pl.col("pay_currency").alias("now_next_pay_currency"),
        pl.col("on").alias("now_next_pay_on"),
    )
    return frame.join(kept, on=[membership, duty], how="left", maintain_order="left")


def with_rates(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `to_pay_*` and `to_next_pay_*` from what the record says, what is so now, and `today`.

    Expects the record's `pay_*`, `pay_effective_date` and `clears`, the `now_pay_*` and `now_next_pay_*`. Adds
    `pay_by_date`: the rate comes into force because its day has come.
    """
    if frame["pay_effective_date"].null_count() + frame["now_next_pay_on"].null_count() == 2 * frame.height:
        return _undated(frame)
    frame = frame.with_columns(
        pl.coalesce("pay_effective_date", pl.when(_repeats()).then("now_next_pay_on")).alias("pay_from"),
        (pl.col("now_next_pay_on") <= pl.col("today")).fill_null(False).alias("pay_due"),
    ).with_columns(
        pl.when("pay_due").then(f"now_next_{name}").otherwise(f"now_{name}").alias(f"current_{name}")
        for name in RATE
    )
    says = _says()
    moves = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"current_{name}")) for name in RATE)
    ahead = says & moves & (pl.col("pay_from") > pl.col("today")).fill_null(False)
    frame = frame.with_columns(ahead.alias("pay_ahead"), _cleared().alias("pay_cleared"))
    return frame.with_columns(
        *(_in_force(name) for name in RATE),
        *(_next(f"next_{name}", pl.col(name)) for name in RATE),
        _next("next_pay_on", pl.col("pay_from")),
        (pl.col("pay_due") & ~says).alias("pay_by_date"),
    ).drop("pay_from", "pay_due", "pay_ahead", "pay_cleared", *(f"current_{name}" for name in RATE))


def _undated(frame: pl.DataFrame) -> pl.DataFrame:
    """Most feeds: no rate carries a date, and none is dated ahead."""
    return frame.with_columns(
        *(
            pl.when(_cleared()).then(None).otherwise(pl.coalesce(name, f"now_{name}")).alias(f"to_{name}")
            for name in RATE
        ),
        *(pl.col(f"now_{name}").alias(f"to_{name}") for name in NEXT_PAY),
        pl.lit(False).alias("pay_by_date"),
    )


def _says() -> pl.Expr:
    return pl.col("pay_rate").is_not_null()


def _cleared() -> pl.Expr:
    return pl.col("clears").list.contains("pay_rate").fill_null(False) & ~_says()


def _repeats() -> pl.Expr:
    """The record only says again what is dated ahead."""
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"now_next_{name}")) for name in RATE)


def _in_force(name: str) -> pl.Expr:
    kept = pl.coalesce(pl.when(~pl.col("pay_ahead")).then(name), f"current_{name}")
    return pl.when("pay_cleared").then(None).otherwise(kept).alias(f"to_{name}")


def _next(name: str, said: pl.Expr) -> pl.Expr:
    settled = _says() | pl.col("pay_due") | pl.col("pay_cleared")
    return (
        pl.when("pay_ahead").then(said).when(settled).then(None).otherwise(f"now_{name}").alias(f"to_{name}")
    )
