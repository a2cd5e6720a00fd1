"""Headcount and turnover: everybody sees their own locations, with the table behind each picture, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from schedulepop.accounts.models import AuditEntry, Invitation
from schedulepop.directory.headcount import SetUps
from schedulepop.sync.models import Run
from schedulepop.web.organization.headcount import SetUpPicture
from tests import made
from tests.web.world import World

ClientOf = Callable[[str], Client]
URL = "/headcount/"


def places(client: Client) -> list[str]:
    return [one.year.location.name for one in client.get(URL).context["places"]]


def test_days_fall_into_spans_and_those_who_wait_come_last() -> None:
    picture = SetUpPicture.of(SetUps({0: 4, 1: 1, 2: 1, 7: 3, 8: 1, 40: 2}, waiting=5))
    assert [count for _, count in picture.rows] == [4, 2, 3, 1, 2, 5]
    assert (picture.invited, picture.done, picture.median) == (17, 12, 2)


def _noon(day: date, days: int) -> datetime:
    """Noon in Chicago, so many days later."""
    return datetime.combine(day, time(18), UTC) + timedelta(days=days)


@pytest.mark.django_db
class TestPage:
    def test_a_manager_sees_their_own_location_and_staff_none(
        self, world: World, client_of: ClientOf
    ) -> None:
        assert places(client_of("admin")) == ["Maple Grove", "Oak Hill"]
        assert places(client_of("manager")) == ["Maple Grove"]
        assert places(client_of("manager_elsewhere")) == ["Oak Hill"]
        assert client_of("staff").get(URL).status_code == 404

    def test_turnover_since_payroll_was_connected(self, world: World, client_of: ClientOf) -> None:
        today = now().date()
        Run.objects.filter(organization=world.organization).update(
            local_date=today - timedelta(days=95), state="applied", preview=False
        )
        house = made.location(world.organization, "Birch House")
        for number in range(9):
            made.person(house, f"Ada {number}", hire_date=today - timedelta(days=900))
        left = {"termination_date": today}
        made.person(house, "Bo Gone", status="quit", membership_more=left)
        page = client_of("admin").get(URL)
        birch = page.context["places"][0]
        assert (birch.people, birch.left, birch.turnover) == (9, 1, 10)
        assert page.context["connected"] == today - timedelta(days=95)
        text = page.content.decode()
        assert "Who had left before then is not known here" in text
        assert "not known" in text

    def test_days_to_set_up_are_those_of_ones_own_locations(self, world: World, client_of: ClientOf) -> None:
        hired = now().date() - timedelta(days=10)
        fast = made.person(world.hill, "Ada Fast", hire_date=hired)
        Invitation.objects.create(
            user=fast, purpose="set_up", token_hash="x", expires_at=now(), used_at=_noon(hired, 4)
        )
        page = client_of("manager_elsewhere").get(f"{URL}?show=set-up")
        assert "within 4 days of their hire" in " ".join(page.content.decode().split())
        assert client_of("manager").get(f"{URL}?show=set-up").context["set_ups"].invited == 0

    def test_as_a_file_it_is_audited(self, world: World, client_of: ClientOf) -> None:
        text = client_of("manager").get(f"{URL}?as=csv").content.decode("utf-8-sig")
        assert text.splitlines()[0] == "Location,Month,People at its end,Joined,Left"
        assert len(text.splitlines()) == 13
        assert "Oak Hill" not in text
        entry = AuditEntry.objects.latest("pk")
        assert entry.verb == "exported"
        assert entry.changes[0]["new"] == "12 rows of headcount and turnover (csv)"

    def test_its_queries_do_not_grow_with_the_locations(self, world: World, client_of: ClientOf) -> None:
        client = client_of("admin")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        for number in range(8):
            made.person(made.location(world.organization, f"House {number}"), hire_date=now().date())
        with CaptureQueriesContext(connection) as many:
            assert len(client.get(URL).context["places"]) == 10
        assert len(many) == len(few)
