"""What a first sync makes of Paycom's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.paycom import PAYCOM
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.paycom import test_paycom


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_paycom.TestPaycom().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(PAYCOM.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 3, 1), mapping=mapping, policy=Policy(pay=True))


def test_a_letter_that_nobody_explains_is_asked_about_and_ends_nobody(plan: Plan) -> None:
    said = {(row["code"], row["value"]) for row in plan.problems.to_dicts()}
    assert said == {("needs_contact", None), ("unmapped_status", "Code I")}
    assert trial.people(plan) == {"created": 8, "excluded": 1, "held": 1}  # left out: Pilar


def test_statuses_and_days_in_three_ways(plan: Plan) -> None:
    found = {row["first_name"]: (row["status"], row["hire_date"]) for row in plan.changes.to_dicts()}
    assert found["Gideon"] == ("leave_of_absence", date(2019, 7, 1))
    assert found["Wren"] == ("upcoming", date(2099, 1, 12))
    assert found["Lucian"] == ("active", date(2022, 4, 4))  # hired again
    assert found["Corentin"] == ("leave_of_absence", None)


def test_pay_has_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Rosamund"] == (367_500, "hour")
    assert found["Imani"] == (600_005_000, "year")
    assert found["Odette"] == (None, None)
