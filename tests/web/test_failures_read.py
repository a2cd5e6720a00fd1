"""What HR reads on the pages while something fails: the sentences of the table in operations.md, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.models import User
from schedulepop.connectors import REGISTRY
from schedulepop.connectors.testing import Fault
from schedulepop.messages import outbox, returned
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, Run, RunState
from schedulepop.sync.run import returned_letters, runs, source_lease
from tests import made
from tests.connectors.people import people, platform
from tests.house.test_failures import ROWS
from tests.messages.test_outbox import FakeServer, hire, server
from tests.reading import one_space
from tests.sync.conftest import HEADER, PEOPLE, Payroll, payroll, synced
from tests.sync.run.test_fetching import OPERATOR, active
from tests.web.shell.test_unavailable import AWAY, FULL, fails

__all__ = ["payroll", "server", "synced"]
pytestmark = pytest.mark.django_db
QUOTED = {row[0]: re.findall("“(.+?)”", row[2]) for row in ROWS}


@pytest.fixture(autouse=True)
def _lease_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that renews leases sees no test's transaction."""
    monkeypatch.setattr(source_lease.renewal, "of", nullcontext)


@pytest.fixture
def bamboo(settings: Any) -> Iterator[Any]:
    with platform("bamboohr").up(settings, people(30)) as stub:
        yield stub


def text(answer: Any) -> str:
    """A page as it is read: no tags, single spaces."""
    return unescape(one_space(re.sub(r"<[^>]*>", "", one_space(answer.content.decode()))))


def hr(one: Any) -> Client:
    """Signed in as an HR admin of the organization."""
    client = Client(raise_request_exception=False)
    client.force_login(made.admin(one.organization, "Renata Okoye", email="renata@maplehealth.example"))
    return client


def reads(one: Integration) -> str:
    """All that HR finds when they look around: start page, issues, the integration, its newest run."""
    client, here = hr(one), [one.organization.slug, one.slug]
    newest = Run.objects.filter(integration=one).latest("number")
    paths = ["/", "/issues/", "/runs/", reverse("integration", args=here), reverse("run", args=[newest.pk])]
    return " ".join(text(client.get(path, follow=True)) for path in paths)


def tonight(one: Integration) -> Run:
    """The night's run, driven."""
    return runs.drive(runs.request(one, trigger="schedule", actor=OPERATOR).pk)


def assert_said(failure: str, pages: str) -> None:
    """Every sentence that the table quotes for this failure stands on the pages."""
    assert QUOTED[failure]
    assert [one for one in QUOTED[failure] if one not in pages] == [], pages


def test_the_source_is_busy(bamboo: Any) -> None:
    one = active()
    assert source_lease.acquire(one, seconds=60) is not None
    test = reverse("integration-test", args=[one.organization.slug, one.slug])
    assert_said("the source is busy", text(hr(one).post(test, follow=True)))


def test_the_source_sends_something_wrong(synced: Payroll) -> None:
    synced.path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 8)
    assert tonight(synced.integration).state == RunState.FAILED  # type: ignore[arg-type]
    assert_said("the source sends something wrong", reads(Integration.objects.get()))


def test_the_source_refuses_since_credentials_ended(bamboo: Any) -> None:
    one = active()
    bamboo.faults = (Fault("unauthorized"),)
    assert tonight(one).state == RunState.FAILED
    assert_said("the source refuses, or credentials ended", reads(Integration.objects.get()))


def test_a_column_is_gone(synced: Payroll) -> None:
    synced.path.write_text(
        "\n".join(
            ",".join(cell for at, cell in enumerate(line.split(",")) if at != 9) for line in (HEADER, *PEOPLE)
        )
        + "\n"
    )
    assert tonight(synced.integration).state == RunState.HELD  # type: ignore[arg-type]
    assert_said("the source changed: a column is gone", reads(Integration.objects.get()))


def test_the_source_is_silent(bamboo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = active()
    patient = REGISTRY["bamboohr"]
    quick = replace(patient.limits, tries=1, wait=1, answer=2, total=5)
    monkeypatch.setitem(REGISTRY, "bamboohr", replace(patient, limits=quick))
    bamboo.faults = (Fault("silent"),)
    assert tonight(one).state == RunState.FAILED
    assert_said("the source is silent", reads(Integration.objects.get()))


def test_the_mail_server_is_away_for_a_day(server: type[FakeServer]) -> None:
    ines = hire()
    server.open_fails = ConnectionRefusedError("connection refused")
    outbox.drain(now=now() - timedelta(hours=24))
    assert_said("the mail server is away for a day", text(hr(ines).get("/")))


def test_an_address_bounces(synced: Payroll) -> None:
    user = User.objects.get(last_name="Calloway")
    letter = Message.objects.create(
        organization=user.organization,
        user=user,
        kind="welcome",
        state="accepted",
        address=user.email,
        sending_at=now(),
        service_id="<7@service>",
    )
    returned.note(letter, "bounced", now(), error="Mailbox does not exist.")
    returned_letters.renew([letter.user_id], now())
    place = letter.user.memberships.get().location_id
    client = hr(letter)
    profile = text(client.get(reverse("profile", args=[letter.user_id, place])))
    assert_said("an address bounces", profile)
    assert_said("an address bounces", text(client.get("/issues/")) + profile)


@pytest.mark.parametrize(
    ("failure", "error"),
    [("the database stops or restarts", AWAY), ("the disk is full", FULL)],
    ids=["database", "disk"],
)
def test_the_database_is_away_or_full(failure: str, error: Exception) -> None:
    client = hr(made.location())
    with fails(error):
        answer = client.get("/users/")
    assert answer.status_code == 503
    assert_said(failure, text(answer))


def test_the_clock_jumps(synced: Payroll) -> None:
    """A day ahead and back: the pages go on telling when payroll speaks next, and no run is doubled."""
    one, at = Integration.objects.select_related("organization").get(), now()
    for moment in (at + timedelta(days=1), at):
        with time_machine.travel(moment, tick=False):
            jobs.start_due(moment)
            for pk in Run.objects.filter(state=RunState.QUEUED).values_list("pk", flat=True):
                runs.drive(pk)
            assert_said("the clock jumps", reads(one))
    days = Run.objects.filter(trigger="schedule").values_list("local_date", flat=True)
    assert len(days) == len(set(days))


def test_every_failure_of_the_table_is_read_here() -> None:
    here = Path(__file__).read_text("utf-8")
    assert [name for name in QUOTED if f'"{name}"' not in here] == []
