"""Normalizing records, example by example: one feed of a few rows each, and what is understood of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.sync.plan import trial
from schedulepop.sync.plan.frames.feed import EXCLUDED, PROBLEM, REJECTED
from schedulepop.sync.plan.frames.records import NORMALIZED
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.normalize import normalize, normalize_unchanged
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.read.columns import recognize, samples
from schedulepop.sync.plan.values.dates import propose_dates
from tests.sync.plan.made_frames import NORTH, SOUTH, file_profile, nobody

ID_AND_NAME = "Employee ID,First Name,Last Name,Location,Email"


def understand(
    text: str, mapping: Mapping | None = None, policy: Policy | None = None, snapshot: Snapshot | None = None
) -> Normalized:
    """A feed as text, read and normalized for Maple Health (locations mn and ms)."""
    mapping, policy = mapping or Mapping(), policy or Policy()
    table = read(text.encode(), pay=policy.pay).table
    columns = mapping.columns or recognize(table.columns[1:], samples(table)).columns
    dates = propose_dates(table, columns, mapping)
    return normalize(file_profile(table, columns, dates), table, mapping, policy, snapshot or nobody())


def one(column: str, value: str, *fields: str, **options: Any) -> tuple[Any, ...]:
    """What fields become when one more column of Ann's record has this value."""
    quoted = value.replace('"', '""')
    found = understand(f'{ID_AND_NAME},{column}\n1,Ann,Lee,MN,ann@example.org,"{quoted}"\n', **options)
    return tuple(found.records[field][0] for field in fields)


def codes(found: Normalized) -> list[str]:
    return found.problems["code"].to_list()


def test_without_a_payroll_id_every_record_is_a_reject() -> None:
    found = understand("First Name,Last Name,Location\nAnn,Lee,MN\nBob,Ray,MN\n")
    assert found.records.is_empty()
    assert codes(found) == ["id_column_missing", "needs_contact"]


def test_a_plain_record() -> None:
    found = understand(
        "Employee ID,First Name,Last Name,Email,Cell,Location,Job Title,Dept,Status,Hire Date,CMS Code,Primary\n"
        "00123, Ann ,Lee,Ann.Lee@Example.ORG,(312) 555-0142,mn ,RN,e,Active,2020-02-03,07,Y\n"
    )
    row = found.records.row(0, named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "row": 2,
        "source_id": "00123",
        "first_name": "Ann",
        "last_name": "Lee",
        "nameless": False,
        "email": "Ann.Lee@example.org",
        "phone": "+13125550142",
        "status": "active",
        "hire_date": date(2020, 2, 3),
        "cms_code": 7,
        "location_code": "mn",
        "location_id": NORTH,
        "duty_code": "RN",
        "duty_id": 11,
        "zone_code": "e",
        "zone_id": 31,
        "status_raw": "Active",
        "says_hours": False,
        "primary_flag": True,
        "end_blank": False,
        "leave_blank": False,
        "clears": [],
        "clean": True,
    }
    assert codes(found) == []


def test_the_frames_have_their_schemas() -> None:
    for text in (f"{ID_AND_NAME}\n", f"{ID_AND_NAME}\n,Ann,Lee,MN,\n1,Bo,Ray,XX,bad\n"):
        found = understand(text)
        assert dict(found.records.schema) == NORMALIZED
        assert dict(found.rejected.schema) == REJECTED
        assert dict(found.excluded.schema) == EXCLUDED
        assert dict(found.problems.schema) == PROBLEM
        assert found.codes.columns == ["kind", "location_id", "code", "count", "known"]


# Identity


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "id_blank"),
        ("   ", "id_blank"),
        ("1.23E+05", "id_scientific"),
        ("1,23E+05", "id_scientific"),
        ("1E+11", "id_scientific"),
        ("1.23e5", "id_scientific"),
        ("########", "id_invalid"),
        ("*", "id_invalid"),
        ("x" * 65, "id_invalid"),
    ],
)
def test_an_unusable_id_rejects_the_record_and_shields(written: str, code: str) -> None:
    found = understand(f'{ID_AND_NAME}\n"{written}",Ann,Lee,MN,Ann@Example.org\n2,Bo,Ray,MN,bo@example.org\n')
    assert found.records["source_id"].to_list() == ["2"]
    expected = (2, written.strip() or None, None, "Ann@example.org", "Ann Lee")
    assert found.rejected.rows() == [expected]
    assert found.problems.select("code", "row", "key").rows() == [(code, 2, "row 2")]


@pytest.mark.parametrize("written", ["00123", "123", "E-0042", "12E5", "7E3", "A 17", "ö1", "123456789"])
def test_ids_stay_letter_by_letter(written: str) -> None:
    found = understand(f"{ID_AND_NAME}\n{written},Ann,Lee,MN,ann@example.org\n")
    assert found.records["source_id"].to_list() == [written]
    assert codes(found) == []


def test_an_id_like_an_ssn_warns_and_is_masked() -> None:
    others = "".join(f"{n},Bo,Ray,MN,bo{n}@example.org\n" for n in range(1, 6))
    found = understand(f"{ID_AND_NAME}\n{others}900-12-3456,Ann,Lee,MN,ann@example.org\n")
    assert found.problems.select("code", "value").rows() == [("id_like_ssn", "…56")]
    assert found.records.height == 6


def test_an_employee_number_in_scientific_notation_is_dropped() -> None:
    assert one("Employee Number", "1.2E+07", "employee_number", "clean") == (None, False)
    assert one("Employee Number", "0042", "employee_number", "clean") == ("0042", True)


# Names and contact


def test_full_names_in_one_column() -> None:
    found = understand('Employee ID,Employee Name,Location\n1,"O\'Neil, Siobhán M",MN\n2,Cher,MN\n3,N/A,MN\n')
    assert found.records.select("first_name", "last_name").rows() == [
        ("Siobhán", "O'Neil"),
        (None, "Cher"),
        (None, None),
    ]
    named = found.problems.filter(pl.col("code").is_in(["name_missing", "one_name"]))
    assert named.select("row", "code", "value").sort("row").rows() == [
        (3, "one_name", "C…r"),
        (4, "name_missing", "N…A"),
    ]


# Codes


def test_location_codes_are_folded_and_unmapped_ones_named_once_each() -> None:
    found = understand(
        f"{ID_AND_NAME}\n1,A,B,Mn ,a@b.org\n2,C,D,XX,c@b.org\n3,E,F,xx,e@b.org\n4,G,H,,g@b.org\n"
    )
    assert found.records.select("location_code", "location_id").rows() == [
        ("mn", NORTH),
        ("xx", None),
        ("xx", None),
        ("", None),
    ]
    assert found.problems.select("code", "row", "key", "value").rows() == [
        ("unmapped_location", 3, "xx", "XX"),
        ("unmapped_location", 4, "xx", "xx"),
        ("unmapped_location", 5, "", None),
    ]


def test_without_a_location_column_the_mapping_names_it() -> None:
    text = "Employee ID,Name,Email\n1,Ann Lee,ann@example.org\n"
    found = understand(text, Mapping(default_location="MS"))
    assert found.records.select("location_code", "location_id").row(0) == (None, SOUTH)
    assert codes(understand(text)) == ["unmapped_location"]


@pytest.mark.parametrize(
    ("mapping", "expected", "key"),
    [
        (Mapping(), ("QMA", None, None), "1:qma"),
        (Mapping(duties={"qma": "Medication Aide"}), ("QMA", None, "Medication Aide"), None),
        (Mapping(create_codes=frozenset({"duty"})), ("QMA", None, "QMA"), None),
        (
            Mapping(duties={"qma": "Medication Aide"}, create_codes=frozenset({"duty"})),
            ("QMA", None, "Medication Aide"),
            None,
        ),
    ],
)
def test_duty_codes_nobody_set_up(mapping: Mapping, expected: tuple[object, ...], key: str | None) -> None:
    found = understand(f"{ID_AND_NAME},Job\n1,Ann,Lee,MN,ann@example.org, QMA\n", mapping)
    assert found.records.select("duty_code", "duty_id", "duty_new").row(0) == expected
    assert found.problems["key"].to_list() == ([key] if key else [])


def test_a_known_code_wins_over_the_mappings_name() -> None:
    fields = ("duty_id", "duty_new")
    assert one("Job", "RN", *fields, mapping=Mapping(duties={"RN": "Registered Nurse"})) == (11, None)


def test_codes_belong_to_the_location() -> None:
    found = understand(
        "Employee ID,Name,Location,Job,Unit\n1,Ann Lee,MN,RN,E\n2,Bo Ray,MS,RN,E\n3,Cy Orr,XX,RN,E\n4,Di Poe,MS,,\n"
    )
    assert found.records.select("duty_id", "zone_id").rows() == [
        (11, 31),
        (21, 41),
        (None, None),
        (None, None),
    ]
    assert "unmapped_duty" not in codes(found)


def test_found_codes_with_their_counts() -> None:
    found = understand(
        "Employee ID,Name,Email,Location,Job,Status\n"
        "1,Ann Lee,a@example.org,MN,RN,Active\n2,Bo Ray,b@example.org,MN,RN,Gone\n"
        "3,Cy Orr,c@example.org,XX,QMA,Active\n"
    )
    assert found.codes.rows() == [
        ("duty", None, "QMA", 1, False),
        ("duty", NORTH, "RN", 2, True),
        ("location", None, "XX", 1, False),
        ("location", NORTH, "MN", 2, True),
        ("status", None, "Active", 1, True),
        ("status", NORTH, "Active", 1, True),
        ("status", NORTH, "Gone", 1, False),
    ]


@pytest.mark.parametrize(("written", "value"), [("7", 7), ("07", 7), ("40", 40), ("7.0", 7), (" 1 ", 1)])
def test_cms_codes(written: str, value: int) -> None:
    assert one("CMS Code", written, "cms_code", "clean") == (value, True)


@pytest.mark.parametrize("written", ["0", "41", "RN", "7.5", "-1"])
def test_what_is_no_cms_code(written: str) -> None:
    assert one("CMS Code", written, "cms_code", "clean") == (None, False)
    assert one("CMS Code", written, "cms_code", "clean", policy=Policy(cms=False)) == (None, True)


def test_a_feed_of_which_nobody_is_looked_at_says_what_concerns_all_of_it() -> None:
    header = "Employee ID,First Name,Last Name,Location,Hire Date"
    seen = trial.profile_file(f"{header}\n1,Ann,Lee,MN,03/04/2020\n".encode(), name="feed.csv")
    nobody_new = normalize(seen, seen.feed.table.clear(), Mapping(), Policy(), nobody())
    nothing = normalize_unchanged(seen)
    assert nothing.problems["code"].to_list() == ["date_format_unknown", "needs_contact"]
    for name in ("records", "rejected", "excluded", "problems", "codes"):
        assert getattr(nothing, name).equals(getattr(nobody_new, name))
        assert getattr(nothing, name).schema == getattr(nobody_new, name).schema
