"""Somebody came back: the profile asks whether the extras of before still apply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import EmploymentPeriod, Membership
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def back(world: World) -> Membership:
    member = Membership.objects.get(user=world.ines, location=world.grove)
    Membership.objects.filter(pk=member.pk).update(extras_to_review=True)
    EmploymentPeriod.objects.create(
        membership=member, hire_date=date(2019, 3, 4), ended_on=date(2025, 6, 30), status="quit"
    )
    return member


def address(world: World, name: str) -> str:
    return reverse(name, args=[world.ines.pk, world.grove.pk])


def test_the_profile_asks_and_keeping_ends_the_question(
    world: World, back: Membership, client_of: ClientOf
) -> None:
    client = client_of("manager")
    page = client.get(address(world, "profile")).content.decode()
    assert "is back after working here from Mar 4, 2019 to Jun 30, 2025" in page
    before = back.zones.count()
    answer = client.post(address(world, "profile-review"), {"do": "keep"}, headers=HTMX).content.decode()
    assert "is back" not in answer
    assert "The extras of Ines Calloway were kept." in answer
    assert back.zones.count() == before
    assert AuditEntry.objects.latest("pk").verb == "kept_extras"


def test_removing_them(world: World, back: Membership, client_of: ClientOf) -> None:
    answer = client_of("manager").post(address(world, "profile-review"), {"do": "remove"}, follow=True)
    assert "were removed" in answer.content.decode()
    assert not back.zones.filter(by_payroll=False).exclude(zone=back.primary_zone_id).exists()
    history = client_of("manager").get(address(world, "profile")).content.decode()
    assert "Extras from before removed" in history


def test_a_manager_of_another_location_sees_nothing_of_it(
    world: World, back: Membership, client_of: ClientOf
) -> None:
    response = client_of("manager_elsewhere").post(address(world, "profile-review"), {"do": "remove"})
    assert response.status_code == 404
    back.refresh_from_db()
    assert back.extras_to_review
