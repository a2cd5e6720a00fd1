"""Not available, not granted: the same words on the columns page, on profiles and in answers to "where is…?"."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from django.test import Client
from django.utils.timezone import now

from schedulepop.sync.integrations import availability
from schedulepop.sync.integrations.connection_test import LastTest
from schedulepop.sync.models import Integration
from tests import standing
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db


@standing.made_once
def world() -> World:
    """Maple Health, whose payroll is ADP."""
    return maple(people=6)


@pytest.fixture
def adp(world: World) -> Integration:
    one = world.integration
    one.connector, one.config = "adp_wfn", {"region": "us", "client_id": "maple-reader"}
    last = LastTest(now(), "ops", finished=True, ok=True, not_granted=("Contact data",))
    one.last_test = asdict(last) | {"at": last.at.isoformat()}
    one.save()
    return one


@pytest.mark.parametrize(
    ("columns", "field", "said"),
    [
        ({}, "cms_code", "Not available from ADP Workforce Now"),
        ({"cms_code": "Custom: PBJ"}, "cms_code", ""),
        ({}, "email", "Not granted by ADP Workforce Now: Contact data"),
        ({"email": "Custom: Private mail"}, "email", ""),
        ({}, "zone", ""),
        ({}, "full_name", ""),
        ({}, "pay_rate", ""),
    ],
)
def test_the_reason(adp: Integration, columns: dict[str, str], field: str, said: str) -> None:
    adp.mapping = {"columns": columns}
    assert availability.reason(adp, field) == said


def test_a_file_has_whatever_is_put_into_it(world: World) -> None:
    world.integration.connector = "file"
    assert availability.reason(world.integration, "cms_code") == ""


def test_of_two_payrolls_both_have_to_lack_it(adp: Integration, world: World) -> None:
    assert availability.reason_in(world.organization, "email").startswith("Not granted")
    Integration.objects.create(organization=world.organization, name="Files", slug="files", connector="file")
    assert availability.reason_in(world.organization, "email") == ""


def test_profile_and_answer_say_it(adp: Integration, world: World, client: Client) -> None:
    ines = world.ines
    type(ines).objects.filter(pk=ines.pk).update(email="", password="!")
    client.force_login(world.manager)
    page = client.get(f"/users/{ines.pk}/{world.grove.pk}/").content.decode()
    assert "Not granted by ADP Workforce Now: Contact data" in page
    answer = client.get("/where/", {"q": "Ines Calloway"}).content.decode()
    assert "has no email address" in answer
    assert "Not granted by ADP Workforce Now: Contact data" in answer
