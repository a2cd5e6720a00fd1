"""Secrets on the command line: from standard input or a file, never in the command, never on the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from schedulepop.accounts import sealing
from schedulepop.sync.integrations import secrets
from schedulepop.sync.models import Integration
from tests import made

pytestmark = pytest.mark.django_db
CANARY = "canary-of-a-client-secret"
NAME = "maple-health/payroll"
ADD = ("add", "maple-health", "Payroll", "--connector", "paylocity")
SETTINGS = ("--set", "company_id=B6071", "--set", "client_id=maple-reader")


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(cli, settings, tmp_path: Path) -> Run:  # type: ignore[no-untyped-def]
    settings.KEYS, settings.KEYS_FILE = (), str(tmp_path / "keys")
    made.organization()

    def run(*words: str, given: str = "", noun: str = "integration") -> tuple[int, str]:
        done = cli(noun, *words, answers=given)
        return done.exit_code, " ".join(done.output.split())

    return run


def opened() -> dict[str, str]:
    return dict(secrets.opened(Integration.objects.get()))


def test_added_with_its_secret_from_standard_input(run: Run) -> None:
    code, said = run(*ADD, *SETTINGS, "--secret", "client_secret=-", given=f"{CANARY}\n")
    assert (code, CANARY in said) == (0, False), said
    assert "Stored for maple-health/payroll: client_secret." in said
    assert opened() == {"client_secret": CANARY}
    code, said = run("secrets", NAME)
    assert "Client secret (client_secret)" in said
    assert CANARY not in said
    assert json.loads(run("secrets", NAME, "--json")[1])["client_secret"]["set_by"].startswith("cli:")


def test_a_secret_in_the_command_is_refused_unread(run: Run) -> None:
    code, said = run(*ADD, *SETTINGS, "--secret", f"client_secret={CANARY}")
    assert (code, CANARY in said) == (2, False)
    assert "Every user of this machine can read a command" in said
    assert not Integration.objects.exists()


def test_one_that_does_not_fit_leaves_no_half_integration(run: Run) -> None:
    code, said = run(*ADD, *SETTINGS, "--secret", "password=-", given=CANARY)
    assert code != 0
    assert "There is no secret called password" in said
    assert not Integration.objects.exists()


def test_replaced_from_a_file_and_emptied_with_its_address(run: Run, tmp_path: Path) -> None:
    run(*ADD, *SETTINGS)
    file = tmp_path / "secret"
    file.write_text(f"{CANARY}\n")
    code, said = run("set", NAME, "--secret", f"client_secret=@{file}", "--expires", "2027-11-29")
    assert code == 0, said
    assert "2027-11-29" in run("secrets", NAME)[1]
    assert opened() == {"client_secret": CANARY}
    code, said = run("set", NAME, "--set", "system=sandbox")
    assert (code, "secrets were emptied" in said) == (0, True)
    assert (opened(), "not set" in run("secrets", NAME)[1]) == ({}, True)


def test_keys_rotate_and_older_ones_go(run: Run) -> None:
    run(*ADD, *SETTINGS, "--secret", "client_secret=-", given=CANARY)
    (old,) = sealing.keys()
    assert run("rotate", noun="keys")[0] == 0
    assert (len(sealing.keys()), sealing.keys()[1]) == (2, old)
    assert run("rotate", "--forget", noun="keys")[0] == 0
    assert len(sealing.keys()) == 1
    assert old not in set(sealing.keys())
    assert opened() == {"client_secret": CANARY}
    sealing.write_file((sealing.new_key(),))
    code, said = run("rotate", "--forget", noun="keys")
    assert code == 1
    assert "No key here opens 1 of the sealed secrets" in said
    assert len(sealing.keys()) == 2
