"""Deciding in parts as scripts do it: some people, whole locations, and who is kept apart."""

from __future__ import annotations

import json

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Deferral
from tests.cli.test_commands import FEED, oak, run_json

__all__ = ["oak"]


def _held(cli, oak) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """Three people leave, which is the limit."""
    _, told = run_json(cli, "run", "oak-care/payroll")
    assert cli("sync", "approve", told["run"], "--plan", told["plan"]).exit_code == 0
    rows = [
        row.replace("Active", "Terminated") if row[:3] in {"001", "002", "003"} else row
        for row in FEED.splitlines()
    ]
    oak.write_text("\n".join([*rows, ""]))
    code, told = run_json(cli, "run", "oak-care/payroll")
    assert (code, told["counts"]["held"]) == (3, 3)
    return told


def test_some_are_approved_some_kept_apart_and_3_while_somebody_waits(cli, oak) -> None:
    told = _held(cli, oak)
    code, told = run_json(cli, "approve", told["run"], "--plan", told["plan"], "--person", "001")
    assert (code, told["counts"]["deactivated"], told["counts"]["held"]) == (3, 1, 2)
    code, told = run_json(cli, "defer", told["run"], "002", "--reason", "asked payroll")
    assert code == 3
    code, told = run_json(cli, "approve", told["run"], "--plan", told["plan"], "--location", "101")
    assert (code, told["counts"]["deactivated"], told["counts"]["held"]) == (0, 2, 1)
    assert Membership.objects.filter(status="terminated").count() == 2
    listed = json.loads(cli("sync", "deferrals", "oak-care/payroll", "--json").stdout)
    assert [(one["source_id"], one["reason"]) for one in listed] == [("002", "asked payroll")]
    assert cli("sync", "deferrals", "oak-care/payroll", "--end", "009").exit_code == 1
    assert cli("sync", "deferrals", "oak-care/payroll", "--end", "002").exit_code == 0
    assert Deferral.objects.get().ended_why == "by_hand"


def test_a_location_nobody_has_and_a_person_who_does_not_wait_are_refused(cli, oak) -> None:
    told = _held(cli, oak)
    plan = ("--plan", str(told["plan"]))
    assert cli("sync", "approve", told["run"], *plan, "--location", "nowhere").exit_code == 1
    assert cli("sync", "approve", told["run"], *plan, "--person", "006").exit_code == 3
    assert cli("sync", "approve", told["run"], "--person", "001").exit_code == 2
    assert Membership.objects.filter(status="terminated").count() == 0
