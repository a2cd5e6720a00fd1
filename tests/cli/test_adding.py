"""`users add`, `users add-here` and `issues map`: what scripts get, and what is refused in one sentence."""

from __future__ import annotations

import pytest

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Issue
from tests import made
from tests.sync.conftest import maple, payroll  # noqa: F401 (the fixtures)

pytestmark = pytest.mark.django_db

ZOE = ("users", "add", "maple-health", "--first-name", "Zoe", "--last-name", "Ng", "--location", "101")
LUZ = "008,9008,Luz,Marin,luz@example.com,(515) 555-0108,101,CNA,MC-2,Active,2026-11-20"
WHY = ("--reason", "agency nurse until March")


def test_by_hand_needs_a_reason(cli, maple) -> None:  # noqa: F811
    refused = cli(*ZOE)
    assert (refused.exit_code, "Say why this person is not in payroll" in refused.stderr) == (2, True)
    done = cli(*ZOE, *WHY, "--duty", "rn", "--zone", "East Wing", "--phone", "515 555 0177")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Added Zoe Ng as zoe.ng. Set-up link")
    zoe = Membership.objects.get(user__username="zoe.ng")
    assert (zoe.user.local, zoe.user.phone, str(zoe.primary_duty), str(zoe.primary_zone)) == (
        True,
        "+15155550177",
        "RN",
        "East Wing",
    )
    assert "agency nurse until March" in str(AuditEntry.objects.get(verb="added_user").changes)


def test_a_lookalike_is_named(cli, maple) -> None:  # noqa: F811
    words = (
        "users",
        "add",
        "maple-health",
        "--first-name",
        "Ines",
        "--last-name",
        "Calloway",
        "--location",
        "101",
    )
    refused = cli(*words, *WHY)
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Ines Calloway is on the list of Maple Grove. Open the profile.\n",
    )
    assert cli(*words, *WHY, "--different-person").stdout.startswith("Added Ines Calloway as ines.calloway2")


def test_managers_add_no_strangers_but_existing_people_of_both_their_locations(cli, maple) -> None:  # noqa: F811
    User.objects.filter(pk=maple.both.pk).update(username="gwen")
    User.objects.filter(pk=maple.manager.pk).update(username="marisol")
    refused = cli(*ZOE, *WHY, "--by", "gwen")
    assert (refused.exit_code, "Only an admin or Client Success" in refused.stderr) == (1, True)
    agnes = User.objects.get(last_name="Hillman")
    here = (
        "users",
        "add-here",
        "maple-health",
        agnes.username,
        "--location",
        "Maple Grove",
        "--duty",
        "CNA",
        "--by",
    )
    refused = cli(*here, "marisol")
    assert (refused.exit_code, "whom you look after" in refused.stderr) == (1, True)
    done = cli(*here, "gwen")
    assert done.stdout == "Agnes Hillman is on the list of Maple Grove now, with the same account.\n"
    assert agnes.memberships.count() == 2
    again = cli(*here, "gwen")
    assert "is on the list of Maple Grove already" in again.stderr
    missing = cli("users", "add-here", "maple-health", agnes.username, "--location", "MG", "--duty", "Pilot")
    assert missing.exit_code == 1


def test_a_code_is_mapped_and_says_whom_it_filled(cli, maple) -> None:  # noqa: F811
    maple.hires(LUZ)
    done = cli("issues", "map", "maple-health", "zone", "mc-2", "--to", "Memory Care")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "mc-2 is Memory Care now."
    assert done.stdout.splitlines()[1] == "Luz Marin is as payroll has them now."
    assert not Issue.objects.filter(code="unmapped_zone", resolved_at=None).exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("zone", "MC-2"), 2, "Say what the code means"),
        (("status", "Probezeit", "--create"), 2, "closed list"),
        (("zone", "MC-9", "--to", "Memory Care"), 1, "No open issue is about the zone code 'MC-9'"),
        (("zone", "MC-2", "--to", "Moon"), 1, "Maple Grove has: East Wing, Memory Care"),
        (("zone", "MC-2", "--to", "Memory Care", "--by", "marisol"), 1, "Only an admin or Client Success"),
    ],
)
def test_mistakes_in_mapping_are_said_plainly(cli, maple, words, code, says) -> None:  # noqa: F811
    User.objects.filter(pk=maple.manager.pk).update(username="marisol")
    maple.hires(LUZ)
    done = cli("issues", "map", "maple-health", *words)
    assert (done.exit_code, says in done.stderr) == (code, True), done.output


def test_a_code_that_waits_at_two_locations_needs_the_location(cli, maple) -> None:  # noqa: F811
    maple.hires(
        LUZ,
        LUZ.replace("008,9008,Luz", "009,9009,Ana").replace(",101,CNA", ",202,RN").replace("luz@", "ana@"),
    )
    unclear = cli("issues", "map", "maple-health", "zone", "MC-2", "--create", "--to", "Memory Lane")
    assert (unclear.exit_code, "waits at several locations: Maple Grove, Oak Hill" in unclear.stderr) == (
        2,
        True,
    )
    done = cli(
        "issues",
        "map",
        "maple-health",
        "zone",
        "MC-2",
        "--create",
        "--to",
        "Memory Lane",
        "--location",
        "Oak Hill",
    )
    assert done.stdout.startswith("MC-2 is Memory Lane now.")
    assert made.zone(maple.hill, "Memory Lane").codes.get().code == "mc-2"


def test_while_a_run_is_under_way_it_waits_its_turn(cli, maple) -> None:  # noqa: F811
    from schedulepop.sync.run import lease, runs
    from tests.sync.plan.asking import OPERATOR

    maple.hires(LUZ)
    first = runs.request(maple.payroll.integration, trigger="manual", actor=OPERATOR)
    with lease.lock(maple.payroll.integration.pk):
        done = cli("issues", "map", "maple-health", "zone", "MC-2", "--create")
    said = " ".join(done.stdout.split())
    assert said.startswith(f"MC-2 is MC-2 now. Run {first.number} is under way and goes first.")
