"""Test connection: what answered, what is not granted and what that means, step by step and without a script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.connectors.testing import Fault
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import connection_test, lifecycle, reading
from schedulepop.sync.models import Integration, IntegrationState, RawFeed
from schedulepop.web.connect import test_page
from tests import made
from tests.web.connect import stubbed
from tests.web.connect.stubbed import FORM, by_two_steps

pytestmark = pytest.mark.django_db(transaction=True)
TEST = "/integrations/maple-health/adp/test/"


@pytest.fixture
def client_success(client: Client) -> Client:
    from tests.web.world import maple

    client.force_login(by_two_steps(maple(people=0, synced=False).client_success))
    client.post("/connect/adp_wfn/", FORM)
    return client


def said(client: Client) -> str:
    return " ".join(client.get(TEST).content.decode().split())


def adp() -> Integration:
    return Integration.objects.select_related("organization").get(slug="adp")


def test_it_works_without_a_script(client_success: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with stubbed.adp(monkeypatch):
        assert "Not tested yet" in said(client_success)
        assert client_success.post(TEST).headers["Location"] == TEST
        page = said(client_success)
    assert "It works" in page
    assert "10 people, those who left included" in page
    assert "Read everybody now" in page
    assert adp().state == IntegrationState.TESTED
    assert not RawFeed.objects.exists()


def test_with_a_script_the_card_begins_the_test_and_asks_for_the_steps(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    htmx = {"HX-Request": "true"}
    with stubbed.adp(monkeypatch) as stub:
        card = client_success.post(TEST, headers=htmx).content.decode()
        assert 'hx-trigger="load"' in card
        assert "X-Refresh" in card
        assert not stub.asked
        done = client_success.post(TEST, {"go": "1"}, headers=htmx).content.decode()
    assert "It works" in done
    assert "<html" not in done
    steps = client_success.get(TEST, headers={**htmx, "X-Refresh": "1"}).content.decode()
    assert 'id="test-steps"' in steps


def test_what_is_not_granted_says_which_fields_hang_on_it(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stubbed.adp(monkeypatch, without="Contact data"):
        client_success.post(TEST)
    page = said(client_success)
    assert "Contact data: not granted." in page
    assert "SchedulePop gets no email, phone." in page


@pytest.mark.parametrize(
    ("fault", "states"),
    [("forbidden", ["done", "done", "failed"]), ("cut_json", ["done", "done", "failed"])],
)
def test_how_far_it_came_is_said(
    client_success: Client, monkeypatch: pytest.MonkeyPatch, fault: str, states: list[str]
) -> None:
    with stubbed.adp(monkeypatch, Fault(fault)):
        client_success.post(TEST)
    last = connection_test.of(adp())
    assert last is not None
    assert (last.finished, last.ok) == (True, False)
    assert [one.state for one in test_page.steps(last)] == states
    assert escape(last.sentence) in said(client_success)


def test_wrong_credentials_reach_it_and_do_not_sign_in(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_success.post(
        "/integrations/maple-health/adp/connection/", FORM | {"secret-client_secret": "wrong-one"}
    )
    with stubbed.adp(monkeypatch):
        client_success.post(TEST)
    last = connection_test.of(adp())
    assert last is not None
    assert [one.state for one in test_page.steps(last)] == ["done", "failed", "later"]
    assert "wrong-one" not in said(client_success)


def test_each_step_is_told_as_soon_as_it_is_taken(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[int, bool]] = []
    save = connection_test._keep
    monkeypatch.setattr(
        connection_test,
        "_keep",
        lambda one, last: (kept.append((last.requests, last.finished)), save(one, last)),
    )
    with stubbed.adp(monkeypatch):
        client_success.post(TEST)
    assert kept == [(0, False), (1, False), (2, False), (2, True)]


def test_one_test_at_a_time_and_one_that_died_blocks_nobody(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, actor = adp(), Actor.operator("ops")
    begun = connection_test._begin(one, actor, now())
    with pytest.raises(Refused, match="is testing it right now"):
        connection_test.run(one, actor=actor)
    assert "Testing" in said(client_success)
    connection_test._keep(one, connection_test.LastTest(begun.at - timedelta(minutes=4), "ops"))
    assert "The last test broke off" in said(client_success)
    with stubbed.adp(monkeypatch):
        client_success.post(TEST)
    assert "It works" in said(client_success)


def test_a_bug_in_the_middle_ends_the_test(client_success: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(lifecycle, "test", broken)
    client_success.raise_request_exception = False
    assert client_success.post(TEST).status_code == 500
    last = connection_test.of(adp())
    assert last is not None
    assert (last.finished, last.ok, last.sentence) == (True, False, "The test broke off. Test again.")


def test_other_credentials_make_the_old_test_say_nothing(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stubbed.adp(monkeypatch):
        client_success.post(TEST)
    client_success.post("/integrations/maple-health/adp/connection/", FORM)
    assert "Not tested yet" in said(client_success)


def test_from_the_test_to_the_columns_that_are_proposed(
    client_success: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "/integrations/maple-health/adp/"
    with stubbed.adp(monkeypatch, without="Pay rates"):
        client_success.post(TEST)
        assert client_success.post(f"{base}file/", {"read": "1"}).headers["Location"] == f"{base}reading/"
        reading.read(Integration.objects.get(slug="adp"))
    assert client_success.get(f"{base}reading/").headers["Location"] == f"{base}columns/"
    page = " ".join(client_success.get(f"{base}columns/").content.decode().split())
    assert "Proposed" in page
    assert "Home Department Code" in page
    assert "Not available from ADP Workforce Now. It can be set once per duty." in page
    overview = " ".join(client_success.get("/integrations/").content.decode().split())
    assert "Set-up: 3 of 7." in overview
    assert f'href="{base}columns/"' in overview


def test_nobody_of_another_organization_tests_it(client_success: Client, client: Client) -> None:
    cedar = made.organization("Cedar Care", timezone="America/Chicago")
    client.force_login(made.client_success(cedar, "Carl Cedar"))
    assert client.get(TEST).status_code == 404
    assert client.post(TEST).status_code == 404
