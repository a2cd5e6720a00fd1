"""When an integration runs by itself, when it tries again, and since when it is late (SPEC §4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from schedulepop.sync.errors import LIST_BUSY
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.run import feeds, fetching

SPREAD_MINUTES = 120  # the stable offset that keeps organizations from all asking payroll at once
STRIDE = 7919  # a prime: neighbors in the table run far apart, and every minute is used alike
RETRY_AFTER = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
DISABLE_AFTER = timedelta(days=28)
LATE_AFTER = timedelta(hours=26)
BUSY_ATTEMPTS = 5
A_DAY = timedelta(days=1)
TICK = timedelta(minutes=1)
USUAL_FEEDS = 30  # runs whose source times say how often payroll sends


def due_at(integration: Integration, day: date) -> datetime:
    """When this integration runs on a local day: the wall-clock time plus its stable offset, across DST.

    An offset that passes midnight goes on from the same day's start, so that the day keeps its run.
    """
    offset = timedelta(minutes=integration.pk * STRIDE % SPREAD_MINUTES)
    wall = (datetime.combine(day, integration.schedule_at) + offset).time()
    return datetime.combine(day, wall, ZoneInfo(integration.organization.timezone))


def next_due(integration: Integration, at: datetime) -> datetime | None:
    """The next time it runs by itself, if it is active: its next day, or a further attempt before that.

    Always a time still ahead: what was due today and has not run starts with the next minute. None: it never does.
    """
    if not feeds.can_fetch(integration):
        return None
    day = integration.local_date(at)
    today = scheduled_run(integration, day)
    if today is None:
        return max(due_at(integration, day), at + TICK)
    retries = [moment for moment in _retries(integration) if moment > at]
    tomorrow = due_at(integration, day + timedelta(days=1))
    return min([*retries, tomorrow]) if today.state == RunState.FAILED else tomorrow


def scheduled_run(integration: Integration, day: date) -> Run | None:
    """The scheduled run of a local day."""
    return integration.runs.defer("plan").filter(trigger=Trigger.SCHEDULE, local_date=day).first()


def retry_is_due(integration: Integration, run: Run, at: datetime) -> bool:
    """When the source said, else 6, 12 and 24 hours after the first failure, then with each day's run.

    At once, a few times, if only our own list was busy.
    """
    if run.state != RunState.FAILED:
        return False
    if run.error_code == LIST_BUSY:
        return run.attempt < BUSY_ATTEMPTS
    if run.finished_at is None:
        return False
    return any(run.finished_at < moment <= at for moment in _retries(integration))


def _retries(integration: Integration) -> list[datetime]:
    """When a source in trouble is asked again: at the time it named, and none before; then by the hours since."""
    named, since = fetching.retry_at(integration), integration.failing_since
    if since is None:
        return []
    later = [since + wait for wait in RETRY_AFTER]
    return later if named is None else [named, *(moment for moment in later if moment > named)]


def is_given_up(integration: Integration, at: datetime) -> bool:
    """After 28 days of trouble nobody asks any more."""
    since = integration.failing_since
    if integration.state != IntegrationState.QUARANTINED or since is None:
        return False
    return at - since > DISABLE_AFTER


def is_old(integration: Integration, written: datetime, at: datetime) -> bool:
    """Whether data that payroll wrote then is older than twice its usual interval, at least 26 hours (SPEC §4)."""
    return at - written > LATE_AFTER and is_older_than_usual(written, _source_times(integration), at)


def is_older_than_usual(written: datetime, source_times: Collection[datetime], at: datetime) -> bool:
    """The same of data of whose last runs the source times are known.

    Until two files say how often payroll sends, every day is taken as usual.
    """
    times = sorted({written, *source_times})
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    usual = timedelta(seconds=median(gaps)) if gaps else A_DAY
    return at - written > max(LATE_AFTER, 2 * usual)


def newest_data(integration: Integration) -> datetime | None:
    """When payroll wrote what it sent last, whether that was applied or waits."""
    return max(filter(None, [integration.last_source_time, *_source_times(integration)]), default=None)


def _source_times(integration: Integration) -> list[datetime]:
    """How new the data of its last runs was; `due_old.sql` asks the same of many integrations."""
    read = integration.runs.full().filter(source_time__isnull=False, undo_of=None, preview=False)
    seen = read.order_by("-number").values_list("source_time", flat=True)[:USUAL_FEEDS]
    return [one for one in seen if one]


def old_since(integration: Integration, source_times: Collection[datetime], at: datetime) -> datetime | None:
    """When payroll wrote its newest data, if that is old and was activated long enough ago to alarm."""
    written = max(filter(None, [integration.last_source_time, *source_times]), default=None)
    activated = lifecycle.activated_at(integration)
    if written is None or not is_older_than_usual(written, source_times, at):
        return None
    return (
        written
        if activated is None or is_older_than_usual(max(written, activated), source_times, at)
        else None
    )


def is_watched(integration: Integration) -> bool:
    """Whether somebody is told when it is late: what is only uploaded never is."""
    return integration.state == IntegrationState.ACTIVE and feeds.can_fetch(integration)


def is_late(since: datetime | None, at: datetime) -> bool:
    """Whether what is watched since then has been silent for too long; None: it has never run."""
    return since is None or at - since > LATE_AFTER


def freshness(integration: Integration, at: datetime) -> dict[str, Any]:
    """How old the last good run and its source data are; `late` after 26 h on an active integration, `old_since`
    when runs go through and payroll has sent nothing new.
    """
    watched = is_watched(integration)
    late = watched and is_late(lifecycle.watched_since(integration), at)
    asked = watched and not late
    return {
        "ran": integration.last_success_at,
        "source": integration.last_source_time,
        "late": late,
        "old_since": old_since(integration, _source_times(integration), at) if asked else None,
    }
