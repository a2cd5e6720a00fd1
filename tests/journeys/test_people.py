"""What people do with people: get in, find somebody, correct a phone, add a duty, block access."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, PdfMargins, expect

from schedulepop.messages import outbox
from tests import made
from tests.journeys.conftest import PageOf
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
Shot = Callable[..., None]
MARGINS: PdfMargins = {"top": "0.4in", "right": "0.4in", "bottom": "0.4in", "left": "0.4in"}


def test_from_the_welcome_email_to_ones_own_page(
    world: World, page_of: PageOf, settings: Any, mailbox: ModuleType, axe: Check, screenshot: Shot
) -> None:
    made.demo(settings)
    hire = made.person(world.grove, "Noor Castellane", email="noor@maplehealth.example")
    outbox.queue_welcome(hire)
    outbox.drain()
    page = page_of(None)
    page.goto("/dev/mail/")
    screenshot(page, "mail-1280-light")
    axe(page)
    page.get_by_role("link", name="Open the link of this email").click()
    expect(page.get_by_role("heading", name="Welcome, Noor.")).to_be_visible()
    screenshot(page, "set-up-1280-light")
    axe(page)
    page.get_by_label("Password", exact=True).fill("maple grove")
    page.get_by_label("The same password again").fill("maple grove")
    page.get_by_role("button", name="Set up my account").click()
    expect(page.get_by_role("alert")).to_contain_text("too similar")
    screenshot(page, "set-up-refused-1280-light")
    axe(page)
    page.get_by_label("Password", exact=True).fill("eleven quiet rivers")
    page.get_by_label("The same password again").fill("eleven quiet rivers")
    page.get_by_role("button", name="Set up my account").click()
    expect(page.get_by_role("heading", name="Noor Castellane")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("Your account is set up.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Username or email").fill("noor@maplehealth.example")
    page.get_by_label("Password").fill("eleven quiet rivers")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Noor Castellane")).to_be_visible()


def test_the_demo_lets_one_in_with_one_click(
    world: World, page_of: PageOf, settings: Any, mailbox: ModuleType, axe: Check, screenshot: Shot
) -> None:
    made.demo(settings)
    page = page_of(None, width=360)
    page.goto("/sign-in/")
    screenshot(page, "sign-in-demo-360-light")
    axe(page)
    page.get_by_role("button", name=re.compile("as Renata Okoye, Admin")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renata")


def test_searching_narrows_the_list_without_a_page_load(world: World, page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/users/")
    page.evaluate("window.same = true")
    page.get_by_role("searchbox").press_sequentially("ines cal", delay=20)
    expect(page.get_by_role("heading", level=1)).to_have_text("Users (1)")
    expect(page).to_have_url(re.compile(r"/users/\?q=ines\+cal$"))
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Zone").select_option("East Wing")
    expect(page).to_have_url(re.compile(r"/users/\?zone=East\+Wing$"))
    assert page.evaluate("window.same") is True
    page.get_by_role("link", name=re.compile("^Left")).click()
    expect(page).to_have_url(re.compile("status=ended&zone=East\\+Wing"))
    page.go_back()
    expect(page.get_by_label("Zone")).to_have_value("East Wing")


def test_a_manager_corrects_a_phone_and_is_told_about_tonight(
    world: World, page_of: PageOf, axe: Check, screenshot: Shot
) -> None:
    page = page_of("manager")
    page.goto("/users/?q=ines+calloway")
    page.get_by_role("link", name="Ines Calloway").click()
    row = page.locator("#field-phone")
    row.get_by_role("link", name="Edit phone").click()
    expect(row).to_contain_text("will put it back")
    box = row.get_by_role("textbox", name="Phone")
    expect(box).to_be_focused()
    box.fill("12")
    box.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("not a complete phone number")
    axe(page)
    row.get_by_role("textbox", name="Phone").fill("515 555 0187")
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("(515) 555-0187")
    expect(row).to_contain_text("Payroll has (515) 555-0178")
    expect(page.locator("#history")).to_contain_text("You changed the phone")
    expect(page.get_by_role("status").get_by_text("Phone saved.")).to_be_visible()
    screenshot(page, "profile-loose-1280-light")
    axe(page)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Phone saved.")).to_have_count(0)


def test_extra_duties_by_keyboard_and_the_primary_stays(world: World, page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto(f"/users/{world.ines.pk}/{world.grove.pk}/")
    page.get_by_role("navigation", name="Profile").get_by_role("link", name="Duties").press("Enter")
    expect(page.get_by_role("button", name="Remove RN")).to_have_count(0)
    page.get_by_role("button", name="Add CNA").press("Enter")
    expect(page.get_by_role("button", name="Remove CNA")).to_be_visible()
    page.get_by_role("button", name="Remove Med Aide").press("Enter")
    expect(page.get_by_role("button", name="Remove Med Aide")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Remove CNA")).to_be_visible()


def test_blocking_access_asks_first(world: World, page_of: PageOf, axe: Check, screenshot: Shot) -> None:
    page = page_of("manager", width=360)
    page.goto(f"/users/{world.ines.pk}/{world.grove.pk}/")
    page.get_by_role("button", name="Block access now").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    screenshot(page, "profile-block-360-light", whole=False)
    axe(page)
    dialog.get_by_label("Why").fill("Lost badge")
    dialog.get_by_role("button", name="Block access").click()
    expect(page.locator("#access")).to_contain_text("“Lost badge”")
    page.reload()
    page.get_by_role("button", name="Allow access again").click()
    expect(page.get_by_role("button", name="Block access now")).to_be_visible()


def test_two_taps_block_access_with_a_reason_and_one_allows_it_again(world: World, page_of: PageOf) -> None:
    page = page_of("manager", width=360)
    page.goto(f"/users/{world.ines.pk}/{world.grove.pk}/")
    page.get_by_role("button", name="Block access now").tap()
    page.get_by_role("button", name="Lost or stolen phone").tap()
    expect(page.locator("#access")).to_contain_text("“Lost or stolen phone”")
    page.get_by_role("button", name="Allow access again").tap()
    expect(page.get_by_role("button", name="Block access now")).to_be_visible()


def test_changing_the_place_from_the_keyboard(
    world: World, page_of: PageOf, axe: Check, screenshot: Shot
) -> None:
    page = page_of("admin")
    page.goto("/users/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    menu = page.locator("#places")
    expect(menu).to_be_visible()
    screenshot(page, "places-1280-light", whole=False)
    axe(page)
    menu.get_by_role("button", name="Oak Hill").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Place: Oak Hill"))).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users (4)")


def test_everything_goes_without_script(world: World, page_of: PageOf) -> None:
    page = page_of("manager", script=False)
    page.goto("/users/")
    page.get_by_role("searchbox").fill("ines calloway")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Ines Calloway").click()
    page.get_by_role("link", name="Edit phone").click()
    page.get_by_role("textbox", name="Phone").fill("515 555 0187")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#field-phone")).to_contain_text("(515) 555-0187")
    page.get_by_role("link", name="Change duties").click()
    page.get_by_role("button", name="Remove Med Aide").click()
    expect(page.get_by_role("button", name="Remove Med Aide")).to_have_count(0)


def test_the_bottom_bar_of_a_phone_has_room_for_five(
    world: World, page_of: PageOf, axe: Check, screenshot: Shot
) -> None:
    page = page_of("admin", width=360)
    page.goto("/")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="Integrations")).to_be_visible()
    screenshot(page, "more-360-light", whole=False)
    axe(page)
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_user_list_on_paper(world: World, page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/users/")
    names = page.locator("#list .c-name a").all_inner_texts()
    assert len(names) > 10
    page.emulate_media(media="print")
    for paper, width in (("Letter", 740), ("A4", 718)):  # between margins of 0.4 inch, at 96 dots an inch
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, paper
        for name in names:
            expect(page.get_by_role("link", name=name)).to_be_visible()
        expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
        expect(page.locator(".filter-form")).to_be_hidden()
        expect(page.get_by_role("button", name="Download")).to_be_hidden()
        sheet = page.pdf(format=paper, margin=MARGINS)
        pages = len(re.findall(rb"/Type\s*/Page\b", sheet))
        assert pages <= 2, f"{paper}: {pages} pages for {len(names)} people"
