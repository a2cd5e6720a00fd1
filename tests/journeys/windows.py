"""Browser windows that journeys take and give back: opening one anew takes as long as loading four pages.

What is given back is at rest on an empty page, signed out, with no route of its own; the product keeps nothing in a
browser but its cookies. A window that a journey has closed is not taken again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page

EMPTY = "about:blank"
PATIENCE_MS = 15_000
FOLLOWS = "[hx-trigger^=every], meta[http-equiv=refresh]"
"""What makes a page ask again by itself."""


@dataclass
class Window:
    """One tab with cookies of its own, and what its scripts complained about."""

    page: Page
    touch: bool
    script: bool
    complaints: list[str] = field(default_factory=list)


class Windows:
    """The windows of one browser onto one site; those in nobody's hands wait by their kind."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        self._free: dict[tuple[bool, bool], list[Window]] = defaultdict(list)

    def take(self, *, width: int, height: int, theme: str, script: bool) -> Window:
        """A window of that size, that nobody else has; a narrow one is touched."""
        touch = width < 600
        free = self._free[touch, script]
        window = free.pop() if free else self._opened(touch, script)
        window.page.set_viewport_size({"width": width, "height": height})
        window.page.emulate_media(media="null", color_scheme="dark" if theme == "dark" else "light")
        return window

    def give_back(self, window: Window) -> list[str]:
        """Makes the window as it was, for whoever comes next; returns what its scripts complained about."""
        said = list(window.complaints)
        if not window.page.is_closed():
            window.page.unroute_all(behavior="ignoreErrors")
            window.page.goto(EMPTY)
            window.page.context.clear_cookies()
            for other in window.page.context.pages:
                if other is not window.page:
                    other.close()
            window.complaints.clear()
            self._free[window.touch, window.script].append(window)
        return said

    def _opened(self, touch: bool, script: bool) -> Window:
        context = self._browser.new_context(
            base_url=self._site, java_script_enabled=script, has_touch=touch, locale="en-US"
        )
        context.set_default_timeout(PATIENCE_MS)
        window = Window(context.new_page(), touch, script)
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("console", lambda said: window.complaints.append(said.text) if _is_bad(said) else None)
        return window


def _is_bad(said: ConsoleMessage) -> bool:
    """Errors of scripts and of the content policy; a refused form (422) or a missing page is no error here."""
    return (
        said.type == "error"
        and "Failed to load resource" not in said.text
        and "Response Status" not in said.text
    )


@contextmanager
def on_a_phone(page: Page) -> Iterator[None]:
    """A window of a desk is touched as a phone is; the mouse is back with the next page that it loads."""
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        yield
    finally:
        touch.detach()


def leave(page: Page) -> None:
    """Goes away from a page that would go on asking the server by itself."""
    if page.locator(FOLLOWS).count():
        page.goto(EMPTY)
