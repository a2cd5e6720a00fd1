"""`schedulepop whereis`: the answer for a terminal, for scripts, and as one manager may read it."""

from __future__ import annotations

import json

import pytest

from schedulepop.directory.models import Membership
from tests import made
from tests.sync.conftest import payroll  # noqa: F401 (the fixture)

pytestmark = pytest.mark.django_db


@pytest.fixture
def grove(payroll):  # noqa: F811
    payroll.first_sync()
    place = payroll.integration.organization.locations.get()
    made.manager(place, "Marisol Tate", username="marisol.tate")
    made.person(
        made.location(place.organization, "Oak Hill", "202"), "Agnes Hillman", email="agnes@example.com"
    )
    return place


def test_in_words(cli, grove) -> None:
    done = cli("whereis", "maple-health", "inez calloway")
    assert (done.exit_code, done.stdout) == (
        0,
        "Ines Calloway is on the list of Maple Grove.\nOpen the profile.\n",
    )
    done = cli("whereis", "maple-health", "Zoe Ng", "--by", "marisol.tate")
    assert done.stdout.startswith("Nobody of that name is in the last payroll file, of a moment ago.")
    assert done.stdout.endswith("Ask Dana Whitfield (dana@schedulepop.example, +1 555 010 0100).\n")


def test_as_json_for_the_operator_and_for_a_manager(cli, grove) -> None:
    said = json.loads(cli("whereis", "maple-health", "hillman", "--json").stdout)
    assert (said["outcome"], said["person"], said["you_can"], said["contact"]) == (
        "on_list",
        "Agnes Hillman",
        True,
        None,
    )
    said = json.loads(
        cli("whereis", "maple-health", "Agnes Hillman", "--json", "--by", "marisol.tate").stdout
    )
    assert (said["outcome"], said["person"], said["also"]) == ("elsewhere", None, [])
    assert said["sentence"] == "Somebody of that name already exists at another location of Maple Health."
    assert set(said) == {
        "asked",
        "outcome",
        "person",
        "sentence",
        "note",
        "next_step",
        "who_can",
        "you_can",
        "contact",
        "payroll_file_of",
        "also",
    }


def test_the_list_somebody_is_missed_on(cli, grove) -> None:
    done = cli("whereis", "maple-health", "hillman", "--location", "Maple Grove")
    assert done.stdout.startswith("Agnes Hillman is on the list of Oak Hill, not of Maple Grove.")


def test_several_and_nobody_who_may_ask(cli, grove) -> None:
    made.person(grove, "Ines Callow")
    assert "Also:\n  Ines Callo" in cli("whereis", "maple-health", "ines").stdout
    staff = Membership.objects.get(user__last_name="Bello").user
    refused = cli("whereis", "maple-health", "ines", "--by", staff.username)
    assert (refused.exit_code, "Only managers, admins" in refused.stderr) == (1, True)
