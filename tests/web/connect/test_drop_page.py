"""The page of a drop address: made, shown once, replaced, taken back; what arrived, and how the set-up goes on."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from schedulepop.sync.integrations import drop_addresses, dropped_files
from schedulepop.sync.models import Arrival, DropAddress, Integration
from tests.sync.integrations.dropping import OPERATOR, export
from tests.web.connect.stubbed import by_two_steps
from tests.web.world import World

pytestmark = pytest.mark.django_db
ADD = "/connect/drop/"
BASE = "/integrations/maple-health/payroll-2/"
PAGE = f"{BASE}drop/"


@pytest.fixture
def client_success(client: Client, world: World) -> Client:
    client.force_login(by_two_steps(world.client_success))
    return client


@pytest.fixture
def added(client_success: Client) -> Integration:
    answer = client_success.post(ADD, {"name": "Payroll 2", "config-wait_hours": "4"})
    assert answer.headers["Location"] == PAGE
    return Integration.objects.get(slug="payroll-2")


def arrives(one: Integration, name: str = "export.csv") -> None:
    dropped_files.receive(one, export(), name=name, at=now())


def test_the_command_is_shown_once_and_its_token_opens_the_address(
    client_success: Client, added: Integration
) -> None:
    answer = client_success.post(PAGE, {"make": "1"})
    page = answer.content.decode()
    (token, code) = re.findall(r"curl -T export\.csv -u drop:(\S+) http\S+/drop/(\w+)/", page)[0]
    assert answer["Cache-Control"] == "no-store"
    assert drop_addresses.authenticated(code, token) is not None
    later = client_success.get(PAGE).content.decode()
    assert code in later
    assert token not in later
    address = drop_addresses.of(added)
    assert address is not None
    assert drop_addresses.link(address).endswith(reverse("drop-folder", args=[code]))


def test_a_new_token_and_an_end(client_success: Client, added: Integration) -> None:
    client_success.post(PAGE, {"make": "1"})
    first = DropAddress.objects.get()
    client_success.post(PAGE, {"make": "1"})
    second = DropAddress.objects.get()
    assert (second.code, second.token_hash == first.token_hash) == (first.code, False)
    page = client_success.post(PAGE, {"revoke": "1"}, follow=True).content.decode()
    assert "Revoked. Nothing arrives there any more" in page
    assert "Make the address" in page
    again = client_success.post(PAGE, {"revoke": "1"}, follow=True).content.decode()
    assert "has no drop address" in again


def test_the_set_up_goes_on_when_something_has_arrived(client_success: Client, added: Integration) -> None:
    assert "Make the drop address" in client_success.get(BASE).content.decode()
    client_success.post(PAGE, {"make": "1"})
    page = client_success.get(PAGE).content.decode()
    assert "Nothing has arrived yet" in page
    assert "Go on to the columns" not in page
    arrives(added)
    page = client_success.get(PAGE).content.decode()
    assert "<b>export.csv</b>: 6 records" in page
    answer = client_success.post(f"{BASE}file/", {"read": "1"})
    assert answer.headers["Location"] == f"{BASE}columns/"
    added.refresh_from_db()
    assert added.state == "tested"
    assert "Hire Date" in client_success.get(f"{BASE}columns/").content.decode()


def test_a_facility_that_closed_is_no_longer_waited_for(client_success: Client, added: Integration) -> None:
    Integration.objects.filter(pk=added.pk).update(config={"each_facility": True})
    added.refresh_from_db()
    drop_addresses.make(added, actor=OPERATOR)
    for name in ("grove_20261128.csv", "hill_20261128.csv", "hill_20261129.csv"):
        arrives(added, name)
    page = client_success.get(PAGE).content.decode()
    assert re.findall(r"(\w+_\d+\.csv)\s*<small>", page) == ["grove_20261128.csv", "hill_20261129.csv"]
    client_success.post(PAGE, {"forget": "hill_20261129.csv"})
    assert Arrival.objects.get().name == "grove_20261128.csv"


def test_without_a_second_step_there_is_no_token(client: Client, world: World, added: Integration) -> None:
    client.force_login(world.admin)
    assert "Turn two-step sign-in on" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"make": "1"}).status_code == 403
    assert not DropAddress.objects.exists()


def test_another_kind_of_integration_has_no_such_page(client_success: Client, world: World) -> None:
    address = f"/integrations/maple-health/{world.integration.slug}/drop/"
    assert client_success.get(address).status_code == 404
    assert client_success.post(address, {"make": "1"}).status_code == 404
