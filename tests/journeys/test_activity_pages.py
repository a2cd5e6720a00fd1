"""Activity in a real browser: looked at in every width and theme, filtered by keyboard, and without a script."""

from __future__ import annotations

import pytest

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE_NIGHT, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]
NARROW = (320, "light")


@pytest.fixture
def world(site):
    found = maple(synced=False)
    nights.first_night(found)
    phone = audit.change("phone", "+15155550171", "+15155550178")
    audit.record(
        Actor.of(found.manager),
        found.organization,
        "edited",
        ("user", found.ines.pk),
        user=found.ines,
        location_id=found.grove.pk,
        changes=[phone],
    )
    return found


def test_activity(world, look):
    look("admin", "/activity/", "activity", DESK, DESK_NIGHT, PHONE_NIGHT, NARROW)
    look("client_success", "/activity/?door=all", "activity-all", DESK, NARROW)
    look("admin", "/activity/?q=zzz", "activity-nothing", DESK_NIGHT, NARROW)


def test_by_keyboard(world, page_of):
    page = page_of("admin")
    page.goto("/activity/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("marisol")
    page.wait_for_url("**/activity/?q=marisol")
    row = page.get_by_role("link", name="Marisol Tate changed phone of Ines Calloway")
    assert page.get_by_role("row").count() == 2
    assert "20" in page.locator("tbody time").get_attribute("title")
    row.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/users/{world.ines.pk}/{world.grove.pk}/")
    page.go_back()
    page.wait_for_url("**/activity/?q=marisol")
    assert page.get_by_role("searchbox").input_value() == "marisol"


def test_without_a_script(world, page_of):
    page = page_of("admin", script=False)
    page.goto("/activity/")
    page.get_by_label("Done by").select_option("Marisol Tate")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/activity/?*person=*")
    assert page.get_by_role("row").count() == 2


def test_nothing_yet(site, page_of):
    world = maple(0, synced=False)
    page = page_of(world.admin)
    page.goto("/activity/")
    page.get_by_text("Nothing has been done here yet.").wait_for()
