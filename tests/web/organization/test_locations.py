"""Locations: added, renamed, given codes, closed for the people that were seen, and opened again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Location, LocationCode, Membership
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
URL = "/organization/locations/"


def test_listed_with_people_and_codes_closed_ones_last(world: World, client_of: ClientOf) -> None:
    Location.objects.filter(pk=world.grove.pk).update(closed_at=made.NOON)
    page = client_of("client_success").get(URL)
    assert [one.location for one in page.context["places"]] == [world.hill, world.grove]
    hill = page.context["places"][0]
    assert (hill.people, hill.codes) == (Membership.objects.filter(location=world.hill).count(), ("oh",))
    text = client_of("admin").get(f"{URL}?as=csv").content.decode("utf-8-sig")
    assert "Maple Grove,mg,America/Chicago" in text
    assert "2026-11-16" in text


def test_added_with_its_codes(world: World, client_of: ClientOf) -> None:
    client = client_of("client_success")
    client.post(URL, {"name": "Birch Court", "codes": "BC, 103"})
    codes = LocationCode.objects.filter(location__name="Birch Court").values_list("code", flat=True)
    assert sorted(codes) == ["103", "bc"]
    again = client.post(URL, {"name": "Birch Court"})
    assert again.status_code == 422
    assert "already has a location named Birch Court. Nothing was added." in again.content.decode()


def test_renamed_and_coded_and_in_the_activity(world: World, client_of: ClientOf) -> None:
    client, address = client_of("admin"), f"{URL}{world.hill.pk}/"
    client.post(address, {"do": "rename", "name": " Oak  Ridge "})
    client.post(address, {"do": "map", "code": "OR"})
    client.post(address, {"do": "unmap", "code": "oh"})
    world.hill.refresh_from_db()
    assert (world.hill.name, world.hill.codes.get().code) == ("Oak Ridge", "or")
    taken = client.post(address, {"do": "rename", "name": "Maple Grove"})
    assert taken.status_code == 422
    assert "renamed the location Oak Ridge" in client.get("/activity/").content.decode()


def test_what_closing_does_is_shown_and_nothing_done(world: World, client_of: ClientOf) -> None:
    client = client_of("client_success")
    page = client.get(f"{URL}{world.hill.pk}/close/")
    losing = [one.full_name for one in page.context["effects"].losing]
    assert losing == ["Agnes Hillman", "Henrik Sand"]  # Delphine and Gwendolyn work at Maple Grove, too
    assert page.context["managers"] == 1
    said = page.content.decode()
    assert "Two people would no longer be able to sign in" in said
    assert "Payroll export goes on for" in said
    assert "Somebody new under oh waits from then on" in said
    assert Location.objects.get(pk=world.hill.pk).closed_at is None
    text = client.get(f"{URL}{world.hill.pk}/close/?as=csv").content.decode("utf-8-sig")
    assert "Agnes Hillman," in text


def test_closed_only_after_a_tick_and_for_whom_was_seen(world: World, client_of: ClientOf) -> None:
    client, address = client_of("admin"), f"{URL}{world.hill.pk}/close/"
    digest = client.get(address).context["effects"].digest
    unticked = client.post(address, {"digest": digest})
    assert (unticked.status_code, "Tick the box" in unticked.content.decode()) == (422, True)
    made.person(world.hill, "Nia Newcome")
    stale = client.post(address, {"digest": digest, "checked": "1"})
    assert (stale.status_code, "Look at it again" in stale.content.decode()) == (422, True)
    assert client.post(address, {"checked": "1"}).status_code == 422
    assert not Membership.objects.filter(status="inactive").exists()
    client.post(address, {"digest": stale.context["effects"].digest, "checked": "1"})
    assert set(Membership.objects.filter(location=world.hill).values_list("status", flat=True)) == {
        "inactive"
    }
    assert AuditEntry.objects.filter(verb="closed", subject="location", actor=world.admin).count() == 1
    assert client.get(address).status_code == 302  # closed already: to its page


def test_opened_again(world: World, client_of: ClientOf) -> None:
    client, address = client_of("admin"), f"{URL}{world.hill.pk}/"
    digest = client.get(f"{address}close/").context["effects"].digest
    client.post(f"{address}close/", {"digest": digest, "checked": "1"})
    page = client.get(address)
    assert (page.context["ended"], page.context["by_hand"]) == (4, 2)  # two managers are in no payroll
    client.post(address, {"do": "reopen"})
    assert Location.objects.get(pk=world.hill.pk).closed_at is None
    assert "reopened the location Oak Hill" in client.get("/activity/").content.decode()


def test_a_closed_ones_code_can_be_given_to_another(world: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    address = f"{URL}{world.grove.pk}/"
    assert client.post(address, {"do": "map", "code": "OH"}).status_code == 422
    Location.objects.filter(pk=world.hill.pk).update(closed_at=made.NOON)
    assert client.post(address, {"do": "map", "code": "OH"}).status_code == 302
    assert LocationCode.objects.get(code="oh").location == world.grove


def test_nobody_below_and_nobody_elsewhere(world: World, client_of: ClientOf) -> None:
    foreign = made.location(made.organization("Cedar Care"))
    for address in ("", f"{world.grove.pk}/", f"{world.grove.pk}/close/"):
        assert client_of("manager").get(URL + address).status_code == 404
    for address in (f"{foreign.pk}/", f"{foreign.pk}/close/"):
        assert client_of("admin").get(URL + address).status_code == 404
    client_of("admin").post(f"{URL}{foreign.pk}/close/", {"checked": "1", "digest": "x"})
    assert Location.objects.get(pk=foreign.pk).closed_at is None
