"""A sheet's code: five tries, once, for its own person only; nothing tells a stranger who exists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schedulepop.accounts import invitations, sheets
from schedulepop.accounts.invitations import LinkState
from schedulepop.accounts.models import AuditEntry, Invitation, User
from tests import made

NOW = made.NOON
GOOD = "seven green lanterns"
WRONG = "AAAA-AAAA"


@pytest.fixture
def ines(db: None) -> User:
    return made.person(made.location())


def enter(user: User, code: str, password: str = GOOD, minutes: int = 0) -> sheets.Tried:
    return sheets.use(user.username, code, password, "10.0.0.1", NOW + timedelta(minutes=minutes))


def state(sheet: sheets.Sheet) -> LinkState:
    return invitations.look(sheet.link.split("/")[-2], NOW)[0]


def test_eight_signs_none_of_which_looks_like_another(ines: User) -> None:
    code = sheets.make(ines, NOW).code
    assert len(code) == 9
    assert code[4] == "-"
    assert not set(code) & set("IL1O0")


def test_it_is_used_once_however_it_is_typed(ines: User) -> None:
    sheet = sheets.make(ines, NOW)
    typed = f" {sheet.code.lower().replace('-', ' ')} "
    assert enter(ines, typed).user == ines
    ines.refresh_from_db()
    assert ines.check_password(GOOD)
    assert enter(ines, sheet.code, "another good one") == sheets.Tried()
    assert state(sheet) is LinkState.USED
    assert AuditEntry.objects.filter(verb="set_up_account").count() == 1


def test_only_keyed_hashes_are_kept(ines: User) -> None:
    sheet = sheets.make(ines, NOW)
    kept = str(Invitation.objects.values()) + str(AuditEntry.objects.values())
    assert sheet.code.lower().replace("-", "") not in kept.lower()


@pytest.mark.parametrize(("wrong", "works"), [(4, True), (5, False), (6, False)])
def test_five_wrong_codes_end_it_the_qr_code_too(ines: User, wrong: int, works: bool) -> None:
    sheet = sheets.make(ines, NOW)
    for _ in range(wrong):
        assert enter(ines, WRONG) == sheets.Tried()
    assert (state(sheet) is LinkState.OPEN) is works
    assert (enter(ines, sheet.code).user == ines) is works
    assert AuditEntry.objects.filter(verb="failed_sign_in", user=ines).count() >= wrong


def test_a_poor_password_is_no_wrong_code(ines: User) -> None:
    sheet = sheets.make(ines, NOW)
    for _ in range(6):
        assert "too common" in enter(ines, sheet.code, "password").reasons[0]
    assert enter(ines, sheet.code).user == ines


def test_with_a_wrong_code_nothing_is_said_of_the_password(ines: User) -> None:
    sheets.make(ines, NOW)
    assert enter(ines, WRONG, "password") == sheets.Tried()


def test_it_works_for_seven_days(ines: User) -> None:
    week = 7 * 24 * 60
    sheet = sheets.make(ines, NOW)
    assert enter(ines, sheet.code, minutes=week) == sheets.Tried()
    assert enter(ines, sheet.code, minutes=week - 1).user == ines


def test_a_reprint_and_a_letter_end_the_older_one(ines: User) -> None:
    first, second = sheets.make(ines, NOW), sheets.make(ines, NOW)
    assert enter(ines, first.code) == sheets.Tried()
    assert state(second) is LinkState.OPEN
    invitations.create(ines, Invitation.SET_UP, NOW, address="ines@example.com")
    assert enter(ines, second.code) == sheets.Tried()


def test_a_code_is_its_own_persons(ines: User) -> None:
    """Usernames are one's own in the whole installation; a code belongs to its person, and not to the paper."""
    cedar = made.person(made.location(made.organization("Cedar Care")), "Ines Calloway")
    theirs = sheets.make(cedar, NOW)
    sheets.make(ines, NOW)
    assert enter(ines, theirs.code) == sheets.Tried()
    assert enter(cedar, theirs.code).user == cedar


@pytest.mark.parametrize("how", ["terminated", "blocked"])
def test_who_may_not_sign_in_does_not_come_in_by_it(ines: User, how: str) -> None:
    sheet = sheets.make(ines, NOW)
    ines.memberships.update(**({"access_blocked_at": NOW} if how == "blocked" else {"status": how}))
    assert enter(ines, sheet.code) == sheets.Tried()


def test_the_same_statements_whoever_is_asked_for(ines: User) -> None:
    """The time is the same because the work is."""
    place = made.location(ines.organization, "Oak Hill")
    expired, without = made.person(place, "Ed Expired"), made.person(place, "Wim Without")
    sheets.make(ines, NOW)
    sheets.make(expired, NOW - timedelta(days=9))
    counts = set()
    for username in (ines.username, expired.username, without.username, "nobody.at.all", "\x00", ""):
        with CaptureQueriesContext(connection) as statements:
            sheets.use(username, WRONG, GOOD, "10.0.0.1", NOW)
        counts.add((len(statements), sum(not one["sql"].startswith("SELECT") for one in statements)))
    assert len(counts) == 1, counts


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_all_counted() -> None:
    ines = made.person(made.location())
    sheet = sheets.make(ines, NOW)

    def enter_wrong(number: int) -> None:
        try:
            enter(ines, WRONG)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter_wrong, range(4)))
    assert Invitation.objects.get().wrong_codes == 4
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter_wrong, range(4)))
    assert enter(ines, sheet.code) == sheets.Tried()


@pytest.mark.django_db(transaction=True)
def test_two_who_use_one_code_at_once_are_one() -> None:
    ines = made.person(made.location())
    code = sheets.make(ines, NOW).code

    def use(number: int) -> bool:
        try:
            return enter(ines, code, f"{GOOD} {number}").user is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(6))) == 1
