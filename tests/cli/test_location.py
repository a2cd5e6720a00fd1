"""`schedulepop location rename | close | reopen`: what closing does is said first."""

from __future__ import annotations

from schedulepop.directory.models import Location
from tests import made


def test_what_closing_does_is_said_and_nothing_done_without_yes(cli) -> None:
    grove = made.location(made.organization(), "Maple Grove", "MG")
    cora = made.person(grove, "Cora Lund")
    said = cli("location", "close", "maple-health", "Maple Grove").stdout
    for line in (
        "1 people are employed",
        "1 of them can no longer sign in",
        cora.username,
        "mg",
        "Add --yes",
    ):
        assert line in said
    assert Location.objects.get().closed_at is None
    assert cli("location", "close", "maple-health", "MG", "--yes").exit_code == 0
    assert cora.memberships.get().status == "inactive"
    assert cli("location", "close", "maple-health", "MG", "--yes").exit_code == 1
    assert cli("location", "reopen", "maple-health", "MG").exit_code == 0
    assert Location.objects.get().closed_at is None


def test_a_new_name_and_no_manager_does_any_of_it(cli) -> None:
    grove = made.location(made.organization(), "Maple Grove", "MG")
    manager = made.manager(grove)
    for verb in (("rename", "MG", "Mine"), ("close", "MG", "--yes"), ("reopen", "MG")):
        command = ("location", verb[0], "maple-health", *verb[1:], "--by", manager.username)
        assert cli(*command).exit_code == 1
    done = cli("location", "rename", "maple-health", "MG", "Maple Grove East")
    assert "Maple Grove is called Maple Grove East now." in done.stdout
