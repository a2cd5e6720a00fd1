"""Whoever does not look after a location finds nothing of it: not on a page, not in a part, not in a count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db

MANAGERS_OF_GROVE = {"manager", "manager_of_both", "admin", "client_success"}
ROLES = ("admin", "client_success", "manager", "manager_of_both", "manager_elsewhere", "staff")
OF_INES = (
    ("get", "person", ()),
    ("get", "profile", ()),
    ("get", "profile-field", ("phone",)),
    ("get", "profile-notes", ()),
    ("post", "profile-field", ("phone",)),
    ("post", "profile-notes", ()),
    ("post", "profile-extra", ("duty",)),
    ("post", "profile-access", ()),
    ("post", "profile-mail", ()),
)


def ask(client: Client, method: str, url: str, *, fragment: bool) -> int:
    headers = {"HX-Request": "true"} if fragment else {}
    return int(getattr(client, method)(url, headers=headers).status_code)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_a_profile_and_all_its_parts(
    world: World, client_of: Callable[[str], Client], role: str, fragment: bool
) -> None:
    client = client_of(role)
    for method, name, more in OF_INES:
        place = () if name == "person" else (world.grove.pk,)
        url = reverse(name, args=[world.ines.pk, *place, *more])
        status = ask(client, method, url, fragment=fragment)
        assert (status == 404) is (role not in MANAGERS_OF_GROVE), f"{role} {method} {name}: {status}"


def test_a_role_is_changed_by_admins_and_client_success_only(
    world: World, client_of: Callable[[str], Client]
) -> None:
    url = reverse("profile-role", args=[world.ines.pk, world.grove.pk])
    seen = {role: client_of(role).post(url, {"role": "staff"}).status_code for role in ROLES}
    assert seen == {
        "admin": 302,
        "client_success": 302,
        "manager": 404,
        "manager_of_both": 404,
        "manager_elsewhere": 404,
        "staff": 404,
    }


@pytest.mark.parametrize("role", ROLES)
def test_the_list_holds_only_the_locations_one_looks_after(
    world: World, client_of: Callable[[str], Client], role: str
) -> None:
    response = client_of(role).get("/users/?q=hillman")
    sees = role in {"admin", "client_success", "manager_of_both", "manager_elsewhere"}
    assert response.status_code == (404 if role == "staff" else 200)
    assert ("Agnes Hillman" in response.content.decode()) is sees


@pytest.mark.parametrize("search", ["hillman", "agnes@elsewhere", "009001"])
def test_a_search_counts_nobody_of_another_location(
    world: World, client_of: Callable[[str], Client], search: str
) -> None:
    response = client_of("manager").get("/users/", {"q": search})
    assert response.context["total"] == 0
    assert all(chip.count == 0 for chip in response.context["chips"])


def test_naming_a_location_of_others_in_the_address_shows_nobody(
    world: World, client_of: Callable[[str], Client]
) -> None:
    response = client_of("manager").get("/users/", {"location": world.hill.pk})
    assert response.context["total"] == 0
    assert "Oak Hill" not in response.content.decode()


def test_duties_and_zones_to_filter_by_are_of_ones_own_locations(
    world: World, client_of: Callable[[str], Client]
) -> None:
    assert "North Hall" not in client_of("manager").get("/users/").content.decode()
    assert "North Hall" in client_of("manager_elsewhere").get("/users/").content.decode()


def test_a_duty_of_another_location_cannot_be_given(world: World, client_of: Callable[[str], Client]) -> None:
    foreign = made.duty(world.hill, "Cook")
    url = reverse("profile-extra", args=[world.ines.pk, world.grove.pk, "duty"])
    response = client_of("manager_of_both").post(url, {"add": foreign.pk}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert world.ines.memberships.get().duties.count() == 2


def test_the_other_location_of_a_person_is_named_only_to_who_looks_after_it(
    world: World, client_of: Callable[[str], Client]
) -> None:
    url = reverse("profile", args=[world.both.pk, world.grove.pk])
    mine = client_of("manager").get(url).content.decode()
    assert "a location you do not look after" in mine
    assert "Oak Hill" not in mine
    assert "Oak Hill" in client_of("manager_of_both").get(url).content.decode()


def test_the_place_cannot_be_set_to_a_location_of_others(
    world: World, client_of: Callable[[str], Client]
) -> None:
    place = f"{world.organization.pk}/{world.hill.pk}"
    assert client_of("manager").post("/place/", {"place": place}).status_code == 404
    assert client_of("manager_of_both").post("/place/", {"place": place}).status_code == 302


def test_counts_in_the_navigation_are_of_ones_own_locations(
    world: World, client_of: Callable[[str], Client]
) -> None:
    counts = {role: client_of(role).get("/users/").context["shell"].open_issues for role in ROLES[:5]}
    assert counts == {
        "admin": 3,
        "client_success": 3,
        "manager": 2,
        "manager_of_both": 3,
        "manager_elsewhere": 1,
    }


def test_another_organization_does_not_exist(world: World, client_of: Callable[[str], Client]) -> None:
    other = made.location(made.organization("Cedar Care"), "Cedar Point")
    stranger = made.person(other, "Paul Stranger")
    for role in ROLES:
        assert client_of(role).get(reverse("profile", args=[stranger.pk, other.pk])).status_code == 404
        assert client_of(role).get(reverse("person", args=[stranger.pk])).status_code == 404


@pytest.mark.parametrize("path", ["/", "/users/", "/account/", "/users/1/", "/users/1/1/"])
def test_strangers_are_sent_to_the_sign_in_page_and_back(world: World, client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/sign-in/?next=%2F")
    assert client.get(path, headers={"HX-Request": "true"})["HX-Redirect"].startswith("/sign-in/")


def test_staff_start_on_their_own_page(world: World, client_of: Callable[[str], Client]) -> None:
    response = client_of("staff").get("/", follow=True)
    assert response.redirect_chain == [("/account/", 302)]
    assert "Cora Lund" in response.content.decode()


def test_pay_is_shown_only_where_granted(world: World, client_of: Callable[[str], Client]) -> None:
    membership = world.ines.memberships.get()
    row = membership.duties.get(duty=membership.primary_duty)
    row.pay_rate, row.pay_unit, row.pay_currency = 315_000, "hour", "USD"
    row.save()
    url = reverse("profile-pay", args=[world.ines.pk, world.grove.pk])
    seen = {role: "$31.50 an hour" in client_of(role).get(url).content.decode() for role in ROLES[:4]}
    assert seen == {"admin": True, "client_success": False, "manager": False, "manager_of_both": False}
    world.manager.memberships.update(may_see_pay=True)
    assert "$31.50 an hour" in client_of("manager").get(url).content.decode()
