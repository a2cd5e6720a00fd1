"""Mail goes out at most once, and what became of it can be seen."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone

from schedulepop.accounts import access, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Invitation, User
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.messages.outbox import Sent
from tests import made

pytestmark = pytest.mark.django_db
GOOD = "seven green lanterns"


def token_of(letter: Any) -> str:
    return str(letter.links[0].rstrip("/").rpartition("/")[2])


def hire(name: str = "Ines Calloway", place: Any = None, **more: Any) -> User:
    place = place or made.location()
    email = more.pop("email", f"{name.split()[0].lower()}@example.com")
    person = made.person(place, name, email=email, **more)
    outbox.queue_welcome(person)
    return person


class FakeServer(BaseEmailBackend):
    """A mail server that answers as told: an exception to raise from `open` or `send`, per recipient."""

    open_fails: Exception | None = None
    answers: dict[str, Exception] = {}
    sent: list[str] = []

    def open(self) -> bool:
        if self.open_fails:
            raise self.open_fails
        return True

    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            FakeServer.sent += message.to
            if message.to[0] in self.answers:
                raise self.answers[message.to[0]]
        return len(email_messages)


@pytest.fixture
def server(settings: Any) -> type[FakeServer]:
    FakeServer.open_fails, FakeServer.answers, FakeServer.sent = None, {}, []
    settings.EMAIL_BACKEND = f"{__name__}.FakeServer"
    return FakeServer


def test_a_new_hire_gets_a_link_that_really_works(mailbox: ModuleType) -> None:
    ines = hire()
    assert outbox.drain() == Sent(accepted=1)
    (letter,) = mailbox.letters()
    assert letter.to == "ines@example.com"
    user = invitations.use(token_of(letter), GOOD, timezone.now())
    assert user == ines
    assert user.confirmed_email == "ines@example.com"
    message = Message.objects.get()
    assert (message.state, message.address, message.attempts) == ("accepted", "ines@example.com", 1)
    assert message.sent_at is not None


def test_once_per_person_kind_and_generation(mailbox: ModuleType) -> None:
    ines = hire()
    assert outbox.queue_welcome(ines) is False
    outbox.drain()
    assert outbox.queue_welcome(ines) is False
    assert outbox.drain() == Sent()
    assert len(mailbox.letters()) == 1


def test_without_an_email_it_waits_until_payroll_gives_one(mailbox: ModuleType) -> None:
    ines = hire(email="")
    assert outbox.drain() == Sent()
    User.objects.filter(pk=ines.pk).update(email="late@example.com")
    assert outbox.drain() == Sent(accepted=1)
    assert mailbox.letters()[0].to == "late@example.com"


def test_not_before_its_day(mailbox: ModuleType) -> None:
    person = made.person(made.location(), status="upcoming", email="soon@example.com")
    outbox.queue_welcome(person, not_before=made.NOON)
    assert outbox.drain(now=made.NOON - timedelta(minutes=1)) == Sent()
    assert outbox.drain(now=made.NOON) == Sent(accepted=1)


def test_who_left_meanwhile_gets_nothing(mailbox: ModuleType) -> None:
    ines = hire()
    ines.memberships.update(status="terminated")
    assert outbox.drain() == Sent(failed=1)
    assert mailbox.letters() == []
    assert "may not sign in" in Message.objects.get().error
    assert not Invitation.objects.exists()


def test_a_shared_address_gets_no_link_but_a_word_about_a_printed_code(mailbox: ModuleType) -> None:
    place = made.location()
    hire("Ines Calloway", place, email="family@example.com")
    hire("Mia Calloway", place, email="Family@example.com")
    assert outbox.drain() == Sent(accepted=2)
    assert not Invitation.objects.exists()
    for letter in mailbox.letters():
        assert letter.links == ()
        assert "printed code" in letter.text
        assert "printed code" in letter.html
        assert "set-up/" not in letter.html


def test_an_address_somebody_else_was_invited_at_gets_no_link(mailbox: ModuleType) -> None:
    """A column of emails slipped by a row: Ann's welcome must not reach Bea, who was invited there."""
    place = made.location()
    bea = made.person(place, "Bea Fox", email="bea@example.com")
    outbox.queue_welcome(bea)
    outbox.drain()
    ann = made.person(place, "Ann Lee", email="bea@example.com")
    User.objects.filter(pk=bea.pk).update(email="cal@example.com")
    outbox.queue_welcome(ann)
    outbox.drain()
    letter = mailbox.letters()[0]
    assert (letter.to, letter.links) == ("bea@example.com", ())
    assert "printed code" in letter.text


@pytest.mark.parametrize(
    ("kind", "confirmed", "links"),
    [
        ("reset", "", 0),
        ("welcome_back", "", 0),
        ("welcome_back", "old@example.com", 0),
        ("welcome_back", "ines@example.com", 1),
    ],
)
def test_a_link_to_a_new_password_goes_to_a_confirmed_address_only(
    kind: str, confirmed: str, links: int, mailbox: ModuleType
) -> None:
    """Payroll may have mistyped the address it gives now, also the one of somebody it has hired again."""
    ines = made.person(
        made.location(), email="ines@example.com", confirmed_email=confirmed, password=made.PASSWORD
    )
    outbox.queue_next(ines, kind)
    outbox.drain()
    letter = mailbox.letters()[0]
    assert (letter.to, len(letter.links)) == ("ines@example.com", links)
    assert ("printed code" in letter.text) is not bool(links)


def test_an_address_shared_with_a_leaver_is_not_shared(mailbox: ModuleType) -> None:
    place = made.location()
    made.person(place, "Old Calloway", email="family@example.com", status="quit")
    hire("Mia Calloway", place, email="family@example.com")
    outbox.drain()
    assert mailbox.letters()[0].links


def test_one_bad_letter_does_not_stop_the_others(server: type[FakeServer]) -> None:
    place = made.location()
    hire("Ann Ash", place, email="ann@example.com")
    broken = hire("Bea Birch", place, email="bea@example.com")
    User.objects.filter(pk=broken.pk).update(email="bea@example.com\nBcc: all@example.com")
    hire("Cy Cedar", place, email="cy@example.com")
    assert outbox.drain() == Sent(accepted=2, failed=1)
    assert server.sent == ["ann@example.com", "cy@example.com"]
    assert Message.objects.get(user=broken).error.startswith("Could not be written")
    assert not Invitation.objects.filter(user=broken).exists(), "its link was taken back with it"


REFUSED = {
    "ann@example.com": smtplib.SMTPRecipientsRefused({"ann@example.com": (550, b"no such user")}),
    "bea@example.com": smtplib.SMTPRecipientsRefused({"bea@example.com": (450, b"greylisted")}),
    "cy@example.com": smtplib.SMTPDataError(554, b"spam"),
    "dan@example.com": smtplib.SMTPServerDisconnected("gone"),
    "eve@example.com": TimeoutError("timed out"),
}


def test_every_answer_of_a_mail_server_has_its_state(server: type[FakeServer]) -> None:
    place = made.location()
    for name in ("Ann A", "Bea B", "Cy C", "Dan D", "Eve E", "Flo F"):
        hire(name, place)
    server.answers = REFUSED
    assert outbox.drain() == Sent(accepted=1, failed=2, unknown=2, retried=1)
    states = dict(Message.objects.values_list("address", "state"))
    assert states == {
        "ann@example.com": "failed",
        "bea@example.com": "queued",
        "cy@example.com": "failed",
        "dan@example.com": "unknown",
        "eve@example.com": "unknown",
        "flo@example.com": "accepted",
    }
    server.answers, server.sent = {}, []
    assert outbox.drain(now=timezone.now() + timedelta(hours=1)) == Sent(accepted=1)
    assert server.sent == ["bea@example.com"], "unknown is never sent again by itself"


def test_what_is_refused_for_now_is_tried_for_three_days_and_not_for_ever(server: type[FakeServer]) -> None:
    ines = hire()
    server.answers = {ines.email: smtplib.SMTPRecipientsRefused({ines.email: (450, b"greylisted")})}
    began = at = timezone.now()
    assert outbox.drain(now=at) == Sent(retried=1)
    assert outbox.drain(now=at) == Sent(), "not at once"
    while Message.objects.get().state == "queued":
        at += timedelta(minutes=61)
        outbox.drain(now=at)
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("failed", outbox.ATTEMPTS)
    assert timedelta(days=3) <= at - began < timedelta(days=3, hours=6)


def test_drain_wants_no_transaction_around_it() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        outbox.drain()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_died_in_between_leaves_unknown(server: type[FakeServer]) -> None:
    ines = hire()
    server.answers = {"ines@example.com": SystemExit(9)}  # type: ignore[dict-item]
    with pytest.raises(SystemExit):
        outbox.drain()
    assert Message.objects.get().state == "sending"
    server.answers = {}
    assert outbox.drain() == Sent(), "it may have a living sender"
    later = timezone.now() + timedelta(minutes=2)
    assert outbox.drain(now=later) == Sent(unknown=1)
    assert outbox.drain(now=later) == Sent()
    assert server.sent == ["ines@example.com"]
    outbox.send_again(Message.objects.get(), Actor.operator("root"))
    assert outbox.drain(now=later) == Sent(accepted=1)
    assert server.sent == ["ines@example.com"] * 2
    assert list(Message.objects.order_by("pk").values_list("generation", "state")) == [
        (1, "unknown"),
        (2, "accepted"),
    ]
    assert AuditEntry.objects.get(verb="sent_again").user == ines


@pytest.mark.django_db(transaction=True)
def test_many_drains_at_once_send_each_letter_once(mailbox: ModuleType) -> None:
    place = made.location()
    for number in range(12):
        hire(f"Ann{number} Ash", place)

    def drain(_: int) -> int:
        try:
            return outbox.drain().accepted
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(drain, range(4))) == 12
    assert len({letter.to for letter in mailbox.letters()}) == len(mailbox.letters()) == 12


def test_sending_again_replaces_the_link_and_has_an_end(mailbox: ModuleType) -> None:
    hire()
    outbox.drain()
    first = token_of(mailbox.letters()[0])
    message = Message.objects.get()
    for _ in range(outbox.AGAIN_LIMIT - 1):
        outbox.send_again(message, Actor.operator("root"))
    with pytest.raises(outbox.TooManyError, match="Ines Calloway got 5"):
        outbox.send_again(message, Actor.operator("root"))
    outbox.drain()
    tokens = [token_of(letter) for letter in mailbox.letters()]
    alive = [token for token in tokens if invitations.find(token, timezone.now())]
    assert len(alive) == 1
    assert first not in alive


def test_ending_sign_in_kills_the_link_in_the_letter(mailbox: ModuleType) -> None:
    ines = hire()
    outbox.drain()
    ines.memberships.update(status="resigned")
    access.close_ended([ines.pk], timezone.now())
    assert invitations.find(token_of(mailbox.letters()[0]), timezone.now()) is None
