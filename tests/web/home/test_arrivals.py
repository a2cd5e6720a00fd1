"""Who is missing, who starts, and where one asks, on the start page."""

from __future__ import annotations

from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.timezone import now

from schedulepop.sync.models import Link
from tests import made
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
MISSING = "In payroll, and not on"


@pytest.fixture
def bad() -> World:
    """Noor Sandoval waits at Maple Grove for a hold, Luis Oakes at Oak Hill for an answer."""
    world = maple(synced=False)
    nights.bad_night(world)
    records = nights.bad_records()
    nights.night(world, [*records, records[1] | {"Emp #": "009500", "Facility": "OH", "Dept": "North Hall"}])
    return world


def home(client, user) -> str:
    client.force_login(user)
    return str(client.get("/").content.decode())


def test_a_manager_sees_who_is_missing_from_their_own_list(bad: World, client) -> None:
    page = home(client, bad.manager)
    assert MISSING in page
    assert f"{reverse('whereis')}?q={quote_plus('Noor Sandoval')}" in page
    assert reverse("question", args=[bad.integration.pk, "009500"]) not in page


def test_a_question_one_may_answer_is_one_tap_away_and_said_once(bad: World, client) -> None:
    page = home(client, bad.manager_elsewhere)
    assert "Noor Sandoval" not in page
    assert page.count(reverse("question", args=[bad.integration.pk, "009500"])) == 1


def test_admins_see_both_and_whoever_is_on_hold_to_leave_is_not_missing(bad: World, client) -> None:
    page = home(client, bad.admin)
    card = page[page.index(MISSING) : page.index("Waiting for you")]
    assert "Noor Sandoval" in card
    assert "Luis Oakes" in card
    assert "Ines Prewitt" not in card


def test_who_came_to_the_list_since_is_not_missing(bad: World, client) -> None:
    here = made.person(bad.hill, "Luis Oakes")
    Link.objects.create(
        organization=bad.organization, integration=bad.integration, source_id="009500", user=here
    )
    assert MISSING not in home(client, bad.manager_elsewhere)


def test_before_the_first_sync_nobody_is_missing(client) -> None:
    world = maple(0, synced=False)
    nights.preview(world)
    assert MISSING not in home(client, world.admin)


def test_who_starts_today_is_named(client) -> None:
    world = maple(people=2)
    today = now().astimezone(ZoneInfo(world.organization.timezone)).date()
    made.person(world.grove, "Noor Castellane", hire_date=today, status="active")
    page = home(client, world.manager)
    assert "Noor Castellane" in page
    assert "Starts today" in page


def test_the_search_for_somebody_stands_before_everything_else(client) -> None:
    page = home(client, maple(people=2).manager)
    assert page.index('type="search"') < page.index('class="dawn"')
