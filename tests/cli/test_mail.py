"""`schedulepop mail`: the switch, and what waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import now

from schedulepop.messages import outages, outbox
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def maple() -> Any:
    place = made.location(made.organization("Maple Health"))
    outbox.queue_welcome(made.person(place, "Ines Calloway", email="ines@example.com"))
    return place.organization


def test_stopped_said_and_switched_on_again(cli: Any, maple: Any) -> None:
    assert "Maple Health is stopped" in cli("mail", "stop", "maple-health", "--reason", "wrong people").stdout
    told = cli("mail", "waiting").stdout
    assert "by cli:" in told
    assert "wrong people" in told
    assert told.splitlines()[-1].split()[:3] == ["maple-health", "Welcome", "1"]
    doctor = " ".join(cli("doctor").stdout.split())
    assert "look Mail: stopped: maple-health, since" in doctor
    assert "“wrong people”. 1 letter waits." in doctor
    assert cli("mail", "start", "maple-health").exit_code == 0
    assert cli("mail", "start", "maple-health").exit_code == 1
    assert "Stopped" not in cli("mail", "waiting").stdout


def test_of_everybody_by_the_operator_or_a_lead(cli: Any, maple: Any) -> None:
    lead, renata = made.lead(), made.admin(maple, "Renata Okoye")
    refused = cli("mail", "stop", "--all", "--reason", "x", "--by", renata.username)
    assert refused.exit_code == 1
    assert "Only a Client Success lead" in refused.stderr
    assert cli("mail", "stop", "--all", "--reason", "x", "--by", lead.username).exit_code == 0
    assert "all, since" in " ".join(cli("doctor").stdout.split())
    assert "the email of everybody" in cli("mail", "waiting", "--by", renata.username).stdout
    assert cli("mail", "start", "--all").exit_code == 0


def test_one_organization_or_all_is_named(cli: Any, maple: Any) -> None:
    assert cli("mail", "stop", "--reason", "x").exit_code == 2
    assert cli("mail", "stop", "maple-health", "--all", "--reason", "x").exit_code == 2


def test_what_waits_is_not_a_managers_to_read(cli: Any, maple: Any) -> None:
    manager = made.person(maple.locations.get(), "Mara Manager", role="manager")
    told = cli("mail", "waiting", "maple-health", "--by", manager.username)
    assert told.exit_code == 1
    assert "Welcome" not in told.stdout


def test_a_letter_as_somebody_invented_would_get_it(cli: Any, maple: Any) -> None:
    assert "source_trouble" in cli("mail", "preview").stdout
    told = cli("mail", "preview", "welcome", "--org", "maple-health").stdout
    assert told.startswith("Subject: Maple Grove: set up your SchedulePop account\n")
    assert "Welcome, Ines." in told
    assert cli("mail", "preview", "digest", "--html").stdout.startswith("<!DOCTYPE html>")
    assert "@media all" in cli("mail", "preview", "digest", "--dark").stdout
    assert cli("mail", "preview", "nothing").exit_code == 2


def test_doctor_says_since_when_the_mail_server_is_away(cli: Any, maple: Any) -> None:
    outages.note(ConnectionRefusedError("refused"), now())
    assert "the mail server has not answered since" in " ".join(cli("doctor").stdout.split())
    assert "mail server silent for" in cli("status").stdout
