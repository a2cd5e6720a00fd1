"""A hold of twelve decided one by one, by mouse and by keyboard alone; limits that say what they would have held."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Deferral, Run
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE_NIGHT, SMALL, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]

TWELVE = 12


@pytest.fixture
def world(site):
    return maple(synced=False)


@pytest.fixture
def held(world) -> Run:
    """Twelve people of Oak Hill would lose sign-in, and nobody else waits for anything."""
    nights.first_night(world)
    records = nights.people()
    for record in [one for one in records if one["Facility"] == "OH"][:TWELVE]:
        record |= {"Status": "T", "Term Date": "11/16/2026"}
    run = nights.night(world, records)
    assert run.counts["held"] == TWELVE
    return run


def ended() -> int:
    return Membership.objects.filter(status="terminated").count()


def at(page: Page, position: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{position} of {TWELVE}")
    page.wait_for_load_state()  # only then do Escape and the arrows work


def test_twelve_are_decided_one_by_one_by_mouse(held, look, page_of) -> None:
    look("admin", "/decisions/", "decisions-person", DESK, DESK_NIGHT, SMALL, PHONE_NIGHT)
    page = page_of("admin")
    page.goto("/")
    page.get_by_role("link", name="Go through what waits").click()
    for position in range(1, TWELVE + 1):
        at(page, position)
        if position % 4:
            page.get_by_role("button", name="Approve").click()
        else:
            page.get_by_label("Or keep apart").fill("Payroll is asked")
            page.get_by_role("button", name="Keep apart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing waits for you")
    page.goto("about:blank")
    assert (ended(), Deferral.objects.filter(ended_at=None).count()) == (9, 3)
    look("admin", "/decisions/?of=12&at=0", "decisions-done", DESK, PHONE_NIGHT, SMALL)
    look("admin", "/", "home-kept-apart", DESK, DESK_NIGHT, SMALL, PHONE_NIGHT)
    look("admin", f"/runs/{held.pk}/", "run-kept-apart", DESK, PHONE_NIGHT, SMALL)


def test_twelve_are_decided_one_by_one_by_keyboard_alone(held, page_of) -> None:
    page = page_of("admin")
    page.goto("/decisions/")
    for position in range(1, TWELVE + 1):
        at(page, position)
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.keyboard.press("Tab")
        if position % 4:
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("Tab")
            page.keyboard.type("Payroll is asked")
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing waits for you")
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Kept apart")).to_be_visible()
    page.goto("about:blank")
    assert (ended(), Deferral.objects.filter(ended_at=None).count()) == (9, 3)


def test_arrows_go_on_and_back_and_escape_leaves(held, page_of) -> None:
    page = page_of("admin")
    page.goto("/decisions/")
    at(page, 1)
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.get_by_label("Or keep apart").fill("ab")
    page.keyboard.press("ArrowLeft")  # moves within the text
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")
    at(page, 1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    page.goto("about:blank")
    assert ended() == 0


def test_some_are_ticked_and_a_location_is_approved(held, look, page_of) -> None:
    address = f"/runs/{held.pk}/decide/"
    look("admin", address, "run-decide", DESK, DESK_NIGHT, SMALL, PHONE_NIGHT)
    page = page_of("admin")
    page.goto(f"/runs/{held.pk}/")
    page.get_by_role("link", name="Decide person by person").click()
    expect(page.get_by_role("checkbox")).to_have_count(TWELVE)
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Why they are kept apart").fill("Payroll is asked")
    page.keyboard.press("Enter")  # keeps apart whom one ticked, and approves nobody
    expect(page.get_by_role("checkbox")).to_have_count(TWELVE - 1)
    page.get_by_role("button", name="Approve all 11").click()
    expect(page.get_by_role("heading", name="Kept apart")).to_be_visible()
    page.goto("about:blank")
    assert ended() == TWELVE - 1


@pytest.mark.parametrize("script", [True, False], ids=["live", "without-script"])
def test_a_limit_says_what_it_would_have_held(held, look, page_of, script: bool) -> None:
    address = "/integrations/maple-health/payroll/limits/"
    page = page_of("admin", script=script)
    page.goto(address)
    said = page.locator("#p-removals_location")
    expect(said).to_have_text("The last night would have held.")
    page.locator("#l-removals_location").fill("20")
    if not script:
        page.get_by_role("button", name="See what it would have held").click()
    expect(said).to_have_text("Would not have held on the last night.")
    page.goto("about:blank")
    if script:
        look("admin", address, "limits-two-fields", DESK, DESK_NIGHT, SMALL, PHONE_NIGHT)
