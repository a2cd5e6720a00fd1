"""Every letter as its reader sees it, on a phone and at a desk, by day and by night; and the page a letter leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from schedulepop.accounts import invitations
from schedulepop.accounts.models import User
from schedulepop.messages import outbox
from schedulepop.sync.run.notify import digest, late_sync, recipients, source_trouble
from tests import made
from tests.journeys.conftest import PageOf
from tests.journeys.test_pages import open_
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
HELD = [
    {
        "title": "Oak Hill",
        "detail": "9 of 65 people would lose access: Amara Drummond, Amara Finch, Amara Lindqvist and 6 more. "
        "They wait; everything else goes through. If it is right, approve; if not, correct it in payroll.",
    },
    {
        "title": "Oak Hill",
        "detail": "Gwendolyn Marsh is the last active manager of Oak Hill. Only this person waits.",
    },
]


@pytest.fixture
def world(site: str) -> World:
    return maple(12)


def write_all(world: World) -> None:
    """One letter of each kind."""
    hire = made.person(
        world.grove,
        "Noor Castellane",
        email="noor.alejandra.castellane-villanueva@maplehealth.example",
        status="upcoming",
        duty=world.ines.memberships.get().primary_duty,
        hire_date=date.today() + timedelta(days=12),
    )
    User.objects.filter(pk=hire.pk).update(username="noor.alejandra.castellane-villanueva2")
    outbox.queue_welcome(hire)
    ines = world.ines
    for kind in ("welcome_back", "reset"):
        outbox.queue_next(ines, kind)
    outbox.queue_next(made.person(world.grove, "Bram Okonjo", email="bram@maplehealth.example"), "set_up")
    outbox.queue_next(ines, "moved_address", context={"address": "ines.old@example.com"})
    User.objects.filter(pk=ines.pk).update(confirmed_email="i.c@old.example")
    outbox.queue_next(ines, "confirm_address")
    people = [world.admin, world.manager, world.client_success]
    User.objects.filter(pk__in=[one.pk for one in people]).update(email="hr@maplehealth.example")
    org = world.organization
    recipients.notify(
        [world.manager],
        "overwritten",
        org,
        f"/users/{ines.pk}/{world.grove.pk}/",
        button="Ines Calloway",
        items=[
            {"title": "Ines Calloway", "detail": "Phone, Primary zone"},
            {"title": "Luis Quintanar", "detail": "Email"},
        ],
        more=0,
    )
    recipients.notify(
        [world.client_success],
        "morning",
        org,
        "/customers/?show=mine",
        says="two customers need you",
        lead="Two customers need you this morning.",
        items=[
            {"title": "Maple Health", "detail": "Changes are on hold and wait for a decision."},
            {"title": "Cedar Care", "detail": "ADP Workforce Now cannot be read. 3 issues wait for you."},
        ],
    )
    recipients.notify(
        [world.admin],
        "alarm",
        org,
        f"/runs/{world.run.pk}/",
        number=412,
        items=HELD,
        more=0,
        says="9 people wait for your decision",
        lead="Nobody on hold was touched; everything else went through.",
    )
    morning = datetime.combine(date.today(), datetime.min.time(), tzinfo=now().tzinfo) + timedelta(hours=20)
    digest.notify([org], morning)
    late_sync.notify(world.integration, now() - timedelta(hours=30), now() - timedelta(hours=30))
    source_trouble.failed(world.integration, "There is no file at /exports/maple.csv.")


def test_every_letter(
    world: World,
    page_of: PageOf,
    settings: Any,
    mailbox: ModuleType,
    axe: Check,
    fits: Check,
    screenshot: Callable[..., None],
) -> None:
    made.demo(settings)
    with transaction.atomic():
        write_all(world)
    while outbox.drain().accepted:
        pass
    kinds: dict[str, Any] = {}
    for letter in reversed(mailbox.letters()):
        kinds.setdefault(letter.subject, letter)
    assert len(kinds) == 12
    page = page_of(None)
    for number, letter in enumerate(kinds.values()):
        for width, theme in ((360, "light"), (640, "dark"), (640, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 700})
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            open_(page, f"/dev/mail/{letter.name}/")
            fits(page)
            screenshot(page, f"letter-{number:02d}-{width}-{theme}")
    page.set_viewport_size({"width": 360, "height": 740})
    open_(page, "/dev/mail/")
    screenshot(page, "mail-360-light")
    fits(page)
    axe(page)


def test_an_address_is_confirmed(world: World, page_of: PageOf, seen: Callable[..., None]) -> None:
    ines = world.ines
    User.objects.filter(pk=ines.pk).update(
        confirmed_email="i.calloway@old.example",
        email="ines.wilhelmina.calloway-vandersteen@a-rather-long-name.maplehealth.example",
    )
    ines.refresh_from_db()
    token = invitations.create(ines, "confirm", now(), address=ines.email)
    page = page_of(None)
    seen(open_(page, f"/confirm/{token}/"), "confirm-address")
    page.get_by_role("button", name="Yes, this is my address").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("this link needs one thing more")).to_be_visible()
    agreed = invitations.create(
        ines, "consent", now(), address="i.calloway@old.example", agrees_to=ines.email
    )
    page.goto(f"/confirm/{agreed}/")
    page.get_by_role("button").first.click()
    page.goto(f"/confirm/{token}/")
    page.get_by_role("button", name="Yes, this is my address").click()
    expect(page.get_by_text("is confirmed. You can sign in with it.")).to_be_visible()
    seen(open_(page, f"/confirm/{token}/", 410), "confirm-over")
    assert User.objects.get(pk=ines.pk).confirmed_email == ines.email
