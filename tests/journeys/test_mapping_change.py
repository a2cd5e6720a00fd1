"""A mapping that runs go by is changed in a real browser: first what it does, then Save, or back."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from schedulepop.sync.models import Integration
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import mapping_change
from tests.journeys.test_run_pages import BASE, DESK, DESK_NIGHT, PHONE_NIGHT, SMALL, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]


@pytest.fixture
def world(site):
    return maple(synced=False)


def to_changes(status):
    def choose(page):
        page.get_by_label("Status for A").select_option(status)
        page.click("text=See what this changes")
        page.wait_for_selector("h1:has-text('What this changes')")

    return choose


def test_what_a_mapping_changes(world, look):
    nights.first_night(world)
    look(
        "admin",
        f"{BASE}codes/",
        "changes-lose",
        DESK,
        DESK_NIGHT,
        PHONE_NIGHT,
        before=to_changes("terminated"),
    )
    look(
        "client_success", f"{BASE}codes/", "changes-leave", DESK, SMALL, before=to_changes("leave_of_absence")
    )
    look("admin", f"{BASE}columns/", "columns-live", DESK, SMALL)


def test_back_keeps_what_was_chosen_and_save_saves_it(world, page_of, axe, fits, screenshot):
    nights.first_night(world)
    page = page_of("client_success")
    page.goto(f"{BASE}columns/")
    page.get_by_label("Field for column Dept").select_option("")
    page.click("text=See what this changes")
    page.wait_for_selector("h1:has-text('What this changes')")
    screenshot(page, "changes-nobody-1280-light")
    axe(page)
    fits(page)
    page.locator("aside").get_by_role("link", name="Back to the columns").click()
    page.wait_for_selector("text=What you changed is not saved yet.")
    assert page.get_by_label("Field for column Dept").input_value() == ""
    screenshot(page, "columns-draft-1280-light")
    axe(page)
    page.get_by_role("link", name="See what it changes").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('What this changes')")
    version = Integration.objects.get().mapping_version
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"text=Saved as version {version + 1}.")


def test_a_large_file_goes_on_by_itself(world, page_of, axe, fits, screenshot, monkeypatch):
    nights.first_night(world)
    monkeypatch.setattr(mapping_change, "AT_ONCE", 1_000)
    page = page_of("client_success", width=360)
    page.goto(f"{BASE}codes/")
    page.get_by_label("Status for A").select_option("terminated")
    page.route("**/changes/?now=1", lambda route: None)
    page.click("text=See what this changes")
    page.get_by_role("progressbar").wait_for()
    screenshot(page, "changes-trying-360-light")
    axe(page)
    fits(page)
    page.unroute("**/changes/?now=1")
    page.reload()
    page.wait_for_selector("text=130 people would lose sign-in")
    assert page.evaluate("document.activeElement.tagName") == "H1", "a screen reader goes on reading there"


def test_whether_a_column_says_who_has_left_is_asked_and_answered(world, look, page_of):
    records = [
        one | {"Status": "" if number % 9 else "Moved"} for number, one in enumerate(nights.people(40))
    ]
    sent = nights.as_csv(records).replace(b",Status,", b",Separation Reason,", 1)
    feeds.receive(world.integration, sent, name="new.csv", source_time=now())
    asked = "Needs you: a column may say who has left."
    look("admin", f"{BASE}columns/", "columns-who-has-left", DESK, PHONE_NIGHT, SMALL)
    page = page_of("admin")
    page.goto(f"{BASE}columns/")
    page.wait_for_selector(f"text={asked}")
    choice = page.get_by_label("Field for column Separation Reason")
    choice.select_option(label="Not used: it is no employment status")
    page.get_by_role("button", name="Save and continue to codes").first.click()
    page.wait_for_url("**/codes/")
    page.goto(f"{BASE}columns/")
    assert page.get_by_text(asked).count() == 0
    assert choice.input_value() == "no_status"
