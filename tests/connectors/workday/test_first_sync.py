"""What a first sync makes of Workday's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.workday import WORKDAY
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.workday import test_workday


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_workday.TestWorkday().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(WORKDAY.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 12, 1), mapping=mapping, policy=Policy(pay=True))


def test_everybody_is_read_and_nothing_is_unreadable(plan: Plan) -> None:
    """Quentin left and Wendell never began."""
    assert {row["code"] for row in plan.problems.to_dicts()} == {"needs_contact"}
    assert trial.people(plan) == {"created": 8, "excluded": 2}


def test_statuses_follow_status_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert found["Philippa"] == found["Thalia"] == "leave_of_absence"
    assert found["Ruth"] == found["Vesna"] == "upcoming"
    assert found["Sander"] == "active"


def test_the_day_after_the_last_day_of_leave_is_the_return(plan: Plan) -> None:
    found = {row["first_name"]: row["leave_end"] for row in plan.changes.to_dicts()}
    assert found["Philippa"] == date(2099, 3, 1)


def test_pay_has_its_unit_and_the_labor_code_is_the_reports(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Marguerite"] == (375_000, "hour")
    assert found["Philippa"] == (2_220_000_000, "year")
    codes = {row["first_name"]: row["cms_code"] for row in plan.changes.to_dicts()}
    assert codes["Marguerite"] == 7
