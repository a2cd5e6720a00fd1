"""The strip of 30 nights: what each run's night shows, where it stands, and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from schedulepop.sync.models import Integration, Run
from schedulepop.sync.review.night_outcomes import outcome_of
from schedulepop.web.runs import nights
from tests.web.world import World

ClientOf = Callable[[str], Client]
AT = datetime(2026, 11, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "rest", "doubted", "outcome"),
    [
        ("applied", "none", False, "applied"),
        ("applied", "none", True, "held"),
        ("applied", "waiting", True, "held"),
        ("applied", "approved", False, "applied"),
        ("applied", "discarded", False, "held"),
        ("undone", "none", False, "applied"),
        ("held", "none", True, "held"),
        ("superseded", "none", True, "held"),
        ("failed", "none", False, "failed"),
        ("skipped", "none", False, "skipped"),
        ("running", "none", False, None),
        ("planned", "none", False, None),
    ],
)
def test_what_a_night_shows(state: str, rest: str, doubted: bool, outcome: str | None) -> None:
    assert outcome_of(state, rest, doubted=doubted) == outcome


def ran(integration: Integration, number: int, days_ago: int, state: str, **more: Any) -> Run:
    """A run of that many days before AT."""
    at = AT - timedelta(days=days_ago)
    fields = {"trigger": "schedule", "requested_by": "schedule"} | more
    return Run.objects.create(
        organization=integration.organization,
        integration=integration,
        number=number,
        state=state,
        local_date=at.date(),
        requested_at=at,
        **fields,
    )


@pytest.fixture
def fortnight(world: World) -> Integration:
    """Nights of every kind, and what is none."""
    one = Integration.objects.create(
        organization=world.organization, name="Nightly", slug="nightly", connector="file"
    )
    ran(one, 1, 40, "failed")
    ran(one, 2, 3, "applied")
    ran(one, 3, 2, "held", holds=[{"rule": "empty"}])
    ran(one, 4, 2, "applied", trigger="manual")
    ran(one, 5, 1, "failed")
    ran(one, 6, 0, "skipped", trigger="manual")
    ran(one, 7, 4, "planned", trigger="manual", preview=True)
    ran(one, 8, 4, "failed", trigger="manual", preview=True)
    ran(one, 9, 4, "applied", trigger="effective")
    ran(one, 10, 4, "applied", trigger="manual", undo_of=Run.objects.get(integration=one, number=2))
    return one


@pytest.mark.django_db
def test_the_graver_run_of_a_day_and_nothing_that_is_no_night(fortnight: Integration) -> None:
    strip = nights.strips([fortnight], AT)[fortnight.pk]
    seen = {(AT.date() - night.day).days: night.outcome for night in strip.nights if night.outcome}
    assert seen == {3: "applied", 2: "held", 1: "failed", 0: "skipped"}
    held = Run.objects.get(integration=fortnight, number=3)
    assert [night.url for night in strip.nights if night.outcome == "held"] == [f"/runs/{held.pk}/"]
    assert strip.summary == "1 night applied, 1 on hold, 1 failed, 1 skipped."


@pytest.mark.django_db
def test_one_query_for_all_integrations(world: World, fortnight: Integration) -> None:
    other = Integration.objects.create(
        organization=world.organization, name="Agency", slug="agency", connector="file"
    )
    ran(other, 1, 5, "applied")
    both = list(Integration.objects.select_related("organization").order_by("name"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        strips = nights.strips(both, AT)
    assert len(queries) == 1
    assert strips[other.pk].summary == "1 night applied."


@pytest.mark.django_db
def test_who_runs_syncs_sees_it_with_the_table_behind_it(world: World, client_of: ClientOf) -> None:
    today = world.integration.local_date(now())
    Run.objects.filter(pk=world.run.pk).update(local_date=today, state="applied", rest="none", holds=[])
    page = client_of("admin").get("/").content.decode()
    assert "The last 30 nights" in page
    assert "1 night applied." in page
    assert f'<a href="/runs/{world.run.pk}/">Applied</a>' in page
    for address in ("/integrations/", "/integrations/maple-health/payroll/"):
        assert "1 night applied." in client_of("client_success").get(address).content.decode()
    assert "The last 30 nights" not in client_of("manager").get("/").content.decode()
