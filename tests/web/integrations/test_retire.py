"""A payroll that is left for good: Client Success says so on the integration's page, and nobody is removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration, Link, Run
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
PAGE = "/integrations/maple-health/payroll/"


@pytest.fixture
def decided(world: World) -> World:
    """Nothing is under way or waits."""
    Integration.objects.update(state="active")
    Run.objects.update(state="applied", rest="none")
    return world


def state(world: World) -> str:
    return Integration.objects.get(pk=world.integration.pk).state


def test_client_success_retires_it_and_everybody_stays(decided: World, client_of: ClientOf) -> None:
    client, before = (
        client_of("client_success"),
        list(Membership.objects.order_by("pk").values("pk", "status")),
    )
    said = client.get(PAGE).content.decode()
    assert "Leave this payroll for good" in said
    assert "in no other integration here" in said
    answer = client.post(f"{PAGE}retire/", {"sure": "yes"}, follow=True).content.decode()
    assert "Retired. Its people stay as they are." in answer
    assert "cannot be switched on again" in answer
    assert "Activate the daily sync" not in answer
    assert "Leave this payroll for good" not in answer
    assert state(decided) == "retired"
    assert list(Membership.objects.order_by("pk").values("pk", "status")) == before


def test_it_has_to_be_meant(decided: World, client_of: ClientOf) -> None:
    answer = client_of("client_success").post(f"{PAGE}retire/")
    assert answer.status_code == 422
    assert "Tick that nothing comes from it any more" in answer.content.decode()
    assert state(decided) == "active"


def test_an_admin_neither_sees_nor_does_it(decided: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    assert "Leave this payroll for good" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}retire/", {"sure": "yes"}).status_code == 403
    assert state(decided) == "active"


def test_not_while_a_run_waits(decided: World, client_of: ClientOf) -> None:
    Run.objects.filter(pk=decided.run.pk).update(state="held")
    answer = client_of("client_success").post(f"{PAGE}retire/", {"sure": "yes"})
    assert answer.status_code == 409
    assert "Approve or discard it first" in answer.content.decode()


def test_whom_another_integration_names_as_well_is_not_counted(decided: World, client_of: ClientOf) -> None:
    other = Integration.objects.create(
        organization=decided.organization, name="New", slug="new", connector="file", state="active"
    )
    Link.objects.bulk_create(
        Link(
            organization=decided.organization, integration=other, source_id=f"N{one.pk}", user_id=one.user_id
        )
        for one in Link.objects.filter(integration=decided.integration, retired_at=None)
    )
    assert "in no other integration here" not in client_of("client_success").get(PAGE).content.decode()
