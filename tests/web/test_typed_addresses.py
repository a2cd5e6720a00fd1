"""Whatever somebody types into the address, a page or a refusal comes back; never a bug."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.scale import reach
from tests.web.routes import WEB, parameters, parts_of_routes, routes
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
TYPED = {
    "superscript": "%C2%B2",
    "other digits": "%D9%A3",
    "huge": "9" * 40,
    "above bigint": "9223372036854775808",
    "NUL": "%00",
    "no UTF-8": "%FF",
    "direction": "%E2%80%AE",
    "wildcard": "%25_%5C",
    "quotes": "'%22%3C",
    "empty": "",
    "long": "x" * 3000,
}


def arguments(world: World, **instead: str) -> dict[str, str]:
    """What every part of an address may be for the admin of the world."""
    return {
        "organization": world.organization.slug,
        "slug": world.integration.slug,
        "quarter": "2026Q1",
        "form": "csv",
        "name": "phone",
        "kind": "duty",
        "key": "upload",
        "letter": "welcome",
        "theme": "light",
        "token": "abc",
        "code": "0123456789abcdef",
        "source_id": f"S{world.ines.pk}",
        "pk": str(world.run.pk),
        "integration": str(world.integration.pk),
        "user_id": str(world.ines.pk),
        "location_id": str(world.grove.pk),
        "duty_id": "1",
        "one_id": str(world.ines.pk),
        "other_id": str(world.both.pk),
        "kept_id": str(world.ines.pk),
        "merged_id": str(world.both.pk),
    } | instead


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Every route with an address that leads somewhere."""
    known = arguments(world)
    for name, named in parts_of_routes().items():
        yield name, reverse(name, kwargs={one: known[one] for one in named})


def test_every_query_parameter(world: World, client_of: ClientOf) -> None:
    """Each parameter that a room reads gets every value (`make test`: every third, another for each), on every page."""
    client = client_of("admin")
    client.raise_request_exception = False
    read = {path.parent.name: sorted(parameters(path.parent)) for path in WEB.glob("*/__init__.py")}
    assert {"from", "q", "page", "code", "show", "edit"} <= set().union(*read.values())
    for name, address in addresses(world):
        named = read[routes()[name].callback.__module__.split(".")[2]]
        if not named or client.head(address).status_code == 405:
            continue
        for shift in range(0, len(TYPED), reach(3, 1)):
            values = [*TYPED.values(), *TYPED.values()][shift:]
            query = "&".join(f"{one}={value}" for one, value in zip(named, values, strict=False))
            status = client.get(f"{address}?{query}&{values[0]}").status_code
            assert status < 500, f"{address}?{query}: {status}"


def test_every_part_of_an_address(world: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    client.raise_request_exception = False
    tried: set[str] = set()
    for _, address in addresses(world):
        parts = [part for part in address.split("/") if part]
        for at, typed in itertools.product(range(len(parts)), TYPED.values()):
            changed = "/".join(["", *parts[:at], typed, *parts[at + 1 :], ""])
            if changed not in tried and leads_somewhere(changed):
                status = client.get(changed).status_code
                assert status < 500, f"{changed}: {status}"
            tried.add(changed)
    assert len(tried) > 500


def leads_somewhere(address: str) -> bool:
    """Whether a view is asked: what no pattern takes is 404 by Django."""
    try:
        resolve(unquote(address))
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("typed", ["%00", "a%00b", "%0D%0A", "%7F"])
def test_control_characters_are_in_no_address(client: Client, typed: str) -> None:
    answer = client.get(f"/questions/1/{typed}/")
    assert answer.status_code == 400
    assert "That was not understood." in answer.content.decode()
