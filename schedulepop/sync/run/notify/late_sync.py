"""No successful run for 26 hours on an active integration: one notice per lateness (SPEC §4 Freshness)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from schedulepop.sync.models import Integration
from schedulepop.sync.run.notify import notice_log, recipients

NOTICE = "late"  # in the notice log: since when nothing had gone through


def notify(integration: Integration, since: datetime | None, last: datetime | None) -> int:
    """Queue once that nothing went through since then (None: ever); `last`: the last success. Returns how many."""
    about = since.isoformat() if since else "ever"
    if integration.notice_log.get(NOTICE) == about:
        return 0
    with transaction.atomic():
        if not notice_log.note(integration, NOTICE, about):
            return 0
        organization = integration.organization
        return recipients.notify(
            recipients.officers(organization), "late", organization, "/runs/", lead=_lead(integration, last)
        )


def _lead(integration: Integration, last: datetime | None) -> str:
    if last is None:
        return f"{integration.name} is active, but no sync has gone through yet."
    at = last.astimezone(ZoneInfo(integration.organization.timezone))
    return (
        f"{integration.name} was last synced on {at:%A, %B} {at.day} at {at.hour % 12 or 12}:{at:%M %p}, more than 26 "
        "hours ago."
    )
