"""A world for view tests, and clients signed in as its people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests import standing

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.world import World


@standing.made_once
def world() -> World:
    """Maple Health, small."""
    from tests.web.world import maple

    return maple(people=30)


@pytest.fixture(autouse=True)
def _pages_as_read(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.reading.middleware"]


@pytest.fixture
def client_of(world: World) -> Callable[[str], Client]:
    """A client signed in as that role of `world`."""
    from django.test import Client

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(world.person(role))
        return client

    return sign_in
