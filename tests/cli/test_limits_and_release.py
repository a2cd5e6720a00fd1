"""Limits, single releases and differences as scripts use them."""

from __future__ import annotations

import json

from schedulepop.cli import output
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration
from tests.cli.test_commands import FEED, oak, run_json

__all__ = ["oak"]

HIRE = "008,9008,Nora,Calder,nora@example.com,(515) 555-0101,101,RN,East Wing,Active,2026-03-04"


def _first_sync(cli) -> None:  # type: ignore[no-untyped-def]
    _, told = run_json(cli, "run", "oak-care/payroll")
    assert cli("sync", "approve", told["run"], "--plan", told["plan"]).exit_code == 0


def test_limits_are_shown_and_set(cli, oak) -> None:
    shown = json.loads(cli("integration", "limits", "oak-care/payroll", "--json").stdout)
    assert shown["removals_location"] == {"value": "3,3%", "default": "3,3%"}
    done = cli(
        "integration", "limits", "oak-care/payroll", "--set", "removals_location=2,5%", "--set", "pay=on"
    )
    assert done.exit_code == 0
    assert "Their removals wait" in done.output
    assert Integration.objects.get().policy == {"removals_location": {"floor": 2, "share": 0.05}, "pay": True}


def test_a_limit_that_is_none_is_refused_in_one_sentence(cli, oak) -> None:
    done = cli("integration", "limits", "oak-care/payroll", "--set", "removals_location=many")
    assert done.exit_code == 1
    assert "such as 3,10%" in done.output
    assert cli("integration", "limits", "oak-care/payroll", "--set", "pay").exit_code == 2


def test_pay_is_forgotten_only_when_somebody_agrees(cli, oak, monkeypatch) -> None:
    off = ("integration", "limits", "oak-care/payroll", "--set", "pay=off")
    assert cli(*off).exit_code == 0, "it is off already: nothing to ask"
    cli("integration", "limits", "oak-care/payroll", "--set", "pay=on")
    refused = cli(*off)
    assert (refused.exit_code, Integration.objects.get().policy) == (2, {"pay": True})
    assert "A rate held by an override stays. Nothing was changed. To agree" in refused.stderr
    monkeypatch.setattr(output, "on_a_terminal", lambda: True)
    asked = cli(*off, answers="n\n")
    assert (asked.exit_code, Integration.objects.get().policy) == (1, {"pay": True})
    assert "Switching pay off removes" in asked.stdout
    assert cli(*off, answers="y\n").exit_code == 0
    assert Integration.objects.get().policy == {}
    cli("integration", "limits", "oak-care/payroll", "--set", "pay=on")
    monkeypatch.setattr(output, "on_a_terminal", lambda: False)
    assert cli(*off, "--yes").exit_code == 0
    assert Integration.objects.get().policy == {}


def test_one_new_person_is_added_alone_and_the_rest_waits(cli, oak) -> None:
    _first_sync(cli)
    rows = [
        row.replace("Active", "Terminated") if row[:3] in {"001", "002", "003"} else row
        for row in FEED.splitlines()
    ]
    oak.write_text("\n".join([*rows, HIRE, ""]))
    code, told = run_json(cli, "run", "oak-care/payroll")
    assert (code, told["counts"]["held"]) == (3, 4)
    assert cli("sync", "release", told["run"], "001").exit_code == 1
    code, one = run_json(cli, "release", told["run"], "008")
    assert (code, one["counts"]["created"], one["counts"]["held"]) == (0, 1, 0)
    told = json.loads(cli("sync", "show", told["run"], "--json").stdout)
    assert told["counts"]["held"] == 3
    Membership.objects.filter(user__first_name="Ines").update(status="terminated")
    assert cli("sync", "approve", told["run"], "--plan", told["plan"]).exit_code == 3
    shown = cli("sync", "show", told["run"]).output
    assert "The plan has changed for 1 since it was looked at" in shown
    assert "Ines Calloway: deactivate → nothing" in shown
