"""Set-up and reset links: once, for a week, dead when replaced, moved or over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schedulepop.accounts import access, invitations, sheets
from schedulepop.accounts.invitations import DeadLinkError, LinkState
from schedulepop.accounts.models import AuditEntry, Invitation, User
from tests import made

NOW = made.NOON
GOOD = "seven green lanterns"


@pytest.fixture
def ines(db: None) -> User:
    return made.person(made.location(), email="ines@example.com")


def state(token: str, minutes: int = 0) -> LinkState:
    return invitations.look(token, NOW + timedelta(minutes=minutes))[0]


def test_opened_often_used_once(ines: User) -> None:
    token = invitations.create(ines, "set_up", NOW, address="ines@example.com")
    for _ in range(3):
        found = invitations.find(token, NOW)
        assert found is not None
        assert found.user == ines
    invitations.use(token, GOOD, NOW)
    assert authenticate(username=ines.username, password=GOOD) == ines
    assert state(token) is LinkState.USED
    assert "already used" in LinkState.USED.sentence
    with pytest.raises(DeadLinkError, match="already used"):
        invitations.use(token, "another good one", NOW)
    entry = AuditEntry.objects.get(verb="set_up_account")
    assert (entry.actor, entry.door, entry.user) == (ines, "web", ines)


def test_only_the_hash_is_stored(ines: User) -> None:
    token = invitations.create(ines, "set_up", NOW)
    assert len(token) >= 43
    assert token not in str(Invitation.objects.values())
    assert token not in str(AuditEntry.objects.values())


def test_works_for_seven_days(ines: User) -> None:
    token = invitations.create(ines, "set_up", NOW)
    assert state(token, 7 * 24 * 60 - 1) is LinkState.OPEN
    assert state(token, 7 * 24 * 60) is LinkState.EXPIRED


def test_a_newer_link_replaces_the_older(ines: User) -> None:
    older = invitations.create(ines, "set_up", NOW)
    newer = invitations.create(ines, "reset", NOW)
    assert (state(older), state(newer)) == (LinkState.REVOKED, LinkState.OPEN)
    assert list(Invitation.objects.order_by("pk").values_list("generation", flat=True)) == [1, 2]


@pytest.mark.parametrize("how", ["terminated", "suspended", "blocked"])
def test_a_leavers_link_is_dead_at_once(ines: User, how: str) -> None:
    token = invitations.create(ines, "set_up", NOW)
    change = {"access_blocked_at": NOW} if how == "blocked" else {"status": how}
    ines.memberships.update(**change)
    assert state(token) is LinkState.REVOKED
    access.close_ended([ines.pk], NOW)
    ines.memberships.update(status="active", access_blocked_at=None)
    assert state(token) is LinkState.REVOKED, "and stays dead"


def test_a_bad_password_uses_nothing_up(ines: User) -> None:
    token = invitations.create(ines, "set_up", NOW)
    with pytest.raises(ValidationError, match="too common"):
        invitations.use(token, "password", NOW)
    assert state(token) is LinkState.OPEN


@pytest.mark.parametrize(
    ("sent_to", "confirmed"), [("ines@example.com", "ines@example.com"), ("old@example.com", ""), ("", "")]
)
def test_using_it_confirms_the_address_it_went_to_if_it_is_still_hers(
    ines: User, sent_to: str, confirmed: str
) -> None:
    invitations.use(invitations.create(ines, "set_up", NOW, address=sent_to), GOOD, NOW)
    ines.refresh_from_db()
    assert ines.confirmed_email == confirmed


@pytest.mark.parametrize("token", ["", "x", "a" * 5_000, "\x00", "\ud800", "ünïcode", "' OR 1=1 --"])
@pytest.mark.django_db
def test_nonsense_is_unknown(token: str) -> None:
    assert state(token) is LinkState.UNKNOWN
    with pytest.raises(DeadLinkError):
        invitations.use(token, GOOD, NOW)


def test_links_are_made_from_the_settings_alone(settings: object) -> None:
    settings.BASE_URL = "https://app.example"  # type: ignore[attr-defined]
    assert invitations.link("abc") == "https://app.example/set-up/abc/"


@pytest.mark.django_db(transaction=True)
def test_two_who_use_it_at_once_are_one() -> None:
    ines = made.person(made.location())
    token = invitations.create(ines, "set_up", NOW)

    def use(number: int) -> bool:
        try:
            invitations.use(token, f"{GOOD} {number}", NOW)
        except DeadLinkError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(8))) == 1


def _locked(queries: CaptureQueriesContext) -> list[str]:
    """The tables whose rows were locked, in this order."""
    found = [one["sql"] for one in queries if "FOR " in one["sql"] and "UPDATE" in one["sql"]]
    return [sql.partition('FROM "')[2].partition('"')[0] for sql in found]


def _sets_up(ines: User) -> None:
    invitations.use(invitations.create(ines, "set_up", NOW), GOOD, NOW)


def _confirms(ines: User) -> None:
    invitations.confirm(invitations.create(ines, "confirm", NOW, address=ines.email), NOW)


def _types_the_code(ines: User) -> None:
    sheets.use(ines.username, sheets.make(ines, NOW).code, GOOD, "10.0.0.1", NOW)


@pytest.mark.parametrize("act", [_sets_up, _confirms, _types_the_code])
def test_the_person_is_locked_before_their_link(ines: User, act: Callable[[User], None]) -> None:
    """Whoever makes a link and whoever uses one take both locks in the same order, so neither waits for ever."""
    with CaptureQueriesContext(connection) as queries:
        act(ines)
    assert _locked(queries) == ["accounts_user", "accounts_user", "accounts_invitation"]
