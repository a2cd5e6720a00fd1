"""Forgotten passwords: nobody learns from the answer, or from its time, who exists; asking is throttled."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from schedulepop.accounts import throttle
from schedulepop.accounts.models import PasswordRequest, SignInFailure
from schedulepop.messages import addresses
from schedulepop.messages.models import Message
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db


def everybody(world: World) -> dict[str, str]:
    """A login of each kind."""
    place = world.grove
    for name in ("Ann Fox", "Bea Fox"):
        made.person(
            place, name, email="shared@example.com", confirmed_email="shared@example.com", password="x"
        )
    blocked = made.person(place, "Bo Blocked", email="bo@example.com", password="x")
    blocked.memberships.update(access_blocked_at=now(), access_blocked_reason="A lost badge")
    return {
        "existing": world.ines.username,
        "unknown": "nobody.at.all",
        "shared": "shared@example.com",
        "blocked": blocked.username,
        "no password": made.person(place, "Noor New", email="noor@example.com").username,
        "no address": made.person(place, "Nia None", password="x").username,
    }


def test_the_same_answer_in_the_same_time(world: World, client: Client) -> None:
    """By the processor's time, which other tests do not disturb; the database's is the next test's."""
    logins = everybody(world)
    seconds: dict[str, list[float]] = {kind: [] for kind in logins}
    pages = set()
    for _ in range(15):
        SignInFailure.objects.all().delete()
        for kind, login in logins.items():
            began = time.thread_time()
            answer = client.post("/forgotten/", {"name": login})
            seconds[kind].append(time.thread_time() - began)
            pages.add(answer.content.decode().replace(login, "X"))
    assert len(pages) == 1
    medians = [statistics.median(one) for one in seconds.values()]
    assert max(medians) < 1.3 * min(medians) + 0.001, seconds


def test_the_request_does_nothing_but_write_it_down(world: World, client: Client) -> None:
    """The time is the same because the work is: the same statements for everybody."""
    counts = set()
    client.get("/forgotten/")  # a process asks once which role it is
    for login in everybody(world).values():
        with CaptureQueriesContext(connection) as statements:
            client.post("/forgotten/", {"name": login})
        counts.add(len(statements))
    assert len(counts) == 1
    assert not Message.objects.filter(kind__in=["reset", "set_up"]).exists()


def test_what_was_typed_is_sealed_and_gone_when_answered(world: World, client: Client) -> None:
    client.post("/forgotten/", {"name": world.ines.username})
    assert world.ines.username not in PasswordRequest.objects.get().login
    addresses.answer(now())
    assert not PasswordRequest.objects.exists()
    assert [message.kind for message in Message.objects.filter(user=world.ines, kind="reset")] == ["reset"]


def test_a_request_that_waited_in_a_backup_is_dropped(world: World, client: Client) -> None:
    client.post("/forgotten/", {"name": world.ines.username})
    assert addresses.answer(now() + timedelta(hours=2)) == 1
    assert not Message.objects.filter(user=world.ines, kind="reset").exists()


def test_asking_for_one_person_or_for_many_is_throttled(world: World, client: Client) -> None:
    for _ in range(throttle.PER_LOGIN):
        assert client.post("/forgotten/", {"name": "marisol"}).status_code == 200
    refused = client.post("/forgotten/", {"name": "marisol"})
    assert refused.status_code == 429
    assert "Wait about 15 minutes" in refused.content.decode()
    assert client.post("/forgotten/", {"name": "somebody else"}).status_code == 200
    assert PasswordRequest.objects.count() == throttle.PER_LOGIN + 1
    for number in range(throttle.PER_SOURCE):
        client.post("/forgotten/", {"name": f"guess{number}"})
    assert client.post("/forgotten/", {"name": "yet another"}).status_code == 429


def test_asking_does_not_count_as_wrong_passwords_of_that_login(world: World, client: Client) -> None:
    for _ in range(throttle.PER_LOGIN + 1):
        client.post("/forgotten/", {"name": world.manager.username})
    form = {"username": world.manager.username, "password": made.PASSWORD}
    assert client.post("/sign-in/", form).status_code == 302
