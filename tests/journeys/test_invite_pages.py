"""Forty people invited, by mouse and by keyboard; an account set up with three fields, from a letter and a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from schedulepop.accounts import invitations, sheets
from schedulepop.accounts.models import Invitation, User
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from tests import made
from tests.journeys.conftest import OUT, PICTURES, PageOf
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Seen = Callable[[Page, str], None]
NEW = "eleven quiet rivers"


@pytest.fixture
def newcomers(world: World) -> list[User]:
    """Forty who are not set up: two without an address."""
    duty = made.duty(world.grove, "CNA")
    return [
        made.person(
            world.grove,
            f"Nova Newly{chr(97 + n // 10)}{chr(97 + n % 10)}",
            duty=duty,
            email="" if n < 2 else f"nova{n}@maplehealth.example",
            membership_more={"employee_number": f"{7000 + n:06d}"},
        )
        for n in range(40)
    ]


def test_forty_by_mouse(
    world: World, newcomers: list[User], page_of: PageOf, seen: Seen, mailbox: ModuleType
) -> None:
    page = page_of("manager")
    page.goto("/users/?q=newly")
    seen(page, "invite-list")
    page.get_by_role("link", name="Invite all 40 not set up").click()
    expect(page.get_by_role("heading", name="Invite 40 people")).to_be_visible()
    expect(page.get_by_role("heading", name="2 get a printed sheet")).to_be_visible()
    seen(page, "invite-plan")
    page.get_by_role("button", name="Send 38 letters").click()
    expect(page.get_by_text("0 of 38 sent.")).to_be_visible()
    seen(page, "invite-sending")
    assert outbox.drain().accepted == 38
    expect(page.get_by_text("All sent.")).to_be_visible()
    assert Message.objects.filter(user__in=newcomers, state="accepted").count() == 38


def test_ticked_by_keyboard_alone(
    world: World, newcomers: list[User], page_of: PageOf, mailbox: ModuleType
) -> None:
    page = page_of("manager")
    page.goto("/users/?q=newly")
    for one in newcomers[5:8]:
        page.get_by_role("checkbox", name=f"Tick {one.full_name}").focus()
        page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Invite those ticked (3)")).to_be_visible()
    page.get_by_role("button", name="Invite those ticked (3)").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invite 3 people")).to_be_visible()
    page.get_by_role("button", name="Send 3 letters").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 3 sent.")).to_be_visible()
    outbox.drain()
    page.goto("/users/?set_up=invited")
    expect(page.locator("#count")).to_have_text("(3)")


def test_all_of_a_page_at_once_and_without_a_script(
    world: World, newcomers: list[User], page_of: PageOf
) -> None:
    page = page_of("manager")
    page.goto("/users/?q=newly")
    page.get_by_label("All on this page").check()
    expect(page.get_by_role("button", name="Invite those ticked (40)")).to_be_visible()
    plain = page_of("manager", script=False)
    plain.goto("/users/?q=newly")
    plain.get_by_role("checkbox", name=f"Tick {newcomers[9].full_name}").check()
    plain.get_by_role("button", name="Invite those ticked").click()
    expect(plain.get_by_role("heading", name="Invite 1 person")).to_be_visible()


def test_three_fields_from_the_letters_link(world: World, page_of: PageOf, seen: Seen) -> None:
    hire = made.person(world.grove, "Noor Castellane", email="noor@maplehealth.example")
    token = invitations.create(hire, Invitation.SET_UP, now(), address=hire.email)
    page = page_of(None, width=360, height=740)
    page.goto(f"/set-up/{token}/")
    expect(page.locator("form input:visible")).to_have_count(3)
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_label("The same password again").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your account is set up.")).to_be_visible()
    assert Invitation.objects.get(user=hire).opened_at is not None


def test_three_fields_from_a_sheets_code(world: World, page_of: PageOf, seen: Seen) -> None:
    hire = made.person(world.grove, "Noor Castellane")
    sheet = sheets.make(hire, now())
    page = page_of(None, width=360, height=740)
    page.goto("/set-up/")
    expect(page.locator("form input:visible")).to_have_count(3)
    seen(page, "sheet-code")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Your username").fill(hire.username)
    page.get_by_label("Code of the sheet").fill("AAAA-AAAA")
    page.get_by_label("A password of your own").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    seen(page, "sheet-code-wrong")
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_label("Code of the sheet").fill(sheet.code.lower())
    page.get_by_label("A password of your own").fill(NEW)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("A password of your own")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Set up my account").click()
    expect(page.get_by_text("Your account is set up.")).to_be_visible()


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_page_a_person(
    world: World,
    newcomers: list[User],
    page_of: PageOf,
    seen: Seen,
    screenshot: Callable[..., None],
    tmp_path: Path,
    paper: str,
) -> None:
    page = page_of("manager")
    page.goto("/users/?q=newly")
    for one in newcomers[:3]:
        page.get_by_role("checkbox", name=f"Tick {one.full_name}").check()
    page.get_by_role("button", name="Invite those ticked (3)").click()
    page.get_by_role("button", name="Print 2 sheets").click()
    expect(page.get_by_role("heading", name="2 sheets to hand over")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    if paper == "Letter":
        seen(page, "invite-sheets")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 695, "height": 935})  # Letter without its margins
        screenshot(page, "invite-sheets-paper", whole=False)
        page.emulate_media(media="null")
    target = (OUT if PICTURES else tmp_path) / f"sheets-{paper}.pdf"
    pdf = page.pdf(format=paper, path=target)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 2


def test_not_joined_on_home(world: World, page_of: PageOf, seen: Seen) -> None:
    from datetime import timedelta

    for name in ("Noor Castellane", "Emeka Aldous"):
        hire = made.person(world.grove, name, email=f"{name.split()[0].lower()}@maplehealth.example")
        invitations.create(hire, Invitation.SET_UP, now() - timedelta(days=4), address=hire.email)
    page = page_of("manager")
    page.goto("/")
    seen(page, "home-not-joined")
    page.get_by_role("link", name="Send again or print").click()
    expect(page.get_by_role("heading", name="Invite 2 people")).to_be_visible()
