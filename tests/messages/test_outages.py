"""The mail server is away for a day: the queue keeps, in order, nobody gets anything twice, and it is said once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from schedulepop.accounts.models import User
from schedulepop.health import figures
from schedulepop.messages import outages, outbox
from schedulepop.messages.models import MailOutage, Message
from schedulepop.messages.outbox import Sent
from tests import made
from tests.messages.test_outbox import FakeServer, hire, server
from tests.reading import one_space

pytestmark = pytest.mark.django_db
__all__ = ["server"]
AWAY = ConnectionRefusedError("connection refused")


def test_a_day_without_a_mail_server(server: type[FakeServer]) -> None:
    """A hire an hour; the digest of the morning is a day old when the server is back."""
    place, at = made.location(), timezone.now()
    server.open_fails = AWAY
    names = [f"Ann{chr(97 + number)} Ash" for number in range(24)]
    with capture_logs() as lines:
        boss = made.admin(place.organization, "Renata Okoye", email="boss@example.com")
        context = {"organization": place.organization.pk, "path": "/", "lead": "x"}
        outbox.queue_next(boss, "digest", context=context)
        for number, name in enumerate(names):
            hire(name, place, email=f"{number:02}@example.com")
            for _ in range(60):
                at += timedelta(minutes=1)
                assert outbox.drain(now=at) == Sent()
        Message.objects.filter(kind="digest").update(created_at=at - timedelta(hours=25))
        assert set(Message.objects.values_list("state", "attempts")) == {("queued", 0)}
        server.open_fails = None
        at += timedelta(minutes=1)
        assert outbox.drain(now=at) == Sent(accepted=24, failed=1)
        assert outbox.drain(now=at + timedelta(minutes=1)) == Sent()
    assert server.sent == [f"{number:02}@example.com" for number in range(24)], "in order, each once"
    told = [(one["event"], one.get("away_seconds")) for one in lines if "mail_server" in one["event"]]
    assert told == [("mail_server_away", None), ("mail_server_back", 24 * 3_600)]
    assert Message.objects.get(kind="digest").cause == "too_old"


def test_it_goes_away_in_the_middle(server: type[FakeServer], monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has taken it has taken; the others keep their place."""
    place, at = made.location(), timezone.now()
    for number in range(4):
        hire(f"Ann{number} Ash", place, email=f"{number}@example.com")
    gone = ConnectionResetError("gone")
    server.answers = {"1@example.com": gone}

    def broken(*_: Any) -> None:
        server.open_fails = AWAY

    monkeypatch.setattr(FakeServer, "begun", False, raising=False)
    monkeypatch.setattr(FakeServer, "close", broken)
    assert outbox.drain(now=at) == Sent(accepted=1, retried=1)
    monkeypatch.undo()
    server.open_fails, server.answers, server.sent = None, {}, []
    assert outbox.drain(now=at + timedelta(minutes=5)).accepted == 3
    assert sorted(server.sent) == ["1@example.com", "2@example.com", "3@example.com"]


def test_it_is_asked_once_a_minute_however_many_runs_end(
    server: type[FakeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    hire()
    asked = []

    def silent(*_: Any) -> bool:
        asked.append(1)
        raise TimeoutError

    monkeypatch.setattr(FakeServer, "open", silent)
    at = timezone.now()
    for seconds in range(0, 120, 5):
        outbox.drain(now=at + timedelta(seconds=seconds))
    assert len(asked) == 3
    assert MailOutage.objects.count() == 1


def test_nobody_asks_a_server_while_nothing_waits(server: type[FakeServer]) -> None:
    server.open_fails = AWAY
    assert outbox.drain() == Sent()
    assert outages.current() is None


class TestTold:
    @pytest.fixture
    def away(self, server: type[FakeServer]) -> User:
        ines = hire()
        server.open_fails = AWAY
        outbox.drain(now=timezone.now() - timedelta(hours=2))
        return ines

    def test_in_the_figures(self, away: User) -> None:
        told = figures.read(queues=(), run_states=())
        assert 7_200 <= told.mail_server_away_seconds < 7_300
        assert told.letters["waiting"] == 1

    def test_to_who_looks_after_people(self, away: User) -> None:
        client = Client()
        client.force_login(made.admin(away.organization, "Renata Okoye"))
        page = one_space(client.get("/").content.decode())
        assert "the mail server does not answer. 1 letter waits. None is lost" in page
        assert "refused" not in page, "how is the operator's"
        assert "does not answer" in one_space(client.get("/organization/mail/").content.decode())

    def test_a_restart_is_no_news(self, server: type[FakeServer]) -> None:
        hire()
        server.open_fails = AWAY
        outbox.drain(now=timezone.now() - timedelta(minutes=10))
        assert outages.current() is not None
        assert outages.worth_saying(timezone.now()) is None
