"""What the mail service tells: heard when it is signed, once, in any order; nobody learns which letters there are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from django.test import Client

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.messages import outbox, returned
from schedulepop.messages.models import Message
from schedulepop.sync.models import Issue
from tests.messages import mailgun
from tests.messages.test_outbox import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Any) -> Iterator[mailgun.Stub]:
    with mailgun.running(settings) as stub:
        yield stub


@pytest.fixture
def taken(service: mailgun.Stub) -> dict[str, str]:
    """A welcome to Ines that the service has taken."""
    hire()
    outbox.drain()
    return service.taken[0]


def tell(body: bytes, kind: str = "application/json") -> int:
    return int(Client().post("/mail/events/", body, content_type=kind).status_code)


def ines() -> User:
    return User.objects.get(first_name="Ines")


def open_issues() -> int:
    return Issue.objects.filter(code="email_returned", resolved_at=None).count()


def test_a_bounce_is_at_the_person_and_among_the_issues_and_a_replay_adds_nothing(
    taken: dict[str, str],
) -> None:
    body = mailgun.signed(mailgun.event("failed", taken))
    assert [tell(body) for _ in range(3)] == [200, 200, 200]
    message = Message.objects.get()
    assert (message.state, message.outcome, message.error) == ("failed", "bounced", "5.1.1 No such user")
    assert returned.present([ines()])
    assert open_issues() == 1
    assert Issue.objects.get().location is not None, "its managers see it"


@pytest.mark.parametrize("order", sorted(permutations(["delivered", "failed", "complained"])), ids="-".join)
def test_any_order_comes_to_the_same(taken: dict[str, str], order: tuple[str, ...]) -> None:
    for name in order:
        assert tell(mailgun.signed(mailgun.event(name, taken))) == 200
    assert Message.objects.get().outcome == "complained"
    assert open_issues() == 1


def test_what_is_only_late_or_read_is_no_bounce(taken: dict[str, str]) -> None:
    for told in (
        mailgun.event("failed", taken, severity="temporary"),
        mailgun.event("opened", taken),
        mailgun.event("something_new", taken),
    ):
        assert tell(mailgun.signed(told)) == 200
    assert (Message.objects.get().state, Message.objects.get().outcome) == ("accepted", "")


def test_a_later_letter_that_arrives_ends_it(service: mailgun.Stub, taken: dict[str, str]) -> None:
    tell(mailgun.signed(mailgun.event("failed", taken)))
    outbox.send_again(Message.objects.get(), Actor.operator("test"))
    outbox.drain()
    assert open_issues() == 1, "the service has taken it; that says nothing yet"
    tell(mailgun.signed(mailgun.event("delivered", service.taken[1], number=2)))
    assert open_issues() == 0
    tell(mailgun.signed(mailgun.event("failed", taken)))
    assert open_issues() == 0, "an old bounce told again"


@pytest.mark.parametrize(
    "change",
    [
        {"user-variables": {"letter": "999999"}},
        {"user-variables": {"letter": "x' OR 1=1"}},
        {"user-variables": {}},
        {"message": {"headers": {"message-id": "99.service@mg.example.org"}}},
        {"recipient": "somebody.else@example.com"},
    ],
    ids=["no-such-letter", "no-number", "none", "another-name", "another-address"],
)
def test_what_is_of_no_letter_of_ours_changes_nothing_and_is_answered_alike(
    taken: dict[str, str], change: dict[str, Any]
) -> None:
    assert tell(mailgun.signed({**mailgun.event("failed", taken), **change})) == 200
    assert Message.objects.get().outcome == ""
    assert open_issues() == 0


def test_who_is_not_the_service_is_refused(taken: dict[str, str], settings: Any) -> None:
    told = mailgun.event("failed", taken)
    day = 25 * 3_600
    assert tell(mailgun.signed(told, key="another")) == 401
    assert tell(mailgun.signed(told, at=time.time() - day)) == 401, "a signature is worth nothing after a day"
    assert tell(mailgun.signed(told, at=time.time() + day)) == 401
    unsigned = json.loads(mailgun.signed(told)) | {"signature": {"timestamp": time.time()}}
    assert tell(json.dumps(unsigned).encode()) in (400, 401)
    for broken in (b"[]", b"{}", b'{"signature": 3}', b"[" * 50_000, b"\xff", mailgun.signed("text")):
        assert tell(broken) == 400
    assert tell(mailgun.signed({**told, "timestamp": 1e400})) == 400
    assert tell(b"event=failed", "application/x-www-form-urlencoded") == 415
    assert tell(mailgun.signed({**told, "filler": "x" * 70_000})) == 413
    assert Client().get("/mail/events/").status_code == 405
    settings.MAILGUN_SIGNING_KEY = ""
    assert tell(mailgun.signed(told, key="")) == 401, "nobody is heard where no key is set"
    assert Message.objects.get().outcome == ""


def test_what_was_broken_off_is_known_by_what_is_told(service: mailgun.Stub) -> None:
    hire()
    service.breaks_off = True
    outbox.drain()
    assert Message.objects.get().state == "unknown"
    tell(mailgun.signed(mailgun.event("delivered", service.taken[0])))
    message = Message.objects.get()
    assert (message.state, message.outcome, message.service_id) == (
        "accepted",
        "delivered",
        f"<1.service@{mailgun.DOMAIN}>",
    )


def test_a_letter_that_is_just_being_handed_over_is_told_again(taken: dict[str, str]) -> None:
    Message.objects.update(state="sending")
    assert tell(mailgun.signed(mailgun.event("failed", taken))) == 503
    Message.objects.update(state="accepted")
    assert tell(mailgun.signed(mailgun.event("failed", taken))) == 200
    assert open_issues() == 1


def test_what_the_service_did_not_send_at_all_is_the_letters_and_not_the_addresss(
    taken: dict[str, str],
) -> None:
    told = mailgun.event("rejected", taken) | {"reject": {"reason": "Not allowed"}, "delivery-status": None}
    assert tell(mailgun.signed(told)) == 200
    assert (Message.objects.get().state, Message.objects.get().error) == ("failed", "Not allowed")
    assert open_issues() == 0
