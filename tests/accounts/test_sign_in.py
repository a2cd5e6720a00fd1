"""Signing in: by username or one's own confirmed email, never into somebody else's account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate, hashers
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from schedulepop.accounts import access, sign_in, throttle
from schedulepop.accounts.models import Grant, SignInFailure, User
from schedulepop.employee import ENDED, MAY_SIGN_IN, Status
from tests import made

pytestmark = pytest.mark.django_db


def asking(address: str = "203.0.113.7", **meta: str) -> HttpRequest:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": address, **meta}
    return request


def try_it(login: str, password: str = made.PASSWORD, address: str = "203.0.113.7") -> Any:
    return authenticate(asking(address), username=login, password=password)


def test_by_username_in_any_case() -> None:
    ines = made.person(made.location(), username="ines.calloway", password=made.PASSWORD)
    assert try_it("ines.calloway") == ines
    assert try_it("  Ines.CALLOWAY ") == ines
    assert try_it("ines.calloway", "wrong") is None


def test_by_email_only_when_it_is_confirmed() -> None:
    ines = made.person(made.location(), email="ines@example.com", password=made.PASSWORD)
    assert try_it("ines@example.com") is None
    User.objects.filter(pk=ines.pk).update(confirmed_email="Ines@example.com")
    assert try_it("ines@EXAMPLE.com") == ines


def test_mother_and_daughter_share_an_address_and_stay_apart() -> None:
    place = made.location()
    shared = {"email": "family@example.com", "confirmed_email": "family@example.com"}
    mother = made.person(place, "Ines Calloway", password="the mother's words", **shared)
    daughter = made.person(place, "Mia Calloway", password="the daughter's words", **shared)
    assert try_it("family@example.com", "the mother's words") is None
    assert try_it("family@example.com", "the daughter's words") is None
    assert try_it(mother.username, "the daughter's words") is None
    assert try_it(daughter.username, "the daughter's words") == daughter
    mother.memberships.update(status="terminated")
    assert try_it("family@example.com", "the mother's words") is None
    assert try_it("family@example.com", "the daughter's words") == daughter


@pytest.mark.parametrize("status", list(Status))
def test_the_status_decides(status: Status) -> None:
    person = made.person(made.location(), status=status, password=made.PASSWORD)
    assert (try_it(person.username) is not None) == (status in MAY_SIGN_IN) == access.may_sign_in(person)


def test_a_block_denies_and_one_other_membership_allows() -> None:
    place = made.location()
    person = made.person(place, password=made.PASSWORD)
    person.memberships.update(access_blocked_at=timezone.now(), access_blocked_reason="Badge lost")
    assert try_it(person.username) is None
    made.membership(person, made.location(place.organization, "Birch Hollow"))
    assert try_it(person.username) == person


def test_grants_let_in_only_who_has_no_membership() -> None:
    place = made.location()
    hr = made.admin(place.organization, password=made.PASSWORD)
    assert try_it(hr.username) == hr
    membership = made.membership(hr, place, status="suspended")
    assert try_it(hr.username) is None
    membership.delete()
    Grant.objects.filter(user=hr).update(ended_at=timezone.now())
    assert try_it(hr.username) is None


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody", made.PASSWORD),
        ("nobody@example.com", made.PASSWORD),
        ("ines", "wrong"),
        ("no.password", made.PASSWORD),
        ("shared@example.com", made.PASSWORD),
        ("left", made.PASSWORD),
        ("ines", "x" * 100_000),
        ("in\x00es", made.PASSWORD),
    ],
)
def test_every_failure_costs_one_password_check(
    login: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = made.location()
    made.person(place, username="ines", password=made.PASSWORD)
    made.person(place, username="no.password")
    made.person(place, username="left", password=made.PASSWORD, status="terminated")
    for name in ("Ann Fox", "Bea Fox"):
        made.person(place, name, confirmed_email="shared@example.com", password=made.PASSWORD)
    hashed = []
    hasher = hashers.get_hasher()
    monkeypatch.setattr(type(hasher), "encode", _counting(type(hasher).encode, hashed))
    assert try_it(login, password) is None
    assert len(hashed) == 1


def _counting(encode: Any, calls: list[int]) -> Any:
    def counted(self: Any, password: str, salt: str) -> str:
        calls.append(len(password))
        return str(encode(self, password, salt))

    return counted


def test_128_characters_count_to_the_last() -> None:
    long = "ab3 " * 31 + "wxyz"
    assert len(long) == 128
    person = made.person(made.location(), password=long)
    assert try_it(person.username, long) == person
    assert try_it(person.username, long[:-1] + "!") is None


def test_ten_wrong_passwords_delay_this_login_from_here_only(monkeypatch: pytest.MonkeyPatch) -> None:
    place = made.location()
    ines = made.person(place, username="ines", password=made.PASSWORD)
    mia = made.person(place, "Mia Roe", username="mia", password=made.PASSWORD)
    start = made.NOON
    clock = {"now": start}
    monkeypatch.setattr(sign_in.timezone, "now", lambda: clock["now"])
    for second in range(10):
        clock["now"] = start + timedelta(seconds=second)
        assert try_it("Ines", "wrong") is None
    clock["now"] = start + timedelta(seconds=20)
    assert try_it("ines") is None, "the right password has to wait too"
    assert sign_in.delayed_until(asking(), "INES", clock["now"]) == start + timedelta(minutes=15, seconds=9)
    assert try_it("mia") == mia, "a colleague behind the same address"
    assert try_it("ines", address="198.51.100.9") == ines, "herself from elsewhere"
    clock["now"] = start + timedelta(minutes=15, seconds=10)
    assert sign_in.delayed_until(asking(), "ines", clock["now"]) is None
    assert try_it("ines") == ines
    assert not SignInFailure.objects.filter(at__lt=clock["now"] - throttle.KEPT).exists()


def test_slow_mistakes_are_not_guessing(monkeypatch: pytest.MonkeyPatch) -> None:
    ines = made.person(made.location(), password=made.PASSWORD)
    for minute in range(30):
        monkeypatch.setattr(sign_in.timezone, "now", lambda m=minute: made.NOON + timedelta(minutes=m))
        assert try_it(ines.username, "wrong") is None
    assert try_it(ines.username) == ines


def test_one_address_trying_many_logins_is_stopped() -> None:
    ines = made.person(made.location(), password=made.PASSWORD)
    now = timezone.now()
    for number in range(throttle.PER_SOURCE):
        assert throttle.begin(f"guess{number}", "203.0.113.7", now)
    assert try_it(ines.username) is None
    assert try_it(ines.username, address="203.0.113.8") == ines


@pytest.mark.parametrize(
    ("meta", "behind_proxy", "source"),
    [
        ({"REMOTE_ADDR": "203.0.113.7"}, False, "203.0.113.7"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.7"}, True, "203.0.113.7"),
        ({"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}, False, "203.0.113.7"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, False, "2001:db8:1:2::"),
        ({"REMOTE_ADDR": "::ffff:203.0.113.7"}, False, "203.0.113.7"),
        ({"REMOTE_ADDR": ""}, False, "unknown"),
    ],
)
def test_where_a_request_comes_from(
    meta: dict[str, str], behind_proxy: bool, source: str, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    request = HttpRequest()
    request.META = dict(meta)
    assert throttle.source_of(request) == source


def test_what_was_typed_as_login_is_not_stored() -> None:
    try_it("my secret password", "x")
    assert "secret" not in str(list(SignInFailure.objects.values()))


def test_a_session_dies_when_sign_in_ends_or_sessions_are_ended() -> None:
    person = made.person(made.location(), password=made.PASSWORD)
    client = Client()
    client.force_login(person)
    key = client.session.session_key
    assert _user_of(client) == person
    person.memberships.update(status="terminated")
    assert _user_of(client) is None
    access.close_ended([person.pk], timezone.now())
    person.memberships.update(status="active")
    assert _user_of(client) is None, "a rehire does not revive an old session"
    client.force_login(User.objects.get(pk=person.pk))
    assert client.session.session_key != key
    assert _user_of(client) == person
    access.end_sessions([person.pk], timezone.now())
    assert _user_of(client) is None


def _user_of(client: Client) -> Any:
    from django.contrib.auth import get_user

    request = HttpRequest()
    request.session = client.session  # type: ignore[assignment]
    user = get_user(request)
    return user if user.is_authenticated else None


def test_grants_end_with_the_last_membership_and_not_before() -> None:
    place = made.location()
    other = made.location(place.organization, "Birch Hollow")
    hr = made.admin(place.organization)
    first, second = made.membership(hr, place), made.membership(hr, other)
    first.status = "terminated"
    first.save()
    access.close_ended([hr.pk], timezone.now())
    assert Grant.objects.filter(user=hr, ended_at=None).exists()
    second.status = "suspended"
    second.save()
    access.close_ended([hr.pk], timezone.now())
    assert Grant.objects.filter(user=hr, ended_at=None).exists(), "suspended is employed"
    second.status = "quit"
    second.save()
    access.close_ended([hr.pk], timezone.now())
    assert not Grant.objects.filter(user=hr, ended_at=None).exists()
    assert "quit" in ENDED
