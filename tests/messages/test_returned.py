"""Letters that came back: whatever order it is told in, the address gets no more of them until one arrives."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from schedulepop.accounts.actors import Actor
from schedulepop.messages import outbox, returned, undelivered
from schedulepop.messages.models import Message
from tests import made
from tests.messages.test_outbox import FakeServer, hire, server

pytestmark = pytest.mark.django_db
__all__ = ["server"]
OPERATOR = Actor.operator("test")
INES = "ines@example.com"


def refused(code: int, said: bytes) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({INES: (code, said)})


@pytest.mark.parametrize(
    ("answer", "bounced"),
    [
        (refused(550, b"5.1.1 no such user"), True),
        (refused(550, b"no such user"), True),
        (refused(550, b"5.7.1 relay access denied"), False),
        (refused(554, b"go away"), False),
        (smtplib.SMTPDataError(550, b"5.1.1 no such user"), True),
        (smtplib.SMTPDataError(554, b"5.7.1 looks like spam"), False),
    ],
    ids=["address", "without-enhanced", "policy", "other", "after-the-text", "the-text"],
)
def test_a_refusal_is_a_bounce_when_it_is_about_the_address(
    server: type[FakeServer], answer: smtplib.SMTPException, bounced: bool
) -> None:
    ines = hire()
    server.answers = {INES: answer}
    assert outbox.drain().failed == 1
    assert (Message.objects.get().outcome == "bounced") is bounced
    assert bool(returned.present([ines])) is bounced


def test_nothing_more_is_sent_there_until_somebody_says_so(server: type[FakeServer]) -> None:
    ines = hire()
    server.answers = {INES: refused(550, b"5.1.1 no such user")}
    outbox.drain()
    server.answers, server.sent = {}, []
    outbox.queue_next(ines, "set_up")
    outbox.queue_next(ines, "overwritten", context={"organization": ines.organization_id, "path": "/"})
    assert outbox.drain().failed == 2
    assert server.sent == []
    causes = Message.objects.order_by("pk").values_list("cause", flat=True)
    assert list(causes) == ["bounced", "came_back", "came_back"]
    told = [one.kind for one in undelivered.to_act_on(timezone.now())]
    assert told == ["set_up"], "the newest that leads in; notices add nothing"
    outbox.send_again(Message.objects.filter(kind="welcome").get(), OPERATOR)
    assert outbox.drain().accepted == 1
    assert returned.present([ines]) == {}, "the server that refused it takes it now"
    outbox.queue_next(ines, "set_up")
    assert outbox.drain().accepted == 1
    assert server.sent == [INES, INES]


def test_another_address_is_another_matter(server: type[FakeServer]) -> None:
    ines = hire()
    server.answers = {INES: refused(550, b"5.1.1 no such user")}
    outbox.drain()
    ines.email = "ines.new@example.com"
    ines.save()
    assert returned.present([ines]) == {}
    outbox.queue_next(ines, "set_up")
    assert outbox.drain().accepted == 1
    ines.email = INES.upper()
    assert returned.present([ines])[ines.pk].address == INES, "and the old one is what it was"


def test_the_link_of_a_letter_that_came_back_is_over(server: type[FakeServer]) -> None:
    hire()
    outbox.drain()
    message = Message.objects.select_related("user").get()
    assert message.user.invitations.filter(revoked_at=None).exists()
    returned.note(message, "bounced", timezone.now())
    assert not message.user.invitations.filter(revoked_at=None).exists()


@pytest.mark.parametrize("told", sorted(permutations(["delivered", "bounced", "complained", "bounced"])))
def test_what_is_told_of_a_letter_comes_to_the_same_in_any_order(told: tuple[str, ...]) -> None:
    ines = made.person(made.location(), email=INES)
    message = _sent(ines, 1, "")
    for number, outcome in enumerate(told):
        returned.note(message, outcome, timezone.now() + timedelta(minutes=number))
    message.refresh_from_db()
    assert message.outcome == "complained"
    assert returned.present([ines])[ines.pk].outcome == "complained"


@pytest.mark.parametrize("delivered_first", [True, False])
def test_a_later_letter_that_arrives_ends_it_whichever_is_told_first(delivered_first: bool) -> None:
    ines = made.person(made.location(), email=INES)
    first, second = _sent(ines, 1, "one"), _sent(ines, 2, "two")
    told = [(second, "delivered"), (first, "bounced")]
    for message, outcome in told if delivered_first else reversed(told):
        returned.note(message, outcome, timezone.now())
    assert returned.present([ines]) == {}


def test_a_service_that_takes_a_letter_has_not_delivered_it() -> None:
    ines = made.person(made.location(), email=INES)
    returned.note(_sent(ines, 1, "one"), "bounced", timezone.now())
    second = _sent(ines, 2, "two")
    assert returned.present([ines])
    returned.note(second, "delivered", timezone.now())
    assert returned.present([ines]) == {}


def test_what_nobody_knew_is_known_when_it_is_told() -> None:
    message = _sent(made.person(made.location(), email=INES), 1, "one")
    Message.objects.filter(pk=message.pk).update(state="unknown", sent_at=None)
    message.refresh_from_db()
    assert returned.note(message, "delivered", timezone.now())
    message.refresh_from_db()
    assert (message.state, message.error) == ("accepted", "")
    assert message.sent_at is not None


def _sent(user: object, generation: int, service_id: str) -> Message:
    at = timezone.now() - timedelta(hours=9 - generation)
    return Message.objects.create(
        organization=user.organization,  # type: ignore[attr-defined]
        user=user,
        kind="set_up",
        generation=generation,
        state="accepted",
        address=INES,
        sending_at=at,
        sent_at=at,
        service_id=service_id,
    )
