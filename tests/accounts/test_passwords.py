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
        "seven maple lanterns",  # beside the employer's word there is a password
        "ines paints blue doors",
        "x9kQ2mVt",
        "8 tulips 4 dinner",
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
        ("        ", "too short"),
        ("a" + " " * 20 + "b", "too short"),
        ("\u3164" * 12, "too short"),
        ("\u200b" * 12, "too short"),
        ("qmzpw\x00xot", "nobody can see"),
        ("qmzpw\txot", "nobody can see"),
        ("qmzpw\x85xot", "nobody can see"),
        ("Sunshine2024!!", "too common"),
        ("123sunshine", "too common"),
        ("P@ssw0rd!99", "too common"),
        ("dr4g0n2026", "too common"),
        ("p a s s w o r d", "too common"),
        ("monkeymonkey", "too common"),
        ("drowssap1", "too common"),
        ("29384756102", "too common"),
        ("1987-12-31", "too common"),
        ("aaaaaaaabbbb", "too common"),
        ("abcabcabcabc", "too common"),
        ("abcdefghijk", "too common"),
        ("Ines.2026!", "too similar to “Ines Calloway”"),
        ("C@llow4y-2026", "too similar to"),
        ("inescalloway77", "too similar to"),
        ("Calloway20261231!", "too similar to “Ines Calloway”"),
        ("Calloway sunshine", "too similar to “Ines Calloway”"),
        ("icalloway#1", "too similar to"),
        ("maple maple 77", "too similar to “Maple Health”"),
        ("broken \ud800 one", "cannot be stored"),
    ],
)
def test_will_not_do(ines: User, password: str, reason: str) -> None:
    assert any(reason in sentence for sentence in reasons_against(password, ines))
