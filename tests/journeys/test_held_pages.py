"""Held values, undo and one person of a run in a real browser: looked at wide and narrow, by day and by night."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.sync.review import overrides
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE, PHONE_NIGHT, SMALL, look
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]


@pytest.fixture
def world(site):
    return maple(synced=False)


@pytest.fixture
def ran(world):
    nights.first_night(world)
    nights.night(world, nights.people())
    records = nights.people()
    phone = next(name for name, value in records[0].items() if value.startswith("(515)"))
    for number, record in enumerate(records[:3]):
        record[phone] = f"(515) 555-099{number}"
    return nights.night(world, records)


def test_undo_is_looked_at_and_done(ran, look, page_of) -> None:
    look("admin", f"/runs/{ran.pk}/undo/", "run-undo", DESK, PHONE_NIGHT, SMALL)
    page = page_of("admin")
    page.goto(f"/runs/{ran.pk}/")
    page.click("text=Undo this run")
    page.click("button:has-text('Take these 3 back')")
    page.wait_for_selector("text=An undo")
    page.goto("about:blank")
    look("admin", f"/runs/{ran.pk}/", "run-undone", DESK, PHONE_NIGHT)


def test_one_person_of_a_run(ran, look) -> None:
    change = ran.changes.order_by("pk").first()
    look("admin", f"/runs/{ran.pk}/people/{change.source_id}/", "run-person", DESK_NIGHT, PHONE)


def test_a_value_is_held(ran, world, look) -> None:
    user = ran.changes.order_by("pk").first().user
    where = f"/users/{user.pk}/{user.memberships.get().location_id}/"
    look("admin", f"{where}hold/?field=duty", "hold", DESK, PHONE_NIGHT)
    overrides.set(
        user,
        None,
        "phone",
        "515 555 0166",
        reason="Payroll has the old number",
        until=date.today() + timedelta(days=30),
        actor=Actor.of(world.admin),
    )
    look("admin", where, "profile-held", DESK, PHONE_NIGHT)
    look("admin", "/users/held/", "held", DESK, SMALL)
