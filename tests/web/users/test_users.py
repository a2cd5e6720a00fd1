"""The User List: its order, its count, its filters, its search, its queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import made
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


def names(response: object) -> list[str]:
    return [row.user.full_name for row in response.context["rows"]]  # type: ignore[attr-defined]


def test_alphabetical_by_last_name_whatever_the_accents(world: World, client_of: ClientOf) -> None:
    for name in ("Zoë Ångström", "Abe Zz", "Ann O’Neil", "Bea Oneil", "Cid de Groot"):
        made.person(world.hill, name)
    listed = names(client_of("manager_elsewhere").get("/users/"))
    assert listed == [
        "Zoë Ångström",
        "Delphine Arsenault",
        "Cid de Groot",
        "Agnes Hillman",
        "Gwendolyn Marsh",
        "Ann O’Neil",
        "Bea Oneil",
        "Henrik Sand",
        "Abe Zz",
    ]


def test_the_count_in_the_title_follows_the_filters(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    everyone = client.get("/users/").context["total"]
    assert f'Users <span id="count">({everyone})</span>' in client.get("/users/").content.decode()
    one = client.get("/users/", {"q": "ines calloway"})
    assert 'Users <span id="count">(1)</span>' in one.content.decode()
    part = client.get("/users/", {"q": "ines calloway"}, headers={"HX-Request": "true"}).content.decode()
    assert '<span id="count" hx-swap-oob="true">(1)</span>' in part
    assert "<html" not in part


def test_everyone_is_whoever_is_employed_and_the_others_are_one_press_away(
    world: World, client_of: ClientOf
) -> None:
    client = client_of("manager")
    response = client.get("/users/")
    counts = {chip.label: chip.count for chip in response.context["chips"]}
    assert counts["Everyone"] == response.context["total"]
    assert counts["Everyone"] == counts["Active"] + counts["Starting soon"] + counts["On leave"]
    left = client.get("/users/", {"status": "ended"})
    assert left.context["total"] == counts["Left"] > 0
    assert "Resigned" in left.content.decode()


@pytest.mark.parametrize(
    "search", ["calloway", "CALLOWAY ines", "i.calloway@maple", "004131", "(515) 555-0178", "555 0178"]
)
def test_search_finds_a_person_by_name_email_number_or_phone(
    world: World, client_of: ClientOf, search: str
) -> None:
    assert "Ines Calloway" in names(client_of("manager").get("/users/", {"q": search}))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "%"},
        {"q": "x" * 5000},
        {"status": "nonsense"},
        {"page": "99999"},
        {"page": "-1"},
        {"page": "x"},
        {"role": "owner"},
        {"location": "9" * 40},
        {"location": "-1"},
        {"duty": "'; --"},
    ],
    ids=str,
)
def test_nonsense_in_the_address_never_breaks_the_page(
    world: World, client_of: ClientOf, query: dict[str, str]
) -> None:
    assert client_of("manager").get("/users/", query).status_code == 200


def test_filters_by_location_role_duty_and_zone(world: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    everyone = client.get("/users/").context["total"]
    here = client.get("/users/", {"location": world.hill.pk})
    assert 0 < here.context["total"] < everyone
    assert names(client.get("/users/", {"role": "manager"})) == [
        "Gwendolyn Marsh",
        "Gwendolyn Marsh",
        "Henrik Sand",
        "Marisol Tate",
    ]
    assert "Ines Calloway" in names(client.get("/users/", {"duty": "Med Aide"})), "an extra duty counts too"
    assert names(client.get("/users/", {"zone": "North Hall"})) == ["Delphine Arsenault", "Agnes Hillman"]


def test_owned_values_say_so_in_words_and_a_managers_extra_does_not(
    world: World, client_of: ClientOf
) -> None:
    page = client_of("manager").get("/users/", {"q": "ines calloway"}).content.decode()
    assert 'RN<span class="vh">, from payroll</span>' in page
    assert 'title="Also Med Aide"' in page
    assert "Not from payroll" in client_of("manager").get("/users/", {"q": "marisol"}).content.decode()


def test_whoever_left_is_hinted_at_when_nobody_matches(world: World, client_of: ClientOf) -> None:
    made.person(world.grove, "Bashir Zaman-Gone", status="terminated")
    page = client_of("manager").get("/users/", {"q": "zaman-gone"}).content.decode()
    assert "one person who left does" in page
    assert "Show who left" in page


def test_a_new_customer_sees_that_the_first_sync_is_prepared(client: Client, db: None) -> None:
    org = made.organization()
    made.location(org)
    client.force_login(made.admin(org))
    page = client.get("/users/").content.decode()
    assert "Your first sync is being prepared" in page
    assert "Dana Whitfield" in page


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    db: None, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    world = maple(people=120)
    client.force_login(world.admin)
    client.get("/users/")
    with django_assert_max_num_queries(24):
        response = client.get("/users/")
    assert len(response.context["rows"]) == 50
    assert response.context["next"] == "?page=2"
    assert len(client.get("/users/?page=3").context["rows"]) == response.context["total"] - 100
