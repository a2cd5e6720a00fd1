"""Nobody new is added past a column that may say that they have left (SPEC §5 Match)."""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan import trial
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.policy import Mapping

HEADER = "Employee ID,First Name,Last Name,Email,Facility"
COLUMNS = {
    "source_id": "Employee ID",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "location": "Facility",
}


def _feed(column: str, *values: str) -> bytes:
    rows = [f"{n},Ann{n},Ray{n},ann{n}@example.org,MG,{value}" for n, value in enumerate(values, 1)]
    return "\n".join([f"{HEADER},{column}", *rows, ""]).encode()


def _plan(feed: bytes, mapping: Mapping | None = None) -> Plan:
    profile = trial.profile_file(feed, name="feed.csv", mapping=mapping)
    return trial.first_sync(profile, today=date(2026, 11, 28), mapping=mapping)


def _told(plan: Plan) -> list[tuple[int | None, str, str | None, str | None]]:
    return plan.problems.select("row", "code", "column", "value").rows()


def test_a_flag_is_read() -> None:
    plan = _plan(_feed("Active (Y/N)", "Y", "N", "Y"))
    assert (plan.counts["created"], plan.counts["excluded"]) == (2, 1)


def test_figures_in_a_status_column_are_asked_about() -> None:
    plan = _plan(_feed("Worker Status", "1", "9", "1"))
    assert (plan.counts["created"], plan.counts["held"]) == (0, 3)
    assert plan.problems["code"].unique().to_list() == ["unmapped_status"]


def test_last_days_in_words_wait_and_the_others_are_added() -> None:
    plan = _plan(_feed("Termination Date", "", "resigned 3/14/25", ""))
    assert (plan.counts["created"], plan.counts["held"]) == (2, 1)
    assert (3, "last_day_unread", "Termination Date", "resigned 3/14/25") in _told(plan)


def test_a_mapping_that_leaves_the_status_out_lets_nobody_in() -> None:
    feed, mapping = _feed("Separation Reason", "", "Relocated", ""), Mapping(columns=COLUMNS)
    plan = _plan(feed, mapping)
    assert (plan.counts["created"], plan.counts["held"]) == (2, 1)
    assert _told(plan) == [(3, "status_unread", "Separation Reason", "Relocated")]
    answered = mapping.model_copy(update={"no_status": frozenset({"separation reason"})})
    assert _plan(feed, answered).counts["created"] == 3


def test_a_column_reads_as_a_status_by_its_values_once_somebody_says_so() -> None:
    feed = _feed("Kind", "Active", "Terminated", "LOA")
    assert (_plan(feed).counts["created"], _plan(feed).counts["held"]) == (0, 3)
    assumed, column = trial.with_assumed_status(trial.profile_file(feed, name="feed.csv"))
    plan = trial.first_sync(assumed, today=date(2026, 11, 28))
    assert (column, plan.counts["created"], plan.counts["excluded"]) == ("Kind", 2, 1)
    assert trial.with_assumed_status(assumed) == (assumed, None)


def test_what_nearly_all_active_people_carry_holds_nobody() -> None:
    feed = _feed("Record Status", *(["OK"] * 10), "??")
    profile = trial.profile_file(feed, name="feed.csv")
    active = pl.Series("source_id", [str(n) for n in range(1, 11)])
    plan = trial.first_sync(trial.with_usual_values(profile, active), today=date(2026, 11, 28))
    assert (plan.counts["created"], plan.counts["held"]) == (10, 1)
