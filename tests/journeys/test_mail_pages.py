"""Email's own pages in a real browser: wide and narrow, by day and by night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from schedulepop.accounts.actors import Actor
from schedulepop.directory import actions
from schedulepop.health import figures
from schedulepop.messages import outbox
from schedulepop.messages.letters import KINDS
from schedulepop.sync.models import Integration, Run
from tests import made
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE_NIGHT, look
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]
NARROW = (320, "light")


@pytest.fixture
def world(site):
    return maple(6)


def test_email_is_stopped_and_said(world, look):
    outbox.queue_next(world.ines, "welcome_back")
    outbox.queue_next(world.person("admin"), "reset")
    look("admin", "/organization/mail/", "mail-on", DESK)
    reason = "Forty welcome emails went to people who left years ago"
    actions.stop_mail(world.organization, reason, actor=Actor.of(world.person("admin")))
    look("admin", "/organization/mail/", "mail-stopped", DESK_NIGHT, PHONE_NIGHT, NARROW)
    look("admin", "/", "home-mail-stopped", DESK, NARROW)
    look("client_success", "/integrations/maple-health/payroll/", "integration-mail-stopped", PHONE_NIGHT)
    actions.stop_mail(None, "The mail server was taken over", actor=Actor.operator("joan"))
    look("admin", "/organization/mail/", "mail-stopped-twice", PHONE_NIGHT)
    look("manager", "/", "home-mail-stopped-manager", PHONE_NIGHT)


def test_every_letter_is_looked_at(world, look, page_of, fits, screenshot):
    look("client_success", "/organization/mail/letters/", "letters", DESK, PHONE_NIGHT, NARROW)
    look("client_success", "/organization/mail/letters/?letter=alarm&as=dark", "letters-dark", DESK)
    look("client_success", "/organization/mail/letters/?letter=welcome&as=text", "letters-text", PHONE_NIGHT)
    page = page_of("client_success", width=320, height=700)
    for kind in KINDS:
        for theme in ("light", "dark"):
            page.goto(f"/organization/mail/letters/{kind}/{theme}/")
            fits(page)
            screenshot(page, f"letter-{kind}-320-{theme}")


def test_the_installation_over_all_customers(world, page_of, axe, fits, screenshot):
    lead = made.lead()
    names = ("Birch Care", "Cedar Ridge Senior Living and Rehabilitation", "Fern Hollow", "Oak Grove")
    for number, name in enumerate(names):
        one = Integration.objects.create(
            organization=made.organization(name),
            name="Payroll export",
            slug="payroll",
            connector="bamboohr",
            state="quarantined" if number == 2 else "active",
            failing_since=now() - timedelta(hours=7) if number == 2 else None,
            last_success_at=None if number == 3 else now() - timedelta(days=number + 1, hours=4),
        )
        Run.objects.create(
            organization=one.organization,
            integration=one,
            number=1,
            trigger="schedule",
            state=("applied", "held", "failed", "queued")[number],
            local_date=now().date(),
            requested_by="schedule",
        )
    outbox.queue_next(world.ines, "welcome_back")
    actions.stop_mail(world.organization, "wrong people", actor=Actor.operator("test"))
    figures.recent.forget()
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "dark"), (320, "light")):
        page = page_of(lead, width=width, height=900, theme=theme)
        page.goto("/operations/")
        screenshot(page, f"operations-{width}-{theme}")
        fits(page)
        axe(page)
    page.fill("#reason", "The mail server was taken over")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Switch email on")).to_be_visible()
    screenshot(page, "operations-stopped-320-light")
    axe(page)
