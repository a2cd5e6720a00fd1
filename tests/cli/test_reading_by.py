"""`--by USER` on reads: what that user may see on a page is what the command shows, and nothing else (SPEC §3, §9)."""

from __future__ import annotations

import csv
import io
import json

import pytest

from schedulepop.accounts.models import AuditEntry
from schedulepop.messages.models import Message
from schedulepop.sync.models import Issue
from schedulepop.sync.run import runs
from tests.saying import because
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db
ORG = "maple-health"


@pytest.fixture
def world():
    return maple(8)


def users(cli, by: str | None = None, *more: str) -> set[tuple[str, str]]:
    done = cli("users", "list", ORG, "--format", "json", *(("--by", by) if by else ()), *more)
    assert done.exit_code == 0, done.output
    return {(one["last_name"], one["location"]) for one in json.loads(done.stdout)}


def test_a_manager_lists_their_locations_and_nobody_else(cli, world) -> None:
    everybody = users(cli)
    assert ("Hillman", "Oak Hill") in everybody
    grove = users(cli, world.manager.username)
    assert {place for _, place in grove} == {"Maple Grove"}
    assert ("Calloway", "Maple Grove") in grove
    assert users(cli, world.manager_elsewhere.username, "--location", "Maple Grove") == set()
    assert users(cli, world.admin.username) == everybody
    assert users(cli, world.client_success.username) == everybody
    assert users(cli, world.staff.username) == {("Lund", "Maple Grove")}
    rows = cli("users", "list", ORG, "--format", "csv", "--by", world.manager.username).stdout
    assert {row["location"] for row in csv.DictReader(io.StringIO(rows))} == {"Maple Grove"}


def test_undo_is_shown_to_those_who_may_do_it(cli, world) -> None:
    for person in (world.manager, world.staff):
        hidden = cli("sync", "undo", f"{ORG}/payroll", "--by", person.username)
        assert (hidden.exit_code, hidden.stdout) == (1, "")
        assert "Only an admin of Maple Health or Client Success sees" in hidden.stderr


def test_issues_of_ones_own_locations_without_the_people_of_others(cli, world) -> None:
    Issue.objects.create(
        organization=world.organization,
        integration=world.integration,
        location=world.grove,
        code="found_elsewhere",
        key="777",
        reasons=because(
            "found_elsewhere",
            name="Agnes Hillman",
            source_id="777",
            some=["Agnes Hillman (Oak Hill)"],
            more=0,
        ),
        rows=[
            {"row": 3, "name": "Agnes Hillman"}
            | because("found_elsewhere", name=None, source_id="777", some=["Agnes of Oak Hill"], more=0)[0]
            | {"row": 3}
        ],
    )
    done = cli("issues", "list", ORG, "--json", "--by", world.manager.username)
    told = json.loads(done.stdout)
    assert {one["code"] for one in told} == {"needs_contact", "unmapped_zone", "found_elsewhere"}
    assert "Oak Hill" not in done.stdout
    assert len(told) == 3
    assert "Oak Hill" in cli("issues", "list", ORG, "--by", world.admin.username).stdout
    assert "No open issues." in cli("issues", "list", ORG, "--by", world.staff.username).stdout


def test_whole_runs_are_for_those_who_run_syncs(cli, world) -> None:
    for words in (
        ("sync", "runs", f"{ORG}/payroll"),
        ("sync", "show", f"{ORG}/payroll"),
        ("cms", "id-changes", ORG, "--quarter", "2026Q1"),
        ("integration", "limits", f"{ORG}/payroll"),
    ):
        refused = cli(*words, "--by", world.manager.username)
        assert refused.exit_code == 1
        assert "Only an admin of Maple Health or Client Success sees" in refused.stderr
        assert cli(*words, "--by", world.admin.username).exit_code == 0
        assert cli(*words).exit_code == 0


def test_one_person_of_a_run_is_a_managers_own(cli) -> None:
    world = maple(synced=False)
    nights.first_night(world)
    run = world.integration.runs.latest("number")
    mine, other = (
        next(one["Emp #"] for one in nights.people() if one["Facility"] == code) for code in ("OH", "MG")
    )
    seen = cli(
        "sync",
        "show",
        f"{ORG}/payroll#{run.number}",
        "--person",
        mine,
        "--by",
        world.manager_elsewhere.username,
    )
    assert seen.exit_code == 0, seen.output
    assert "Oak Hill" in seen.stdout
    hidden = cli(
        "sync",
        "show",
        f"{ORG}/payroll#{run.number}",
        "--person",
        other,
        "--by",
        world.manager_elsewhere.username,
    )
    assert hidden.exit_code == 1
    assert runs.reload(run).state == "applied"


def test_duties_of_ones_own_locations(cli, world) -> None:
    told = cli("duties", "list", ORG, "--by", world.manager.username).stdout
    assert "Maple Grove" in told
    assert "Oak Hill" not in told


def test_doctor_counts_only_letters_somebody_can_act_on(cli, world, monkeypatch) -> None:
    Message.objects.all().delete()
    assert "1 letter" not in cli("doctor").stdout
    Message.objects.create(organization=world.organization, user=world.both, kind="welcome", state="failed")
    assert f"1 letter did not go out, or may not have: to {world.both.username}." in cli("doctor").stdout
    world.both.memberships.update(status="terminated")
    assert "letter did not go out" not in cli("doctor").stdout


def test_files_taken_away_are_in_the_audit_trail(cli, world) -> None:
    for words, what in (
        (("users", "list", ORG, "--format", "csv"), "csv of the User List"),
        (("users", "list", ORG, "--format", "json"), "json of the User List"),
        (("cms", "id-changes", ORG, "--quarter", "2026Q1", "--format", "csv"), "csv of changed IDs, 2026Q1"),
    ):
        assert cli(*words, "--by", world.admin.username).exit_code == 0
        entry = AuditEntry.objects.latest("pk")
        assert (entry.verb, entry.actor, entry.door) == ("exported", world.admin, "cli")
        assert [one["new"] for one in entry.changes] == [what]
    before = AuditEntry.objects.count()
    assert cli("users", "list", ORG, "--by", world.admin.username).exit_code == 0
    assert AuditEntry.objects.count() == before
