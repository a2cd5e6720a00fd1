"""Who is missing, in a real browser: asked, answered, added, mapped; looked at wide and narrow, by day and night."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageOf
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db(transaction=True)
Seen = Callable[[Page, str], None]


def test_a_manager_asks(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("manager", width=390, height=844)
    page.goto("/")
    page.get_by_role("link", name="Where is my new hire?").click()
    seen(page, "where-nothing")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("searchbox").fill("ines caloway")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Ines Calloway is on the list of Maple Grove.")).to_be_visible()
    expect(page).to_have_url(re.compile("q=ines.+caloway"))
    seen(page, "where-on-list")
    page.goto("/where/?q=Agnes+Hillman")
    expect(page.get_by_role("heading", name="already exists at another location")).to_be_visible()
    seen(page, "where-elsewhere")
    page.goto("/where/?q=Zoe+Ng")
    expect(page.get_by_role("heading", name="Nobody of that name")).to_be_visible()
    seen(page, "where-nobody")
    page.goto("/users/add/")
    seen(page, "add-user-manager")


def test_it_works_without_a_script(world: World, page_of: PageOf) -> None:
    page = page_of("manager", script=False)
    page.goto("/where/")
    page.get_by_role("searchbox").fill("ines calloway")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ines Calloway is on the list of Maple Grove.")).to_be_visible()


def test_a_manager_of_both_adds_somebody_here(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("manager_of_both")
    page.goto("/")
    page.get_by_role("button", name="Place:").click()
    page.get_by_role("button", name="Maple Grove").click()
    page.goto("/where/?q=hillman")
    seen(page, "where-add-here")
    page.get_by_role("button", name="Add to Maple Grove").click()
    expect(page.get_by_role("heading", name="Agnes Hillman")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("is on the list of Maple Grove now")).to_be_visible()


def test_hr_adds_somebody_who_is_not_in_payroll(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("admin")
    page.goto("/users/")
    page.get_by_role("link", name="Add user").click()
    seen(page, "add-user")
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("Last name").fill("Calloway")
    page.get_by_label("Location", exact=True).select_option("Maple Grove")
    page.get_by_label("Why are they not in payroll?").fill("agency nurse until March")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Ines Calloway is on the list of Maple Grove.")).to_be_visible()
    seen(page, "add-user-refused")
    page.get_by_label("First name").fill("Zoe")
    page.get_by_role("button", name="Add all the same").click()
    expect(page.get_by_role("heading", name="Zoe Calloway")).to_be_visible()


def test_the_morning_after_a_bad_night(site: str, page_of: PageOf, seen: Seen) -> None:
    world = maple(synced=False)
    nights.bad_night(world)
    page = page_of(world.manager)
    page.goto("/where/?q=noor castellane")
    seen(page, "where-waiting")
    page.goto("/issues/")
    seen(page, "issues-manager")
    page = page_of(world.admin)
    page.goto("/issues/")
    seen(page, "issues-map")
    page.get_by_label("Payroll’s “MC-2” means").select_option("Memory Care")
    page.get_by_role("button", name=re.compile("Map it.+MC-2")).click()
    expect(page.get_by_role("status").get_by_text("MC-2 is Memory Care now.")).to_be_visible()
    expect(page.get_by_text("MC-2 means")).to_have_count(0)
