"""The pictures of the README and the guide: made from the product, and still of the promised size.

`SCHEDULEPOP_WRITE_IMAGES=1 .venv/bin/pytest tests/journeys/test_guide_images.py` makes them anew.
"""

from __future__ import annotations

import csv
import io
import os
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from schedulepop.cli.demo import maple_health as maple
from tests.journeys.test_at_once_pages import driven
from tests.journeys.test_at_once_pages import maple as maple_of_two
from tests.journeys.test_customer_pages import estate
from tests.web import world as worlds

__all__ = ["maple_of_two"]

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from schedulepop.accounts.models import User
    from schedulepop.sync.models import Integration
    from tests.journeys.conftest import PageOf
    from tests.web.world import World

IMAGES = Path(__file__).parents[2] / "docs/guide/images"
SIZES = {
    "user-list": (1280, 800),
    "held-run": (1280, 800),
    "user-list-phone": (390, 844),
    "where-is-phone": (390, 844),
    "connect-payroll": (1280, 800),
    "home-phone": (390, 844),
    "invite": (1280, 800),
    "profile-as-of": (1280, 800),
    "activity": (1280, 800),
    "decisions": (1280, 800),
    "at-once-phone": (390, 844),
    "customers": (1280, 800),
    "organization": (1280, 800),
}
WRITE = os.environ.get("SCHEDULEPOP_WRITE_IMAGES") == "1"
writes = pytest.mark.skipif(not WRITE, reason="SCHEDULEPOP_WRITE_IMAGES=1 makes the guide's pictures anew")


@pytest.mark.parametrize("name", SIZES)
def test_the_guides_pictures_have_their_size(name: str) -> None:
    data = (IMAGES / f"{name}.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == SIZES[name]
    assert len(data) < 400_000


@pytest.fixture
def demo(site: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Integration:
    """Maple Health of the demo, built by the demo itself: first sync, a day of work, the next morning."""
    from django.conf import settings

    from schedulepop.cli.demo import build
    from schedulepop.sync.models import Integration

    monkeypatch.setattr(settings, "FEEDS", str(tmp_path))
    for _ in build.steps():
        pass
    return Integration.objects.select_related("organization").get(organization__slug=maple.ORGANIZATION.slug)


@pytest.fixture
def keep(page_of: PageOf) -> Callable[[str, maple.SignIn, str], None]:
    """Opens an address as somebody of the demo and keeps the picture."""

    def take(name: str, who: maple.SignIn, address: str) -> None:
        width, height = SIZES[name]
        page: Page = page_of(_user(who), width=width, height=height)
        page.goto(address)
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")

    return take


def _user(who: maple.SignIn) -> User:
    return _named(who.first_name, who.last_name)


def _named(first: str, last: str) -> User:
    from schedulepop.accounts.models import User

    return User.objects.get(first_name=first, last_name=last)


def _bad_file() -> bytes:
    """The morning's export once more: nine people of Oak Hill have left, its manager among them; three are new."""
    today = date.today()
    records = list(csv.DictReader(io.StringIO(maple.next_feed(today).decode("utf-8-sig"), newline="")))
    hill = [one for one in records if one["Facility Code"] == "102" and one["Employment Status"] == "Active"]
    manager = next(one for one in hill if one[maple.ID_COLUMN] == maple.OTHER_MANAGER.source_id)
    for one in [manager, *[one for one in hill if one is not manager][:8]]:
        one |= {"Employment Status": "Terminated", "Termination Date": f"{today:%m/%d/%Y}"}
    for one in [one for one in records if one["Facility Code"] == "103"][:11]:
        one["Mobile Phone"] = "(740) 555-0199"
    hires = (("Sunniva", "Ravenscroft"), ("Teodoro", "Villaseñor"), ("Maribeth", "Lockwood"))
    for number, (first, last) in enumerate(hires):
        records.append(
            records[-5]
            | {
                maple.ID_COLUMN: f"0091440{number}",
                "Employee Number": f"00420{number}",
                "Legal First Name": first,
                "Legal Last Name": last,
                "Work Email": f"{first}.hire@example.com".lower(),
                "Mobile Phone": f"(740) 555-018{number}",
                "Hire Date": f"{today:%m/%d/%Y}",
                "Original Hire Date": f"{today:%m/%d/%Y}",
            }
        )
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


@writes
@pytest.mark.django_db(transaction=True)
def test_pictures(demo: Integration, keep: Callable[[str, maple.SignIn, str], None]) -> None:
    keep("user-list", maple.MANAGER, "/users/")
    keep("user-list-phone", maple.MANAGER, "/users/")
    keep("where-is-phone", maple.MANAGER, "/where/?q=Delphine Arsenault")
    keep("home-phone", maple.MANAGER, "/")
    keep("invite", maple.MANAGER, "/users/invite/")
    keep("profile-as-of", maple.ADMIN, _some_day_of_somebody())
    keep("activity", maple.ADMIN, "/activity/")
    keep("organization", maple.ADMIN, "/organization/duties/")
    run = runs_of_a_bad_file(demo)
    keep("held-run", maple.ADMIN, f"/runs/{run}/")
    keep("decisions", maple.ADMIN, "/decisions/")


def _some_day_of_somebody() -> str:
    """The address of the history of somebody whom payroll changed this morning, as of today."""
    from schedulepop.sync.models import Change

    changed = Change.objects.filter(verb="update", location_id__isnull=False).order_by("-pk").first()
    assert changed is not None
    return f"/users/{changed.user_id}/{changed.location_id}/history/?on={date.today()}"


@writes
@pytest.mark.django_db(transaction=True)
def test_picture_of_customers(site: str, page_of: PageOf) -> None:
    width, height = SIZES["customers"]
    home = worlds.maple(4)
    estate(home)
    page = page_of(home.client_success, width=width, height=height)
    page.goto("/customers/")
    page.screenshot(path=IMAGES / "customers.png", animations="disabled")


@writes
@pytest.mark.django_db(transaction=True)
def test_picture_of_what_happens_at_once(maple_of_two: Integration, page_of: PageOf) -> None:
    width, height = SIZES["at-once-phone"]
    page = page_of(_named("Gwendolyn", "Marsh"), width=width, height=height)
    page.goto("/where/?q=quintanar")
    page.get_by_role("link", name="Answer it").click()
    page.get_by_role("button", name="Add to Maple Creek").click()
    expect(page.get_by_role("heading", name="This is happening now")).to_be_visible()
    driven()
    expect(page.get_by_role("heading", name="was added to Maple Creek")).to_be_visible()
    page.screenshot(path=IMAGES / "at-once-phone.png", animations="disabled")


def runs_of_a_bad_file(demo: Integration) -> int:
    """The run over it, which holds the nine."""
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.run import runs

    run = runs.request(
        demo, trigger="manual", actor=Actor.of(_user(maple.ADMIN)), upload=(_bad_file(), "payroll.csv")
    )
    return runs.drive(run.pk).pk


@writes
@pytest.mark.django_db(transaction=True)
def test_picture_of_connecting(world: World, page_of: PageOf) -> None:
    width, height = SIZES["connect-payroll"]
    page = page_of("client_success", width=width, height=height)
    page.goto("/integrations/add/")
    page.screenshot(path=IMAGES / "connect-payroll.png", animations="disabled")
