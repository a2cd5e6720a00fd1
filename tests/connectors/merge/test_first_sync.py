"""What a first sync makes of Merge's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.merge import MERGE
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.merge import test_merge


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_merge.TestMerge().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(MERGE.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 3, 1), mapping=mapping, policy=Policy(pay=True))


def test_inactive_without_a_last_day_is_asked_about_and_ends_nobody(plan: Plan) -> None:
    said = {(row["code"], row["value"]) for row in plan.problems.to_dicts()}
    assert said == {
        ("needs_contact", None),
        ("unmapped_location", None),
        ("unmapped_status", "Left or on leave"),
    }
    assert trial.people(plan) == {"created": 7, "excluded": 1, "held": 2}  # left out: Pilar


def test_statuses_follow_status_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert (found["Marisol"], found["Wren"]) == ("active", "upcoming")
    assert found["Benedikt"] == "leave_of_absence"  # payroll's own word


def test_pay_has_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Marisol"] == (367_500, "hour")
    assert found["Benedikt"] == (14_800_000, "two_weeks")
    assert found["Odette"] == (576_132_000, "year")  # 2,400.55 twice a month
