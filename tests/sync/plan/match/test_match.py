"""Match: who a record is, and who nobody may decide but a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.lib.text import fold
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.identification import identify
from schedulepop.sync.plan.names import fold_names
from tests.sync.plan.made_frames import CNA, LPN, NORTH, RN, SOUTH, TODAY, snapshot, understood

HIRED = date(2021, 5, 3)
ANN = {
    "source_id": "1",
    "employee_number": "E1",
    "hire_date": HIRED,
    "email": "ann@maple.org",
    "phone": "+12155550101",
}


def matched(now: Snapshot, *rows: dict[str, Any]) -> pl.DataFrame:
    frame = identify(understood(*rows), now, TODAY)
    assert list(frame.schema.items()) == list(pl.Schema(MATCHED).items())
    return frame


def verdict(frame: pl.DataFrame) -> list[tuple[str, int | None, str | None]]:
    return list(frame.select("situation", "user_id", "stop_reason").iter_rows())


def test_the_link_wins() -> None:
    frame = matched(snapshot(ANN), {"source_id": "1", "email": "new@maple.org"})
    assert verdict(frame) == [("linked", 1, None)]
    assert frame["membership_id"].to_list() == [101]


def test_an_employee_number_with_an_agreeing_name_finds_somebody_without_a_link() -> None:
    by_hand = ANN | {"source_id": None, "first_name": "José", "last_name": "O'Neill"}
    record = {"source_id": "9", "employee_number": "E1", "first_name": "JOSE", "last_name": "ONeill"}
    assert verdict(matched(snapshot(by_hand), record)) == [("found", 1, None)]


def test_whoever_has_another_id_is_never_taken() -> None:
    frame = matched(snapshot(ANN), {"source_id": "9", "employee_number": "E1"})
    assert verdict(frame) == [("id_changed", None, "id_changed")]
    assert frame["candidates"].to_list() == [[1]]


def test_two_people_with_one_number_and_name_are_ambiguous() -> None:
    by_hand = ANN | {"source_id": None}
    frame = matched(snapshot(by_hand, by_hand), {"source_id": "9", "employee_number": "E1"})
    assert verdict(frame) == [("ambiguous", None, "ambiguous")]
    assert frame["candidates"].to_list() == [[1, 2]]


def test_two_ids_that_claim_one_person_both_wait() -> None:
    by_hand = ANN | {"source_id": None}
    frame = matched(
        snapshot(by_hand),
        {"source_id": "8", "employee_number": "E1"},
        {"source_id": "9", "employee_number": "E1"},
    )
    assert verdict(frame) == [("new", None, "possible_match")] * 2


def test_an_ended_record_does_not_stand_in_the_way_of_one_that_goes_on() -> None:
    by_hand = ANN | {"source_id": None}
    frame = matched(
        snapshot(by_hand),
        {"source_id": "8", "employee_number": "E1", "status": "terminated"},
        {"source_id": "9", "employee_number": "E1"},
    )
    assert verdict(frame) == [("new", None, "already_left"), ("found", 1, None)]


@pytest.mark.parametrize(
    ("shared", "stop_reason"),
    [
        ({"email": "ann@maple.org"}, "found_elsewhere"),
        ({"phone": "+12155550101"}, "found_elsewhere"),
        ({"hire_date": HIRED}, "found_elsewhere"),
        ({"location_id": NORTH}, "possible_match"),
        ({"employee_number": "E1", "last_name": "Other"}, "found_elsewhere"),
        ({"email": "ann@maple.org", "last_name": "Other"}, None),
        ({}, None),
    ],
)
def test_what_resembles_somebody_waits(shared: dict[str, Any], stop_reason: str | None) -> None:
    frame = matched(snapshot(ANN), {"source_id": "9", "location_id": SOUTH, **shared})
    assert frame["stop_reason"].to_list() == [stop_reason]
    assert frame["user_id"].to_list() == [None]


def test_local_people_are_neither_matched_nor_suggested() -> None:
    agency = ANN | {"source_id": None, "local": True}
    assert verdict(matched(snapshot(agency), {"source_id": "9", "employee_number": "E1"})) == [
        ("new", None, None)
    ]


def test_a_linked_person_marked_local_waits() -> None:
    assert verdict(matched(snapshot(ANN | {"local": True}), {"source_id": "1"})) == [
        ("linked", 1, "possible_match")
    ]


@pytest.mark.parametrize(
    ("record", "stop_reason"),
    [
        ({"last_name": None}, None),
        ({"last_name": None, "nameless": True}, "name_missing"),
        ({"first_name": "-", "last_name": None}, "name_missing"),
        ({"location_id": None}, "unmapped_location"),
        ({"status": None, "status_doubt": "unmapped_status"}, "unmapped_status"),
        ({"status": "terminated"}, "already_left"),
        ({"status": "terminated", "last_name": None, "location_id": None}, "already_left"),
        ({"termination_date": TODAY, "hire_date": HIRED}, "already_left"),
        ({"termination_date": date(2018, 1, 1), "hire_date": HIRED}, None),
        ({"termination_date": date(2026, 3, 11), "status": "terminated"}, None),
    ],
)
def test_what_a_new_record_may_lack(record: dict[str, Any], stop_reason: str | None) -> None:
    assert matched(snapshot(), {"source_id": "9", **record})["stop_reason"].to_list() == [stop_reason]


@pytest.mark.parametrize(
    ("record", "stop_reason"),
    [
        ({"first_name": "Hugo", "last_name": "Stark", "hire_date": TODAY}, "recycled_id"),
        ({"last_name": "Stark", "hire_date": TODAY}, "recycled_id"),
        ({"last_name": "Stark", "hire_date": HIRED}, None),
        ({"hire_date": TODAY}, None),
        ({"last_name": "LEE", "hire_date": TODAY}, None),
        ({"last_name": "Stark", "hire_date": TODAY, "original_hire_date": HIRED}, None),
        ({"last_name": "Stark"}, None),
        ({"first_name": "Hugo", "last_name": "Stark"}, "recycled_id"),
        ({"first_name": "Lee", "last_name": "Ann"}, None),
        ({"first_name": None, "last_name": None, "hire_date": TODAY}, None),
    ],
)
def test_an_id_given_to_somebody_else_waits(record: dict[str, Any], stop_reason: str | None) -> None:
    person = ANN | {"original_hire_date": HIRED}
    assert matched(snapshot(person), {"source_id": "1", **record})["stop_reason"].to_list() == [stop_reason]


def test_contradictory_records_all_wait() -> None:
    frame = matched(
        snapshot(ANN), {"source_id": "1"}, {"source_id": "1", "first_name": "Greg", "last_name": "Olson"}
    )
    assert frame["stop_reason"].to_list() == ["contradictory_records"] * 2


@pytest.mark.parametrize(
    ("first", "second", "speaks"),
    [
        ({"duty_id": RN}, {"duty_id": LPN, "primary_flag": True}, [3]),
        ({"duty_id": RN}, {"duty_id": LPN}, [2]),
        ({"duty_id": CNA}, {"duty_id": LPN}, [2, 3]),
        ({"duty_id": CNA}, {"duty_id": CNA}, [2]),
        ({"duty_id": RN, "status": "terminated"}, {"duty_id": LPN}, [3]),
        ({"duty_id": RN, "status": "terminated", "primary_flag": True}, {"duty_id": LPN}, [3]),
        ({"duty_id": RN, "primary_flag": True}, {"duty_id": LPN, "primary_flag": True}, [2]),
        ({"duty_id": RN}, {"duty_id": LPN, "location_id": SOUTH}, [2, 3]),
    ],
)
def test_which_of_several_records_speaks(
    first: dict[str, Any], second: dict[str, Any], speaks: list[int]
) -> None:
    frame = matched(
        snapshot(ANN | {"duty_id": RN}), {"source_id": "1", **first}, {"source_id": "1", **second}
    )
    assert frame["row"].to_list() == speaks
    stop_reason = "several_records" if (first.get("duty_id"), len(speaks)) == (CNA, 2) else None
    assert frame["stop_reason"].to_list() == [stop_reason] * len(speaks)


def test_a_question_about_a_person_concerns_all_their_records() -> None:
    frame = matched(
        snapshot(ANN), {"source_id": "9", "location_id": NORTH}, {"source_id": "9", "location_id": SOUTH}
    )
    assert frame["stop_reason"].to_list() == ["possible_match", "possible_match"]


def test_an_unmapped_location_keeps_the_only_home() -> None:
    frame = matched(snapshot(ANN), {"source_id": "1", "location_id": None, "duty_id": 99})
    assert frame.select("location_id", "membership_id", "stop_reason").row(0) == (NORTH, 101, None)
    two = [{"user_id": 1}, {"user_id": 1, "location_id": SOUTH}]
    frame = matched(snapshot(ANN, members=two), {"source_id": "1", "location_id": None})
    assert frame["stop_reason"].to_list() == ["unmapped_location"]


def test_twins_of_one_feed_wait_and_the_same_name_alone_does_not() -> None:
    same = {"email": "eve@maple.org", "first_name": "Eve", "last_name": "Park"}
    frame = matched(snapshot(), {"source_id": "8", **same}, {"source_id": "9", **same})
    assert frame["stop_reason"].to_list() == ["possible_match"] * 2
    frame = matched(snapshot(), {"source_id": "8", **same}, {"source_id": "9", **same, "email": None})
    assert frame["stop_reason"].to_list() == [None, None]


def test_a_second_membership_needs_a_status_that_can_be_read() -> None:
    unknown = {"source_id": "1", "location_id": SOUTH, "status": None, "status_doubt": "unmapped_status"}
    assert matched(snapshot(ANN), unknown)["stop_reason"].to_list() == [None]  # the only record: they moved
    assert matched(snapshot(ANN), {"source_id": "1"}, unknown)["stop_reason"].to_list() == [
        None,
        "unmapped_status",
    ]


@pytest.mark.parametrize(
    "name", ["Ann", "O'Neill", "José-María", "Straße", "  Lee  Ann ", "Nguyễn", "-", "#7", "a_b", "’t Hooft"]
)
def test_folding_in_bulk_is_folding_one_by_one(name: str) -> None:
    assert fold_names(pl.Series([name, None])).to_list() == [fold(name) or None, None]
