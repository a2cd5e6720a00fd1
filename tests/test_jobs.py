"""When things run: once per local day, across DST, and again after somebody died."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedulepop import jobs
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, Run
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration() -> Integration:
    return Integration.objects.create(
        organization=made.organization(timezone="America/New_York"),
        name="Payroll",
        slug="payroll",
        connector="file",
        config={"path": "/feeds/payroll.csv"},
        state="active",
        schedule_at=time(2, 0),
    )


def test_one_scheduled_run_per_local_day(integration) -> None:
    due = schedule.due_at(integration, date(2026, 11, 23))
    assert jobs.start_due(due - timedelta(minutes=1)) == []
    (run,) = jobs.start_due(due)
    assert (run.trigger, run.local_date, run.requested_by) == ("schedule", run.local_date, "schedule")
    assert jobs.start_due(due + timedelta(minutes=1)) == []
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "day",
    [date(2027, 3, 14), date(2026, 11, 1)],
    ids=["the hour that is left out", "the hour that comes twice"],
)
def test_exactly_one_run_on_a_day_the_clocks_change(integration, day: date, monkeypatch) -> None:
    integration.schedule_at = time(2, 30)
    integration.save()
    monkeypatch.setattr(schedule, "SPREAD_MINUTES", 1)
    midnight = datetime.combine(day, time(0), ZoneInfo("America/New_York")).astimezone(UTC)
    monkeypatch.setattr("schedulepop.sync.run.runs.clock", lambda: now)
    started = 0
    for minutes in range(0, 25 * 60, 15):
        now = midnight + timedelta(minutes=minutes)
        if now.astimezone(ZoneInfo("America/New_York")).date() == day:
            for run in jobs.start_due(now):
                started += 1
                Run.objects.filter(pk=run.pk).update(state="applied")
    assert started == 1


def test_the_offset_is_stable_and_within_two_hours(integration) -> None:
    first, again = (schedule.due_at(integration, date(2026, 11, 23)) for _ in range(2))
    assert first == again
    assert time(2, 0) <= first.time() < time(4, 0)


def test_a_missed_day_is_caught_up_once(integration, monkeypatch) -> None:
    late = schedule.due_at(integration, date(2026, 11, 23)) + timedelta(days=3)
    monkeypatch.setattr("schedulepop.sync.run.runs.clock", lambda: late)
    assert len(jobs.start_due(late)) == 1


def test_a_paused_integration_does_not_run(integration) -> None:
    Integration.objects.update(state="paused")
    assert jobs.start_due(schedule.due_at(integration, date(2026, 11, 23)) + timedelta(hours=3)) == []


def test_source_trouble_is_tried_again_by_the_same_run(integration, monkeypatch) -> None:
    due = schedule.due_at(integration, date(2026, 11, 23))
    monkeypatch.setattr("schedulepop.sync.run.runs.clock", lambda: due)
    (run,) = jobs.start_due(due)
    Run.objects.filter(pk=run.pk).update(state="failed", finished_at=due)
    Integration.objects.update(state="quarantined", failing_since=due)
    assert jobs.start_due(due + timedelta(hours=5)) == []
    (again,) = jobs.start_due(due + timedelta(hours=6))
    assert again.pk == run.pk
    assert Run.objects.get().state == "queued"
