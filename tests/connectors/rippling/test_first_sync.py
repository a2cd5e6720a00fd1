"""What a first sync makes of Rippling's feed by the mapping that the connector proposes, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.connectors.rippling import RIPPLING
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.pipeline import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from tests.connectors.rippling import test_rippling


@pytest.fixture(scope="module")
def plan() -> Plan:
    with test_rippling.TestRippling().running() as run:
        (file,) = run.collected().files
        data = file.path.read_bytes()
    mapping = Mapping(columns=dict(RIPPLING.proposed))
    profile = trial.profile_file(data, name=file.name, mapping=mapping, pay=True)
    return trial.first_sync(profile, today=date(2026, 3, 1), mapping=mapping, policy=Policy(pay=True))


def test_an_offer_that_nobody_accepted_waits_and_one_that_was_taken_back_is_nobody(plan: Plan) -> None:
    said = {(row["code"], row["value"]) for row in plan.problems.to_dicts()}
    assert said == {("needs_contact", None), ("unmapped_location", None), ("unmapped_status", "INIT")}
    assert trial.people(plan) == {"created": 6, "excluded": 2, "held": 2}  # left out: Pilar, Benedikt


def test_statuses_follow_status_and_dates(plan: Plan) -> None:
    found = {row["first_name"]: row["status"] for row in plan.changes.to_dicts()}
    assert (found["Henrike"], found["Wren"], found["Odette"]) == ("active", "upcoming", "upcoming")


def test_pay_has_its_unit(plan: Plan) -> None:
    found = {row["first_name"]: (row["pay_rate"], row["pay_unit"]) for row in plan.changes.to_dicts()}
    assert found["Henrike"] == (367_500, "hour")
    assert found["Lucian"] == (980_000_000, "year")
    assert found["Imani"] == (None, None)
