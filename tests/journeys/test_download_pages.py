"""Taking a list out in a real browser: the menu by keyboard and without a script, wide and narrow, by day and night."""

from __future__ import annotations

import pytest

from tests.journeys.test_run_pages import DESK_NIGHT, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]
NARROW = (320, "light")


@pytest.fixture
def world(site):
    found = maple(synced=False)
    nights.bad_night(found)
    return found


def test_the_menu_on_every_list(world, look):
    held = world.integration.runs.latest("pk")

    def opened(page):
        page.get_by_role("button", name="Download").click()
        page.get_by_role("link", name="Excel (XLSX)").wait_for()

    look("admin", "/users/", "download-users", DESK_NIGHT, NARROW, before=opened)
    for name, address in (
        ("activity", "/activity/"),
        ("issues", "/issues/"),
        ("run", f"/runs/{held.pk}/"),
        ("history", f"/users/{world.both.pk}/{world.grove.pk}/history/"),
    ):
        look("admin", address, f"download-{name}", NARROW, before=opened if name != "history" else None)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_by_keyboard(world, page_of, script):
    page = page_of("admin", script=script)
    page.goto("/users/?q=calloway")
    page.get_by_role("button", name="Download").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="CSV").focus()
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename.startswith("maple-health-users-20")
    assert taken.value.suggested_filename.endswith(".csv")
