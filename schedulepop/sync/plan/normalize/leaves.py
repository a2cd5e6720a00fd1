"""The first day back from a leave: what a column of such days means, and where it contradicts (SPEC §5, §7).

Payrolls write the day of return, or the last day of the leave: the column's name says which. Kept is the first day
back. A day before the hire date is of another employment and is not read. A word that still says leave although that
day has come is told; what then counts is decided when records meet what SchedulePop holds (`matching.standing`).
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

import polars as pl

from schedulepop.employee import ON_LEAVE
from schedulepop.lib import text
from schedulepop.sync.plan.findings import about_rows

LAST_DAY_WORDS = frozenset({"end", "ends", "ending", "through", "thru", "last", "to"})
_WORDS = sorted(ON_LEAVE)


def first_day_back(days: pl.Series, column: str) -> pl.Series:
    """The first day back; a column named for the end of a leave has its last day."""
    last_day = LAST_DAY_WORDS & set(text.fold_header(column).split())
    return days.dt.offset_by("1d") if last_day else days


def with_return(frame: pl.DataFrame) -> pl.DataFrame:
    """`leave_end` without days before `start`, `recheck_on` no later than it, and the two contradictions.

    Expects "leave_end", "start", "today", "word_status" and "recheck_on". Adds "return_before_hire" and "return_late".
    """
    back = pl.col("leave_end")
    early = (back < pl.col("start")).fill_null(False)
    frame = frame.with_columns(
        pl.when(~early).then(back).alias("leave_end"), early.alias("return_before_hire")
    )
    on_leave = pl.col("word_status").is_in(_WORDS).fill_null(False)
    return frame.with_columns(
        (on_leave & (back <= pl.col("today"))).fill_null(False).alias("return_late"),
        pl.min_horizontal("recheck_on", pl.when(back > pl.col("today")).then(back)).alias("recheck_on"),
    )


def of_returns(records: pl.DataFrame, columns: Dictionary[str, str]) -> list[pl.DataFrame]:
    """PROBLEM of both."""
    column = columns.get("leave_end")
    if column is None:
        return []
    early, late = records.filter("return_before_hire"), records.filter("return_late")
    return [
        about_rows(
            early,
            "dates_contradict",
            reason="return_contradicts",
            column=column,
        ),
        about_rows(
            late.with_columns(shown="status_raw"),
            "status_contradicts",
            reason="leave_contradicts",
            column=columns.get("status"),
            value="shown",
        ),
    ]
