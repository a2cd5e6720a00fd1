"""Everybody is read by a job: the page that asks is there at once, another follows, and what goes wrong is said."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.connectors.testing import Fault
from schedulepop.sync.integrations import reading
from schedulepop.sync.models import Fetch, Integration, RawFeed
from schedulepop.sync.run import runs, source_lease
from tests.web.connect import stubbed
from tests.web.connect.stubbed import FORM, by_two_steps
from tests.web.world import World

pytestmark = pytest.mark.django_db
BASE = "/integrations/maple-health/adp/"
FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _lease_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that renews leases sees no test's transaction."""
    monkeypatch.setattr(source_lease.renewal, "of", nullcontext)


@pytest.fixture
def client_success(client: Client, world: World) -> Client:
    client.force_login(by_two_steps(world.client_success))
    client.post("/connect/adp_wfn/", FORM)
    return client


def adp() -> Integration:
    return Integration.objects.get(slug="adp")


def page(client: Client) -> str:
    return " ".join(client.get(f"{BASE}reading/").content.decode().split())


def job_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'read_everybody'")
        return int(cursor.fetchone()[0])


def asked(client: Client) -> Any:
    return client.post(f"{BASE}file/", {"read": "1"})


def test_nobody_is_asked_within_the_request(client_success: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with stubbed.adp(monkeypatch) as stub:
        assert asked(client_success).headers["Location"] == f"{BASE}reading/"
        assert stub.asked == []
        assert "Waiting to start" in page(client_success)
        assert job_count() == 1
        reading.read(adp())
        assert stub.asked
    assert client_success.get(f"{BASE}reading/").headers["Location"] == f"{BASE}columns/"
    led = client_success.get(f"{BASE}reading/", **FRAGMENT)
    assert led.headers["HX-Redirect"] == f"{BASE}columns/"


def test_how_far_it_is_shows_while_it_goes_on(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    say = reading._say

    def said(*about: Any) -> None:
        say(*about)
        if reading.of(adp()).is_under_way(now()):  # type: ignore[union-attr]
            seen.append(page(client_success))

    with stubbed.adp(monkeypatch, count=250):
        asked(client_success)
        monkeypatch.setattr(reading, "EVERY", 0.0)
        monkeypatch.setattr(reading, "_say", said)
        reading.read(adp())
    assert len(seen) > 3
    assert all("Fetching from ADP Workforce Now…" in one for one in seen)
    assert any("3 answers so far" in one for one in seen)
    assert all('hx-trigger="every 1s"' in one and "X-Refresh" in one for one in seen)
    newest = reading.of(adp())
    assert newest is not None
    assert (newest.ok, newest.records >= 250) == (True, True)


def test_a_second_click_starts_no_second_job(client_success: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(client_success)
    again = asked(client_success)
    assert again.status_code == 422
    assert "is having everybody read right now" in again.content.decode()
    assert job_count() == 1


def test_what_goes_wrong_is_said_and_can_be_tried_again(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stubbed.adp(monkeypatch, Fault("nobody", at=2), count=250):
        asked(client_success)
        reading.read(adp())
    shown = page(client_success)
    assert "It could not be read" in shown
    assert "announced" in shown
    assert "hx-trigger" not in shown.partition('id="reading"')[2].partition("</section>")[0]
    assert not RawFeed.objects.filter(integration=adp()).exists()
    assert Fetch.objects.get(integration=adp()).leased_until is None
    with stubbed.adp(monkeypatch, count=250):
        assert asked(client_success).status_code == 302
        reading.read(adp())
    assert client_success.get(f"{BASE}reading/").headers["Location"] == f"{BASE}columns/"


def test_while_somebody_else_asks_the_source_it_says_so(client_success: Client) -> None:
    asked(client_success)
    assert source_lease.acquire(adp(), seconds=60) is not None
    reading.read(adp())
    assert "Somebody else is asking the source right now" in page(client_success)


def test_one_whose_worker_died_is_started_once_more(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(client_success)
    row = Fetch.objects.get(integration=adp())
    ago = now() - timedelta(minutes=5)
    row.reading |= {"began": True, "heard": ago.isoformat(), "at": ago.isoformat()}
    row.save()
    assert "It broke off" in page(client_success)
    assert asked(client_success).status_code == 302


def test_before_anybody_asked_the_page_leads_to_the_test(client_success: Client) -> None:
    assert client_success.get(f"{BASE}reading/").headers["Location"] == f"{BASE}test/"


def test_a_run_that_waits_for_payroll_says_from_whom_it_fetches(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = jobs.request_run(adp(), trigger="manual", actor=Actor.operator("test"), preview=True)
    address = f"/runs/{run.pk}/"
    assert "Waiting to start" in client_success.get(address).content.decode()
    lease = source_lease.acquire(adp(), seconds=60, run=run)
    assert lease is not None
    assert "Fetching from ADP Workforce Now…" in client_success.get(address).content.decode()
    source_lease.give_back(lease)
    with stubbed.adp(monkeypatch, count=250):
        assert runs.drive(run.pk).state == "planned"
    assert "Fetching from" not in client_success.get(address).content.decode()
