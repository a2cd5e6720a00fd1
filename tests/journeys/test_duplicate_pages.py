"""Two accounts of one person: found, compared, merged, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import made
from tests.journeys.conftest import PageOf
from tests.journeys.test_pages import open_
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_merged_and_taken_back(
    world: World,
    page_of: PageOf,
    seen: Callable[..., None],
) -> None:
    page = page_of("admin")
    seen(open_(page, "/users/duplicates/"), "duplicates-none")
    twin = made.person(world.grove, "Inez Calloway", phone="+15155550178", email="inez@maplehealth.example")
    seen(open_(page, "/users/duplicates/"), "duplicates")
    page.get_by_role("link", name="Same person").click()
    expect(page.get_by_role("heading", name="Make them one?")).to_be_visible()
    seen(page, "merge")
    page.get_by_label("Why are they one person?").fill("Hired twice")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", name="Merged")).to_be_visible()
    seen(page, "duplicates-merged")
    page.get_by_role("button", name=f"Take back the merge of {twin.username}").click()
    expect(page.get_by_role("link", name="Same person")).to_be_visible()
