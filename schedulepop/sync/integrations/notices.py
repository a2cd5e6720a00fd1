"""What no run tells: who is late, what payroll has not sent, which credentials end, and the morning's open issues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import F, Min

from schedulepop.accounts.models import Organization
from schedulepop.sync.integrations import due, lifecycle
from schedulepop.sync.models import Integration
from schedulepop.sync.run import feeds
from schedulepop.sync.run.notify import digest, late_sync, secret_ends, upload_reminder

BATCH = 200  # organizations whose digests are queued in one transaction
log = structlog.get_logger("jobs")


def give(at: datetime, *, spread: bool = False) -> int:
    """Queues what is due; how many letters. `spread`: called every minute, so that each call does a part of the hour's.

    One customer's trouble never keeps another's.
    """
    minute = at.minute if spread else None
    queued = sum(safely(notify, *about) for notify, *about in _due(at, minute))
    return queued + sum(_digests(some, at) for some in _batches(due.digests(at, spread=spread)))


def _batches(organizations: list[Organization]) -> Iterator[list[Organization]]:
    for start in range(0, len(organizations), BATCH):
        yield organizations[start : start + BATCH]


def _digests(organizations: list[Organization], at: datetime) -> int:
    """All in one transaction; when one of them breaks it, each in its own."""
    try:
        return digest.notify(organizations, at)
    except Exception:
        return sum(safely(digest.notify, [one], at) for one in organizations)


def _due(at: datetime, minute: int | None) -> Iterator[tuple[Any, ...]]:
    for late in due.late(at):
        yield late_sync.notify, late, lifecycle.watched_since(late), late.last_success_at
    for old, since in due.old_data(at, minute):
        yield late_sync.notify_old, old, since
    for uploaded, since in due.reminders(minute):
        days = feeds.policy_of(uploaded).upload_reminder
        if days:
            yield upload_reminder.notify, uploaded, since, days, at
    for ending in _ending(at, minute):
        yield secret_ends.notify, ending, at


def _ending(at: datetime, minute: int | None) -> Iterator[Integration]:
    """Whose credentials end soon, of which the notice that is due was not given yet."""
    soon = at + timedelta(days=max(secret_ends.DAYS))
    found = Integration.objects.filter(state__in=due.KEEPS_DATES, secrets__expires_at__lte=soon)
    if minute is not None:
        found = found.annotate(minute=F("pk") % 60).filter(minute=minute)
    for one in (
        found.select_related("organization").annotate(first_ends=Min("secrets__expires_at")).order_by("pk")
    ):
        if one.notice_log.get(secret_ends.NOTICE) != secret_ends.about(one.first_ends, at):
            yield one


def safely(notify: Callable[..., int], *about: Any) -> int:
    """How many letters were queued; one that breaks is logged, and the others follow."""
    try:
        return notify(*about)
    except Exception as error:
        log.error("notice_broke", about=notify.__module__, error=type(error).__name__)
        return 0
