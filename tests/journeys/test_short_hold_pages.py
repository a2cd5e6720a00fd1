"""A file that lacks people, and what a manager sends to HR, in a real browser: wide and narrow, by day and by night."""

from __future__ import annotations

import pytest

from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE_NIGHT, SMALL, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]


@pytest.fixture
def world(site):
    found = maple(synced=False)
    for one in (found.admin, found.client_success, found.manager_elsewhere):
        one.email = f"{one.username}@maplehealth.example"
        one.save()
    return found


@pytest.fixture
def short(world):
    nights.first_night(world)
    records = nights.people()
    hill = [one["Emp #"] for one in records if one["Facility"] == "OH"]
    return nights.night(world, [one for one in records if one["Emp #"] not in hill[5:]])


def test_a_short_hold_is_accepted_by_keyboard(short, look, page_of) -> None:
    run = f"/runs/{short.pk}/"
    look("admin", "/", "home-feed-held", DESK, DESK_NIGHT, SMALL, PHONE_NIGHT)
    look("admin", run, "short-run", DESK, PHONE_NIGHT, SMALL)
    look("admin", f"{run}approve/", "short-approve", DESK, DESK_NIGHT, SMALL, PHONE_NIGHT)
    page = page_of("admin")
    page.goto(f"{run}approve/?q=castellane")
    button = page.get_by_role("button", name="They are no longer expected")
    button.focus()
    page.keyboard.press("Enter")  # the tick is missing: the browser refuses
    assert page.url.endswith("approve/?q=castellane")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=What was on hold")
    page.goto("about:blank")
    look("admin", run, "short-accepted", DESK, PHONE_NIGHT, SMALL)


def test_a_manager_sends_it_to_hr(short, look, page_of) -> None:
    run = f"/runs/{short.pk}/"
    look("manager_elsewhere", run, "short-run-manager", DESK, PHONE_NIGHT, SMALL)
    page = page_of("manager_elsewhere")
    page.goto(run)
    page.get_by_role("button", name="Send HR this question").click()
    page.wait_for_selector("text=You can send it again tomorrow")
    page.goto("about:blank")
    look("manager_elsewhere", run, "short-run-asked", DESK_NIGHT, SMALL)
    look("manager_elsewhere", "/issues/", "issues-manager", DESK, SMALL)
