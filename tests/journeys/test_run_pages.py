"""Runs, set-up and issues in a real browser: every state looked at, every size, no accessibility violation."""

from __future__ import annotations

import pytest

from schedulepop.sync import runs
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(site):
    """Before the first sync."""
    return maple(synced=False)


@pytest.fixture
def look(page_of, axe, fits, screenshot):
    """Opens an address as somebody in the sizes and themes asked for, checks it, keeps a picture of each."""

    def at(who, address, name, *, sizes=(1280, 390), dark=False, script=True, before=None):
        for width in sizes:
            for theme in ("light", "dark") if dark else ("light",):
                page = page_of(
                    who, width=width, height=800 if width > 600 else 844, theme=theme, script=script
                )
                page.goto(address)
                if before:
                    before(page)
                screenshot(page, f"{name}-{width}-{theme}")
                fits(page)
                if script:
                    axe(page)
                page.context.close()

    return at


def test_run_held(world, look):
    run = nights.bad_night(world)
    assert runs.waits(run)
    look("admin", f"/runs/{run.pk}/", "run-held", sizes=(1280, 390, 360), dark=True)
    look("manager_elsewhere", f"/runs/{run.pk}/", "run-held-manager")
    look(
        "admin",
        f"/runs/{run.pk}/",
        "run-held-dialog",
        before=lambda page: page.click("[data-dialog=approve]"),
    )
    look("admin", f"/runs/{run.pk}/", "run-held-open", sizes=(1280,),
         before=lambda page: [one.click() for one in page.query_selector_all("details.change > summary")[:2]])  # fmt: skip
    look("admin", f"/runs/{run.pk}/approve/", "run-approve")
    look("admin", f"/runs/{run.pk}/discard/", "run-discard", sizes=(390,))
    look("admin", "/runs/", "runs", sizes=(1280, 390, 360), dark=True)
    look("admin", "/issues/", "issues", dark=True)
    look("manager", "/issues/", "issues-manager", sizes=(390, 1280))
    look("client_success", "/integrations/", "integrations")
    look("client_success", "/integrations/maple-health/payroll/", "integration-active")


def test_first_sync(world, look):
    run = nights.preview(world)
    look("client_success", f"/runs/{run.pk}/", "run-first")
    look("admin", f"/runs/{run.pk}/", "run-first-admin", sizes=(1280,))
    look(
        "client_success",
        f"/runs/{run.pk}/approve/",
        "run-first-approve",
        before=lambda page: page.click("summary"),
    )
    look("client_success", "/integrations/maple-health/payroll/", "integration-previewed")
    look(
        "client_success",
        "/integrations/maple-health/payroll/columns/",
        "columns",
        dark=True,
        sizes=(1280, 390, 360),
    )
    look("client_success", "/integrations/maple-health/payroll/codes/", "codes", sizes=(1280, 390, 360))


def test_empty(world, look):
    look("client_success", "/runs/", "runs-empty")
    look("client_success", "/integrations/maple-health/payroll/", "integration-new", dark=True)
    look("client_success", "/integrations/add/", "integration-add")
    look("admin", "/issues/", "issues-empty", sizes=(390,))
