"""An organization's own pages and pictures in a real browser: wide and narrow, by day and by night, by keyboard."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Invitation
from schedulepop.directory import actions
from schedulepop.directory.models import Location, Membership, Zone
from schedulepop.sync.models import Run
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE, PHONE_NIGHT, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]
NARROW = (320, "light")
BASE = "/integrations/maple-health/payroll/"
STATES = ("applied", "applied", "skipped", "applied", "failed", "applied", "held")


@pytest.fixture
def world(site):
    """The morning after a bad night, with a month of nights and a year of people behind it."""
    found = maple(synced=False)
    nights.bad_night(found)
    today = found.integration.local_date(now())
    Run.objects.bulk_create(
        Run(
            organization=found.organization,
            integration=found.integration,
            number=100 + ago,
            trigger="schedule",
            state=STATES[ago % len(STATES)],
            requested_by="schedule",
            requested_at=now() - timedelta(days=ago),
            local_date=today - timedelta(days=ago),
        )
        for ago in range(1, 27)
    )
    Run.objects.filter(number=1).update(local_date=today - timedelta(days=230))
    for number, one in enumerate(Membership.objects.filter(payroll_owned=True).order_by("pk")[:70]):
        hired = today - timedelta(days=8 + 5 * number)
        one.hire_date = one.original_hire_date = hired
        if number % 9 == 4 and one.location_id == found.grove.pk:
            one.status, one.termination_date = "resigned", max(hired, today - timedelta(days=4 * number))
        one.save()
        _invited(one.user_id, hired, number)
    return found


def _invited(user_id: int, hired: date, number: int) -> None:
    at = now() - timedelta(days=(now().date() - hired).days)
    used = None if number % 6 == 5 else at + timedelta(days=(0, 0, 2, 5, 12, 20)[number % 6])
    Invitation.objects.filter(user=user_id).delete()
    Invitation.objects.create(
        user_id=user_id,
        purpose="set_up",
        token_hash=f"given-{number}",
        created_at=at,
        expires_at=at + timedelta(days=7),
        used_at=used,
    )


def test_pictures(world, look):
    for name, address in (
        ("integration", BASE),
        ("integrations", "/integrations/"),
        ("home", "/"),
        ("headcount", "/headcount/"),
        ("set-up", "/headcount/?show=set-up"),
    ):
        look("admin", address, f"organization-{name}", DESK, DESK_NIGHT, PHONE_NIGHT, NARROW)
    look("manager", "/headcount/", "organization-headcount-manager", PHONE, before=_tables)


def test_pages(world, look):
    zone = Zone.objects.filter(location=world.grove).order_by("pk")[0]
    other = Zone.objects.filter(location=world.grove).exclude(pk=zone.pk)[0]
    applied = Run.objects.get(number=1)
    for name, address in (
        ("settings", "/organization/"),
        ("grants", "/organization/grants/?q=a"),
        ("duties", "/organization/duties/"),
        ("zone", f"/organization/duties/zone/{zone.pk}/"),
        ("merge", f"/organization/duties/zone/{zone.pk}/merge/?into={other.pk}"),
        ("versions", f"{BASE}versions/"),
        ("received", f"{BASE}received/"),
    ):
        look("admin", address, f"organization-{name}", DESK, PHONE_NIGHT, NARROW)
    address = f"/runs/{applied.pk}/replay/"
    look("admin", address, "organization-replay", DESK_NIGHT, NARROW, before=_replayed)


def _replayed(page):
    page.get_by_label("Mapping").select_option(index=1)
    page.get_by_role("button", name="Plan it again").click()
    page.get_by_role("heading", name="Who is treated differently").wait_for()


def test_two_zones_merged_and_taken_back_by_keyboard(world, page_of):
    page = page_of("admin")
    page.goto("/organization/duties/")
    page.get_by_role("link", name="East Wing").focus()
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Merge it into another zone").focus()
    page.keyboard.type("West")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("East Wing becomes West Wing")
    page.get_by_role("button", name="Merge them").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="East Wing")).to_have_count(0)
    page.get_by_role("button", name="Take back").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="East Wing")).to_have_count(1)


def test_locations(world, look):
    actions.close_location(world.hill, actor=Actor.operator("ann"))
    hill = f"/organization/locations/{world.hill.pk}/"
    grove = f"/organization/locations/{world.grove.pk}/"
    look("admin", "/organization/locations/", "organization-locations", DESK, PHONE_NIGHT, NARROW)
    look("client_success", grove, "organization-location", DESK, PHONE_NIGHT, NARROW)
    look("admin", hill, "organization-location-closed", DESK_NIGHT, NARROW)
    look("client_success", f"{grove}close/", "organization-location-close", DESK, PHONE_NIGHT, NARROW)


def test_a_location_is_closed_and_opened_again_by_keyboard(world, page_of):
    page = page_of("admin")
    page.goto("/organization/locations/")
    for name in ("Oak Hill", "See what closing does"):
        page.get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Close Oak Hill?")
    page.get_by_role("checkbox", name="I looked at who loses sign-in.").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # Keep it open
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Oak Hill is closed.")).to_be_visible()
    assert Location.objects.get(pk=world.hill.pk).closed_at is not None
    page.get_by_role("button", name="Open it again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Oak Hill is open again.")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Oak Ridge")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oak Ridge")


def _tables(page):
    for one in page.query_selector_all("details.as-table > summary"):
        one.click()


def test_a_night_of_the_strip_opens_its_run(world, page_of):
    page = page_of("admin")
    page.goto(BASE)
    page.locator(".nights-strip a", has=page.locator("title", has_text="Failed")).last.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith(f"/runs/{Run.objects.get(number=104).pk}/")
    page.go_back()
    page.get_by_text("As a table").first.focus()
    page.keyboard.press("Enter")
    page.locator(".as-table").get_by_role("link", name="On hold").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/**")
