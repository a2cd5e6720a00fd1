"""What a first sync makes of Finch's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.finch import FINCH
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.finch import test_finch


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_finch.TestFinch().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(FINCH.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 11, 29), mapping=mapping, policy=Policy(pay=True))


def test_everybody_is_read_and_only_pay_by_the_contract_is_not(plan: Plan) -> None:
    assert {(row["code"], row["reason"]) for row in plan.problems.to_dicts()} == {
        ("needs_contact", "needs_contact"),
        ("pay_unreadable", "pay_unit_unreadable"),
    }
    assert trial.people(plan) == {"created": 10, "excluded": 3}


def test_statuses_follow_status_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert found["Ezekiel"] == "leave_of_absence"
    assert found["Tobiah"] == "upcoming"
    assert found["Philippa"] == "active"  # onboarding goes on, and the first day has come
    assert found["Eulalia"] == "active"  # the last day was of an earlier employment


def test_seniority_is_that_of_the_first_hire(plan: Plan) -> None:
    found = {row["first_name"]: row for row in plan.changes.to_dicts()}
    assert found["Eulalia"]["original_hire_date"] == date(2014, 9, 2)
    assert found["Eulalia"]["hire_date"] == date(2023, 6, 5)


def test_pay_is_cents_of_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Marguerite"] == (367_500, "hour")
    assert found["Horatio"] == (985_000_000, "year")
    assert found["Clementine"] == (504_132_000, "year")
    assert found["Jasper"] == (None, None)
