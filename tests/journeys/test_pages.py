"""Every page of people, in light and dark, on a phone and a desk: looks, no violation, nothing sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PageOf
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)
VIEWS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]

Check = Callable[[Page], None]


def addresses(world: World) -> dict[str, tuple[str | None, str]]:
    """name: (who, path)."""
    ines, here = world.ines.pk, world.grove.pk
    return {
        "sign-in": (None, "/sign-in/"),
        "forgotten": (None, "/forgotten/"),
        "link-over": (None, "/set-up/nonsense/"),
        "home": ("manager", "/"),
        "home-admin": ("admin", "/"),
        "users": ("manager", "/users/"),
        "users-both": ("manager_of_both", "/users/"),
        "users-nobody": ("manager", "/users/?q=zzz"),
        "profile": ("manager", f"/users/{ines}/{here}/"),
        "profile-edit": ("manager", f"/users/{ines}/{here}/?edit=phone"),
        "account": ("staff", "/account/"),
        "not-found": ("manager", "/users/999999/"),
    }


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_every_page_is_fit_to_be_seen(
    world: World,
    page_of: PageOf,
    axe: Check,
    fits: Check,
    screenshot: Callable[..., Path],
    width: int,
    theme: str,
) -> None:
    pages: dict[str | None, Page] = {}
    for name, (who, path) in addresses(world).items():
        page = pages.get(who) or page_of(who, width=width, theme=theme)
        pages[who] = page
        page.goto(path)
        screenshot(page, f"{name}-{width}-{theme}")
        fits(page)
        axe(page)
