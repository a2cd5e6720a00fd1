"""Duties and zones: renamed, given codes, merged for the preview that was seen, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Duty, Membership, Zone
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
URL = "/organization/duties/"


def zone(world: World, name: str) -> Zone:
    return Zone.objects.get(location=world.grove, name=name)


def test_each_with_its_people_and_codes(world: World, client_of: ClientOf) -> None:
    made.zone(world.grove, "East Wing", "EW", "E-1")
    (grove, hill) = client_of("client_success").get(URL).context["places"]
    east = next(one for one in grove.zones if one.part.name == "East Wing")
    assert east.codes == ("e-1", "ew")
    assert east.people == Membership.objects.filter(zones__zone=east.part).exclude(status="resigned").count()
    assert [one.part.name for one in hill.duties] == ["CNA"]
    text = client_of("admin").get(f"{URL}?as=csv").content.decode("utf-8-sig")
    assert "Maple Grove,Zone,East Wing" in text


def test_renamed_and_coded(world: World, client_of: ClientOf) -> None:
    client, east = client_of("admin"), zone(world, "East Wing")
    address = f"{URL}zone/{east.pk}/"
    client.post(address, {"do": "rename", "name": " East  House "})
    client.post(address, {"do": "map", "code": "EH-1"})
    east.refresh_from_db()
    assert (east.name, east.codes.get().code) == ("East House", "eh-1")
    client.post(address, {"do": "unmap", "code": "eh-1"})
    assert not east.codes.exists()
    entry = AuditEntry.objects.get(verb="renamed")
    assert entry.changes == [{"field": "name", "old": "East Wing", "new": "East House"}]
    taken = client.post(address, {"do": "rename", "name": "West Wing"})
    assert taken.status_code == 422
    assert "Merge the two instead" in taken.content.decode()


def test_merged_for_what_was_seen_and_taken_back(world: World, client_of: ClientOf) -> None:
    client, east, west = client_of("admin"), zone(world, "East Wing"), zone(world, "West Wing")
    had = Membership.objects.filter(primary_zone=east).count()
    address = f"{URL}zone/{east.pk}/merge/"
    page = client.get(f"{address}?into={west.pk}")
    assert page.context["preview"].primary == had
    assert Membership.objects.filter(primary_zone=east).count() == had
    stale = client.post(address, {"into": west.pk, "digest": "another"})
    assert stale.status_code == 422
    client.post(address, {"into": west.pk, "digest": page.context["preview"].digest})
    assert not Membership.objects.filter(primary_zone=east).exists()
    listed = client.get(URL)
    assert "East Wing" not in [one.part.name for one in listed.context["places"][0].zones]
    (done,) = listed.context["merges"]
    assert (done.merged, done.kept) == ("East Wing", "West Wing")
    client.post(f"{URL}unmerge/{done.merge.pk}/")
    assert Membership.objects.filter(primary_zone=east).count() == had
    assert "merged another one into the zone West Wing" in client.get("/activity/").content.decode()


def test_nothing_of_another_customer(world: World, client_of: ClientOf) -> None:
    foreign = made.duty(made.location(made.organization("Cedar Care")), "RN")
    own = Duty.objects.filter(location=world.grove)[0]
    client = client_of("admin")
    assert client.get(f"{URL}duty/{foreign.pk}/").status_code == 404
    assert client.get(f"{URL}duty/{own.pk}/merge/?into={foreign.pk}").status_code == 404
    assert client.get(f"{URL}room/{own.pk}/").status_code == 404
    assert client_of("manager").get(f"{URL}duty/{own.pk}/").status_code == 404


def test_its_queries_do_not_grow(world: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for number in range(4):
        made.duty(made.location(world.organization, f"House {number}"), "RN", f"R{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)
