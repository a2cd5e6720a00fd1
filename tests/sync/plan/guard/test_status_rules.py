"""The status column is doubted by its words, at its line: 3 people or 30 % of a location, whichever is more."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard import FeedFigures, GuardContext
from schedulepop.sync.plan.policy import Policy
from tests.sync.plan.guard.test_guard import staff
from tests.sync.plan.made_frames import NORTH, SOUTH, changes, frame, judged

SEEN = {"Active": 5, "On Leave": 0}


def _holds(now: Snapshot, *words: str, column: str = "Status") -> list[tuple[str, int, int]]:
    """What is held when the first people say these words, the others still Active: (rule, location, how many)."""
    held = judged(saying(now, *words, column=column))[1]
    return list(held.select("rule", "location_id", pl.col("figure").cast(pl.Int64)).iter_rows())


def saying(now: Snapshot, *words: str, column: str = "Status") -> GuardContext:
    """A feed in which the first people say these words, the others still Active; nobody changes."""
    people = now.members.sort("user_id").select("user_id", "membership_id", "location_id").head(len(words))
    rows = [
        {**person, "row": n, "source_id": f"{n - 2:03d}", "status_raw": word}
        for n, (person, word) in enumerate(zip(people.iter_rows(named=True), words, strict=True), 2)
    ]
    counts = {word: words.count(word) for word in words}
    figures = FeedFigures(100, 0, frozenset({"status"}), {}, status_column=column, status_words=SEEN | counts)
    return GuardContext(
        changes=Changes(rows=changes()),
        snapshot=replace(now, last_status_column="Status", last_status_words=SEEN),
        policy=Policy(),
        feed=figures,
        records=frame(rows, MATCHED),
    )


@pytest.mark.parametrize(
    ("people", "new", "trips"), [(5, 2, False), (5, 3, True), (20, 5, False), (20, 6, True)]
)
def test_new_words_for_three_or_thirty_percent(people: int, new: int, trips: bool) -> None:
    assert _holds(staff(people), *["PT"] * new) == ([("status_words", NORTH, new)] if trips else [])


def test_the_words_of_one_location_doubt_that_one() -> None:
    assert _holds(staff(3, 20), *["PT"] * 3) == [("status_words", NORTH, 3)]
    assert _holds(staff(20, 3), *["Active"] * 20, "PT", "FT", "PT") == [("status_words", SOUTH, 3)]


def test_words_seen_before_in_any_case_are_not_new() -> None:
    assert _holds(staff(5), "ACTIVE", "on leave", "On-Leave") == []


def test_another_column_with_the_same_words_holds_nobody_while_nothing_changes() -> None:
    assert _holds(staff(5), *["Active"] * 5, column="Employment Status") == []


def test_a_first_run_has_nothing_to_compare_with() -> None:
    now = staff(5)
    opening = replace(now, locations=now.locations.with_columns(pl.lit(True).alias("first_run")))
    assert _holds(opening, *["PT"] * 5) == []
    assert _holds(replace(now, first_sync=True), *["PT"] * 5) == []
