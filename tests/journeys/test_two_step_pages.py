"""Two-step sign-in in a real browser, from nothing; why one must sign in again; a changed address."""

from __future__ import annotations

import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from schedulepop.accounts.models import Organization
from tests import made
from tests.journeys.conftest import PageOf
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Seen = Callable[[Page, str], None]


def code_of(key: str, steps: int = 0) -> str:
    return pyotp.TOTP(key).at(int(time.time()) + 30 * steps)


def test_set_up_and_sign_in(world: World, page_of: PageOf, seen: Seen) -> None:
    Organization.objects.filter(pk=world.organization.pk).update(requires_second_factor=True)
    page = page_of("admin")
    page.goto("/users/")
    expect(page.get_by_text("Maple Health asks everybody with your role for it.")).to_be_visible()
    seen(page, "two-step-set-up")
    key = page.locator("#key").inner_text().replace(" ", "")
    page.get_by_label("Current password").fill(made.PASSWORD)
    page.get_by_label("Code of the app").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("alert")).to_contain_text("The code does not fit.")
    seen(page, "two-step-wrong-code")
    page.get_by_label("Current password").fill(made.PASSWORD)
    page.get_by_label("Code of the app").fill(code_of(key, -1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    seen(page, "recovery-codes")
    recovery = page.locator("#codes").inner_text().split()
    page.get_by_role("link", name="I have them. Go on").click()
    expect(page).to_have_url(f"{page.url.split('/users')[0]}/users/")
    page.goto("/account/two-step/")
    expect(page.get_by_text("10 of 10 are left.")).to_be_visible()
    seen(page, "two-step-on")

    fresh = page_of(None)
    fresh.goto("/users/")
    fresh.get_by_label("Username or email").fill(world.admin.username)
    fresh.get_by_label("Password").fill(made.PASSWORD)
    fresh.keyboard.press("Enter")
    expect(fresh.get_by_role("heading", name="Now the code")).to_be_visible()
    seen(fresh, "second-step")
    fresh.get_by_label("Code", exact=True).fill("123456 ")
    fresh.keyboard.press("Enter")
    expect(fresh.get_by_role("alert")).to_contain_text("does not fit")
    seen(fresh, "second-step-wrong")
    fresh.get_by_label("Code", exact=True).fill(recovery[0])
    fresh.keyboard.press("Enter")
    expect(fresh.get_by_role("heading", name="Users", exact=False).first).to_be_visible()
    assert len(recovery) == 10


def test_why_one_must_sign_in_again(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of(None)
    for over in ("idle", "day"):
        page.goto(f"/sign-in/?next=/users/&over={over}")
        expect(page.get_by_text("Sign in, and you are back where you were.")).to_be_visible()
        seen(page, f"sign-in-{over}")


def test_a_changed_address_and_an_impatient_asker(world: World, page_of: PageOf, seen: Seen) -> None:
    from django.utils.timezone import now

    from schedulepop.accounts import invitations, throttle
    from schedulepop.accounts.models import User

    ines = world.ines
    User.objects.filter(pk=ines.pk).update(confirmed_email=ines.email, email="ines.new@maplehealth.example")
    new = invitations.create(ines, "confirm", now(), address="ines.new@maplehealth.example")
    old = invitations.create(
        ines, "consent", now(), address=ines.email, agrees_to="ines.new@maplehealth.example"
    )
    page = page_of(None)
    page.goto(f"/confirm/{old}/")
    seen(page, "address-agree")
    page.goto(f"/confirm/{new}/")
    page.get_by_role("button", name="Yes, this is my address").click()
    expect(page.get_by_role("alert")).to_contain_text("this link needs one thing more")
    seen(page, "address-needs-more")
    for _ in range(throttle.PER_LOGIN):
        throttle.begin("forgotten ines", "127.0.0.1", now())
    page.goto("/forgotten/")
    page.get_by_label("Username or email").fill("ines")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Wait about 15 minutes")
    seen(page, "forgotten-wait")
