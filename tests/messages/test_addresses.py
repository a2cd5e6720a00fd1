"""An address that moved, and a password that was forgotten."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from schedulepop.accounts import invitations
from schedulepop.accounts.models import User
from schedulepop.messages import addresses, outbox
from schedulepop.messages.models import Message
from tests import made

pytestmark = pytest.mark.django_db


def move(user: User, new: str) -> None:
    old, user.email = user.email, new
    user.save()
    addresses.moved(user, old, timezone.now())


def token_of(letter: Any) -> str:
    return str(letter.links[0].rstrip("/").rpartition("/")[2])


def test_a_pending_invitation_moves_to_the_new_address(mailbox: ModuleType) -> None:
    ines = made.person(made.location(), email="old@example.com")
    outbox.queue_welcome(ines)
    outbox.drain()
    move(ines, "new@example.com")
    outbox.drain()
    new, old = mailbox.letters()
    assert (old.to, new.to) == ("old@example.com", "new@example.com")
    assert invitations.find(token_of(old), timezone.now()) is None
    assert invitations.find(token_of(new), timezone.now()) is not None


def test_a_welcome_that_still_waits_goes_to_the_new_address_once(mailbox: ModuleType) -> None:
    ines = made.person(made.location(), email="old@example.com")
    outbox.queue_welcome(ines)
    move(ines, "new@example.com")
    outbox.drain()
    assert [letter.to for letter in mailbox.letters()] == ["new@example.com"]


def test_nobody_is_welcomed_by_a_new_address(mailbox: ModuleType) -> None:
    ines = made.person(made.location(), email="old@example.com")
    move(ines, "new@example.com")
    outbox.drain()
    assert mailbox.letters() == []


def test_the_old_address_is_told_and_keeps_working_until_the_new_one_is_confirmed(
    mailbox: ModuleType,
) -> None:
    ines = made.person(
        made.location(), email="old@example.com", confirmed_email="old@example.com", password=made.PASSWORD
    )
    move(ines, "new@example.com")
    outbox.drain()
    asked, told = mailbox.letters()
    assert (asked.to, told.to) == ("new@example.com", "old@example.com")
    assert "was changed" in told.subject
    assert told.links[0].startswith("http")
    assert "new@example.com" in told.text
    addresses.forgot("old@example.com", timezone.now())
    outbox.drain()
    assert mailbox.letters()[0].to == "old@example.com", "a reset goes to the confirmed address"
    invitations.use(token_of(mailbox.letters()[0]), "another green lantern", timezone.now())
    ines.refresh_from_db()
    assert ines.confirmed_email == "old@example.com", "the new one was not confirmed by it"


def test_only_a_confirmed_address_can_agree_to_another(mailbox: ModuleType) -> None:
    """The first address of somebody who set up by a printed code may be a typing mistake, too."""
    ines = made.person(made.location(), email="typo@example.com", password=made.PASSWORD)
    move(ines, "new@example.com")
    outbox.drain()
    told = next(letter for letter in mailbox.letters() if letter.to == "typo@example.com")
    assert told.links == ()


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        ("ines", "reset"),
        ("ines@example.com", "reset"),
        ("new.hire", "set_up"),
        ("hired@example.com", "set_up"),
        ("gone", None),
        ("nobody", None),
        ("nobody@example.com", None),
        ("shared@example.com", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_who_forgot(login: str, kind: str | None, mailbox: ModuleType) -> None:
    place = made.location()
    made.person(
        place,
        username="ines",
        email="ines@example.com",
        confirmed_email="ines@example.com",
        password=made.PASSWORD,
    )
    made.person(place, "Nora Hire", username="new.hire", email="hired@example.com")
    made.person(place, "Gone Away", username="gone", email="gone@example.com", status="quit", password="x")
    for name in ("Ann Fox", "Bea Fox"):
        made.person(place, name, email="shared@example.com")
    assert addresses.forgot(login, timezone.now()) is None
    assert list(Message.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    outbox.drain()
    if kind:
        user = invitations.use(token_of(mailbox.letters()[0]), "another green lantern", timezone.now())
        assert user.confirmed_email == user.email


def test_asking_a_hundred_times_sends_five_a_day(mailbox: ModuleType) -> None:
    ines = made.person(made.location(), email="ines@example.com", password=made.PASSWORD)
    for _ in range(10):
        for _ in range(10):
            addresses.forgot(ines.username, timezone.now())
        outbox.drain()
    assert len(mailbox.letters()) == outbox.AGAIN_LIMIT
