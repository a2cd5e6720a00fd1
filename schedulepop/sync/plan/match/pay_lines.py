"""Several pay rates of one job: records of one person at one location that differ in nothing but pay (SPEC §5 Match).

Payrolls export a line per rate: the raise beside what it replaces, or a differential beside the base. The job is not in
doubt, so nobody waits: of lines with a first day the newest that has come counts; of several in force at once the one
SchedulePop has, else the lowest of its unit, which is the base. A duty has one rate; the rest is told by an issue
(`extras`).
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import UNITS_A_YEAR
from schedulepop.sync.plan.frames.records import NORMALIZED

PAY = ("pay_rate", "pay_unit", "pay_currency", "pay_effective_date")
_CONTENT = [name for name in NORMALIZED if name not in ("row", "clears", "clean", "recheck_on", *PAY)]


def one_rate(records: pl.DataFrame, members: pl.DataFrame, place: list[str]) -> pl.DataFrame:
    """`records` with one record of those at a `place` that say the same but for pay. Expects `today`."""
    job = [*place, *(name for name in _CONTENT if name not in place)]
    if not records.select(job).is_duplicated().any():
        return records
    now = members.select(
        "user_id", "location_id", *(pl.col(name).alias(f"now_{name}") for name in PAY[:3])
    ).unique(["user_id", "location_id"], keep="first", maintain_order=True)
    ranked = records.join(now, on=["user_id", "location_id"], how="left", maintain_order="left").with_columns(
        (pl.col("pay_effective_date") > pl.col("today")).fill_null(False).alias("later"),
        pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"now_{name}")) for name in PAY[:3]).alias("kept"),
        (pl.col("pay_unit") == pl.col("now_pay_unit")).fill_null(False).alias("same_unit"),
        (
            pl.col("pay_rate")
            * pl.col("pay_unit").replace_strict(UNITS_A_YEAR, default=1.0, return_dtype=pl.Float64)
        ).alias("a_year"),
    )
    first = ranked.sort(
        "later",
        "pay_effective_date",
        "kept",
        "same_unit",
        "a_year",
        "row",
        descending=[False, True, True, True, False, False],
        nulls_last=True,
        maintain_order=True,
    ).unique(job, keep="first", maintain_order=True)
    return records.join(first, on="row", how="semi", maintain_order="left")
