"""Connecting payroll in a real browser: ADP through its stub, an upload, by keyboard, without a script."""

from __future__ import annotations

import re

import pytest

from schedulepop.sync.integrations import connection_test, reading
from schedulepop.sync.models import Integration, Link, Run
from schedulepop.sync.run import runs
from tests import made
from tests.connectors.adp_wfn.stub import CLIENT_ID, CLIENT_SECRET
from tests.connectors.adp_wfn.test_adp_wfn import CERTIFICATE, KEY
from tests.connectors.people import people, platform
from tests.connectors.sftp import servers
from tests.journeys.test_run_pages import DESK, DESK_NIGHT, PHONE, PHONE_NIGHT, SMALL, STRANGE, look
from tests.web.connect import stubbed
from tests.web.connect.stubbed import FORM, by_two_steps
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["look"]
NARROW = (320, "dark")
SFTP = "/integrations/maple-health/payroll/"
ADP = "/integrations/maple-health/adp-workforce-now/"
MOST_CLICKS = 20
PLATFORM = platform("adp_wfn")


@pytest.fixture
def world(site):
    found = maple(0, synced=False)
    Integration.objects.all().delete()
    by_two_steps(found.client_success)
    return found


class Clicks:
    """A person with a mouse, who is counted."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def on(self, selector):
        self.page.click(selector)
        self.count += 1


def decide(page, clicks):
    """From the saved codes to the nightly sync."""
    clicks.on("button:has-text('Preview the first sync')")
    page.wait_for_url("**/runs/*/")
    runs.drive(Run.objects.latest("pk").pk)  # what the worker does; the page follows by itself
    page.wait_for_selector("text=Your decision")
    clicks.on("a:has-text('Approve')")
    page.check("input[name=checked]")
    clicks.on("button:has-text('Approve')")
    page.wait_for_selector("text=Activate the daily sync")
    clicks.on("text=Activate the daily sync")
    clicks.on("button:has-text('Activate the daily sync')")
    page.wait_for_selector("text=/Runs by itself every day|It syncs when a file is uploaded/")


def credentials(page):
    """What Client Success has at hand."""
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill(CLIENT_SECRET)
    page.get_by_label("Certificate (PEM)", exact=True).fill(CERTIFICATE)
    page.get_by_label("Private key (PEM)", exact=True).fill(KEY)


def test_adp_from_the_credentials_to_the_nightly_sync(world, page_of, seen, settings):
    """250 people of two facilities, whose locations are there."""
    for name, code in PLATFORM.homes.items():
        made.location(world.organization, name, code)
    page = page_of("client_success")
    with PLATFORM.up(settings, people(250)):
        page.goto("/integrations/add/")
        page.get_by_role("link", name="ADP Workforce Now", exact=True).click()
        page.wait_for_url("**/connect/adp_wfn/")
        clicks = Clicks(page)
        credentials(page)
        clicks.on("button:has-text('Save, then test')")
        page.wait_for_url(f"**{ADP}test/")
        clicks.on("button:has-text('Test connection')")
        page.wait_for_selector("text=It works")
        seen(page, "connect-test-works")
        page.set_viewport_size({"width": 1280, "height": 800})
        clicks.on("button:has-text('Read everybody now')")
        page.wait_for_selector("text=Waiting to start")
        seen(page, "connect-reading")
        reading.read(Integration.objects.get())  # what the worker does; the page follows by itself
        page.wait_for_url("**/columns/")
        seen(page, "connect-columns")
        page.set_viewport_size({"width": 1280, "height": 800})
        clicks.on("text=Save and continue to codes")
        page.wait_for_url("**/codes/")
        clicks.on("text=Save and continue to the preview")
        decide(page, clicks)
    assert clicks.count <= MOST_CLICKS
    assert Integration.objects.get().state == "active"
    assert Link.objects.filter(retired_at=None).count() == 250


def test_an_upload_from_the_choice_to_the_nightly_sync(world, page_of):
    page = page_of("client_success")
    page.goto("/integrations/add/")
    clicks = Clicks(page)
    clicks.on("a:text-is('Upload')")
    clicks.on("button:has-text('Add, then upload a file')")
    page.set_input_files("input[name=feed]", STRANGE)
    clicks.on("button:text-is('Upload')")
    page.wait_for_url("**/columns/")
    page.get_by_label("Field for column DOH").select_option("original_hire_date")
    page.get_by_label("Field for column Start").select_option("hire_date")
    clicks.on("text=Save and continue to codes")
    page.wait_for_url("**/columns/")
    clicks.on("text=03/04/2019 is Mar 4, 2019")
    clicks.on("text=3/4/19 is Mar 4, 2019")
    clicks.on("text=Save and continue to codes")
    page.wait_for_url("**/codes/")
    page.get_by_label("Status for SABB").select_option("leave_of_absence")
    page.get_by_label("Name of the new location for CP").fill("Cedar Point")
    clicks.on("text=Save and continue to the preview")
    decide(page, clicks)
    assert clicks.count <= MOST_CLICKS
    assert Integration.objects.get().state == "active"


def test_sftp_from_the_credentials_to_the_nightly_sync(world, page_of, seen, settings, tmp_path):
    """A real sshd, 250 people in a file of its own; the host key is shown by the test and entered."""
    settings.ALLOW_HOSTS = ("127.0.0.1",)
    folder = tmp_path / "outbound"
    folder.mkdir()
    (folder / "staff_20261129.csv").write_text(exported(250))
    page = page_of("client_success")
    with servers.openssh(folder, tmp_path) as server:
        config = server.config()
        page.goto("/connect/sftp/")
        clicks = Clicks(page)
        page.fill("[name=config-host]", config["host"])
        page.fill("[name=config-port]", str(config["port"]))
        page.fill("[name=config-user]", config["user"])
        page.fill("[name=config-folder]", config["folder"])
        page.fill("[name=secret-private_key]", server.private_key)
        clicks.on("button:has-text('Save, then test')")
        page.wait_for_url(f"**{SFTP}test/")
        clicks.on("button:has-text('Test connection')")
        page.wait_for_selector("text=shows the host key")
        shown = re.search(r"SHA256:[A-Za-z0-9+/]{43}=?", page.inner_text("#test"))
        assert shown is not None
        assert shown[0] in config["host_key"]
        page.goto(f"{SFTP}connection/")
        page.fill("[name=config-host_key]", shown[0])
        page.fill("[name=secret-private_key]", server.private_key)
        clicks.on("button:has-text('Save')")
        page.wait_for_url(f"**{SFTP}test/")
        clicks.on("button:has-text('Test connection')")
        page.wait_for_selector("text=It works")
        clicks.on("button:has-text('Read everybody now')")
        page.wait_for_url("**/reading/")
        reading.read(Integration.objects.get())
        page.wait_for_url("**/columns/")
        clicks.on("text=Save and continue to codes")
        page.wait_for_url("**/codes/")
        clicks.on("text=Save and continue to the preview")
        decide(page, clicks)
    assert clicks.count <= MOST_CLICKS
    assert Integration.objects.get().state == "active"
    assert Link.objects.filter(retired_at=None).count() == 250


def exported(count):
    """A staff list of so many invented people at Maple Grove."""
    header = "Employee ID,First Name,Last Name,Email,Facility Code,Job Title,Status,Hire Date"
    rows = [
        f"{one.id},{','.join(one.names)},{one.email},MG,{one.job},Active,{one.hired}" for one in people(count)
    ]
    return "\n".join([header, *rows]) + "\n"


def test_by_keyboard_alone(world, page_of, monkeypatch):
    """Tab and Enter from the search to the columns."""
    page = page_of("client_success")

    def tab_to(name, role="link"):
        for _ in range(60):
            page.keyboard.press("Tab")
            where = page.evaluate("[document.activeElement.innerText, document.activeElement.name].join('|')")
            if name in where:
                return
        raise AssertionError(f"{name} cannot be reached")

    with stubbed.adp(monkeypatch):
        page.goto("/integrations/add/")
        tab_to("|q")
        page.keyboard.type("adp")
        page.keyboard.press("Enter")
        page.wait_for_url("**/add/?q=adp")
        tab_to("ADP Workforce Now")
        page.keyboard.press("Enter")
        page.wait_for_url("**/connect/adp_wfn/")
        for name, text in list(FORM.items())[2:]:
            tab_to(f"|{name}")
            page.keyboard.insert_text(text)
        tab_to("Save, then test")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{ADP}test/")
        tab_to("Test connection")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=It works")
        tab_to("Read everybody now")
        page.keyboard.press("Enter")
        page.wait_for_url("**/reading/")
        reading.read(Integration.objects.get())
        page.wait_for_url("**/columns/")


def test_without_a_script(world, page_of, monkeypatch):
    page = page_of("client_success", script=False)
    with stubbed.adp(monkeypatch):
        page.goto("/connect/adp_wfn/")
        credentials(page)
        page.click("button:has-text('Save, then test')")
        page.click("button:has-text('Test connection')")
        page.wait_for_selector("text=It works")


def test_the_steps_are_seen_while_the_platform_is_slow(world, page_of, monkeypatch):
    """The page asks for the steps in requests of their own, so they show before the answer is there."""
    import time

    page = page_of("client_success")
    with stubbed.adp(monkeypatch) as stub:
        answers = stub.page
        monkeypatch.setattr(stub, "page", lambda asked: (time.sleep(2.5), answers(asked))[1])
        page.goto("/connect/adp_wfn/")
        credentials(page)
        page.click("button:has-text('Save, then test')")
        page.click("button:has-text('Test connection')")
        page.wait_for_selector("#test-steps li.done:has-text('Sign in')")
        last = connection_test.of(Integration.objects.get())
        assert not last.finished
        page.wait_for_selector("text=It works")


def test_every_page_by_day_and_by_night(world, look, page_of, monkeypatch):
    look("client_success", "/integrations/add/", "connect", DESK, DESK_NIGHT, PHONE, NARROW)
    look("client_success", "/integrations/add/?q=zzz", "connect-unknown", SMALL)
    look("admin", "/integrations/add/", "connect-admin", PHONE_NIGHT)
    look("client_success", "/connect/adp_wfn/", "connect-form", DESK, DESK_NIGHT, PHONE, NARROW)
    look("client_success", "/connect/folder/", "connect-folder", PHONE_NIGHT)
    look(
        "client_success",
        "/connect/viventium/report/",
        "report-request",
        DESK,
        DESK_NIGHT,
        PHONE_NIGHT,
        NARROW,
    )

    look("client_success", "/connect/workday/report/", "report-definition", DESK, PHONE_NIGHT, NARROW)
    look("client_success", "/connect/workday/", "connect-form-report", DESK, NARROW)
    look("client_success", "/connect/dayforce/", "connect-form-redirected", NARROW)

    def wrong(page):
        page.click("button:has-text('Save, then test')")
        page.wait_for_selector("text=field")

    look("client_success", "/connect/adp_wfn/", "connect-form-wrong", DESK, PHONE_NIGHT, before=wrong)
    page = page_of("client_success")
    page.goto("/connect/adp_wfn/")
    credentials(page)
    page.click("button:has-text('Save, then test')")
    look("client_success", f"{ADP}test/", "connect-untested", DESK, PHONE_NIGHT, NARROW)
    look("client_success", f"{ADP}connection/", "connect-change", DESK, PHONE_NIGHT, NARROW)
    look("client_success", f"{ADP}start-from/", "connect-start-empty", PHONE)
    look("client_success", "/integrations/", "integrations-set-up", DESK, PHONE_NIGHT, NARROW)
    with stubbed.adp(monkeypatch, without="Contact data"):
        page.goto(f"{ADP}test/")
        page.click("button:has-text('Test connection')")
        page.wait_for_selector("text=Contact data: not granted.")
        look("client_success", f"{ADP}test/", "connect-not-granted", DESK, DESK_NIGHT, PHONE, NARROW)


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize(
    ("key", "title", "pages"), [("adp_wfn", "ADP Workforce Now", 1), ("workday", "Workday", 2)]
)
def test_the_sheet_prints_on_one_page_and_a_definition_on_two(world, page_of, paper, key, title, pages):
    page = page_of("client_success")
    page.goto(f"/connect/{key}/report/")
    page.get_by_role("heading", name=f"A report from {title}").wait_for()
    whole = "document.querySelector('.sheet .scroll-x')"
    assert page.evaluate(f"{whole}.scrollHeight <= {whole}.clientHeight"), "rows are hidden"
    data = page.pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == pages
