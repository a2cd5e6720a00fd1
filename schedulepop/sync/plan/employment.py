"""What a record's status and dates say together on a given day (SPEC §5 Match, §6).

The status word of payroll decides, except where its dates speak louder: a last day that has come ends the
employment whatever the word says, a last day still to come only stages it, and a start still to come means
upcoming. Without any status column the dates decide alone. A leave or a suspension is nothing the dates
could contradict, so without a status column it stays, but for one thing: a first day back that was announced while
it was still to come ends the leave when it comes, whatever the word says. A day that is past when payroll first gives
it moves nobody: it may be of an earlier leave.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import ENDED, ON_LEAVE, Status

_ENDED = sorted(ENDED)
_NOT_HERE_YET = [Status.UPCOMING.value, *_ENDED]


def is_ended(column: str) -> pl.Expr:
    """Whether the status in this column is one of the ended ones; null is not ended."""
    return pl.col(column).is_in(_ENDED).fill_null(False)


def last_day_came(today: str = "today") -> pl.Expr:
    """The record's last day is today or earlier, and no later hire made it history.

    Without a hire date nobody can tell a last day of long ago from this one's, so then the word decides.
    """
    last, hired = pl.col("termination_date"), pl.col("hire_date")
    certain = hired.is_not_null() | pl.col("status").is_null()
    return ((last <= pl.col(today)) & certain & ~(hired > last).fill_null(False)).fill_null(False)


def is_over(today: str = "today") -> pl.Expr:
    """On that day the record says that the employment, or this job of it, has ended."""
    staged = (pl.col("termination_date") > pl.col(today)).fill_null(False) & (
        pl.col("status") != Status.CANCELED
    )
    return (is_ended("status") & ~staged) | last_day_came(today)


def leave_is_over(current: str, today: str = "today") -> pl.Expr:
    """The first day back that was announced has come. Expects the record's `leave_end` and `now_leave_end`."""
    away = pl.coalesce("status", current).is_in(sorted(ON_LEAVE))
    announced = pl.col("leave_end") == pl.col("now_leave_end")
    return (away & announced & (pl.col("leave_end") <= pl.col(today))).fill_null(False)


def effective_status(has_status: bool, current: str = "current_status", today: str = "today") -> pl.Expr:
    """The status a record asks for on that day; null keeps the current one.

    Expects the record's `status`, `hire_date`, `termination_date` and `leave_end`, the `current` status (null: nobody
    yet), `now_leave_end` and the location's `today`. `has_status` says whether the feed has a status column at all.
    """
    word, day, held = pl.col("status"), pl.col(today), pl.col(current)
    starts_later = (pl.col("hire_date") > day).fill_null(False)
    started = (pl.col("hire_date") <= day).fill_null(False)
    leaves_later = (pl.col("termination_date") > day).fill_null(False)
    not_here_yet = held.is_null() | held.is_in(_NOT_HERE_YET)
    by_dates = (
        pl.when(starts_later).then(pl.lit(Status.UPCOMING.value)).otherwise(pl.lit(Status.ACTIVE.value))
    )
    only_present = pl.lit(not has_status) & (word == Status.ACTIVE)
    staged = is_ended("status") & (word != Status.CANCELED) & leaves_later
    decided_by_dates = held.is_null() if has_status else not_here_yet
    silent_status = (
        pl.when(decided_by_dates)
        .then(by_dates)
        .when((held == Status.UPCOMING) & started)
        .then(pl.lit(Status.ACTIVE.value))
    )
    return (
        pl.when(is_ended("status") & ~staged)
        .then(word)
        .when(last_day_came(today))
        .then(pl.lit(Status.TERMINATED.value))
        .when(leave_is_over(current, today))
        .then(pl.lit(Status.ACTIVE.value))
        .when(staged | word.is_null() | only_present)
        .then(silent_status)
        .when((word == Status.ACTIVE) & starts_later & not_here_yet)
        .then(pl.lit(Status.UPCOMING.value))
        .when((word == Status.UPCOMING) & started)
        .then(pl.lit(Status.ACTIVE.value))
        .otherwise(word)
    )
