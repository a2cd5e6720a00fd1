"""A changed address becomes good for sign-in by a link of its own, which never leads to a password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from schedulepop.accounts import invitations
from schedulepop.accounts.invitations import DeadLinkError, LinkState
from schedulepop.accounts.models import AuditEntry, User
from tests import made

NOW = made.NOON
CONFIRM = frozenset({"confirm"})


@pytest.fixture
def ines(db: None) -> User:
    return made.person(
        made.location(), email="new@example.com", confirmed_email="old@example.com", password=made.PASSWORD
    )


def test_confirming_makes_the_new_address_the_one_to_sign_in_with(ines: User) -> None:
    token = invitations.create(ines, "confirm", NOW, address="new@example.com")
    for _ in range(2):
        assert invitations.look(token, NOW, CONFIRM)[0] is LinkState.OPEN
    assert authenticate(username="new@example.com", password=made.PASSWORD) is None
    invitations.confirm(token, NOW)
    assert authenticate(username="new@example.com", password=made.PASSWORD) == ines
    assert authenticate(username="old@example.com", password=made.PASSWORD) is None
    entry = AuditEntry.objects.get(verb="confirmed_address")
    assert entry.changes == [{"field": "confirmed_email", "old": "old@example.com", "new": "new@example.com"}]
    with pytest.raises(DeadLinkError, match="already used"):
        invitations.confirm(token, NOW)


def test_a_confirming_link_is_no_way_to_a_password(ines: User) -> None:
    token = invitations.create(ines, "confirm", NOW, address="new@example.com")
    assert invitations.look(token, NOW)[0] is LinkState.UNKNOWN
    with pytest.raises(DeadLinkError, match="never valid"):
        invitations.use(token, "another green lantern", NOW)


def test_a_link_to_a_password_confirms_nothing_here(ines: User) -> None:
    token = invitations.create(ines, "reset", NOW, address="old@example.com")
    with pytest.raises(DeadLinkError, match="never valid"):
        invitations.confirm(token, NOW)


def test_a_forgotten_password_leaves_the_confirming_link_alone_and_the_other_way_round(ines: User) -> None:
    asked = invitations.create(ines, "confirm", NOW, address="new@example.com")
    reset = invitations.create(ines, "reset", NOW, address="old@example.com")
    newer = invitations.create(ines, "confirm", NOW, address="new@example.com")
    assert invitations.look(asked, NOW, CONFIRM)[0] is LinkState.REVOKED
    assert invitations.look(newer, NOW, CONFIRM)[0] is LinkState.OPEN
    assert invitations.look(reset, NOW)[0] is LinkState.OPEN


def test_a_link_to_an_address_that_moved_on_is_dead(ines: User) -> None:
    token = invitations.create(ines, "confirm", NOW, address="new@example.com")
    User.objects.filter(pk=ines.pk).update(email="newest@example.com")
    with pytest.raises(DeadLinkError, match="replaced by a newer one"):
        invitations.confirm(token, NOW)


def test_too_old_or_of_somebody_who_left(ines: User) -> None:
    token = invitations.create(ines, "confirm", NOW, address="new@example.com")
    with pytest.raises(DeadLinkError, match="too old"):
        invitations.confirm(token, NOW + timedelta(days=8))
    ines.memberships.update(status="terminated")
    with pytest.raises(DeadLinkError, match="no longer valid"):
        invitations.confirm(token, NOW)
