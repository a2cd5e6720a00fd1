"""The article about User Sync, in a real browser: found from where one wonders, read wide and narrow, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from schedulepop.sync.models import Integration
from tests.journeys.conftest import PageOf
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db(transaction=True)
Seen = Callable[[Page, str], None]
ARTICLE = "How User Sync works here"


def test_a_manager_finds_and_reads_it(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("manager", width=390, height=844)
    page.goto("/")
    page.get_by_role("link", name=ARTICLE).click()
    expect(page.get_by_role("heading", level=1, name=ARTICLE)).to_be_visible()
    seen(page, "how-it-works")
    page.get_by_role("link", name="When somebody does not appear", exact=True).click()
    expect(page.get_by_role("heading", name="When somebody does not appear")).to_be_in_viewport()
    page.get_by_role("link", name="Ask where somebody is").click()
    expect(page).to_have_url(re.compile("/where/$"))
    page.get_by_role("link", name="Why somebody might not appear").click()
    expect(page.get_by_role("heading", name="When somebody does not appear")).to_be_in_viewport()


def test_being_set_up_and_for_hr(site: str, page_of: PageOf, seen: Seen) -> None:
    world = maple(synced=False)
    page = page_of(world.admin)
    page.goto("/how-it-works/")
    expect(page.get_by_text("It is being set up.")).to_be_visible()
    seen(page, "how-it-works-set-up")


def test_two_payrolls_and_one_on_hold(site: str, page_of: PageOf, seen: Seen) -> None:
    world = maple(synced=False)
    nights.bad_night(world)
    Integration.objects.create(
        organization=world.organization, name="Agency pay", slug="agency", connector="adp_wfn"
    )
    page = page_of(world.admin)
    page.goto("/how-it-works/")
    expect(page.get_by_text("Part of its newest file is on hold.")).to_be_visible()
    seen(page, "how-it-works-two")


def test_staff_read_about_themselves(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("staff", width=390, height=844)
    page.goto("/account/")
    page.get_by_role("link", name="Where your data comes from").click()
    expect(page.get_by_role("heading", level=1, name="Where your data comes from")).to_be_visible()
    seen(page, "how-it-works-staff")


def test_on_paper_stand_the_sections_alone(world: World, page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/how-it-works/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Whom to ask")).to_be_visible()
    expect(page.get_by_role("navigation", name="On this page")).to_be_hidden()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
