"""A source that cannot be read, on the pages of those who can do something about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, Run
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
WHY = "There is no file at /srv/payroll.csv. Check the path and that payroll has exported."


@pytest.fixture
def trouble(world: World) -> World:
    at = now()
    path = {"path": "/feeds/payroll.csv"}
    Integration.objects.update(state="quarantined", failing_since=at - timedelta(hours=1), config=path)
    Run.objects.filter(pk=world.run.pk).update(trigger="manual")
    Run.objects.create(
        organization=world.organization,
        integration=world.integration,
        number=413,
        trigger="schedule",
        state="failed",
        local_date=world.integration.local_date(at),
        requested_by="schedule",
        requested_at=at,
        finished_at=at - timedelta(hours=1),
        error_code="feed_unreadable",
        error_reason="source_says",
        error_params={"text": WHY},
    )
    return world


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_integration_says_why_since_when_and_when_it_is_tried_again(
    trouble: World, client_of: ClientOf
) -> None:
    said = page(client_of("admin"), "/integrations/maple-health/payroll/")
    assert "Payroll cannot be read: it first failed" in said
    assert WHY in said
    assert "the sync tries again" in said
    trouble.integration.refresh_from_db()
    since = trouble.integration.failing_since
    due = schedule.next_due(trouble.integration, now())
    assert due is not None
    assert due <= since + timedelta(hours=6)


def test_home_says_it_to_those_who_run_syncs(trouble: World, client_of: ClientOf) -> None:
    why = '<a href="/integrations/maple-health/payroll/"> See why </a>'
    for role, led in (("admin", True), ("manager", False)):
        said = " ".join(page(client_of(role), "/").split())
        assert "Payroll could not be read" in said
        assert (why in said) is led


def test_switched_off_says_what_to_do(trouble: World, client_of: ClientOf) -> None:
    Integration.objects.update(state="disabled")
    said = page(client_of("client_success"), "/integrations/maple-health/payroll/")
    assert "Switched off after 28 days" in said
    assert "The nightly sync is switched off." in page(client_of("admin"), "/")
