"""Diff: what would change, why, and what never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.sync.plan.diff import diff
from schedulepop.sync.plan.frames.changes import CHANGE, FIELD
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Matched, Missing
from schedulepop.sync.plan.match.identification import identify
from schedulepop.sync.plan.policy import Policy
from schedulepop.wording import reasons
from tests.sync.plan.made_frames import CNA, EAST, LPN, NORTH, RN, SOUTH, TODAY, WEST, snapshot, understood

HIRED, LATER = date(2021, 5, 3), date(2026, 3, 31)
ANN: dict[str, Any] = {
    "source_id": "1",
    "employee_number": "E1",
    "hire_date": HIRED,
    "email": "ann@maple.org",
    "duty_id": RN,
    "zone_id": EAST,
}
RECORD = {"source_id": "1", "hire_date": HIRED}


def drawn(
    now: Snapshot,
    *rows: dict[str, Any],
    has_status: bool = True,
    absent: tuple[str, ...] = (),
    leaving: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    said = understood(*rows)
    matched = Matched(now, absent, identify(said, now, TODAY))
    columns = {name: name for name in ("duty", "zone", *(["status"] if has_status else []))}
    gone = Missing() if leaving is None else Missing(leaving=leaving)
    found = diff(said, matched, gone, columns, Policy(), TODAY)
    changes, fields = found.rows, found.fields
    assert list(changes.schema.items()) == list(pl.Schema(CHANGE).items())
    assert list(fields.schema.items()) == list(pl.Schema(FIELD).items())
    return changes, fields


def told(fields: pl.DataFrame) -> list[tuple[str, str | None, str | None, str]]:
    return [
        (field, old, new, reasons.why(why, params))
        for field, old, new, why, params in fields.select("field", "old", "new", "why", "params").iter_rows()
    ]


def test_what_agrees_changes_nothing() -> None:
    changes, fields = drawn(snapshot(ANN), RECORD | {"email": "ann@maple.org", "duty_id": RN})
    assert changes.is_empty()
    assert fields.is_empty()


def test_a_change_carries_the_whole_state_after_it() -> None:
    changes, fields = drawn(
        snapshot(ANN), RECORD | {"email": "ann@home.net", "zone_id": WEST, "zone_code": "W"}
    )
    change = changes.to_dicts()[0]
    assert (change["verb"], change["user_id"], change["membership_id"], change["removal"]) == (
        "update",
        1,
        101,
        False,
    )
    kept = {
        "employee_number": "E1",
        "first_name": "Ann",
        "duty_id": RN,
        "hire_date": HIRED,
        "status": "active",
    }
    assert {name: change[name] for name in kept} == kept
    assert told(fields) == [
        ("email", "ann@maple.org", "ann@home.net", "payroll"),
        ("zone", "East", "West", "payroll"),
    ]


def test_a_local_edit_is_named() -> None:
    edits = [
        {"user_id": 1, "location_id": None, "field": "email", "editor": "Mia Moss", "at": date(2026, 3, 8)},
        {"user_id": 1, "location_id": NORTH, "field": "duty", "editor": "Tom Tate", "at": date(2026, 3, 9)},
        {"user_id": 1, "location_id": SOUTH, "field": "zone", "editor": "Nobody", "at": date(2026, 3, 9)},
    ]
    record = RECORD | {"email": "ann@home.net", "duty_id": CNA, "zone_id": WEST}
    _, fields = drawn(snapshot(ANN, edits=edits), record)
    assert [(name, why) for name, _, _, why in told(fields)] == [
        ("email", "local edit by Mia Moss on 2026-03-08 overwritten"),
        ("duty", "local edit by Tom Tate on 2026-03-09 overwritten"),
        ("zone", "payroll"),
    ]


def test_pay_is_told_as_decimal_text_and_waits_with_the_duty() -> None:
    paid = ANN | {"pay_rate": 215_000, "pay_unit": "hour", "pay_currency": "USD"}
    _, fields = drawn(
        snapshot(paid), RECORD | {"pay_rate": 228_750, "pay_unit": "hour", "pay_currency": "USD"}
    )
    assert told(fields) == [("pay_rate", "21.50", "22.875", "payroll")]
    changes, _ = drawn(snapshot(ANN | {"duty_id": None}), RECORD | {"pay_rate": 215_000, "pay_unit": "hour"})
    assert changes.is_empty()


def test_blank_keeps_unless_it_clears() -> None:
    assert drawn(snapshot(ANN), RECORD | {"email": None})[0].is_empty()
    changes, fields = drawn(snapshot(ANN), RECORD | {"email": None, "clears": ["email"]})
    assert changes["email"].to_list() == [None]
    assert told(fields) == [("email", "ann@maple.org", None, "payroll")]


@pytest.mark.parametrize(
    ("now", "record", "verb", "status", "removal"),
    [
        ("active", {"status": "terminated"}, "deactivate", "terminated", True),
        ("suspended", {"status": "terminated"}, "deactivate", "terminated", True),
        ("active", {"status": "suspended"}, "update", "suspended", True),
        ("active", {"status": "fmla"}, "update", "fmla", False),
        ("terminated", {"status": "active"}, "reactivate", "active", False),
        ("terminated", {"status": "quit"}, "update", "quit", False),
        ("upcoming", {"status": "canceled"}, "deactivate", "canceled", True),
        ("upcoming", {"status": "upcoming"}, "update", "active", False),
        ("active", {"termination_date": TODAY}, "deactivate", "terminated", True),
        ("active", {"termination_date": LATER}, "update", "active", True),
        ("active", {"termination_date": LATER, "status": "terminated"}, "update", "active", True),
        ("active", {"status": None}, None, None, None),
        ("active", {"status": None, "termination_date": TODAY}, "deactivate", "terminated", True),
    ],
)
def test_the_verb_follows_the_status(
    now: str, record: dict[str, Any], verb: str | None, status: str | None, removal: bool | None
) -> None:
    changes, _ = drawn(snapshot(ANN | {"status": now}), RECORD | record)
    assert changes.select("verb", "status", "removal").rows() == ([(verb, status, removal)] if verb else [])


@pytest.mark.parametrize(
    ("now", "record", "status"),
    [
        ("fmla", {}, None),
        ("upcoming", {}, "active"),
        ("terminated", {}, "active"),
        ("active", {"termination_date": TODAY}, "terminated"),
        ("terminated", {"hire_date": LATER}, "upcoming"),
    ],
)
def test_without_a_status_column_the_dates_decide(
    now: str, record: dict[str, Any], status: str | None
) -> None:
    for word in (None, "active"):  # normalize may or may not say what the dates mean
        changes, _ = drawn(
            snapshot(ANN | {"status": now}), RECORD | {"status": word} | record, has_status=False
        )
        assert changes["status"].to_list() == ([status] if status else [])


def test_an_end_is_staged_moved_and_withdrawn() -> None:
    record = RECORD | {"termination_date": LATER}
    changes, fields = drawn(snapshot(ANN), record)
    assert changes.select("ends_on", "removal").row(0) == (LATER, True)
    assert told(fields)[-1] == ("ends_on", None, "2026-03-31", "dates")
    staged = ANN | {"termination_date": LATER, "ends_on": LATER}
    assert drawn(snapshot(staged), record)[0].is_empty()
    changes, _ = drawn(snapshot(staged), RECORD | {"termination_date": date(2026, 4, 15)})
    assert changes.select("ends_on", "removal").row(0) == (date(2026, 4, 15), False)
    changes, _ = drawn(snapshot(staged), RECORD | {"clears": ["termination_date"]})
    assert changes.select("ends_on", "removal").row(0) == (None, False)


def test_a_rehire_loses_the_old_last_day() -> None:
    left = ANN | {"status": "terminated", "termination_date": date(2024, 1, 31)}
    changes, fields = drawn(snapshot(left), RECORD | {"hire_date": TODAY})
    assert changes.select("verb", "termination_date", "hire_date").row(0) == ("reactivate", None, TODAY)
    assert [name for name, *_ in told(fields)] == ["status", "hire_date", "termination_date"]


def test_a_transfer_carries_what_belongs_to_the_person() -> None:
    changes, fields = drawn(snapshot(ANN), RECORD | {"location_id": SOUTH, "hire_date": None, "duty_id": 22})
    change = changes.to_dicts()[0]
    assert (change["verb"], change["from_membership_id"], change["membership_id"]) == ("transfer", 101, None)
    assert (change["location_id"], change["removal"], change["hire_date"]) == (SOUTH, True, HIRED)
    assert (change["duty_id"], change["zone_id"]) == (22, None)
    assert told(fields)[0] == ("location", "Maple North", "Maple South", "payroll")


@pytest.mark.parametrize(
    ("members", "rows", "verbs"),
    [
        ([{"user_id": 1}], [RECORD, RECORD | {"location_id": SOUTH}], ["create"]),
        ([{"user_id": 1}, {"user_id": 1, "location_id": SOUTH}], [RECORD], []),
        ([{"user_id": 1, "payroll_owned": False}], [RECORD | {"location_id": SOUTH}], ["create"]),
        ([{"user_id": 1, "status": "terminated"}], [RECORD | {"location_id": SOUTH}], ["create"]),
        (
            [{"user_id": 1}, {"user_id": 1, "location_id": SOUTH, "status": "terminated"}],
            [RECORD | {"location_id": SOUTH}],
            ["transfer"],
        ),
    ],
)
def test_another_location_is_a_second_membership_or_a_transfer(
    members: list[dict[str, Any]], rows: list[dict[str, Any]], verbs: list[str]
) -> None:
    now = snapshot({"source_id": "1"}, members=[{"hire_date": HIRED, **m} for m in members])
    assert drawn(now, *rows)[0]["verb"].to_list() == verbs


def test_a_person_at_two_locations_has_one_email_told_once() -> None:
    members = [{"user_id": 1, "hire_date": HIRED}, {"user_id": 1, "hire_date": HIRED, "location_id": SOUTH}]
    now = snapshot({"source_id": "1", "email": "old@maple.org"}, members=members)
    north, south = (
        {"email": "north@maple.org"},
        {"email": "south@maple.org", "location_id": SOUTH, "primary_flag": True},
    )
    changes, fields = drawn(now, RECORD | north, RECORD | south)
    assert told(fields)[0] == ("primary_location", None, "Maple South", "payroll")
    assert told(fields)[1] == ("email", "old@maple.org", "south@maple.org", "payroll")
    assert set(changes["email"]) == {"south@maple.org"}
    assert [name for name, *_ in told(fields)].count("email") == 1


def test_a_new_person_at_two_locations_is_created_once_per_location() -> None:
    changes, fields = drawn(snapshot(), {"source_id": "9"}, {"source_id": "9", "location_id": SOUTH})
    assert changes.select("verb", "user_id", "location_id").rows() == [
        ("create", None, NORTH),
        ("create", None, SOUTH),
    ]
    assert fields.is_empty()


def test_found_people_are_taken_over_even_if_nothing_differs() -> None:
    by_hand = {"employee_number": "E1", "payroll_owned": False}
    changes, fields = drawn(snapshot(by_hand), {"source_id": "9", "employee_number": "E1"})
    assert changes.select("verb", "situation", "user_id").row(0) == ("update", "found", 1)
    assert fields.is_empty()


def test_missing_people_end_terminated_with_everything_else_as_it_was() -> None:
    leaving = pl.DataFrame({"source_id": ["1"], "membership_id": [101], "about": ["person"]})
    changes, fields = drawn(snapshot(ANN | {"ends_on": LATER}), leaving=leaving)
    change = changes.to_dicts()[0]
    assert (change["verb"], change["row"], change["situation"], change["status"]) == (
        "deactivate",
        None,
        "missing",
        "terminated",
    )
    assert (change["duty_id"], change["hire_date"], change["ends_on"]) == (RN, HIRED, None)
    assert told(fields) == [("status", "active", "terminated", "missing")]


def test_a_duty_to_be_created_is_told_by_its_new_name() -> None:
    changes, fields = drawn(snapshot(ANN), RECORD | {"duty_code": "MT", "duty_new": "Medication Technician"})
    assert changes.select("duty_id", "duty_code", "duty_new").row(0) == (None, "MT", "Medication Technician")
    assert told(fields) == [("duty", "Registered Nurse", "Medication Technician", "payroll")]


def test_an_unmapped_duty_keeps_the_current_one() -> None:
    assert drawn(snapshot(ANN), RECORD | {"duty_code": "RN-III"})[0].is_empty()


def test_two_links_of_one_person_never_make_a_transfer_of_half_of_them() -> None:
    now = snapshot({"source_id": "1"})
    both = replace(now, links=pl.DataFrame({"source_id": ["1", "2"], "user_id": [1, 1]}))
    record = RECORD | {"location_id": SOUTH, "duty_id": LPN}
    assert drawn(both, record)[0]["verb"].to_list() == ["create"]
    assert drawn(both, record, absent=("2",))[0]["verb"].to_list() == ["transfer"]
