"""Questions in a real browser: the comparison fits a phone, and an answer is two taps."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Answer, Integration
from schedulepop.sync.plan.policy import Mapping
from tests import made
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maple(site, tmp_path: Path) -> Integration:
    """Ines has a new payroll ID, Ruth a married name, and Luis starts at Maple Creek as well."""
    org = made.organization()
    grove, _ = made.location(org, "Maple Grove", "101"), made.location(org, "Maple Creek", "102")
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
    payroll.sends(
        PEOPLE[0].replace("001,", "901,", 1),
        *PEOPLE[1:5],
        PEOPLE[5].replace("006,9006,Ruth,Bello", "906,,Ruth,Bello-Haddad").replace("0106", "0166"),
        "952,,Luis,Quintanar,luis@example.com,,102,,,Active,2026-11-02",
    )
    payroll.runs()
    return integration


VIEWS = ((1280, "light"), (1280, "dark"), (390, "dark"), (360, "light"))


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_questions_wide_and_narrow_by_day_and_by_night(
    maple, page_of, axe, fits, screenshot, width: int, theme: str
) -> None:
    admin = made.admin(maple.organization, password=made.PASSWORD)
    page = page_of(admin, width=width, height=844, theme=theme)
    page.goto("/questions/")
    screenshot(page, f"questions-{width}-{theme}")
    fits(page)
    axe(page)
    page.goto(f"/questions/{maple.pk}/901/")
    axe(page)
    page.get_by_role("button", name="Same person as Ines Calloway").click()
    page.get_by_role("heading", name="This is happening now").wait_for()
    page.goto("/questions/")
    page.get_by_text("A sync acts on it.").first.wait_for()
    screenshot(page, f"questions-answered-{width}-{theme}")
    fits(page)
    axe(page)
    assert Answer.objects.get(source_id="901").kind == "same"


def test_a_manager_of_one_location(maple, page_of, axe, fits, screenshot) -> None:
    creek = maple.organization.locations.get(name="Maple Creek")
    page = page_of(made.manager(creek, password=made.PASSWORD), width=360, height=800, theme="light")
    page.goto("/questions/")
    screenshot(page, "questions-manager-360-light")
    fits(page)
    axe(page)


def test_nothing_open(maple, page_of, axe, screenshot) -> None:
    other = made.admin(made.organization("Cedar Care"), password=made.PASSWORD)
    page = page_of(other, width=1280, height=800, theme="light")
    page.goto("/questions/")
    screenshot(page, "questions-none-1280-light")
    axe(page)
