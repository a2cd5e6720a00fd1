"""What journeys stand on: a served product, a world in it, a browser, and pages signed in as somebody.

`world` the customer of tests/web/world.py · `page_of("manager")` a page of that role (or of a User, or of
nobody with None) · `axe(page)` no accessibility violation · `screenshot(page, "home")` a picture in out/, to be looked
at: only with SCHEDULEPOP_PICTURES=1, since drawing and packing them takes as long as loading the pages.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django
from playwright.sync_api import Browser, Page, sync_playwright

from tests import scale
from tests.journeys import accessible
from tests.journeys import browser as chromium
from tests.journeys.windows import Window, Windows

if TYPE_CHECKING:  # models cannot be imported before pytest-django has set Django up
    from schedulepop.accounts.models import User
    from tests.web.world import World

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "1"  # Playwright keeps a loop in this thread; the ORM is used beside it
)
OUT = Path(__file__).parents[2] / "out"
PICTURES = os.environ.get("SCHEDULEPOP_PICTURES") == "1"
BACKEND = "schedulepop.accounts.sign_in.SignInBackend"

WIDER_THAN_ITSELF = """() => [document.documentElement, ...document.querySelectorAll(".table-wrap, .card")]
  .map((box) => [box, [...box.querySelectorAll(":scope > table")].map((table) => table.offsetWidth)])
  .map(([box, tables]) => [box, Math.max(box.scrollWidth, ...tables)])
  .filter(([box, wide]) => wide > box.clientWidth + 1)
  .map(([box, wide]) => `${box.className || box.tagName}: ${wide - box.clientWidth} px too wide`)"""

PageOf = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all journeys of this process."""
    with sync_playwright() as playwright:
        path = chromium.find(playwright.chromium.executable_path)
        launched = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        yield launched
        launched.close()


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of the served product; links in emails lead to it."""
    settings.BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def world(site: str) -> World:
    """Maple Health on a Tuesday morning."""
    from tests.web.world import maple

    return maple(people=12)


@pytest.fixture(scope="session")
def windows(browser: Browser, live_server: Any) -> Windows:
    """The windows that the journeys of this process share."""
    return Windows(browser, str(live_server.url))


@pytest.fixture
def page_of(windows: Windows, site: str, request: pytest.FixtureRequest) -> Iterator[PageOf]:
    """A page of somebody: a role of `world`, a User, or None for a stranger. Script errors fail the test."""
    taken: list[Window] = []

    def open_page(
        who: str | User | None,
        *,
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        script: bool = True,
    ) -> Page:
        taken.append(windows.take(width=width, height=height, theme=theme, script=script))
        page = taken[-1].page
        if who is not None:
            user = request.getfixturevalue("world").person(who) if isinstance(who, str) else who
            cookie = {"name": django.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}
            page.context.add_cookies([cookie])  # type: ignore[list-item]
        return page

    yield open_page
    complaints = [line for window in taken for line in windows.give_back(window)]
    assert not complaints, complaints


def session_of(user: User) -> str:
    """A signed-in session's key, without typing the password."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fails with a readable list when axe finds anything on the page."""
    return accessible.check


@pytest.fixture
def screenshot() -> Callable[..., None]:
    """Saves a picture into out/ for whoever wants to look (SCHEDULEPOP_PICTURES=1)."""

    def take(page: Page, name: str, *, whole: bool = True) -> None:
        if PICTURES:
            OUT.mkdir(exist_ok=True)
            page.screenshot(path=OUT / f"{name}.png", full_page=whole, animations="disabled")

    return take


@pytest.fixture
def seen(
    axe: Callable[[Page], None], fits: Callable[[Page], None], screenshot: Callable[..., None]
) -> Callable[[Page, str], None]:
    """Looks at a loaded page on a phone and at a desk, by day and by night.

    In `make test` each width gets one theme for axe, so that both of each are looked at; `make test-all` crosses them.
    """

    def look(page: Page, name: str) -> None:
        for width, height, usual in ((360, 740, "light"), (1280, 800, "dark")):
            page.set_viewport_size({"width": width, "height": height})
            fits(page)
            for theme in ("light", "dark") if scale.ALL or PICTURES else (usual,):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                screenshot(page, f"{name}-{width}-{theme}")
                axe(page)

    return look


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Fails when the page scrolls sideways, or a table or card cuts off its right side."""

    def check(page: Page) -> None:
        page.wait_for_load_state()  # a page that reloads itself has no root for a moment
        wide, seen = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= seen, f"{page.url} is {wide - seen} px too wide for {seen} px"

    return check
