"""The line of the start page, and the heading above it as the page shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import now

from schedulepop.sync.models import Integration, Issue
from schedulepop.web.runs import night_line
from schedulepop.web.templatetags.words import time_words
from tests.web.world import World

CHICAGO = ZoneInfo("America/Chicago")
READ = datetime(2026, 11, 17, 2, 14, tzinfo=CHICAGO)
MORNING = datetime(2026, 11, 17, 8, 40, tzinfo=CHICAGO)
NEXT = datetime(2026, 11, 18, 2, 14, tzinfo=CHICAGO)


@pytest.mark.parametrize("hours", [0, 1, 6, 12, 23, 25, 60])
def test_the_line_stays_inside_itself(hours: int) -> None:
    line = night_line.night_line(READ, READ + timedelta(hours=hours), NEXT)
    assert 0 < float(line.now_at.rstrip("%")) < 100
    offsets = [float(stop.offset) for stop in line.stops]
    assert offsets == sorted(offsets)
    assert offsets[0] == 0
    assert offsets[-1] == 1


def test_the_sky_follows_the_day() -> None:
    line = night_line.night_line(READ, MORNING, NEXT)
    assert [stop.part for stop in line.stops] == [
        "night",
        "night",
        "sun",
        "day",
        "day",
        "sun",
        "night",
        "night",
    ]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (MORNING, "tonight’s sync at about 2:14"),
        (datetime(2026, 11, 18, 1, 0, tzinfo=CHICAGO), "tonight’s sync at about 2:14"),
        (datetime(2026, 11, 18, 3, 0, tzinfo=CHICAGO), "the next sync, any minute now,"),
        (datetime(2026, 11, 16, 8, 0, tzinfo=CHICAGO), "the next sync on Wednesday at about 2:14 AM"),
    ],
)
def test_when_payroll_speaks_next(moment: datetime, words: str) -> None:
    assert night_line.next_words(NEXT, moment, CHICAGO) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (MORNING - timedelta(seconds=20), "just now"),
        (MORNING - timedelta(minutes=12), "12 minutes ago"),
        (READ, "2:14 this morning"),
        (MORNING - timedelta(days=1), "yesterday at 8:40 AM"),
        (MORNING - timedelta(days=3), "on Saturday at 8:40 AM"),
        (MORNING + timedelta(days=1), "tomorrow at 8:40 AM"),
    ],
)
def test_times_are_told_as_people_say_them(moment: datetime, words: str) -> None:
    assert time_words(moment, MORNING) == words


@pytest.mark.django_db
def test_the_start_page_says_what_is_so(world: World, client_of: Callable[[str], Client]) -> None:
    page = client_of("manager").get("/").content.decode()
    assert "One issue leaves somebody out or not as payroll has them." in page
    assert "matches payroll" not in page
    assert "did not get the welcome email" in page
    assert "’s phone is payroll’s again" in page
    assert "Delphine Arsenault: A person has no email address." in page
    assert "MC-2" not in page, "Client Success maps codes; a manager has nothing to do about it here"
    assert "Oak Hill" not in page
    Issue.objects.all().delete()
    assert "Your list matches payroll." in client_of("manager").get("/").content.decode()
    Integration.objects.update(
        last_success_at=now() - timedelta(days=2), config={"path": "/feeds/payroll.csv"}
    )
    assert "Payroll has not answered since" in client_of("manager").get("/").content.decode()


@pytest.mark.django_db
def test_the_start_page_of_each_role(world: World, client_of: Callable[[str], Client]) -> None:
    for role in ("admin", "client_success", "manager", "manager_of_both", "manager_elsewhere"):
        assert client_of(role).get("/").status_code == 200
    assert "MC-2" in client_of("client_success").get("/").content.decode()
