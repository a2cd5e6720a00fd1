"""Runs, set-up and issues in a real browser: every state looked at, wide and narrow, by day and by night."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import Refused
from schedulepop.sync.models import Run
from schedulepop.sync.run import runs
from tests import scale
from tests.journeys.conftest import PICTURES
from tests.journeys.windows import leave, on_a_phone
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)

STRANGE = Path(__file__).parents[1] / "web" / "strange.csv"
BASE = "/integrations/maple-health/payroll/"
DESK, DESK_NIGHT = (1280, "light"), (1280, "dark")
PHONE, PHONE_NIGHT, SMALL = (390, "light"), (390, "dark"), (360, "light")


@pytest.fixture
def world(site):
    """Before the first sync."""
    return maple(synced=False)


@pytest.fixture
def look(page_of, axe, fits, screenshot):
    """Opens an address as somebody, by day at a desk and by night on a phone, checks it, keeps a picture of each.

    `make test` loads it once, looks at the widest and the narrowest view, one by day and the other by night (which is
    which differs from name to name), and sees that it fits in all widths. `make test-all` loads it anew for every
    width and looks by day and by night.
    """
    windows = {}

    def opened(who, address, before, width, theme):
        kind = (who, width > 600)
        if kind not in windows:
            windows[kind] = page_of(who, width=width, height=height(width), theme=theme)
        page = windows[kind]
        page.set_viewport_size({"width": width, "height": height(width)})
        page.emulate_media(color_scheme=theme)
        page.goto(address)
        assert "/sign-in/" not in page.url, "nobody is signed in"
        if before:
            before(page)
        return page

    def at(who, address, name, *views, before=None):
        views = views or (DESK, PHONE_NIGHT)
        if PICTURES or scale.ALL:
            for width, theme in views if PICTURES else in_full(views):
                page = opened(who, address, before, width, theme)
                screenshot(page, f"{name}-{width}-{theme}")
                fits(page)
                axe(page)
                leave(page)
            return
        (width, theme), *others = in_short(name, views)
        page = opened(who, address, before, width, theme)
        fits(page)
        axe(page)
        with on_a_phone(page) if others and width > 600 else nullcontext():
            for width, _ in others:
                page.set_viewport_size({"width": width, "height": height(width)})
                fits(page)
            if others:
                page.emulate_media(color_scheme=others[-1][1])
                axe(page)
        leave(page)

    return at


def height(width):
    return 800 if width > 600 else 844


def in_full(views):
    """Every width by day and by night."""
    return [(width, theme) for width in widths_of(views) for theme in ("light", "dark")]


def in_short(name, views):
    """Every width, the widest in one theme and the others in the other; a single view as it is."""
    if len(views) == 1:
        return views
    one, other = ("light", "dark") if crc32(name.encode()) % 2 else ("dark", "light")
    widest, *narrower = widths_of(views)
    return [(widest, one), *((width, other) for width in narrower or [widest])]


def widths_of(views):
    return sorted({width for width, _ in views}, reverse=True)


def test_a_held_run(world, look):
    run = nights.bad_night(world)
    address = f"/runs/{run.pk}/"
    look("admin", address, "run-held", DESK, DESK_NIGHT, PHONE, SMALL)
    look("manager_elsewhere", address, "run-held-manager")
    look("admin", address, "run-held-dialog", before=lambda page: page.click("[data-dialog=approve]"))
    look("admin", address, "run-held-open", DESK, before=open_all)
    look("admin", f"{address}approve/", "run-approve", PHONE)
    look("admin", f"{address}discard/", "run-discard", PHONE_NIGHT)
    look("admin", "/runs/", "runs")
    look("admin", "/issues/", "issues")
    look("manager", "/issues/", "issues-manager", DESK)
    look("client_success", "/integrations/", "integrations")
    look("client_success", BASE, "integration-active")


def open_all(page):
    """The first two people, the first finding and the message to payroll."""
    for selector in ("details.change > summary", "details.finding > summary", "details.message > summary"):
        for one in page.query_selector_all(selector)[:2]:
            one.click()


def test_the_first_sync(world, look):
    run = nights.preview(world)
    look("client_success", f"/runs/{run.pk}/", "run-first")
    look("admin", f"/runs/{run.pk}/", "run-first-admin", DESK)
    look(
        "client_success",
        f"/runs/{run.pk}/approve/",
        "run-first-approve",
        before=lambda page: page.click("summary"),
    )
    look("client_success", BASE, "integration-previewed", DESK)
    runs.approve(run, plan_hash=run.plan_hash, actor=Actor.of(world.client_success))
    look("client_success", BASE, "integration-first-applied", DESK, PHONE_NIGHT)
    look("client_success", f"/runs/{run.pk}/", "run-first-applied", DESK)


def test_other_states(world, look):
    look("client_success", "/runs/", "runs-empty")
    look("client_success", BASE, "integration-new")
    look("client_success", "/integrations/add/", "integration-add", DESK)
    look("admin", "/issues/", "issues-empty", PHONE)
    run = nights.preview(world)
    Run.objects.filter(pk=run.pk).update(state="running", stage="match", plan=None)
    look("client_success", f"/runs/{run.pk}/", "run-running")
    Run.objects.filter(pk=run.pk).update(
        state="failed",
        stage="",
        error_code="feed_unreadable",
        counts={},
        summary={},
        error_reason="no_payroll_export",
        error_params={"name": "staff.csv", "kind": "picture"},
    )
    look("client_success", f"/runs/{run.pk}/", "run-failed")
    look("client_success", "/runs/", "runs-failed", DESK)


def test_from_the_upload_to_the_user_list(world, page_of, axe, fits, screenshot):
    """Client Success sets up payroll in the browser: file, columns, a date, codes, preview, approval, activation."""
    page = page_of("client_success")
    page.goto(BASE)
    page.set_input_files("input[name=feed]", STRANGE)
    assert page.inner_text(".drop-name") == "strange.csv"
    page.click("text=Upload >> nth=-1")
    page.wait_for_url("**/columns/")
    page.get_by_label("Field for column DOH").select_option("original_hire_date")
    page.get_by_label("Field for column Start").select_option("hire_date")
    page.click("text=Save and continue to codes")
    page.wait_for_url("**/columns/")  # two dates that could be read both ways
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        screenshot(page, f"columns-1280-{theme}")
        axe(page)
    page.set_viewport_size({"width": 360, "height": 780})
    screenshot(page, "columns-360")
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    page.click("text=03/04/2019 is Mar 4, 2019")
    page.click("text=3/4/19 is Mar 4, 2019")
    page.click("text=Save and continue to codes")
    page.wait_for_url("**/codes/")
    screenshot(page, "codes-1280-light")
    axe(page)
    page.set_viewport_size({"width": 360, "height": 780})
    screenshot(page, "codes-360-light")
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("Status for SABB").select_option("leave_of_absence")
    page.get_by_label("Name of the new location for CP").fill("Cedar Point")
    page.click("text=Save and continue to the preview")
    screenshot(page, "integration-mapped-1280-light")
    page.click("button:has-text('Preview the first sync')")
    page.wait_for_url("**/runs/*/")
    screenshot(page, "run-queued-1280-light")
    runs.drive(Run.objects.latest("pk").pk)  # what the worker does; the page follows by itself
    page.wait_for_selector("text=Your decision")
    screenshot(page, "run-first-strange-1280-light")
    page.click("a:has-text('Approve')")
    page.check("input[name=checked]")
    page.click("button:has-text('Approve')")
    page.wait_for_selector("text=Activate the daily sync")
    page.click("text=Activate the daily sync")
    page.click("button:has-text('Activate the daily sync')")
    page.wait_for_selector("text=/Runs by itself every day|It syncs when a file is uploaded/")
    assert Membership.objects.filter(location__name="Cedar Point", status="leave_of_absence").exists()


def test_approving_works_without_script_and_by_keyboard(world, page_of):
    run = nights.bad_night(world)
    page = page_of("admin", script=False)
    page.goto(f"/runs/{run.pk}/")
    page.click("text=Show 4 more")
    expect(page.locator("details.change")).to_have_count(9 - 5)
    page.goto(f"/runs/{run.pk}/")
    page.get_by_role("link", name="Approve 10 changes").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Approve 10 changes").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=What was on hold was approved")


def test_a_wrong_file_is_refused_on_the_spot(world, page_of, screenshot, axe, tmp_path):
    nights.first_night(world)
    Run.objects.update(requested_at=now() - timedelta(hours=1))
    picture = tmp_path / "photo.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 5_000)
    page = page_of("admin")
    page.goto("/runs/")
    page.set_input_files("input[name=feed]", picture)
    page.click("button:has-text('Upload and sync')")
    page.wait_for_selector(".upload-say [role=alert]")
    screenshot(page, "runs-wrong-file-1280-light")
    axe(page)
    assert Run.objects.count() == 1


def test_limits_and_one_new_person_alone(world, look):
    run = nights.bad_night(world)
    look("admin", f"{BASE}limits/", "limits", DESK, PHONE_NIGHT, SMALL)
    plan = runs.stored_plan(run)
    hire = plan.held.filter(plan.held["verb"] == "create")["source_id"][0]
    look("admin", f"/runs/{run.pk}/?show=held-join", "run-held-join", DESK, before=open_all)
    look("admin", f"/runs/{run.pk}/release/{hire}", "run-release", DESK, PHONE_NIGHT)
    Membership.objects.filter(user__last_name="Abernathy", location=world.hill).update(status="terminated")
    with pytest.raises(Refused):
        runs.approve(run, plan_hash=run.plan_hash, actor=Actor.of(world.admin))
    look("admin", f"/runs/{run.pk}/", "run-differences", DESK, PHONE)


def test_a_limit_is_changed_by_keyboard(world, page_of):
    page = page_of("admin")
    page.goto(f"{BASE}limits/")
    number = page.get_by_label("Leavers at a location: number")
    number.fill("2")
    page.keyboard.press("Tab")
    page.keyboard.type("5")  # the percent, selected by Tab
    page.keyboard.press("Enter")
    page.get_by_text("Saved. The next run uses these limits.").wait_for()
    percent = page.get_by_label("Leavers at a location: percent")
    assert (number.input_value(), percent.input_value()) == ("2", "5")
