"""Letters that somebody can still do something about, and those that are history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.models import User
from schedulepop.directory.models import Location, Membership
from schedulepop.messages import undelivered
from schedulepop.messages.models import Message
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def grove() -> Location:
    return made.location(made.organization())


def letter(
    user: User, kind: str = "welcome", state: str = "failed", days_ago: int = 0, generation: int = 1
) -> Message:
    return Message.objects.create(
        organization=user.organization,
        user=user,
        kind=kind,
        state=state,
        generation=generation,
        created_at=now() - timedelta(days=days_ago),
    )


def found() -> list[tuple[str, str]]:
    return [(one.user.full_name, one.kind) for one in undelivered.to_act_on(now())]


def test_a_welcome_that_failed_counts_until_it_is_sent_again_or_not_needed(grove: Location) -> None:
    ines = made.person(grove, "Ines Calloway")
    letter(ines, days_ago=90)
    assert found() == [("Ines Calloway", "welcome")]
    letter(ines, "set_up", "accepted")
    assert found() == []
    luis = made.person(grove, "Luis Quintanar")
    letter(luis, state="unknown")
    assert found() == [("Luis Quintanar", "welcome")]
    luis.set_password(made.PASSWORD)
    luis.save()
    assert found() == []


def test_letters_to_leavers_are_history(grove: Location) -> None:
    ines = made.person(grove, "Ines Calloway")
    letter(ines)
    letter(ines, "digest")
    Membership.objects.filter(user=ines).update(status="terminated")
    assert found() == []


def test_notices_and_what_people_asked_for_count_for_a_week(grove: Location) -> None:
    marisol = made.manager(grove, "Marisol Tate", password=made.PASSWORD)
    letter(marisol, "digest", days_ago=8)
    letter(marisol, "reset", days_ago=6)
    assert found() == [("Marisol Tate", "reset")]
    letter(marisol, "digest", days_ago=2, generation=2)
    letter(marisol, "digest", "accepted", days_ago=1, generation=3)
    assert found() == [("Marisol Tate", "reset")]
