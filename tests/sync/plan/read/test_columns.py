"""Recognizing columns by their names, and those that must never be stored."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedulepop.sync.plan.read.columns import Recognition, mapped, recognize, samples, sensitive
from schedulepop.wording import files


def said(found: Recognition) -> list[str]:
    return [files.note(*one) for one in found.notes]


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (
            "Emp #|Legal First Name|Legal Last Name|Work Email|Cell Phone|Dept|Job Title|Hire Dt|Term Dt|Status",
            "source_id|first_name|last_name|email|phone|zone|duty|hire_date|termination_date|status",
        ),
        ("EmployeeID|firstName|lastName|hireDate", "source_id|first_name|last_name|hire_date"),
        ("EMP_ID|FIRST_NAME|LAST_NAME|E-Mail Address", "source_id|first_name|last_name|email"),
        ("Associate ID|Payroll Name|Home Department|Position Status", "source_id|full_name|zone|status"),
        (
            "File Number|Employee Name|Location Code|PBJ Job Code|Original Hire Date",
            "source_id|full_name|location|cms_code|original_hire_date",
        ),
        (
            "Personnel Number|Preferred First Name|Family Name|Facility Name|Date of Last Hire",
            "source_id|first_name|last_name|location|hire_date",
        ),
        (
            "Worker ID|Worker Name|Employee Work Email|Home Mobile Phone|Separation Date",
            "source_id|full_name|email|phone|termination_date",
        ),
        ("Employee ID|Clock Number|Name|Primary Job", "source_id|employee_number|full_name|primary_flag"),
        (
            "Employee ID|Name|Hourly Rate|Rate Type|Currency Code",
            "source_id|full_name|pay_rate|pay_unit|pay_currency",
        ),
    ],
)
def test_usual_exports(headers: str, columns: str) -> None:
    found = recognize(headers.split("|"))
    assert found.columns == dict(zip(columns.split("|"), headers.split("|"), strict=True))
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("headers", "field", "chosen"),
    [
        ("Badge ID|Employee ID", "source_id", "Employee ID"),
        ("ID|Associate ID", "source_id", "Associate ID"),
        ("Job Code|Job Title", "duty", "Job Title"),
        ("Position Code|Position", "duty", "Position"),
        ("Department Code|Department Name", "zone", "Department Name"),
        ("Location Name|Location Code", "location", "Location Code"),
        ("Home Phone|Mobile Phone", "phone", "Mobile Phone"),
        ("Personal Email|Work Email", "email", "Work Email"),
        ("Rehire Date|Hire Date", "hire_date", "Hire Date"),
        ("Preferred First Name|Legal First Name", "first_name", "Legal First Name"),
        ("Status Code|Employment Status", "status", "Employment Status"),
    ],
)
def test_the_better_of_two_columns(headers: str, field: str, chosen: str) -> None:
    names = headers.split("|")
    for order in (names, names[::-1]):
        assert recognize(order).columns[field] == chosen


@pytest.mark.parametrize(
    "header",
    [
        "EmpStatusID",
        "PositionID",
        "MaritalStatusID",
        "ManagerID",
        "ManagerName",
        "Manager Email",
        "Supervisor",
        "Emergency Contact Phone",
        "Emergency Contact Name",
        "Marital Status",
        "FLSA Status",
        "Filing Status",
        "Benefit Start Date",
        "Last Review Date",
        "Job Start Date",
        "Location Phone",
        "Middle Name",
        "Spouse Name",
        "Termination Reason",
        "TermReason",
        "Email Type",
        "Unit of Measure",
        "Vaccination Status",
        "Previous Employee ID",
        "FromDiversityJobFairID",
        "Hire Reason",
        "Zip",
    ],
)
def test_columns_that_only_sound_like_a_field(header: str) -> None:
    found = recognize([header])
    assert found.columns == {}
    assert [*found.unknown, *found.dropped] == [header]


def test_the_values_have_a_say() -> None:
    headers = ["Employee ID", "Term", "Status", "Name"]
    values = {
        "Employee ID": ["1", "2"],
        "Term": ["0", "1"],
        "Status": ["1", "5"],
        "Name": ["Ann Lee", "Bo Ray"],
    }
    assert list(recognize(headers, values).columns) == ["source_id", "full_name", "status"]
    values |= {"Term": ["1/31/2020", ""], "Status": ["A", "T"]}
    assert list(recognize(headers, values).columns) == [
        "source_id",
        "full_name",
        "status",
        "termination_date",
    ]


def test_an_employee_number_serves_as_the_id_when_there_is_none() -> None:
    found = recognize(["Clock Number", "Name"])
    assert found.columns == {"source_id": "Clock Number", "full_name": "Name"}
    assert said(found) == ["There is no payroll ID column, so Clock Number identifies people."]


def test_a_column_passed_over_is_noted() -> None:
    found = recognize(["Employee ID", "Job Code", "Job Title", "Shoe Size"])
    assert found.unknown == ("Job Code", "Shoe Size")
    assert said(found) == ["Job Code is not read: Job Title gives the primary duty."]


@given(
    st.permutations(
        [
            "Employee ID",
            "Badge ID",
            "Clock Number",
            "Name",
            "Phone",
            "Mobile",
            "Job Code",
            "Job Title",
            "Dept",
            "Unit",
            "Hire Date",
            "Start Date",
            "Status",
            "Location",
            "Facility",
        ]
    )
)
def test_the_order_of_the_columns_decides_nothing(headers: list[str]) -> None:
    assert recognize(headers).columns == recognize(sorted(headers)).columns


def test_a_mapping_names_its_columns_whatever_their_case() -> None:
    found = mapped(
        ["EMP  ID", "Name", "Notes"], {"source_id": "Emp Id", "full_name": "Name", "email": "Mail"}
    )
    assert found.columns == {"source_id": "EMP  ID", "full_name": "Name"}
    assert found.unknown == ("Notes",)


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("DOB", "birth date"),
        ("Birth Date", "birth date"),
        ("DateOfBirth", "birth date"),
        ("Employee DOB", "birth date"),
        ("SSN", "SSN"),
        ("EmployeeSSN", "SSN"),
        ("SS #", "SSN"),
        ("Social Security Number", "SSN"),
        ("Last 4 of SSN", "SSN"),
        ("Tax ID", "SSN"),
        ("EMPSSN", "SSN"),
        ("Bank Name", "bank data"),
        ("Direct Deposit Account", "bank data"),
        ("Routing #", "bank data"),
        ("IBAN", "bank data"),
        ("Account Number", "bank data"),
    ],
)
def test_never_stored(header: str, what: str) -> None:
    assert sensitive([header], pay=True) == {header: what}


@pytest.mark.parametrize(
    "header",
    ["Hourly Rate", "Salary", "Annual Salary", "Pay Type", "Base Pay", "Gross Wages", "Bonus", "Currency"],
)
def test_pay_is_dropped_while_its_switch_is_off(header: str) -> None:
    assert sensitive([header], pay=False) == {header: "pay"}
    assert sensitive([header], pay=True) == {}


@pytest.mark.parametrize(
    "header",
    [
        "Payroll ID",
        "Payroll Name",
        "Pay Group",
        "Payroll Number",
        "Employee ID",
        "Separation Date",
        "Floor",
        "Rating",
    ],
)
def test_no_pay_and_nothing_secret(header: str) -> None:
    assert sensitive([header], pay=False) == {}


def test_ssns_are_known_by_their_form() -> None:
    values = {"Ref": ["900-12-3456", "000-98-7654", "unknown"], "Phone": ["312-555-0142"]}
    assert sensitive(["Ref", "Phone"], pay=False, samples=values) == {"Ref": "SSN"}


def test_samples_come_from_the_whole_feed() -> None:
    table = pl.DataFrame({"row": range(10_000), "Ref": [None] * 5_000 + ["900-12-3456"] * 5_000})
    assert "900-12-3456" in samples(table)["Ref"]
    assert len(samples(table)["Ref"]) < 2_000
    assert samples(table.clear()) == {"Ref": []}


def test_each_column_and_each_field_is_used_once() -> None:
    pool = [
        "Employee ID",
        "ID",
        "Name",
        "First",
        "Last",
        "Email",
        "Home Email",
        "Unit",
        "Title",
        "Position",
        "Site",
    ]
    for seed in range(50):
        headers = random.Random(seed).sample(pool, 7)
        found = recognize(headers)
        assert len(set(found.columns.values())) == len(found.columns)
        assert sorted([*found.columns.values(), *found.unknown]) == sorted(headers)
