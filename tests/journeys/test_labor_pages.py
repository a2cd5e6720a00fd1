"""CMS codes as HR uses them: choose a code from the list, look at ID changes, at the employees for CMS."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PageOf
from tests.journeys.test_pages import open_
from tests.saying import because
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_pages_of_cms(
    world: World,
    page_of: PageOf,
    seen: Callable[..., None],
) -> None:
    from schedulepop.directory.models import Duty, Location
    from schedulepop.sync.models import IdChange, Issue

    Duty.objects.filter(name="RN").update(cms_code=None)
    Location.objects.filter(pk=world.grove.pk).update(cms_facility_id="365123", cms_state="OH")
    IdChange.objects.create(
        organization=world.organization,
        integration=world.integration,
        user=world.ines,
        old_id="004131",
        new_id="104131",
        changed_on="2025-10-07",
        by="Renata Okoye",
    )
    Issue.objects.create(
        organization=world.organization,
        integration=world.integration,
        code="id_changed",
        key="77",
        location=world.grove,
        reasons=because("id_changed", name="Ann Lee", source_id="77", some=["Anna Lee"], more=0),
    )
    page = page_of("admin")
    seen(open_(page, "/cms/"), "cms")
    seen(open_(page, "/cms/ids/2026Q1/"), "cms-ids")
    seen(open_(page, f"/cms/employees/{world.grove.pk}/2026Q1/"), "cms-employees")


def test_a_code_is_chosen(world: World, page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/cms/")
    field = page.get_by_label("CMS code of Dietary Aide at Maple Grove")
    field.fill("40")
    field.press("Enter")
    expect(page.get_by_role("status").filter(has_text="40 · Other Service Worker")).to_be_visible()
    expect(field).to_have_value("40 · Other Service Worker")
