"""CMS labor codes: a duty's code at its location counts first, the record's own second (SPEC §8).

No payroll platform has a standard field for the code, so people map each duty once. A code that came with a duty
leaves with it; nothing is ever guessed.
"""

from __future__ import annotations

import polars as pl


def with_labor_code(going: pl.DataFrame, labor: pl.DataFrame) -> pl.DataFrame:
    """Replace `to_cms_code` by the code of the duty the person will have, where that duty has one.

    A duty that apply makes for a new code may be there under its name already. Without a code the record's own
    stays, else the current one, unless it came with a duty that is left now.
    """
    mapped = labor.drop_nulls("cms_code")
    if mapped.is_empty():
        return going
    before = pl.when(pl.col("from_membership_id").is_not_null()).then("left_duty_id").otherwise("now_duty_id")
    came_with_duty = (pl.col("now_cms_code") == _code_of(before, mapped)).fill_null(False)
    leaves = came_with_duty & pl.col("cms_code").is_null() & pl.col("to_duty_id").ne_missing(before)
    own = pl.when(~leaves).then("to_cms_code")
    by_name = mapped.select(
        "location_id", pl.col("name").alias("duty_new"), pl.col("cms_code").alias("named_code")
    )
    return (
        going.join(by_name, on=["location_id", "duty_new"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(_code_of(pl.col("to_duty_id"), mapped), "named_code", own).alias("to_cms_code")
        )
        .drop("named_code")
    )


def _code_of(duty: pl.Expr, mapped: pl.DataFrame) -> pl.Expr:
    return duty.replace_strict(mapped["id"], mapped["cms_code"], default=None, return_dtype=pl.Int16)
