"""What a first sync makes of ADP's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.adp_wfn import ADP_WFN
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.adp_wfn import test_adp_wfn


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_adp_wfn.TestAdp().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(ADP_WFN.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 3, 1), mapping=mapping, policy=Policy(pay=True))


def test_everybody_is_read_and_nothing_is_unreadable(plan: Plan) -> None:
    assert {row["code"] for row in plan.problems.to_dicts()} == {"needs_contact", "unmapped_location"}
    assert trial.people(plan) == {"created": 8, "excluded": 1, "held": 1}


def test_statuses_follow_status_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert found["Priya"] == "upcoming"
    assert found["Desmond"] == "leave_of_absence"
    assert found["Thaddeus"] == "active"


def test_pay_has_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Ottilie"] == (245_000, "hour")
    assert found["Desmond"] == (1_520_000, "day")
    assert found["Ingvar"] == (16_400_000, "two_weeks")
    assert found["Solveig"] == (6_105_000, "week")
