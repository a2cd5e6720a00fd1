"""What `doctor` says of stored credentials and of drop addresses, and that it never says one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from schedulepop.accounts import sealing
from schedulepop.accounts.actors import Actor
from schedulepop.sync.integrations import drop_addresses, lifecycle, secrets
from schedulepop.sync.models import Integration
from tests import made
from tests.sync.integrations.dropping import maple_grove

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
CANARY = "canary-7d1e0b"


@pytest.fixture
def stored(settings: Any, tmp_path: Any) -> Integration:
    settings.KEYS, settings.KEYS_FILE = (), str(tmp_path / "keys")
    one = lifecycle.add(
        made.organization(), "Payroll", connector="bamboohr", config={"company": "maple"}, actor=OPERATOR
    )
    secrets.store(one, {"api_key": CANARY}, actor=OPERATOR)
    return one


def line(cli: Any, name: str) -> str:
    """What it says of one check."""
    told = " ".join(cli("doctor").stdout.split())
    assert CANARY not in told
    found = told.partition(f"{name}: ")[2]
    return found.partition(" ok ")[0].partition(" look ")[0]


def test_all_open_and_none_ends_soon(cli: Any, stored: Integration) -> None:
    assert line(cli, "Secrets") == "1 stored, all of them open, none ends within 30 days"


@pytest.mark.parametrize(("days", "ending"), [(31, False), (29, True), (0, True)])
def test_what_ends_within_30_days_is_named(cli: Any, stored: Integration, days: int, ending: bool) -> None:
    ends = now() + timedelta(days=days)
    secrets.store(stored, {"api_key": CANARY}, actor=OPERATOR, expires_at=ends)
    told = line(cli, "Secrets")
    assert (f"maple-health/payroll (api_key) on {ends:%Y-%m-%d}" in told) == ending


def test_what_no_key_opens_is_named(cli: Any, stored: Integration, settings: Any) -> None:
    settings.KEYS = (sealing.new_key(),)
    told = line(cli, "Secrets")
    assert told.startswith("no key here opens: maple-health/payroll (api_key)")
    assert "Put the keys back" in told


def test_an_active_integration_without_its_drop_address_is_named(cli: Any) -> None:
    drop = maple_grove()
    assert "every drop address is open" in line(cli, "Feeds")
    drop_addresses.revoke(drop.integration, actor=OPERATOR)
    assert "every drop address is open" in line(cli, "Feeds")  # it does not run by itself yet
    Integration.objects.update(state="active")
    told = line(cli, "Feeds")
    assert "there is no drop address: maple-health/payroll" in told


def test_the_command_line_makes_shows_and_revokes_an_address(cli: Any) -> None:
    drop = maple_grove()
    words = ("integration", "drop", "maple-health/payroll")
    made_one = cli(*words, "--make").stdout
    token = made_one.partition("drop:")[2].split()[0]
    assert drop_addresses.authenticated(drop.code, token) is not None
    shown = cli(*words).stdout
    assert drop.code in shown.replace("\n", "")
    assert token not in shown
    assert "is revoked" in " ".join(cli(*words, "--revoke").stdout.split())
    assert "has no drop address" in " ".join(cli(*words).stdout.split())
    assert cli(*words, "--make", "--revoke").exit_code == 2
