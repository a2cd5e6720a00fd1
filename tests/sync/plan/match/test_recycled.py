"""Who a known payroll ID names: the same person, somebody else, or two people at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS
from schedulepop.sync.plan.match.identification import identify
from schedulepop.sync.plan.match.primary_record import contradictory
from tests.sync.plan.made_frames import TODAY, frame, records, snapshot, understood

BOUGHT = date(2020, 1, 1)  # the day the building was bought: everybody's hire date
ANN: dict[str, Any] = {
    "source_id": "1",
    "first_name": "Ann",
    "last_name": "Quist",
    "email": "ann@maple.org",
    "phone": "+12155550101",
    "employee_number": "901",
    "hire_date": BOUGHT,
}
OTHER = {"email": "bob@maple.org", "phone": "+12155550102", "employee_number": "902"}
NO_CONTACT = {"email": None, "phone": None, "employee_number": None}


@pytest.mark.parametrize(
    ("said", "stop_reason"),
    [
        pytest.param({"first_name": "Bob", "last_name": "Ray"}, True, id="another name altogether"),
        pytest.param({"first_name": "Bob", **OTHER}, True, id="a relative, hired on the same day"),
        pytest.param(
            {"first_name": "Bob", **OTHER, "phone": ANN["phone"]}, True, id="a relative with the same phone"
        ),
        pytest.param(
            {"first_name": "Bob", **NO_CONTACT, "email": "x@maple.org"}, True, id="only the email tells"
        ),
        pytest.param(
            {"first_name": "Bob", "email": "x@maple.org"}, False, id="another first name, the same number"
        ),
        pytest.param(
            {"first_name": "Bob", **NO_CONTACT}, False, id="another first name and nothing to compare"
        ),
        pytest.param({"first_name": "Ann Marie", **OTHER}, False, id="a longer form"),
        pytest.param({"last_name": "Miller", "email": "ann.miller@maple.org"}, False, id="married"),
        pytest.param(
            {"last_name": "Miller", **NO_CONTACT, "email": "x@maple.org"}, False, id="married, email alone"
        ),
        pytest.param({"last_name": "Miller", **OTHER}, True, id="another Ann"),
        pytest.param({"first_name": "Quist", "last_name": "Ann", **OTHER}, False, id="columns swapped"),
    ],
)
def test_hired_on_one_day_the_rest_tells_who_it_is(said: dict[str, Any], stop_reason: bool) -> None:
    found = identify(understood({**ANN, **said}), snapshot(ANN), TODAY)
    assert found["stop_reason"].to_list() == ["recycled_id" if stop_reason else None]


@pytest.mark.parametrize("kept", ["edits", "overrides"])
def test_a_name_that_is_not_payrolls_tells_nothing(kept: str) -> None:
    here = {**ANN, "first_name": "Wrong", "last_name": "Entirely"}
    held = {"edits": ({"user_id": 1, "field": "first_name"},)} if kept == "edits" else {}
    now = snapshot(here, **held)
    if kept == "overrides":
        now = replace(
            now, overrides=frame([{"user_id": 1, "field": "last_name"}], SNAPSHOT_SCHEMAS["overrides"])
        )
    assert identify(understood(ANN), now, TODAY)["stop_reason"].to_list() == [None]


@pytest.mark.parametrize(
    ("other", "two"),
    [
        pytest.param({"last_name": "Smith", **OTHER}, True, id="two namesakes"),
        pytest.param({"last_name": "Smith", **OTHER, "phone": ANN["phone"]}, True, id="who share a phone"),
        pytest.param(
            {"last_name": "Smith", "employee_number": "902"}, False, id="one email, a number per job"
        ),
        pytest.param({"first_name": "Ann Marie", **OTHER}, False, id="a longer form"),
        pytest.param({"first_name": "Bob", **NO_CONTACT}, False, id="nothing to compare, hired on one day"),
        pytest.param(
            {"first_name": "Bob", **NO_CONTACT, "hire_date": TODAY}, True, id="nothing but other days"
        ),
        pytest.param({"first_name": "Bob", **NO_CONTACT, "hire_date": None}, False, id="nothing at all"),
        pytest.param(
            {"first_name": "Bob", **NO_CONTACT, "phone": "+12155550103"}, True, id="the phones differ"
        ),
        pytest.param({"first_name": "Bob", "last_name": "Ray"}, True, id="another name altogether"),
        pytest.param({}, False, id="the same person"),
    ],
)
def test_two_records_with_one_id(other: dict[str, Any], two: bool) -> None:
    assert contradictory(records(ANN, {**ANN, **other})) == (["1"] if two else [])


def test_three_records_of_which_one_is_somebody_elses() -> None:
    found = contradictory(records(ANN, ANN, {**ANN, "last_name": "Smith", **OTHER}))
    assert found == ["1"]


@pytest.mark.parametrize(
    ("now", "said", "recycled"),
    [
        (("Wibowo", None), ("Wibowo", "Santoso"), False),
        ((None, "Wibowo"), ("Wibowo", "Santoso"), False),
        (("Wibowo", None), (None, "Wibowo"), False),
        (("Wibowo", None), ("Ulla", "Vance"), True),
        (("Wibowo", None), ("Thiri", None), True),
        (("Ulla", "Vance"), (None, "Thiri"), True),
        (("Ulla", "Vance"), ("Ulla", None), False),
    ],
)
def test_a_name_of_one_word_stands_for_both_halves(
    now: tuple[str | None, str | None], said: tuple[str | None, str | None], recycled: bool
) -> None:
    person = {"user_id": 1, "source_id": "1", "first_name": now[0], "last_name": now[1]}
    record = {"source_id": "1", "first_name": said[0], "last_name": said[1]}
    found = identify(understood(record), snapshot(person), TODAY)["stop_reason"].to_list()
    assert found == (["recycled_id"] if recycled else [None])
