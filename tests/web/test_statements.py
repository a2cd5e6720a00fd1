"""How many statements a page takes does not grow with what is on it: issues, questions, people, locations, nights."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schedulepop.sync.models import Issue
from tests import made, standing
from tests.saying import because
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
PAGES = (
    *(
        "/",
        "/users/",
        "/users/?q=a",
        "/users/?set_up=none",
        "/users/duplicates/",
        "/users/held/",
        "/users/add/",
    ),
    *("/where/?q=a", "/where/?q=004000", "/issues/", "/questions/", "/decisions/", "/decisions/?at=99999"),
    *(
        "/runs/",
        "/runs/{run}/",
        "/runs/{run}/decide/",
        "/cms/",
        "/headcount/",
        "/activity/",
        "/integrations/",
    ),
    *("/organization/", "/organization/duties/", "/organization/locations/", "/organization/grants/"),
    *("/users/{person}/{place}/", "/users/{person}/{place}/duties/", "/users/{person}/{place}/history/"),
)
MOST = 47


@standing.made_once
def world() -> World:
    """Maple Health the morning after a bad night."""
    found = maple(people=1, synced=False)
    found.run = nights.bad_night(found)
    return found


def more_of_everything(world: World, houses: range) -> None:
    """Locations with duties, people and managers, and issues of every kind of code."""
    for number in houses:
        place = made.location(world.organization, f"House {number}")
        duty, zone = made.duty(place, "RN", "RN"), made.zone(place)
        for who in range(3):
            made.person(place, f"Given{who} Family{number}", duty=duty, zone=zone)
        made.manager(place, f"Head House{number}")
        for kind in ("duty", "zone"):
            Issue.objects.create(
                organization=world.organization,
                integration=world.integration,
                location=place,
                code=f"unmapped_{kind}",
                key=f"{place.pk}:Q{number}",
                rows=[{"row": 1, "value": f"q{number}"}],
                reasons=because(f"unmapped_{kind}", code=f"q{number}", place=place.name),
            )


def counted(client, address: str) -> tuple[int, list[str]]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code in (200, 302), address
    return len(asked), [one["sql"] for one in asked]


def test_no_page_asks_more_when_there_is_more(client, world: World) -> None:
    client.force_login(world.admin)
    there = {"run": world.run.pk, "person": world.manager.pk, "place": world.grove.pk}
    addresses = [one.format(**there) for one in PAGES]
    more_of_everything(world, range(1))
    few = {one: counted(client, one) for one in addresses}
    more_of_everything(world, range(1, 6))
    many = {one: counted(client, one) for one in addresses}
    grown = {
        one: sorted(set(many[one][1]) - set(few[one][1])) for one in addresses if many[one][0] > few[one][0]
    }
    assert not grown
    assert not {one: many[one][0] for one in addresses if many[one][0] > MOST}
