"""Answers taken as true: which links are made and over, with frames alone; and the fast path says the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.sync.plan.diff.transfers import find_transfers, only_records
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.match.answers import (
    AppliedAnswers,
    apply_answers,
    leaving_reassigned,
    resolved_links,
)
from schedulepop.sync.plan.match.identification import identify
from tests.sync.plan.made_frames import NORTH, SOUTH, TODAY, frame, snapshot, understood

ANN = {"source_id": "1", "hire_date": date(2021, 5, 3)}


def answered(*given: dict[str, Any]) -> pl.DataFrame:
    usual = {"kind": "same", "user_id": 1, "denied": [], "name": "ann lee", "by": "Henry Okafor"}
    return frame(
        ({"answer_id": n, **usual, **one} for n, one in enumerate(given, 1)), SNAPSHOT_SCHEMAS["answers"]
    )


def settled(now: Snapshot, *rows: dict[str, Any], absent: tuple[str, ...] = ()) -> AppliedAnswers:
    records = understood(*rows).records
    return apply_answers(records, now, records["source_id"], absent, TODAY)


def test_without_an_answer_nothing_is_settled() -> None:
    now = snapshot(ANN)
    found = settled(now, {"source_id": "1"}, absent=("9",))
    assert (found.missing_ids, found.links.height, found.snapshot.links.equals(now.links)) == (
        ("9",),
        0,
        True,
    )


def test_the_old_id_is_over_when_the_feed_has_it_no_more() -> None:
    found = settled(snapshot(ANN, answers=answered({"source_id": "9"})), {"source_id": "9"}, absent=("1",))
    assert found.links.rows() == [("9", 1, False)]
    assert found.retired.rows() == [("1", 1, "9")]
    assert found.id_changes.rows() == [(1, "1", "9", "Henry Okafor")]
    assert (found.missing_ids, found.snapshot.links.rows()) == ((), [("9", 1)])


@pytest.mark.parametrize("kind", ["same", "add_here", "transfer"])
def test_the_old_id_goes_on_beside_the_new_one(kind: str) -> None:
    now = snapshot(ANN, answers=answered({"source_id": "9", "kind": kind}))
    found = settled(now, {"source_id": "1"}, {"source_id": "9"})
    assert (found.links.rows(), found.retired.height, found.id_changes.height) == ([("9", 1, True)], 0, 0)


def test_added_here_the_old_id_is_never_over() -> None:
    now = snapshot(ANN, answers=answered({"source_id": "9", "kind": "add_here"}))
    found = settled(now, {"source_id": "9"}, absent=("1",))
    assert (found.links.rows(), found.retired.height, found.missing_ids) == ([("9", 1, True)], 0, ("1",))


def test_two_new_ids_of_one_person() -> None:
    by_hand = ANN | {"source_id": None}
    now = snapshot(by_hand, answers=answered({"source_id": "8"}, {"source_id": "9"}))
    assert settled(now, {"source_id": "8"}, {"source_id": "9"}).links.rows() == [
        ("8", 1, False),
        ("9", 1, True),
    ]


@pytest.mark.parametrize(
    ("now", "record"),
    [
        (ANN, {"source_id": "9", "first_name": "Inez"}),
        (ANN | {"local": True}, {"source_id": "9"}),
        (ANN, {"source_id": "8"}),
    ],
)
def test_an_answer_that_does_not_count(now: dict[str, Any], record: dict[str, Any]) -> None:
    found = settled(snapshot(now, answers=answered({"source_id": "9"})), record)
    assert (found.links.height, found.snapshot.answers.height) == (0, 0)


def test_an_id_given_away_leaves_whoever_had_it_without_a_record() -> None:
    now = snapshot(
        ANN,
        answers=answered(
            {"source_id": "1", "kind": "different", "user_id": None, "denied": [1], "name": "hugo stark"}
        ),
    )
    found = settled(now, {"source_id": "1", "first_name": "Hugo", "last_name": "Stark"})
    assert (found.retired.rows(), found.reassigned.rows()) == ([("1", 1, "1")], [("1", 1, 101)])
    matched = identify(
        understood(
            {"source_id": "1", "first_name": "Hugo", "last_name": "Stark"},
            {"source_id": "5", "hire_date": date(2021, 5, 3)},
        ),
        found.snapshot,
        TODAY,
    )
    assert matched["stop_reason"].to_list() == [None, "possible_match"]
    assert leaving_reassigned(found, matched).is_empty(), "another record may be theirs: that is asked first"


def test_an_id_answered_for_another_person_than_it_was() -> None:
    now = snapshot(
        ANN,
        ANN | {"source_id": "2", "last_name": "Moss"},
        answers=answered({"source_id": "1", "user_id": 2, "name": "ann moss"}),
    )
    found = settled(now, {"source_id": "1", "last_name": "Moss"}, absent=("2",))
    assert sorted(found.retired.rows()) == [("1", 1, "1"), ("2", 2, "1")]
    assert found.links.rows() == [("1", 2, False)]


def test_what_asks_another_question_is_not_made_true() -> None:
    found = settled(snapshot(ANN, answers=answered({"source_id": "9"})), {"source_id": "9"}, absent=("1",))
    stopped = resolved_links(found, pl.Series(["9"]))
    assert (
        stopped.links.height,
        stopped.retired.height,
        stopped.id_changes.height,
        stopped.answered.height,
    ) == (0,) * 4
    assert resolved_links(found, pl.Series([], dtype=pl.String)).answered.rows() == [("9", 1)]


def test_a_transfer_waits_for_payroll_to_end_the_old_record() -> None:
    now = snapshot(ANN, answers=answered({"source_id": "9", "kind": "transfer"}))
    rows = {"source_id": "1", "location_id": NORTH}, {"source_id": "9", "location_id": SOUTH}
    found = settled(now, *rows)
    matched = identify(understood(*rows), found.snapshot, TODAY)
    count = pl.len().over(PERSON_KEY)
    only = only_records(matched.with_columns(count.alias("record_count")), found.snapshot, found.missing_ids)
    assert find_transfers(only, found.snapshot).is_empty()
    assert matched.select("user_id", "membership_id", "stop_reason").rows() == [
        (1, 101, None),
        (1, None, None),
    ]
