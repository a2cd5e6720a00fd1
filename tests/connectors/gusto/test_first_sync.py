"""What a first sync makes of Gusto's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.gusto import GUSTO
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.gusto import test_gusto


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_gusto.TestGusto().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(GUSTO.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 11, 29), mapping=mapping, policy=Policy(pay=True))


def test_everybody_is_read_and_only_an_owners_pay_and_a_missing_place_are_not(plan: Plan) -> None:
    assert {(row["code"], row["reason"]) for row in plan.problems.to_dicts()} == {
        ("unmapped_location", "location_blank"),
        ("pay_unreadable", "pay_unit_unreadable"),
    }
    assert trial.people(plan) == {"created": 8, "excluded": 2, "held": 1}


def test_statuses_follow_onboarding_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert found["Torvald"] == "active"  # the last day is ahead
    assert found["Mireille"] == "upcoming"
    assert found["Perpetua"] == "active"  # onboarding goes on, and the first day has come
    assert found["Rafferty"] == "active"  # hired again


def test_seniority_is_that_of_the_first_hire(plan: Plan) -> None:
    found = {row["first_name"]: row for row in plan.changes.to_dicts()}
    assert found["Rafferty"]["original_hire_date"] == date(2017, 2, 6)
    assert found["Rafferty"]["hire_date"] == date(2024, 9, 16)


def test_pay_is_of_the_primary_job_and_has_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Ilse"] == (382_500, "hour")
    assert found["Augustin"] == (980_000_000, "year")
