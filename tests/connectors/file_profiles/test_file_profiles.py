"""Reports that are known by their headers: each by its own sample, and nobody's for a guess."""

from __future__ import annotations

import csv
import io
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from schedulepop import employee
from schedulepop.connectors import file_profiles
from schedulepop.connectors.file_profiles import Profile, compact, profiles, recognize
from schedulepop.lib.date_formats import FORMATS
from schedulepop.sync.integrations import known_reports
from schedulepop.sync.plan.file_profiles import Proposal, proposal
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.read.columns import sensitive

SAMPLES = Path(__file__).parent / "samples"
HEADERS = Path(__file__).parents[2] / "sync/plan/read/headers.csv"
LISTED_AS = {"iSolved": "isolved", "ADP Workforce Now": "adp_wfn"}
"""Platforms of headers.csv whose key is not their name in lower case."""
every = pytest.mark.parametrize("profile", profiles().values(), ids=list(profiles()))


def sample(key: str) -> str:
    return (SAMPLES / f"{key}.csv").read_text("utf-8")


def headers_of(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text)))


def look(text: str) -> Proposal:
    return proposal(read(text.encode(), pay=False, name="staff.csv"))


def renamed(text: str, old: str, new: str) -> str:
    head, rest = text.split("\n", 1)
    assert old in head.split(",")
    return ",".join(new if name == old else name for name in head.split(",")) + "\n" + rest


# Recognized ---------------------------------------------------------------------------------------------------


@every
def test_its_own_sample_is_recognized_and_its_mapping_proposed(profile: Profile) -> None:
    found = look(sample(profile.key))
    assert found.profiles == (profile,)
    assert found.mapping is not None
    there = headers_of(sample(profile.key))
    for field, column in found.mapping.columns.items():
        assert column == next(name for name in profile.columns[field] if name in there)
    assert {"source_id", "first_name", "last_name", "duty", "zone", "status", "hire_date"} <= set(
        found.mapping.columns
    )
    assert found.mapping.statuses == profile.statuses


@every
def test_case_spaces_and_a_byte_order_mark_do_not_matter(profile: Profile) -> None:
    head, rest = sample(profile.key).split("\n", 1)
    shouted = ",".join(f"  {name.upper()} " for name in next(csv.reader([head])))
    assert look(f"\ufeff{shouted}\n{rest}").profiles == (profile,)


@every
def test_with_any_one_column_renamed_it_is_still_recognized(profile: Profile) -> None:
    for name in headers_of(sample(profile.key)):
        assert look(renamed(sample(profile.key), name, "Something else")).profiles == (profile,), name


def test_a_renamed_column_is_found_by_its_name_and_both_are_said() -> None:
    found = look(renamed(sample("smartlinx"), "Home Unit", "Department"))
    assert found.mapping is not None
    assert found.mapping.columns["zone"] == "Department"
    assert known_reports.differences(found) == (
        "There is no Home Unit: Department gives the primary zone, by its name."
    )


def test_a_column_that_nobody_knows_any_more_is_said_to_be_missing() -> None:
    found = look(renamed(sample("smartlinx"), "Home Unit", "Pavilion"))
    assert found.mapping is not None
    assert "zone" not in found.mapping.columns
    assert known_reports.differences(found) == "Not in the file: Home Unit."


def test_what_is_said_names_what_the_profile_was_checked_against() -> None:
    assert known_reports.said(look(sample("smartlinx"))) == (
        "The columns are those of a report from SmartLinx, as we ask for it. "
        "It was not tried with a customer’s own file yet."
    )
    assert "ADP Workforce Now, as public notes describe it." in known_reports.said(look(sample("adp_wfn")))


# Not recognized -----------------------------------------------------------------------------------------------


@every
def test_with_fewer_distinctive_headers_it_only_looks_alike(profile: Profile) -> None:
    usual = ["Employee ID", "First Name", "Last Name", "Location", "Status", "Hire Date"]
    assert recognize([*usual, *profile.distinctive[: profile.enough - 1]]) == ()
    assert recognize([*usual, *profile.distinctive[: profile.enough]]) == (profile,)


def test_two_reports_in_one_are_guessed_to_be_neither() -> None:
    """Somebody joined two exports: each could be it, so no mapping is proposed, and both are named."""
    sides = [list(csv.reader(io.StringIO(sample(key)))) for key in ("smartlinx", "netchex")]
    rows = [",".join([*left, *right]) for left, right in zip(*sides, strict=True)]
    found = look("\n".join(rows) + "\n")
    assert [one.title for one in found.profiles] == ["Netchex", "SmartLinx"]
    assert (found.mapping, found.lacking) == (None, ())
    assert known_reports.said(found) == (
        "The columns fit reports from Netchex and SmartLinx: which of them it is, is not guessed."
    )


@pytest.mark.parametrize(
    "header",
    [
        "Name,Cell Phone #,Position #,Position Desc",
        "Position #,Position Desc,PBJ Job Title Code,PBJ Labor Category",
        "Vendor,Main Phone,Main Email,Alt. Phone,Balance",
    ],
)
def test_a_list_without_the_reports_ids_or_names_is_no_report_of_people(header: str) -> None:
    assert recognize(header.split(",")) == ()


def test_a_plain_file_is_nobodys() -> None:
    found = look(
        "Employee ID,First Name,Last Name,Email,Facility,Department,Job Title,Status,Hire Date\n"
        "1,Noor,Abdi,noor@example.com,MN,Kitchen,Cook,Active,03/04/2019\n"
    )
    assert found == Proposal(())
    assert (known_reports.said(found), known_reports.differences(found)) == ("", "")


def test_headers_of_forty_platforms_are_recognized_as_their_own_or_as_nobodys() -> None:
    """`headers.csv` was written before there were profiles, by somebody who knew nothing of them."""
    listed: dict[str, list[str]] = defaultdict(list)
    with HEADERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            listed[row["platform"]].append(row["header"])
    seen = {platform: [one.key for one in recognize(headers)] for platform, headers in listed.items()}
    assert {platform: keys for platform, keys in seen.items() if keys} == {
        platform: [key]
        for platform in listed
        if (key := LISTED_AS.get(platform, platform.lower())) in profiles()
    }


# What is proposed ---------------------------------------------------------------------------------------------


def test_days_are_read_as_the_payroll_writes_them_where_nothing_proves_it() -> None:
    found = look(sample("isolved"))
    assert found.mapping is not None
    assert found.mapping.dates["hire_date"] == "%m/%d/%Y"


@pytest.mark.parametrize("written", ["25/03/2019", "March 4th"], ids=["day-first", "words"])
def test_days_that_are_written_otherwise_are_not_bent_to_it(written: str) -> None:
    found = look(sample("isolved").replace("03/04/2019", written))
    assert found.mapping is not None
    assert "hire_date" not in found.mapping.dates


def test_pay_has_the_payrolls_unit_only_without_a_column_for_it() -> None:
    assert (plain := look(sample("aps")).mapping) is not None
    assert plain.pay_unit == "hour"
    assert (with_unit := look(sample("paylocity")).mapping) is not None
    assert with_unit.pay_unit is None


def test_the_only_hire_date_is_the_latest_one() -> None:
    text = renamed(sample("smartlinx"), "Hire Date", "Something else")
    text = renamed(text, "Hire Date (Original)", "Something older")
    found = look(text)
    assert found.mapping is not None
    assert found.mapping.columns["hire_date"] == "Date of Last Hire"
    assert "rehire_date" not in found.mapping.columns


# The data -----------------------------------------------------------------------------------------------------


def test_every_profile_has_a_sample_and_every_sample_a_profile() -> None:
    assert {path.stem for path in SAMPLES.glob("*.csv")} == set(profiles())


def test_what_is_distinctive_of_one_is_no_header_of_another() -> None:
    marks = {one.key: set(map(compact, one.distinctive)) for one in profiles().values()}
    asked = {
        one.key: {compact(header) for headers in one.columns.values() for header in headers}
        for one in profiles().values()
    }
    for key, own in marks.items():
        others = [marks[other] | asked[other] for other in marks if other != key]
        assert not own & set().union(*others), key


@every
def test_it_names_fields_formats_and_statuses_that_there_are(profile: Profile) -> None:
    assert set(profile.columns) <= set(employee.BY_NAME)
    assert profile.dates in FORMATS
    assert set(profile.statuses.values()) <= set(employee.Status)
    assert not set(profile.statuses) & set(employee.STATUS_WORDS)
    assert profile.pay_unit in ("", "hour", "day", "week", "two_weeks", "month", "year")
    assert len(profile.distinctive) > profile.enough
    assert profile.source
    assert profile.where


@every
def test_none_of_its_columns_is_one_that_is_never_read(profile: Profile) -> None:
    plain = [
        name for field, names in profile.columns.items() if field not in employee.PAY_FIELDS for name in names
    ]
    assert not sensitive([*plain, *profile.distinctive], pay=False)


def test_a_profile_with_an_unknown_part_is_refused() -> None:
    path = Path(file_profiles.__file__).with_name("aps.toml")
    with pytest.raises(ValueError, match="guess"):
        Profile(key="aps", **tomllib.loads(path.read_text("utf-8")), guess=True)
