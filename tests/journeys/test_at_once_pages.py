"""A missing hire, solved on a phone in five taps, and watched until they are on the list; by keyboard as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db(transaction=True)
LUIS = "952,,Luis,Quintanar,luis@example.com,,102,,,Active,2026-11-02"


@pytest.fixture
def maple(site, tmp_path: Path) -> Integration:
    """Luis of Maple Grove starts at Maple Creek as well, and waits until a manager of both says so."""
    org = made.organization()
    grove, creek = made.location(org, "Maple Grove", "101"), made.location(org, "Maple Creek", "102")
    for name in ("RN", "LPN", "CNA"):
        made.duty(grove, name, name)
    for name in ("Memory Care", "East Wing"):
        made.zone(grove, name, name)
    path = tmp_path / "payroll.csv"
    integration = lifecycle.add(
        org,
        "Payroll",
        connector="file",
        config={"path": str(path)},
        actor=Actor.operator("test"),
        mapping=Mapping(),
    )
    payroll = Payroll(integration, path)
    payroll.sends(*PEOPLE)
    payroll.first_sync()
    payroll.sends(*PEOPLE, LUIS)
    payroll.runs()
    both = made.manager(grove, "Gwendolyn Marsh", password=made.PASSWORD)
    made.membership(both, creek, role=Membership.MANAGER)
    return integration


def driven() -> Run:
    """What a worker does: the run that waits is driven."""
    return runs.drive(Run.objects.at_once().latest("pk").pk)


def under_way(page: Page) -> None:
    expect(page.get_by_role("heading", name="This is happening now")).to_be_visible()


def test_a_missing_hire_in_five_taps(maple, page_of, axe, fits, screenshot) -> None:
    both = Membership.objects.filter(user__last_name="Marsh").first().user
    page = page_of(both, width=360, height=740)
    page.goto("/")
    page.get_by_role("link", name="Where is my new hire?").click()  # 1
    page.get_by_role("searchbox").fill("quintanar")
    page.keyboard.press("Enter")  # 2
    page.get_by_role("link", name="Answer it").click()  # 3
    page.get_by_role("button", name="Add to Maple Creek").click()  # 4
    under_way(page)
    screenshot(page, "at-once-under-way-360")
    fits(page)
    axe(page)
    driven()
    expect(page.get_by_role("heading", name="Luis Quintanar was added to Maple Creek")).to_be_visible()
    screenshot(page, "at-once-done-360")
    fits(page)
    axe(page)
    page.get_by_role("link", name="Open Luis Quintanar").click()  # 5
    expect(page.get_by_role("heading", name="Luis Quintanar")).to_be_visible()


def test_somebody_new_is_added_and_welcomed(maple, page_of, axe, fits, screenshot) -> None:
    """HR says that it is a different person: the page goes to its last step."""
    admin = made.admin(maple.organization, password=made.PASSWORD)
    page = page_of(admin, width=1280, height=800, theme="dark")
    page.goto(f"/questions/{maple.pk}/952/")
    page.get_by_role("button", name="Different person").click()
    under_way(page)
    screenshot(page, "at-once-under-way-1280-dark")
    axe(page)
    assert driven().counts["created"] == 1
    expect(page.get_by_text("The welcome email to Luis Quintanar")).to_be_visible()
    screenshot(page, "at-once-welcomed-1280-dark")
    fits(page)
    axe(page)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "dark")])
def test_sync_this_person_by_keyboard_alone(
    maple, page_of, axe, fits, screenshot, width: int, theme: str
) -> None:
    admin = made.admin(maple.organization, password=made.PASSWORD)
    page = page_of(admin, width=width, height=800, theme=theme)
    page.goto("/where/?q=ines+calloway")
    page.get_by_role("button", name="Sync this person").first.focus()
    page.keyboard.press("Enter")
    under_way(page)
    driven()
    expect(page.get_by_role("heading", name="Ines Calloway was as payroll has them")).to_be_visible()
    fits(page)
    axe(page)
    screenshot(page, f"at-once-unchanged-{width}-{theme}")
    page.get_by_role("link", name="Open Ines Calloway").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sync this person")).to_be_visible()
    fits(page)
    screenshot(page, f"profile-sync-{width}-{theme}")


def test_the_page_goes_on_without_a_script(maple, page_of) -> None:
    admin = made.admin(maple.organization, password=made.PASSWORD)
    page = page_of(admin, script=False)
    page.goto(f"/questions/{maple.pk}/952/")
    page.get_by_role("button", name="Add to Maple Creek").click()
    under_way(page)
    driven()
    expect(page.get_by_role("heading", name="Luis Quintanar was added to Maple Creek")).to_be_visible(
        timeout=8000
    )
