"""The link to a changed address, and what a person may choose about emails on the account page."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from django.test import Client
from django.urls import resolve
from django.utils.timezone import now

from schedulepop.accounts import invitations
from schedulepop.accounts.models import User
from schedulepop.messages import addresses, outbox
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


@pytest.fixture
def link(world: World) -> str:
    ines = world.ines
    ines.confirmed_email, ines.email = ines.email, "ines.new@example.com"
    ines.save()
    token = invitations.create(ines, "confirm", now(), address=ines.email)
    return f"/confirm/{token}/"


def test_the_new_mailbox_alone_is_led_to_the_two_ways(world: World, link: str, client: Client) -> None:
    page = client.post(link)
    assert page.status_code == 422
    assert f'href="/sign-in/?next={link}"' in page.content.decode()
    assert User.objects.get(pk=world.ines.pk).confirmed_email != "ines.new@example.com"
    assert client.get(link).status_code == 200, "the link stays usable"


def test_the_old_address_agrees_by_a_link_of_its_own_and_then_the_new_one_confirms(
    world: World, link: str, client: Client, mailbox: ModuleType
) -> None:
    ines = world.ines
    outbox.queue_next(ines, "moved_address", context={"address": ines.confirmed_email})
    outbox.drain()
    told = next(one for one in mailbox.letters() if one.to == ines.confirmed_email)
    consent = told.links[0].partition("8000")[2]
    assert "Agree, then open the link" in client.get(consent).content.decode()
    done = client.post(consent, follow=True).content.decode()
    assert "Now open the link we sent to ines.new@example.com" in done
    assert User.objects.get(pk=ines.pk).confirmed_email == ines.confirmed_email
    assert "is confirmed" in client.post(link, follow=True).content.decode()
    assert "_auth_user_id" not in client.session


def test_opening_the_link_consumes_nothing_and_pressing_the_button_confirms(
    world: World, link: str, client_of: ClientOf
) -> None:
    client = client_of("ines")
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "strict-origin"
        assert "Is this your address, Ines?" in page.content.decode()
    assert User.objects.get(pk=world.ines.pk).confirmed_email != "ines.new@example.com"
    done = client.post(link, follow=True)
    assert "ines.new@example.com is confirmed" in done.content.decode()
    assert User.objects.get(pk=world.ines.pk).confirmed_email == "ines.new@example.com"
    again = client.get(link)
    assert again.status_code == 410
    assert "Your address is confirmed." in again.content.decode()


def test_a_confirming_link_opens_no_password_form(link: str, client: Client) -> None:
    assert client.get(link.replace("/confirm/", "/set-up/")).status_code == 410
    never = client.get("/confirm/nonsense/")
    assert never.status_code == 410
    assert "have a new link sent to the new one" in never.content.decode()


def test_the_link_can_be_sent_again_by_its_owner_a_few_times_a_day(
    world: World, link: str, client_of: ClientOf, mailbox: ModuleType
) -> None:
    client = client_of("ines")
    assert "is not confirmed yet" in client.get("/account/").content.decode()
    for _ in range(outbox.AGAIN_LIMIT + 2):
        page = client.post("/account/confirm/", follow=True)
        outbox.drain()
    assert "within a day" in page.content.decode()
    letters = [one for one in mailbox.letters() if one.to == "ines.new@example.com"]
    assert len(letters) == outbox.AGAIN_LIMIT
    assert client.post(letters[0].links[0].partition("8000")[2], follow=True).status_code == 200
    assert "is not confirmed yet" not in client.get("/account/").content.decode()
    assert not addresses.ask_to_confirm(User.objects.get(pk=world.ines.pk))


def test_the_morning_email_is_switched_off_and_on(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    assert "Morning email" in client.get("/account/").content.decode()
    client.post("/account/digest/", {"wants": "no"})
    assert not User.objects.get(pk=world.manager.pk).wants_digest
    client.post("/account/digest/", {"wants": "yes"})
    assert User.objects.get(pk=world.manager.pk).wants_digest


def test_staff_are_not_offered_what_they_never_get(world: World, client_of: ClientOf) -> None:
    client = client_of("staff")
    assert "Morning email" not in client.get("/account/").content.decode()
    assert client.post("/account/digest/", {"wants": "no"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/runs/1/", "/runs/", "/issues/", "/users/", "/users/1/2/", "/integrations/maple-health/payroll/"],
)
def test_the_pages_notices_point_at_exist(path: str) -> None:
    assert resolve(path)
