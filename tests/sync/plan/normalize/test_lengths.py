"""A text that is too long for our tables: no value, a finding of its record, and everybody else goes on."""

from __future__ import annotations

import json

import pytest

from schedulepop.employee import LONGEST
from schedulepop.sync.plan.policy import Mapping
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, understand

MADE = Mapping(create_codes=frozenset({"duty", "zone"}))


@pytest.mark.parametrize(
    ("column", "field", "code"),
    [
        ("First Name", "first_name", "name_missing"),
        ("Last Name", "last_name", "name_missing"),
        ("Employee Number", "employee_number", "text_too_long"),
    ],
)
def test_a_value_at_the_limit_is_taken_and_one_more_is_not(column: str, field: str, code: str) -> None:
    for more, told in ((0, []), (1, [code])):
        value = "w" * (LONGEST[field] + more)
        cells = {
            "Employee ID": "1",
            "First Name": "Ann",
            "Last Name": "Lee",
            "Location": "MN",
            "Email": "a@b.org",
        }
        cells |= {column: value}
        found = understand(f"{','.join(cells)}\n{','.join(cells.values())}\n")
        assert found.records[field].to_list() == [None if more else value]
        assert [one for one in found.problems["code"] if one == code] == told


def test_what_is_counted_are_characters_after_composing() -> None:
    name = "e\u0301" * LONGEST["first_name"]
    found = understand(f"{ID_AND_NAME}\n1,{name},Lee,MN,a@b.org\n")
    assert found.records["first_name"].to_list() == ["\u00e9" * LONGEST["first_name"]]


@pytest.mark.parametrize(("column", "kind"), [("Job Title", "duty"), ("Unit", "zone")])
@pytest.mark.parametrize(
    ("length", "reason"),
    [(LONGEST["name"], None), (LONGEST["name"] + 1, "name_too_long"), (LONGEST["code"] + 1, "code_too_long")],
)
def test_a_duty_or_zone_that_cannot_be_made(column: str, kind: str, length: int, reason: str | None) -> None:
    text = "w" * length
    found = understand(
        f"{ID_AND_NAME},{column}\n1,Ann,Lee,MN,a@b.org,{text}\n2,Bo,Ray,MN,b@b.org,Cook\n", MADE
    )
    assert found.records[f"{kind}_new"].to_list() == [None if reason else text, "Cook"]
    told = found.problems.filter(code=f"unmapped_{kind}")
    assert told.select("row", "reason").rows() == ([(2, reason)] if reason else [])
    assert all(json.loads(params)["length"] == length for params in told["params"])


def test_a_name_of_the_mapping_that_is_too_long() -> None:
    found = understand(
        f"{ID_AND_NAME},Job Title\n1,Ann,Lee,MN,a@b.org,XR\n", Mapping(duties={"XR": "w" * 121})
    )
    assert found.problems["reason"].to_list() == ["mapped_name_too_long"]


def test_a_location_code_that_is_too_long_can_be_mapped_to_nothing() -> None:
    found = understand(f"{ID_AND_NAME}\n1,Ann,Lee,{'w' * 161},a@b.org\n2,Bo,Ray,XY,b@b.org\n")
    told = found.problems.select("row", "code", "reason").rows()
    assert told == [(2, "unmapped_location", "code_too_long"), (3, "unmapped_location", "unmapped_location")]
