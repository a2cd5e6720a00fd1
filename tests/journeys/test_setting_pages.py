"""Settings of an integration and new payroll IDs from a file, in a real browser."""

from __future__ import annotations

import pytest

from schedulepop.sync.models import Answer, Integration
from tests.journeys.test_run_pages import BASE, DESK, DESK_NIGHT, PHONE, PHONE_NIGHT, SMALL, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]


@pytest.fixture
def world(site):
    found = maple(synced=False)
    nights.first_night(found)
    return found


def test_settings(world, look, page_of):
    look("admin", f"{BASE}settings/", "settings", DESK, PHONE_NIGHT, SMALL)
    look("client_success", BASE, "integration-with-settings", DESK_NIGHT, SMALL)
    page = page_of("admin")
    page.goto(f"{BASE}settings/")
    page.get_by_label("Some days before the first day").check()
    page.get_by_label("Days before the first day", exact=True).fill("7")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Saved. The next run goes by it.")
    assert Integration.objects.get().policy == {"welcome_days_before": 7}


def test_what_is_forgotten_is_said_before_pay_goes(world, look, page_of):
    Integration.objects.update(policy={"pay": True})

    def off(page):
        page.get_by_label("Pay rates").select_option("off")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("checkbox", name="Remove all pay of payroll’s for good").wait_for()

    look("admin", f"{BASE}settings/", "settings-forget-pay", DESK, DESK_NIGHT, PHONE_NIGHT, SMALL, before=off)
    page = page_of("admin")
    page.goto(f"{BASE}settings/")
    off(page)
    page.get_by_role("checkbox", name="Remove all pay of payroll’s for good").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=Saved. The next run goes by it.")
    assert Integration.objects.get().policy == {}


def test_a_wrong_number_of_days(world, look):
    def wrong(page):
        page.get_by_label("Some days before the first day").check()
        page.get_by_label("Days before the first day", exact=True).fill("soon")
        page.keyboard.press("Enter")
        page.wait_for_selector("#days-e")

    look("admin", f"{BASE}settings/", "settings-wrong", PHONE, before=wrong)


def choose(tmp_path, text):
    file = tmp_path / "new-ids.csv"
    file.write_text(text)

    def do(page):
        page.set_input_files("input[name=crosswalk]", file)
        page.click("text=See what it links")
        page.wait_for_load_state()

    return do


def test_new_payroll_ids(world, look, page_of, tmp_path):
    rows = "".join(f"{4000 + n:06d},V{n}\n" for n in range(124))
    linked = choose(tmp_path, f"old_id,new_id\n{rows}004124,004124\n")
    look("client_success", f"{BASE}crosswalk/", "crosswalk", DESK, PHONE_NIGHT)
    look("client_success", f"{BASE}crosswalk/", "crosswalk-links", DESK_NIGHT, SMALL, before=linked)
    wrong = choose(tmp_path, "old_id,new_id\n004000,V1\nabsent,V2\n004001,1.2E+5\n,V9\n")
    look("client_success", f"{BASE}crosswalk/", "crosswalk-wrong", DESK, SMALL, before=wrong)
    page = page_of("client_success")
    page.goto(f"{BASE}crosswalk/")
    choose(tmp_path, "old_id,new_id\n004000,V1\n")(page)
    page.get_by_role("button", name="Take over 1 new ID").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 new ID is known.")
    assert Answer.objects.get().source_id == "V1"


def test_by_seniority(world, look):
    look("admin", "/users/?sort=seniority", "users-seniority", DESK, SMALL)
    look(
        "admin",
        "/users/",
        "users-more",
        DESK_NIGHT,
        PHONE,
        before=lambda page: page.click("[popovertarget=users-more]"),
    )
