"""Employment status: what payroll's word means, and what the dates make of it on the location's day.

A word and a date can disagree for good reason: a termination entered ahead, a hire entered before the first
day, a word nobody has updated yet. Dates decide *when*, the word decides *what* (SPEC §5 Match, §6):

- ended word, last day still ahead: employed until then; the end is staged by `termination_date`
- working word, first day ahead: upcoming; "upcoming" whose first day has come: active
- working word, last day before the latest hire date: the end of an earlier employment, which says nothing today
- working word, last day reached: terminated, as the tick would have it; without a hire date the last day may
  be of an earlier employment, and the word stays
- ended word for somebody who never started: canceled
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary

import polars as pl

from schedulepop import employee
from schedulepop.employee import Status
from schedulepop.sync.plan.frames.feed import UnreadColumn
from schedulepop.sync.plan.values.headers import says_last_worked, says_rehire

_LEFT = (Status.TERMINATED, Status.QUIT, Status.RESIGNED, Status.LAID_OFF)


def with_hire_dates(frame: pl.DataFrame, columns: Dictionary[str, str]) -> pl.DataFrame:
    """Settle "hire_date" and "original_hire_date" where a column of rehires is there (SPEC §5 Normalize).

    Beside a plain hire date that one is the original, and the latest of both is the latest. A blank rehire date means
    that there was one hire only.
    """
    hired, rehired, original = pl.col("hire_date"), pl.col("rehire_date"), pl.col("original_hire_date")
    if "rehire_date" in columns:
        return frame.with_columns(
            pl.max_horizontal(hired, rehired).alias("hire_date"),
            pl.coalesce(original, hired).alias("original_hire_date"),
        )
    if says_rehire(columns.get("hire_date", "")):
        return frame.with_columns(pl.coalesce(hired, original).alias("hire_date"))
    return frame


def without_leaves(frame: pl.DataFrame, columns: Dictionary[str, str]) -> pl.DataFrame:
    """Set "termination_date" to null where it is a last day *worked* and the word says leave: it is the leave's."""
    if not says_last_worked(columns.get("termination_date", "")):
        return frame
    away = pl.col("word_status").is_in(sorted(employee.ON_LEAVE)).fill_null(False)
    return frame.with_columns(pl.when(~away).then("termination_date").alias("termination_date"))


def hints(table: pl.DataFrame, unread: Iterable[UnreadColumn]) -> tuple[pl.Expr | pl.Series, ...]:
    """What a record has in a column that may say who has left and that nothing reads: "hint" and "hint_column"."""
    value = pl.Series("hint", [None] * table.height, dtype=pl.String)
    column = value.alias("hint_column")
    for one in unread:
        said = table[one.name]
        counts = said.is_not_null() & ~said.is_in(sorted(one.usual)) & value.is_null()
        value = said.zip_with(counts, value).alias("hint")
        column = (
            pl.Series([one.name], dtype=pl.String)
            .extend_constant(one.name, table.height)[: table.height]
            .zip_with(counts, column)
            .alias("hint_column")
        )
    return value, column


def with_status(frame: pl.DataFrame, has_column: bool) -> pl.DataFrame:
    """Add "status", "status_doubt", "recheck_on" and "status_late"; sets a stale last day to null.

    Expects "word_status" (what the word means, null when blank or unknown), "start", "termination_date",
    "pay_effective_date",
    "end_unread" (a last day is given and could not be read), "hint" (what a column says that nothing reads and that
    may mean an end; null: nothing), and "today" (null when no location has one).
    "status_late" marks a working word although the last day has passed.
    """
    start, today = pl.col("start"), pl.col("today")
    before_hire = (pl.col("termination_date") < start).fill_null(False)
    ended_word = pl.col("word_status").is_in(sorted(employee.ENDED)).fill_null(False)
    stale = before_hire & ~ended_word
    first = pl.min_horizontal("hire_date", "original_hire_date")
    frame = frame.with_columns(
        termination_date=pl.when(~stale).then("termination_date"),
        dates_contradict=(pl.col("termination_date") < first).fill_null(False),
    )
    end = pl.col("termination_date")
    ahead = (start > today).fill_null(False)
    over = (end <= today).fill_null(False)
    to_come = (end > today).fill_null(False)
    employed = pl.when(ahead).then(pl.lit(Status.UPCOMING.value)).otherwise(pl.lit(Status.ACTIVE.value))
    if has_column:
        status = _by_word(pl.col("word_status"), start, ended_word, employed, ahead, over, to_come)
        known = pl.col("word_status").is_not_null()
        doubt: pl.Expr = pl.when(~known).then(pl.lit("unmapped_status"))
        late = known & ~ended_word & over
    else:
        unread, hinted = pl.col("end_unread"), pl.col("hint").is_not_null()
        status = (
            pl.when(unread).then(None).when(over).then(pl.lit(Status.TERMINATED.value)).otherwise(employed)
        )
        doubt = (
            pl.when(unread).then(pl.lit("last_day_unread")).when(hinted & ~over).then(pl.lit("status_unread"))
        )
        late = pl.lit(False)
    raised = pl.col("pay_effective_date")
    next_day = pl.min_horizontal(
        pl.when(ahead).then(start), pl.when(to_come).then(end), pl.when(raised > today).then(raised)
    )
    return frame.with_columns(
        status=status, status_doubt=doubt.cast(pl.String), status_late=late, recheck_on=next_day
    )


def _by_word(
    word: pl.Expr,
    start: pl.Expr,
    ended: pl.Expr,
    employed: pl.Expr,
    ahead: pl.Expr,
    over: pl.Expr,
    to_come: pl.Expr,
) -> pl.Expr:
    canceled = word == Status.CANCELED.value
    return (
        pl.when(word.is_null())
        .then(None)
        .when(ended & ~canceled & to_come)
        .then(employed)
        .when(word.is_in([status.value for status in _LEFT]) & ahead)
        .then(pl.lit(Status.CANCELED.value))
        .when(ended)
        .then(word)
        .when(over & pl.col("hire_date").is_not_null())
        .then(pl.lit(Status.TERMINATED.value))
        .when((word == Status.ACTIVE.value) & ahead)
        .then(pl.lit(Status.UPCOMING.value))
        .when((word == Status.UPCOMING.value) & ~ahead & start.is_not_null())
        .then(pl.lit(Status.ACTIVE.value))
        .otherwise(word)
    )
