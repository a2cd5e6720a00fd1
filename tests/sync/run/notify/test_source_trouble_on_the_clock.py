"""A source in trouble over days: when it is tried again, and who hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.sync.integrations import lifecycle, schedule
from schedulepop.sync.models import Run
from schedulepop.sync.run import runs
from tests import made
from tests.sync.run.notify.test_notices_on_the_clock import READERS, told

pytestmark = pytest.mark.django_db


class Night:
    """A worker's clock: every tick starts what is due and drives it."""

    def __init__(self, monkeypatch, start: datetime) -> None:
        self.now = start
        self.attempts: list[timedelta] = []
        self._start = start
        for module in ("runs", "driver", "lease", "outcome", "trouble"):
            monkeypatch.setattr(f"schedulepop.sync.run.{module}.clock", lambda: self.now)

    def until(self, after: timedelta, step: timedelta = timedelta(minutes=30)) -> None:
        while self.now < self._start + after:
            for run in jobs.start_due(self.now):
                self.attempts.append(self.now - self._start)
                runs.drive(run.pk)
            self.now += step


@pytest.fixture
def night(payroll, monkeypatch) -> Night:
    payroll.first_sync()
    made.admin(payroll.integration.organization, "Renata Okoye", email="renata@example.com", **READERS)
    monkeypatch.setattr(schedule, "SPREAD_MINUTES", 1)
    start = schedule.due_at(payroll.integration, datetime(2027, 2, 1).date())
    return Night(monkeypatch, start)


def hours(*values: float) -> list[timedelta]:
    return [timedelta(hours=value) for value in values]


def test_a_source_in_trouble_is_tried_after_6_12_and_24_hours_then_daily(payroll, night) -> None:
    payroll.path.unlink()
    night.until(timedelta(days=4))
    assert night.attempts == hours(0, 6, 12, 24, 48, 72)
    days = list(Run.objects.filter(trigger="schedule").order_by("number").values_list("attempt", flat=True))
    assert days == [3, 1, 1, 1], "a retry is a further attempt of the same run; the next day's run takes over"
    assert len(told("source_trouble")) == 1


def test_it_leaves_quarantine_by_itself_and_starts_counting_anew(payroll, night) -> None:
    content = payroll.path.read_text()
    payroll.path.unlink()
    night.until(timedelta(hours=8))
    payroll.path.write_text(content)
    night.until(timedelta(hours=13))
    payroll.integration.refresh_from_db()
    assert (payroll.integration.state, payroll.integration.failing_since) == ("active", None)
    run = Run.objects.get(trigger="schedule")
    assert (run.state, run.attempt, night.attempts) == ("applied", 3, hours(0, 6, 12))
    assert [says["says"] for _, says in told("source_trouble")] == [
        "payroll cannot be read",
        "payroll is read again",
    ]


def test_after_28_days_it_is_switched_off_and_testing_brings_it_back(payroll, night) -> None:
    content = payroll.path.read_text()
    payroll.path.unlink()
    night.until(timedelta(days=30), step=timedelta(hours=3))
    integration = payroll.integration
    integration.refresh_from_db()
    assert integration.state == "disabled"
    assert max(night.attempts) == timedelta(days=28)
    assert [says["says"] for _, says in told("source_trouble")] == [
        "payroll cannot be read",
        "the daily sync was switched off",
    ]
    assert AuditEntry.objects.get(verb="switched_off").by == "schedule"
    payroll.path.write_text(content)
    operator = Actor.operator("test")
    assert lifecycle.test(integration, actor=operator).ok
    lifecycle.activate(integration, actor=operator)
    payroll.path.unlink()
    night.until(timedelta(days=32), step=timedelta(hours=3))
    integration.refresh_from_db()
    assert integration.state == "quarantined", "28 days are counted from the new trouble"


def test_a_busy_list_is_tried_again_within_minutes_and_not_for_ever(payroll, night, monkeypatch) -> None:
    from schedulepop.sync.run import driver

    def moved(*args, **more):
        raise driver.OutdatedPlanError("person_edited")

    monkeypatch.setattr(driver, "apply_changes", moved)
    night.until(timedelta(minutes=20), step=timedelta(minutes=1))
    assert len(night.attempts) == schedule.BUSY_ATTEMPTS
    payroll.integration.refresh_from_db()
    assert payroll.integration.state == "active"
