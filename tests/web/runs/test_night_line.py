"""The start page's headline: what it claims, and when; and the line below it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import now

from schedulepop.sync.models import Integration, IntegrationState
from schedulepop.web.runs import night_line
from schedulepop.web.templatetags.words import time_words
from tests.web.world import World

CHICAGO = ZoneInfo("America/Chicago")
READ = datetime(2026, 11, 17, 2, 14, tzinfo=CHICAGO)
MORNING = datetime(2026, 11, 17, 8, 40, tzinfo=CHICAGO)
NEXT = datetime(2026, 11, 18, 2, 14, tzinfo=CHICAGO)


def integration(**more: object) -> Integration:
    return Integration(**{"state": IntegrationState.ACTIVE, "last_success_at": READ, **more})  # type: ignore[arg-type]


def at(
    moment: datetime, *integrations: Integration, held: int = 0, following: datetime | None = NEXT
) -> night_line.Headline:
    return night_line.headline(
        integrations, where="Maple Grove", count=66, on_hold=held, next_at=following, at=moment, zone=CHICAGO
    )


def test_the_list_matches() -> None:
    said = at(MORNING, integration())
    assert said.heading == "Your list matches payroll."
    assert said.detail == "66 people at Maple Grove, as payroll had them at 2:14 this morning."
    assert said.line is not None
    assert said.line.label == "Payroll was read at 2:14 AM. It is 8:40 AM now. Next at about 2:14 AM."


def test_people_on_hold() -> None:
    said = at(MORNING, integration(), held=9)
    assert said.kind == "held"
    assert said.heading == "Your list matches payroll, except"


def test_payroll_is_silent_after_26_hours_and_not_before() -> None:
    assert at(READ + timedelta(hours=26), integration()).kind == "matches"
    said = at(READ + timedelta(hours=50), integration())
    assert said.heading == "Payroll has not answered since Tuesday."
    assert (
        at(READ + timedelta(days=9), integration()).heading == "Payroll has not answered since November 17."
    )


@pytest.mark.parametrize("state", ["draft", "tested", "previewed"])
def test_before_the_first_sync(state: str) -> None:
    assert (
        at(MORNING, integration(state=state, last_success_at=None)).heading
        == "Your first sync is being prepared."
    )
    assert at(MORNING).kind == "preparing"


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("paused", "The sync is paused."),
        ("first_applied", "The nightly sync is not switched on yet."),
        ("disabled", "The nightly sync is switched off."),
    ],
)
def test_it_never_claims_a_match_while_nothing_is_read(state: str, heading: str) -> None:
    said = at(MORNING, integration(state=state), following=None)
    assert said.heading == heading
    assert said.line is not None
    assert said.line.next_words == "No next sync"


def test_the_most_silent_of_several_integrations_speaks() -> None:
    stale = integration(last_success_at=READ - timedelta(days=3))
    assert at(MORNING, integration(), stale).kind == "silent"


def test_the_age_of_the_data_is_told_not_the_age_of_the_run() -> None:
    said = at(MORNING, integration(last_source_time=READ - timedelta(days=2)))
    assert "as payroll had them on Sunday at 2:14 AM" in said.detail


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
    assert "Your list matches payroll." in page
    assert "did not get the welcome email" in page
    assert "’s phone is payroll’s again" in page
    assert "Delphine Arsenault: A person has no email address." in page
    assert "MC-2" not in page, "Client Success maps codes; a manager has nothing to do about it here"
    assert "Oak Hill" not in page
    Integration.objects.update(last_success_at=now() - timedelta(days=2))
    assert "Payroll has not answered since" in client_of("manager").get("/").content.decode()


@pytest.mark.django_db
def test_the_start_page_of_each_role(world: World, client_of: Callable[[str], Client]) -> None:
    for role in ("admin", "client_success", "manager", "manager_of_both", "manager_elsewhere"):
        assert client_of(role).get("/").status_code == 200
    assert "MC-2" in client_of("client_success").get("/").content.decode()
