"""Somebody who has left is erased: from the account tab, after what goes and what stays, by typing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schedulepop.sync.models import Erasure
from tests import made
from tests.journeys.conftest import PageOf
from tests.journeys.test_pages import open_
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_erased_by_typing(world: World, page_of: PageOf, seen: Callable[..., None]) -> None:
    left = made.person(world.grove, "Osk Abernathy", status="terminated")
    page = page_of("admin")
    seen(open_(page, f"/users/{left.pk}/{world.grove.pk}/account/"), "profile-account-ended")
    page.get_by_role("link", name="what would go, and what stays").click()
    expect(page.get_by_role("heading", name="Erase Osk Abernathy?")).to_be_visible()
    seen(page, "erase")
    page.get_by_label(f"Type {left.username} to confirm").fill("osk")
    page.get_by_role("button", name="Erase for ever").click()
    seen(page, "erase-not-typed")
    page.get_by_label(f"Type {left.username} to confirm").fill(left.username)
    page.keyboard.press("Enter")
    expect(page.get_by_text("They are being erased.")).to_be_visible()
    assert Erasure.objects.get().user_id == left.pk
