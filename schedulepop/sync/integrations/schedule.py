"""When an integration runs by itself, when it tries again, and since when it is late (SPEC §4)."""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from schedulepop.sync.errors import LIST_BUSY
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, IntegrationState, Run, RunState, Trigger

SPREAD_MINUTES = 120  # the stable offset that keeps organizations from all asking payroll at once
RETRY_AFTER = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
DISABLE_AFTER = timedelta(days=28)
LATE_AFTER = timedelta(hours=26)
BUSY_ATTEMPTS = 5


def due_at(integration: Integration, day: date) -> datetime:
    """When this integration runs on a local day: the wall-clock time plus its stable offset, across DST."""
    offset = timedelta(minutes=zlib.crc32(f"{integration.pk}".encode()) % SPREAD_MINUTES)
    wall = datetime.combine(day, integration.schedule_at) + offset
    return wall.replace(tzinfo=ZoneInfo(integration.organization.timezone))


def next_due(integration: Integration, at: datetime) -> datetime:
    """The next time it runs by itself, if it is active: its next day, or a further attempt before that."""
    day = integration.local_date(at)
    today = scheduled_run(integration, day)
    if today is None:
        return due_at(integration, day)
    since = integration.failing_since
    retries = [since + wait for wait in RETRY_AFTER if since + wait > at] if since else []
    tomorrow = due_at(integration, day + timedelta(days=1))
    return min([*retries, tomorrow]) if today.state == RunState.FAILED else tomorrow


def scheduled_run(integration: Integration, day: date) -> Run | None:
    """The scheduled run of a local day."""
    return integration.runs.defer("plan").filter(trigger=Trigger.SCHEDULE, local_date=day).first()


def retry_is_due(integration: Integration, run: Run, at: datetime) -> bool:
    """6, 12 and 24 hours after the first failure, then with each day's run.

    At once, a few times, if only our own list was busy.
    """
    if run.state != RunState.FAILED:
        return False
    if run.error_code == LIST_BUSY:
        return run.attempt < BUSY_ATTEMPTS
    since = integration.failing_since
    if since is None or run.finished_at is None:
        return False
    return any(run.finished_at < since + wait <= at for wait in RETRY_AFTER)


def is_given_up(integration: Integration, at: datetime) -> bool:
    """After 28 days of trouble nobody asks any more."""
    since = integration.failing_since
    if integration.state != IntegrationState.QUARANTINED or since is None:
        return False
    return at - since > DISABLE_AFTER


def freshness(integration: Integration, at: datetime) -> dict[str, Any]:
    """How old the last good run and its source data are; `late` after 26 h on an active integration.

    The hours count from its activation when that is newer: who resumes after a month is not late at once.
    """
    since = lifecycle.watched_since(integration)
    late = integration.state == IntegrationState.ACTIVE and (since is None or at - since > LATE_AFTER)
    return {"ran": integration.last_success_at, "source": integration.last_source_time, "late": late}
