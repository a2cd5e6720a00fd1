"""Which passwords will do, and what the others are told."""

from __future__ import annotations

import pytest

from schedulepop.accounts.models import User
from schedulepop.accounts.passwords import reasons_against
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines() -> User:
    return made.person(
        made.location(name="Birch Hollow"), username="ines.calloway", email="icalloway@example.com"
    )


@pytest.mark.parametrize(
    "password",
    [
        "qmzpwxot",
        "correct horse battery",
        "   spaced out   ",
        "🌻🌻🌻🌻 garden",
        "ab3 " * 32,
        "лебедь-озеро",
        "'; DROP--",
        "heath lamp eel",  # the letters of Maple Health, but nobody guesses it from the name
    ],
)
def test_will_do(ines: User, password: str) -> None:
    assert reasons_against(password, ines) == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("qmzpwxo", "too short"),
        ("ab3 " * 32 + "!", "too long"),
        ("password1", "too common"),
        ("iloveyou", "too common"),
        ("Calloway7", "too similar to the"),
        ("icalloway@example.com", "too similar to the"),
        ("maplehealth", "too similar to “Maple Health”"),
        ("Maple Health 2026!", "too similar to “Maple Health”"),
        ("HealthMaple 7", "too similar to “Maple Health”"),
        ("MapleHea1th", "too similar to “Maple Health”"),
        ("birchhollow99", "too similar to “Birch Hollow”"),
        ("SchedulePop1", "too similar to “SchedulePop”"),
        ("broken \ud800 one", "cannot be stored"),
    ],
)
def test_will_not_do(ines: User, password: str, reason: str) -> None:
    assert any(reason in sentence for sentence in reasons_against(password, ines))
