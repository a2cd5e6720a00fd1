"""What is due now, of all integrations: one statement a question, however many there are (`bench/ticks.py` measures).

An answer is never short of what the rules find, and may be longer: whoever asks looks at each by the rules. `minute`:
what is asked of everybody once an hour is asked of a sixtieth every minute, by the remainder of its ID; None: of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from schedulepop.accounts.models import Organization
from schedulepop.employee import ENDED, ON_LEAVE
from schedulepop.sync.errors import LIST_BUSY
from schedulepop.sync.integrations import lifecycle, schedule
from schedulepop.sync.models import Integration, IntegrationState
from schedulepop.sync.run import queries
from schedulepop.sync.run.notify import digest, late_sync

KEEPS_DATES = (
    IntegrationState.FIRST_APPLIED,
    IntegrationState.ACTIVE,
    IntegrationState.PAUSED,
    IntegrationState.QUARANTINED,
)
FURTHEST_DAY = timedelta(days=1)  # how far ahead of UTC a day begins anywhere


def starts(at: datetime) -> list[Integration]:
    """Whose scheduled run of the day may begin, be tried again, or be given up."""
    return _integrations(
        queries.rows(
            "due_starts",
            at=at,
            given_up_before=at - schedule.DISABLE_AFTER,
            stride=schedule.STRIDE,
            spread=schedule.SPREAD_MINUTES,
            busy=LIST_BUSY,
            busy_attempts=schedule.BUSY_ATTEMPTS,
            retry_after=list(schedule.RETRY_AFTER),
        )
    )


def late(at: datetime) -> list[Integration]:
    """Of whom it is not told yet that no run has gone through for 26 hours."""
    return _integrations(
        queries.rows(
            "due_late",
            before=at - schedule.LATE_AFTER,
            active_since=lifecycle.ACTIVE_SINCE,
            notice=late_sync.NOTICE,
        )
    )


def old_data(at: datetime, minute: int | None) -> list[tuple[Integration, datetime]]:
    """To whom payroll has sent nothing new for long, and since when, although runs go through."""
    before = at - schedule.LATE_AFTER
    feeds = schedule.USUAL_FEEDS
    found: dict[int, list[datetime]] = dict(
        queries.rows("due_old", before=before, minute=minute, feeds=feeds)
    )
    rules = ((one, schedule.old_since(one, found[one.pk], at)) for one in _integrations(found.items()))
    return [(one, since) for one, since in rules if since and not _is_late(one, at)]


def _is_late(integration: Integration, at: datetime) -> bool:
    return schedule.is_late(lifecycle.watched_since(integration), at)


def reminders(minute: int | None) -> list[tuple[Integration, datetime]]:
    """Whose files are only uploaded, and since when there was none: since the activation where that is newer."""
    newest: dict[int, datetime | None] = dict(queries.rows("due_reminders", minute=minute))
    known = (
        (one, max(filter(None, (newest[one.pk], lifecycle.activated_at(one))), default=None))
        for one in _integrations(newest.items())
    )
    return [(one, since) for one, since in known if since]


def dates(at: datetime) -> list[Integration]:
    """Who has somebody for whom something falls due at their location's day, also while paused or in trouble."""
    return _integrations(
        queries.rows(
            "due_dates",
            at=at,
            soon=(at + FURTHEST_DAY).date(),
            ended=sorted(ENDED),
            on_leave=sorted(ON_LEAVE),
            states=list(KEEPS_DATES),
        )
    )


def digests(at: datetime, *, spread: bool) -> list[Organization]:
    """Whose morning has come, and whose digest of the day has not gone out. `spread`: over an hour, by their IDs."""
    found = queries.rows(
        "due_digests",
        at=at,
        notice=digest.NOTICE,
        morning=digest.MORNING,
        states=list(digest.LIVE),
        spread=60 if spread else 1,
    )
    return list(Organization.objects.filter(pk__in=[pk for (pk,) in found]).order_by("pk")) if found else []


def _integrations(found: Iterable[tuple[Any, ...]]) -> list[Integration]:
    ids = [row[0] for row in found]
    if not ids:
        return []
    return list(Integration.objects.filter(pk__in=ids).select_related("organization").order_by("pk"))
