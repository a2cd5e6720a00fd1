"""Mail by a service, against a stub of it: what it takes, what it refuses, and when it is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from schedulepop.cli import doctor
from schedulepop.messages import outages, outbox, returned
from schedulepop.messages.models import Message
from schedulepop.messages.outbox import Sent
from tests import made
from tests.messages import mailgun
from tests.messages.test_outbox import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Any) -> Iterator[mailgun.Stub]:
    with mailgun.running(settings) as stub:
        yield stub


def test_a_letter_carries_our_number_and_keeps_the_services_name(service: mailgun.Stub) -> None:
    hire()
    assert outbox.drain() == Sent(accepted=1)
    message = Message.objects.get()
    (taken,) = service.taken
    assert (message.state, message.outcome) == ("accepted", ""), "taken is not delivered"
    assert message.service_id == f"<1.service@{mailgun.DOMAIN}>"
    assert taken["v:letter"] == str(message.pk)
    assert taken["o:tracking-clicks"] == "no", "a link that lets somebody in is not rewritten"
    assert "http" in taken["text"]


def test_it_refuses_an_address_or_a_letter_or_takes_none_for_now(service: mailgun.Stub) -> None:
    place = made.location()
    people = {name: hire(f"{name} Ash", place) for name in ("Ann", "Bea", "Cy", "Dan", "Eve")}
    service.answers = {
        "ann@example.com": (400, "'to' parameter is not a valid address. please check documentation"),
        "bea@example.com": (400, "from parameter is not allowed"),
        "cy@example.com": (429, "Too many requests"),
        "dan@example.com": (500, "Internal error"),
    }
    assert outbox.drain() == Sent(accepted=1, failed=2, unknown=1, retried=1)
    assert set(returned.present(list(people.values()))) == {people["Ann"].pk}
    told = dict(Message.objects.values_list("address", "error"))
    assert told["ann@example.com"] == "The mail service refused the address (400)."
    assert told["bea@example.com"] == "The mail service refused the message (400)."
    service.answers = {}
    assert outbox.drain(now=timezone.now() + timedelta(hours=1)) == Sent(accepted=1)
    assert [one["to"] for one in service.taken] == ["eve@example.com", "cy@example.com"]


@pytest.mark.parametrize("away", [401, 404, 429, 503, 0], ids=["key", "domain", "too-many", "ill", "gone"])
def test_while_it_is_away_no_letter_is_taken(service: mailgun.Stub, settings: Any, away: int) -> None:
    hire()
    service.away = away
    if not away:
        settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": "http://127.0.0.1:9/v3"}
    assert outbox.drain() == Sent()
    assert (Message.objects.get().state, Message.objects.get().attempts) == ("queued", 0)
    known = outages.current()
    assert known is not None
    assert mailgun.KEY not in known.error
    ok, said = doctor._mail()
    assert not ok
    assert "the mail server has not answered since" in said
    service.away = 0
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": service.address}
    assert outbox.drain(now=timezone.now() + timedelta(minutes=2)) == Sent(accepted=1)
    assert outages.current() is None
    assert len(service.taken) == 1


def test_when_it_breaks_off_nobody_knows_and_nothing_is_repeated(service: mailgun.Stub) -> None:
    hire()
    service.breaks_off = True
    assert outbox.drain() == Sent(unknown=1)
    service.breaks_off = False
    assert outbox.drain(now=timezone.now() + timedelta(hours=1)) == Sent()
    assert len(service.taken) == 1
    assert "example.com" not in Message.objects.get().error


def test_the_doctor_says_whether_what_comes_back_is_heard(service: mailgun.Stub, settings: Any) -> None:
    ok, said = doctor._mail()
    assert ok
    assert said.endswith("/mail/events/")
    settings.MAILGUN_SIGNING_KEY = ""
    ok, said = doctor._mail()
    assert not ok
    assert "nothing comes back" in said
