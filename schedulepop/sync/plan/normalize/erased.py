"""Records of people who were erased: while payroll goes on listing the employment that was over, nobody is made of it.

Whoever works again is a new person, and their records are nobody else's.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from schedulepop import employee
from schedulepop.sync.plan.erased import ERASED, only_of_others
from schedulepop.sync.plan.findings import about_feed
from schedulepop.sync.plan.frames.feed import EXCLUDED
from schedulepop.sync.plan.frames.steps import Normalized


def without_erased(found: Normalized, erased: frozenset[str]) -> Normalized:
    """The same without records of these payroll IDs, unless one of an ID says that somebody works; without a name."""
    if not erased:
        return found
    records = found.records
    theirs = records.filter(pl.col("source_id").is_in(sorted(erased)))
    ended = pl.col("status").is_in(sorted(employee.ENDED)).fill_null(value=True)
    working = theirs.filter(~ended)["source_id"].unique()
    over = pl.col("source_id").is_in(sorted(erased - set(working)))
    rejected = over.fill_null(value=False)
    rows = pl.concat([records.filter(over)["row"], found.rejected.filter(rejected)["row"]]).sort()
    if rows.is_empty():
        return found
    left_out = pl.DataFrame({"row": rows}).with_columns(
        source_id=pl.lit(None, pl.String), rule=pl.lit(ERASED)
    )
    return replace(
        found,
        records=records.filter(~over),
        rejected=found.rejected.filter(~rejected),
        excluded=pl.concat([found.excluded, left_out.select(list(EXCLUDED)).cast(pl.Schema(EXCLUDED))]),
        problems=pl.concat([only_of_others(found.problems, rows), *map(_finding, rows.to_list())]),
    )


def _finding(row: int) -> pl.DataFrame:
    said = about_feed(ERASED, key=ERASED)
    return said.with_columns(pl.lit(row, pl.UInt32).alias("row"))
