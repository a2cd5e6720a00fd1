"""The pictures of the README and the guide: made from the product, and still of the promised size.

`SCHEDULEPOP_WRITE_IMAGES=1 .venv/bin/pytest tests/journeys/test_guide_images.py` makes them anew.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import PageOf
    from tests.web.world import World

IMAGES = Path(__file__).parents[2] / "docs/guide/images"
SIZES = {
    "user-list": (1280, 800),
    "held-run": (1280, 800),
    "user-list-phone": (390, 844),
    "where-is-phone": (390, 844),
}
WRITE = os.environ.get("SCHEDULEPOP_WRITE_IMAGES") == "1"
writes = pytest.mark.skipif(not WRITE, reason="SCHEDULEPOP_WRITE_IMAGES=1 makes the guide's pictures anew")


@pytest.mark.parametrize("name", SIZES)
def test_the_guides_pictures_have_their_size(name: str) -> None:
    data = (IMAGES / f"{name}.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == SIZES[name]
    assert len(data) < 400_000


@pytest.fixture
def keep(page_of: PageOf) -> Callable[[str, str, str], None]:
    """Opens an address as somebody and keeps the picture."""

    def take(name: str, who: str, address: str) -> None:
        width, height = SIZES[name]
        page: Page = page_of(who, width=width, height=height)
        page.goto(address)
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")

    return take


@writes
@pytest.mark.django_db(transaction=True)
def test_user_list(world: World, keep: Callable[[str, str, str], None]) -> None:
    keep("user-list", "manager", "/users/")
    keep("user-list-phone", "manager", "/users/")


@writes
@pytest.mark.django_db(transaction=True)
def test_where_is(site: str, request: pytest.FixtureRequest) -> None:
    from tests.web import nights
    from tests.web.world import maple

    world = maple(synced=False)
    nights.bad_night(world)
    page = request.getfixturevalue("page_of")(world.manager, width=390, height=844)
    page.goto("/where/?q=noor castellane")
    page.screenshot(path=IMAGES / "where-is-phone.png", animations="disabled")


@writes
@pytest.mark.django_db(transaction=True)
def test_held_run(site: str, request: pytest.FixtureRequest) -> None:
    from tests.web import nights
    from tests.web.world import maple

    world = maple(synced=False)
    run = nights.bad_night(world)
    page = request.getfixturevalue("page_of")(world.admin, width=1280, height=800)
    page.goto(f"/runs/{run.pk}/")
    page.screenshot(path=IMAGES / "held-run.png", animations="disabled")
