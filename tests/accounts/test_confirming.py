"""A changed address becomes good for sign-in by a link of its own, which never leads to a password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from schedulepop.accounts import invitations
from schedulepop.accounts.invitations import DeadLinkError, LinkState, NotAgreedError
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
    invitations.confirm(token, NOW, signed_in=ines)
    assert authenticate(username="new@example.com", password=made.PASSWORD) == ines
    assert authenticate(username="old@example.com", password=made.PASSWORD) is None
    entry = AuditEntry.objects.get(verb="confirmed_address")
    assert entry.changes == [{"field": "confirmed_email", "old": "old@example.com", "new": "new@example.com"}]
    with pytest.raises(DeadLinkError, match="already used"):
        invitations.confirm(token, NOW)


def test_the_reader_of_the_new_mailbox_alone_confirms_nothing(ines: User) -> None:
    """A mistyped address, or one that somebody put there, is anybody's."""
    token = invitations.create(ines, "confirm", NOW, address="new@example.com")
    stranger = made.person(made.location(ines.organization, "Elsewhere"), "Sam Stranger")
    for signed_in in (None, stranger):
        with pytest.raises(NotAgreedError):
            invitations.confirm(token, NOW, signed_in=signed_in)
    assert User.objects.get(pk=ines.pk).confirmed_email == "old@example.com"
    assert invitations.look(token, NOW, CONFIRM)[0] is LinkState.OPEN


def test_the_old_address_agrees_to_this_one_address(ines: User) -> None:
    consent = invitations.create(ines, "consent", NOW, address="old@example.com", agrees_to="new@example.com")
    invitations.agree(consent, NOW)
    with pytest.raises(DeadLinkError, match="already used"):
        invitations.agree(consent, NOW)
    User.objects.filter(pk=ines.pk).update(email="another@example.com")
    other = invitations.create(ines, "confirm", NOW, address="another@example.com")
    with pytest.raises(NotAgreedError):
        invitations.confirm(other, NOW)
    User.objects.filter(pk=ines.pk).update(email="new@example.com")
    invitations.confirm(invitations.create(ines, "confirm", NOW, address="new@example.com"), NOW)
    assert User.objects.get(pk=ines.pk).confirmed_email == "new@example.com"


def test_a_consent_is_no_way_to_a_password_and_confirms_nothing(ines: User) -> None:
    consent = invitations.create(ines, "consent", NOW, address="old@example.com", agrees_to="new@example.com")
    with pytest.raises(DeadLinkError, match="never valid"):
        invitations.use(consent, "another green lantern", NOW)
    with pytest.raises(DeadLinkError, match="never valid"):
        invitations.confirm(consent, NOW, signed_in=ines)


def test_a_consent_from_an_address_that_was_replaced_since_is_none(ines: User) -> None:
    consent = invitations.create(ines, "consent", NOW, address="old@example.com", agrees_to="new@example.com")
    invitations.agree(consent, NOW)
    User.objects.filter(pk=ines.pk).update(confirmed_email="third@example.com")
    with pytest.raises(NotAgreedError):
        invitations.confirm(invitations.create(ines, "confirm", NOW, address="new@example.com"), NOW)


def test_who_has_no_password_yet_needs_nobody(ines: User) -> None:
    ines.set_unusable_password()
    ines.save()
    invitations.confirm(invitations.create(ines, "confirm", NOW, address="new@example.com"), NOW)


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
