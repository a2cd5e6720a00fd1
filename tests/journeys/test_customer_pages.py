"""Customers in a real browser: from nothing to a nightly sync by mouse and by keyboard, and every page of theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from schedulepop.accounts.models import Grant, Organization
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.run import runs
from tests import made
from tests.connectors.people import people
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE, PHONE_NIGHT, look
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]
NARROW, NARROW_NIGHT = (320, "light"), (320, "dark")
MOST_ACTIONS = 30
FORM = {
    "name": "Birch Care",
    "location-0": "Birch House",
    "codes-0": "MG",
    "admin_first_name": "Una",
    "admin_last_name": "Birch",
    "admin_email": "una@birch.example",
}


@pytest.fixture
def world(site):
    return maple(4)


@pytest.fixture
def feed(tmp_path):
    """A staff list of 40 people at one facility."""
    header = "Employee ID,First Name,Last Name,Email,Facility Code,Job Title,Status,Hire Date"
    rows = [
        f"{one.id},{','.join(one.names)},{one.email},MG,{one.job},Active,{one.hired}" for one in people(40)
    ]
    path = tmp_path / "staff.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_a_new_customer_from_nothing_to_the_nightly_sync_by_mouse(world, page_of, feed):
    page, count = page_of("client_success"), 0

    def click(selector, until):
        nonlocal count
        page.click(selector)
        count += 1
        page.wait_for_selector(until)

    page.goto("/")
    click("nav a:has-text('Customers')", "h1:has-text('Customers')")
    click("a:has-text('Add customer')", "h1:has-text('Add a customer')")
    for field, text in FORM.items():
        page.fill(f"#{field}", text)
    page.select_option("#timezone", "America/Denver")
    count += 1
    click("button:has-text('Add, then connect payroll')", "a:text-is('Upload')")
    expect(page.get_by_role("status").get_by_text("Una Birch gets a welcome email")).to_be_visible()
    click("a:text-is('Upload')", "button:has-text('Add, then upload a file')")
    click("button:has-text('Add, then upload a file')", "input[name=feed]")
    page.set_input_files("input[name=feed]", feed)
    count += 1
    click("button:text-is('Upload')", "text=Save and continue to codes")
    click("text=Save and continue to codes", "text=Save and continue to the preview")
    click("text=Save and continue to the preview", "button:has-text('Preview the first sync')")
    click("button:has-text('Preview the first sync')", "text=/Waiting to start|Your decision/")
    runs.drive(Run.objects.latest("pk").pk)  # what the worker does; the page follows by itself
    page.wait_for_selector("text=Your decision")
    click("a:has-text('Approve')", "input[name=checked]")
    page.check("input[name=checked]")
    count += 1
    click("button:has-text('Approve')", "text=Activate the daily sync")
    click("text=Activate the daily sync", "button:has-text('Activate the daily sync')")
    click("button:has-text('Activate the daily sync')", "text=It syncs when a file is uploaded")
    is_there(count)


def test_a_new_customer_by_keyboard_alone(world, page_of, feed):
    """Tab, Enter and Space; the file is chosen in the system's own dialog."""
    page, count = page_of("client_success"), 0

    def tab_to(wanted):
        for _ in range(120):
            page.keyboard.press("Tab")
            found = page.evaluate(
                "[document.activeElement.innerText, document.activeElement.name, document.activeElement.id].join('|')"
            )
            if wanted in found:
                return
        raise AssertionError(f"{wanted} cannot be reached")

    def press(wanted, until, key="Enter"):
        nonlocal count
        tab_to(wanted)
        page.keyboard.press(key)
        count += 1
        page.wait_for_selector(until)

    page.goto("/")
    press("Customers", "h1:has-text('Customers')")
    press("Add customer", "h1:has-text('Add a customer')")
    for field, text in FORM.items():
        tab_to(f"|{field}")
        page.keyboard.insert_text(text)
    count += 1
    page.keyboard.press("Enter")  # in the last field: what the form's button does
    page.wait_for_selector("a:text-is('Upload')")
    press("Upload", "button:has-text('Add, then upload a file')")
    press("Add, then upload a file", "input[name=feed]")
    page.set_input_files("input[name=feed]", feed)
    count += 1
    press("Upload", "text=Save and continue to codes")
    press("Save and continue to codes", "text=Save and continue to the preview")
    press("Save and continue to the preview", "button:has-text('Preview the first sync')")
    press("Preview the first sync", "text=/Waiting to start|Your decision/")
    runs.drive(Run.objects.latest("pk").pk)
    page.wait_for_selector("text=Your decision")
    press("Approve", "input[name=checked]")
    press("|checked", "input[name=checked]:checked", key="Space")
    press("Approve", "text=Activate the daily sync")
    press("Activate the daily sync", "button:has-text('Activate the daily sync')")
    press("Activate the daily sync", "text=It syncs when a file is uploaded")
    is_there(count)


def is_there(count):
    """Everything the journey was for, in few actions."""
    org = Organization.objects.get(name="Birch Care")
    assert Integration.objects.get(organization=org).state == "active"
    assert Membership.objects.filter(organization=org, location__name="Birch House").count() == 40
    assert Message.objects.get(user__last_name="Birch").kind == "welcome"
    assert count <= MOST_ACTIONS, count


def estate(world):
    """Six customers in six states, two colleagues and a lead."""
    at = now()
    world.integration.refresh_from_db()
    org = world.organization
    for day in range(2, 30):
        Run.objects.create(
            organization=org,
            integration=world.integration,
            number=300 + day,
            trigger="schedule",
            state={4: "held", 11: "failed", 12: "failed", 20: "skipped"}.get(day, "applied"),
            local_date=(at - timedelta(days=day)).date(),
            requested_by="schedule",
            requested_at=at - timedelta(days=day),
            rest="discarded" if day == 4 else "none",
        )
    for name, more in (
        ("Cedar Care", {"state": "quarantined", "failing_since": at - timedelta(hours=30)}),
        ("Harbor Homes", {"state": "active", "last_success_at": at - timedelta(hours=31)}),
        ("Linden Living", {"state": "previewed"}),
        ("Juniper Senior Living of the Upper Peninsula", {}),
    ):
        other = made.organization(name)
        Grant.objects.create(user=world.client_success, role=Grant.CLIENT_SUCCESS, organization=other)
        if more:
            values = {"name": "Payroll", "slug": "payroll", "connector": "adp_wfn"}
            Integration.objects.create(organization=other, **(values | more))
    made.organization("Orphan Oaks")
    made.client_success(org, "Carl Cedar")
    return made.lead()


def test_every_page_by_day_and_by_night(world, look, page_of, fits, screenshot, axe):
    lead = estate(world)
    look("client_success", "/customers/", "customers", DESK, DESK_NIGHT, PHONE, NARROW_NIGHT)
    look("client_success", "/customers/?q=zzz", "customers-none", NARROW)
    look("client_success", "/customers/of/maple-health/", "customer", DESK, DESK_NIGHT, PHONE, NARROW_NIGHT)
    look("client_success", "/customers/add/", "customer-add", DESK, DESK_NIGHT, PHONE, NARROW_NIGHT)
    look(lead, "/customers/", "customers-lead", DESK, DESK_NIGHT, PHONE_NIGHT, NARROW)
    look(lead, "/customers/of/maple-health/", "customer-lead", DESK, PHONE_NIGHT, NARROW)
    look(lead, "/customers/of/orphan-oaks/", "customer-orphan", DESK_NIGHT, NARROW)
    giver = world.client_success.pk
    look(lead, "/customers/hand-over/", "hand-over-from", DESK, NARROW_NIGHT)
    look(lead, f"/customers/hand-over/?from={giver}", "hand-over", DESK, DESK_NIGHT, NARROW)
    page = page_of("client_success", width=360)
    page.goto("/customers/add/")
    page.fill("#name", "Birch Care")
    page.fill("#location-0", "Birch House")
    page.fill("#location-1", "Birch house")
    page.fill("#admin_last_name", "Birch")
    page.fill("#admin_email", "una@nowhere")
    page.click("button:has-text('Add, then connect payroll')")
    page.wait_for_selector("text=Nothing was added yet")
    fits(page)
    screenshot(page, "customer-add-refused-360-light")
    axe(page)


def test_the_list_narrows_while_one_types_and_keeps_its_filter(world, page_of):
    estate(world)
    page = page_of("client_success")
    page.goto("/customers/")
    page.get_by_role("link", name="Late").click()
    expect(page.locator("a.cover")).to_have_text(["Harbor Homes"])
    page.get_by_role("link", name="All").click()
    page.get_by_role("searchbox").press_sequentially("ced", delay=20)
    expect(page.locator("a.cover")).to_have_text(["Cedar Care"])
    page.get_by_role("link", name="Cedar Care").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cedar Care")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("ced")
