"""The form of a platform on the narrowest phone."""

from __future__ import annotations

import pytest

from tests.journeys.test_connect_pages import world

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["world"]


def test_on_a_narrow_phone_a_form_stays_within_its_card(world, page_of):
    page = page_of("client_success", width=320)
    page.goto("/connect/workday/")
    beyond = page.eval_on_selector_all(
        ".card :is(.input, .notice)",
        "all => all.filter((one) => one.getBoundingClientRect().right"
        " > one.closest('.card').getBoundingClientRect().right).map((one) => one.id || one.className)",
    )
    assert beyond == []
