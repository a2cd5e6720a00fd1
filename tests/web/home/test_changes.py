"""What changed, on the start page: a first sync brings people who worked there long before."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db


def test_nobody_has_joined_by_a_first_sync(client) -> None:
    world = maple(synced=False)
    nights.first_night(world)
    client.force_login(world.admin)
    page = client.get("/").content.decode()
    assert "What the first sync brought" in page
    assert "was added" in page
    assert "joined" not in page
    assert "more changes" in page
    new = nights.people(131)[-1] | {"Hire Dt": f"{now():%m/%d/%Y}"}
    nights.night(world, [*nights.people(), new])
    page = client.get("/").content.decode()
    assert "What the first sync brought" not in page
    assert "joined" in page
