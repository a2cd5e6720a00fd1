"""The command line as scripts use it: exit codes, JSON, refusals in one sentence (SPEC §9)."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership
from tests.sync.conftest import HEADER, PEOPLE

FEED = "\n".join([HEADER, *PEOPLE]) + "\n"


@pytest.fixture
def oak(cli, tmp_path: Path):
    """Oak Care with one facility and an integration that creates duties and zones from their codes."""
    feed, mapping = tmp_path / "feed.csv", tmp_path / "mapping.toml"
    feed.write_text(FEED)
    mapping.write_text('create_codes = ["duty", "zone"]\n')
    for words in (
        ("org", "add", "Oak Care", "--timezone", "America/New_York"),
        ("location", "add", "oak-care", "Oak Hill", "--code", "101", "--code", "OH"),
        (
            "integration",
            "add",
            "oak-care",
            "Payroll",
            "--connector",
            "file",
            "--set",
            f"path={feed}",
            "--mapping",
            mapping,
        ),
        ("integration", "test", "oak-care/payroll"),
    ):
        done = cli(*words)
        assert done.exit_code == 0, done.output
    return feed


def run_json(cli, *words: object) -> tuple[int, dict]:
    done = cli("sync", *words, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_from_nothing_to_every_day(cli, oak) -> None:
    code, preview = run_json(cli, "preview", "oak-care/payroll")
    assert (code, preview["state"], preview["counts"]["created"]) == (0, "planned", 6)
    refused = cli("integration", "activate", "oak-care/payroll")
    assert refused.exit_code == 1
    assert "first sync has not been approved" in refused.stderr

    code, planned = run_json(cli, "run", "oak-care/payroll")
    assert (code, planned["state"]) == (3, "planned")
    code, applied = run_json(cli, "approve", planned["run"], "--plan", planned["plan"])
    assert (code, applied["state"], applied["plan"]) == (0, "applied", None)
    assert cli("integration", "activate", "oak-care/payroll").exit_code == 0

    code, again = run_json(cli, "run", "oak-care/payroll")
    assert (code, again["counts"]["unchanged"], again["counts"]["updated"]) == (0, 6, 0)
    assert cli("integration", "pause", "oak-care/payroll").exit_code == 0


def test_a_script_approves_a_first_sync_by_naming_the_plan(cli, oak) -> None:
    _, preview = run_json(cli, "preview", "oak-care/payroll")
    code, run = run_json(cli, "run", "oak-care/payroll", "--plan", preview["plan"])
    assert (code, run["state"], Membership.objects.count()) == (0, "applied", 6)


def test_a_wrong_plan_applies_nothing(cli, oak) -> None:
    done = cli("sync", "run", "oak-care/payroll", "--plan", "0" * 64, "--json")
    assert done.exit_code == 3
    assert "not the plan that waits now" in done.stderr
    assert Membership.objects.count() == 0


def test_approve_asks_on_a_terminal_only(cli, oak) -> None:
    done = cli("sync", "run", "oak-care/payroll", "--approve")
    assert done.exit_code == 2
    assert "--plan HASH" in done.stderr


def test_held_removals_exit_3_and_discard(cli, oak) -> None:
    _, planned = run_json(cli, "run", "oak-care/payroll")
    cli("sync", "approve", planned["run"], "--plan", planned["plan"])
    oak.write_text(FEED.replace("Active,20", "Terminated,20", 4))
    code, run = run_json(cli, "run", "oak-care/payroll")
    assert (code, run["counts"]["held"]) == (3, 4), run
    assert [hold["rule"] for hold in run["holds"]]
    assert cli("sync", "discard", run["run"]).exit_code == 0
    assert Membership.objects.filter(status="active").count() == 6


def test_what_is_piped_is_never_cut(cli, oak, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = ",".join(
        [PEOPLE[0].split(",")[0], "9001", "Ines-Maria Magdalena", "Calloway-Featherstonehaugh of Wymondham"]
    )
    oak.write_text("\n".join([HEADER, ",".join([long, *PEOPLE[0].split(",")[4:]]), *PEOPLE[1:], ""]))
    _, planned = run_json(cli, "run", "oak-care/payroll")
    cli("sync", "approve", planned["run"], "--plan", planned["plan"])
    rows = cli("users", "list", "oak-care").stdout.splitlines()
    whole = "Calloway-Featherstonehaugh of Wymondham, Ines-Maria Magdalena"
    assert len(rows) == 1 + 6 + 1, "a line each, title and sum"
    assert len([row for row in rows if whole in row and "ines@" in row and "+15155550101" in row]) == 1
    limits = cli("integration", "limits", "oak-care/payroll").stdout
    assert (
        "Off: pay is neither read, shown, planned nor kept. Switching it off removes at once, and for good"
        in limits
    )
    assert "…" not in "".join(rows) + limits


def test_users_list_has_one_object_per_membership(cli, oak) -> None:
    _, planned = run_json(cli, "run", "oak-care/payroll")
    cli("sync", "approve", planned["run"], "--plan", planned["plan"])
    people = json.loads(cli("users", "list", "oak-care", "--format", "json").stdout)
    assert [p["last_name"] for p in people] == [
        "Abernathy",
        "Bello",
        "Calloway",
        "Haddad",
        "Lindqvist",
        "Quintanar",
    ]
    assert people[2] == {
        "username": "ines.calloway",
        "first_name": "Ines",
        "last_name": "Calloway",
        "email": "ines@example.com",
        "phone": "+15155550101",
        "location": "Oak Hill",
        "status": "active",
        "primary_duty": "RN",
        "primary_zone": "Memory Care",
        "duties": ["RN"],
        "zones": ["Memory Care"],
        "employee_number": "9001",
        "hire_date": "2019-03-04",
    }
    rows = list(csv.DictReader(io.StringIO(cli("users", "list", "oak-care", "--format", "csv").stdout)))
    assert len(rows) == 6
    assert cli("users", "list", "oak-care", "--location", "oh").exit_code == 0
    assert "6 memberships" in cli("users", "list", "oak-care").stdout


def test_by_is_checked_against_the_users_role_and_audited(cli, oak) -> None:
    cli(
        "users",
        "add",
        "oak-care",
        "--first-name",
        "Ana",
        "--last-name",
        "Reyes",
        "--role",
        "admin",
        "--email",
        "a@example.com",
    )
    _, planned = run_json(cli, "run", "oak-care/payroll")
    refused = cli("sync", "approve", planned["run"], "--plan", planned["plan"], "--by", "ana.reyes")
    assert refused.exit_code == 1
    assert "Only Client Success" in refused.stderr
    assert cli("sync", "discard", planned["run"], "--by", "ana.reyes").exit_code == 0
    entry = AuditEntry.objects.get(verb="discarded")
    assert (entry.by, entry.door) == ("Ana Reyes", "cli")
    assert AuditEntry.objects.filter(verb="requested").last().by.startswith("cli:")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("users", "list", "nowhere"), "There is no organization 'nowhere'"),
        (("sync", "run", "oak-care"), "ORG/NAME"),
        (("sync", "show", "oak-care/payroll"), "has not run yet"),
        (("sync", "show", "oak-care/payroll#9"), "has no run 9"),
        (("org", "add", "X", "--timezone", "Mars/Base"), "not a time zone"),
        (
            ("integration", "add", "oak-care", "Two", "--connector", "carrier-pigeon"),
            "no connector 'carrier-pigeon'",
        ),
        (("integration", "add", "oak-care", "Two", "--connector", "file", "--set", "path"), "k=v"),
    ],
)
def test_mistakes_are_said_in_one_sentence(cli, oak, words: tuple[str, ...], says: str) -> None:
    done = cli(*words)
    assert done.exit_code in (1, 2)
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_issues_name_cause_and_remedy(cli, oak) -> None:
    oak.write_text(FEED.replace("002,9002", ",9002"))
    _, planned = run_json(cli, "run", "oak-care/payroll")
    assert [issue["code"] for issue in planned["issues"]] == ["id_blank"]
    cli("sync", "approve", planned["run"], "--plan", planned["plan"])
    assert "Give the person an ID in payroll" in cli("issues", "list", "oak-care").stdout


def test_a_run_is_undone_by_the_hash_of_what_was_shown(cli, oak) -> None:
    cli("sync", "preview", "oak-care/payroll")
    plan = json.loads(cli("sync", "show", "oak-care/payroll", "--json").stdout)["plan"]
    assert cli("sync", "approve", "oak-care/payroll", "--plan", plan).exit_code == 0
    shown = json.loads(cli("sync", "undo", "oak-care/payroll", "--json").stdout)
    assert shown["undone_by"] is None
    assert {line["back_to"] for line in shown["changes"]} == {"inactive"}
    said = cli("sync", "undo", "oak-care/payroll#1")
    assert f"--plan {shown['plan']}" in said.stdout
    done = cli("sync", "undo", "oak-care/payroll#1", "--plan", shown["plan"])
    assert (done.exit_code, "Taken back by run 2" in done.stdout) == (0, True)
    again = cli("sync", "undo", "oak-care/payroll#1")
    assert (again.exit_code, "undone already" in again.stderr) == (1, True)


def test_a_run_is_replayed_and_one_person_of_it_explained(cli, oak, tmp_path: Path) -> None:
    cli("sync", "preview", "oak-care/payroll")
    again = json.loads(cli("sync", "replay", "oak-care/payroll", "--json").stdout)
    assert (again["same"], again["people"]) == (True, 0)
    other = tmp_path / "other.toml"
    other.write_text('create_codes = ["duty", "zone"]\nstatuses = { Active = "furlough" }\n')
    said = cli("sync", "replay", "oak-care/payroll", "--mapping", other)
    assert "status: active → furlough" in said.stdout
    strict = tmp_path / "policy.toml"
    strict.write_text("creates_location = ")
    assert cli("sync", "replay", "oak-care/payroll", "--policy", strict).exit_code == 2
    told = cli("sync", "show", "oak-care/payroll", "--person", "Ines Calloway")
    assert "Came in, row 2:" in told.stdout
    assert "Added" in told.stdout
    assert (
        json.loads(cli("sync", "show", "oak-care/payroll", "--person", "001", "--json").stdout)["person"]
        == "001"
    )
    assert cli("sync", "show", "oak-care/payroll", "--person", "Nobody").exit_code == 1


def test_a_value_is_overridden_listed_and_released(cli, oak) -> None:
    cli("sync", "preview", "oak-care/payroll")
    plan = json.loads(cli("sync", "show", "oak-care/payroll", "--json").stdout)["plan"]
    cli("sync", "approve", "oak-care/payroll", "--plan", plan)
    until = str(date.today() + timedelta(days=30))
    words = ("users", "override", "ines.calloway", "duty", "LPN", "--reason", "On probation", "--until")
    assert cli(*words, "soon").exit_code == 2
    assert f"duty stays LPN until {until}" in cli(*words, until).stdout
    assert "On probation" in cli("users", "overrides", "oak-care").stdout
    assert cli("users", "release", "ines.calloway", "duty", "--location", "101").exit_code == 0
    assert "Nothing is held" in cli("users", "overrides", "oak-care").stdout
    assert cli("users", "release", "nobody", "duty").exit_code == 1
