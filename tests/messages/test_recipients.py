"""Whether a personal link may be sent to an address (SPEC §5 Notify)."""

from __future__ import annotations

from types import ModuleType

import pytest

from schedulepop.messages import outbox
from tests import made

pytestmark = pytest.mark.django_db


def test_people_of_another_customer_share_nothing(mailbox: ModuleType) -> None:
    """Who works at two customers is two users: neither letter may tell that the other one is there."""
    there = made.location(org=made.organization("Cedar Health"))
    for person in (
        made.person(there, "Ines Calloway", email="ines@example.com"),
        made.person(there, "Ines Again", email="x@example.com", confirmed_email="ines@example.com"),
    ):
        outbox.queue_welcome(person)
    outbox.drain()
    outbox.queue_welcome(made.person(made.location(), "Ines Calloway", email="Ines@example.com"))
    outbox.drain()
    letter = mailbox.letters()[0]
    assert (letter.to, len(letter.links)) == ("Ines@example.com", 1)
    assert "else" not in letter.text
