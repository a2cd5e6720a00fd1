"""What a first sync makes of Dayforce's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.dayforce import DAYFORCE
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.dayforce import test_dayforce


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_dayforce.TestDayforce().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(DAYFORCE.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 12, 1), mapping=mapping, policy=Policy(pay=True))


def test_everybody_is_read_and_nothing_is_unreadable(plan: Plan) -> None:
    """Ingrid has two jobs of which none is marked: she waits for an answer."""
    assert {row["code"] for row in plan.problems.to_dicts()} == {"needs_contact", "several_records"}
    assert trial.people(plan) == {"created": 8, "excluded": 1, "held": 1}


def test_statuses_follow_status_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert found["Celestine"] == "leave_of_absence"
    assert found["Esperanza"] == found["Jarek"] == "upcoming"
    assert found["Fitz"] == found["Guinevere"] == "active"


def test_a_return_is_the_first_day_back(plan: Plan) -> None:
    found = {row["first_name"]: row["leave_end"] for row in plan.changes.to_dicts()}
    assert found["Celestine"] == date(2099, 1, 15)


def test_pay_has_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Annika"] == (362_500, "hour")
    assert found["Celestine"] == (1_120_000_000, "year")
