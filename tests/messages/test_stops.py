"""One switch stops all mail, of an organization or of everybody; what waited goes out in its order, or is too old."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.messages import letters, outbox, stops, undelivered
from schedulepop.messages.models import MailStop, Message
from schedulepop.messages.outbox import Sent
from schedulepop.wording import mail as wording
from tests import made

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def hire(place: Any, name: str) -> User:
    person = made.person(place, name, email=f"{name.split()[0].lower()}@example.com")
    outbox.queue_welcome(person)
    return person


@pytest.fixture
def maple() -> Organization:
    return made.location(made.organization("Maple Health")).organization


def reached(mailbox: ModuleType) -> list[str]:
    """Who got a letter, in the order in which they went out."""
    return [letter.to.partition("@")[0] for letter in reversed(mailbox.letters())]


def test_of_one_organization_and_of_nobody_else(maple: Organization, mailbox: ModuleType) -> None:
    hire(maple.locations.get(), "Ines Calloway")
    hire(made.location(made.organization("Cedar Care")), "Paul Stranger")
    actions.stop_mail(maple, "wrong people", actor=OPERATOR)
    assert outbox.drain() == Sent(accepted=1)
    assert reached(mailbox) == ["paul"]
    assert stops.held(Message.objects.all()).count() == 1


def test_of_everybody_and_what_waited_goes_out_in_its_order(maple: Organization, mailbox: ModuleType) -> None:
    actions.stop_mail(None, "wrong server", actor=OPERATOR)
    names = ["Ines Calloway", "Noor Sandoval", "Abe Quill"]
    for name in names:
        hire(maple.locations.get(), name)
    assert outbox.drain() == Sent()
    actions.start_mail(None, actor=OPERATOR)
    assert outbox.drain() == Sent(accepted=3)
    assert reached(mailbox) == ["ines", "noor", "abe"]
    assert outbox.drain() == Sent(), "nobody gets one twice"


def test_both_switches_have_to_be_on(maple: Organization, mailbox: ModuleType) -> None:
    hire(maple.locations.get(), "Ines Calloway")
    actions.stop_mail(maple, "here", actor=OPERATOR)
    actions.stop_mail(None, "everywhere", actor=OPERATOR)
    assert [one.reason for one in stops.in_force([maple])] == ["everywhere", "here"]
    actions.start_mail(None, actor=OPERATOR)
    assert outbox.drain() == Sent()
    actions.start_mail(maple, actor=OPERATOR)
    assert outbox.drain() == Sent(accepted=1)


def test_links_for_signing_in_wait_too(maple: Organization, mailbox: ModuleType) -> None:
    renata = made.admin(maple, "Renata Okoye")
    outbox.queue_next(renata, "reset")
    outbox.queue_next(renata, "second_factor_off", context={"by": "x"})
    actions.stop_mail(maple, "a wrong address", actor=OPERATOR)
    assert outbox.drain() == Sent()


@pytest.mark.parametrize("kind", sorted(letters.KINDS))
def test_what_is_too_old_is_not_sent_and_said(maple: Organization, mailbox: ModuleType, kind: str) -> None:
    """A stop, a mail server away, a worker away: whatever it waited for."""
    renata = made.admin(maple, "Renata Okoye", email="renata@example.com")
    context = {"organization": maple.pk, "path": "/", "says": "x", "address": "old@example.com", "by": "x"}
    Message.objects.create(
        organization=maple,
        user=renata,
        kind=kind,
        context=context,
        created_at=timezone.now() - timedelta(days=8),
    )
    outbox.drain()
    message, ages = Message.objects.get(), letters.KINDS[kind].good_for is not None
    assert (message.cause == "too_old") == ages
    if ages:
        assert message.state == "failed"
        assert wording.why_not(message.cause, message.error).startswith("Not sent: it had waited")
        assert list(undelivered.to_act_on(timezone.now())) == [], "nothing to do about it"


def test_a_days_list_ages_within_a_day_and_an_alarm_does_not(
    maple: Organization, mailbox: ModuleType
) -> None:
    """In time it is good until its last minute."""
    renata = made.admin(maple, "Renata Okoye", email="renata@example.com")
    for kind, hours in (("digest", 23), ("reset", 25), ("alarm", 25), ("welcome", 24 * 300)):
        Message.objects.create(
            organization=maple,
            user=renata,
            kind=kind,
            context={"organization": maple.pk, "path": "/", "says": "x"},
            created_at=timezone.now() - timedelta(hours=hours),
        )
    actions.stop_mail(maple, "x", actor=OPERATOR)
    outbox.drain()
    assert set(Message.objects.filter(state="queued").values_list("kind", flat=True)) == {
        "digest",
        "alarm",
        "welcome",
    }


class TestWhoMay:
    def test_admins_and_client_success_of_the_organization(self, maple: Organization) -> None:
        for who in (made.admin(maple, "Renata Okoye"), made.client_success(maple, "Joan Ferris")):
            actions.stop_mail(maple, "x", actor=Actor.of(who))
            actions.start_mail(maple, actor=Actor.of(who))

    def test_everybodys_is_a_leads_and_the_operators(self, maple: Organization) -> None:
        joan = made.client_success(maple, "Joan Ferris")
        with pytest.raises(NotAllowed):
            actions.stop_mail(None, "x", actor=Actor.of(joan))
        lead = made.lead()
        actions.stop_mail(None, "x", actor=Actor.of(lead))
        entry = AuditEntry.objects.get(verb="stopped_all_mail")
        assert entry.organization == lead.organization
        with pytest.raises(NotAllowed):
            actions.start_mail(None, actor=Actor.of(joan))
        with pytest.raises(NotAllowed):
            actions.stop_mail(maple, "x", actor=Actor.of(lead))

    def test_nobody_stops_twice_or_without_a_reason(self, maple: Organization) -> None:
        with pytest.raises(Refused, match="Say why"):
            actions.stop_mail(maple, "  ", actor=OPERATOR)
        with pytest.raises(Refused, match="not stopped"):
            actions.start_mail(maple, actor=OPERATOR)
        for whose in (maple, None):
            actions.stop_mail(whose, "x", actor=OPERATOR)
            with pytest.raises(Refused, match="stopped already"):
                actions.stop_mail(whose, "y", actor=OPERATOR)
        assert MailStop.objects.count() == 2

    def test_it_is_in_the_trail_with_who_and_why(self, maple: Organization) -> None:
        actions.stop_mail(maple, "wrong people", actor=OPERATOR)
        actions.start_mail(maple, actor=OPERATOR)
        entries = AuditEntry.objects.filter(organization=maple, subject="mail").order_by("pk")
        assert [one.verb for one in entries] == ["stopped_mail", "started_mail"]
        assert entries[0].changes[0]["new"] == "wrong people"
