"""No successful run for 26 hours on an active integration: one notice per lateness (SPEC §4 Freshness)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from schedulepop.sync.models import Integration
from schedulepop.sync.run.notify import notice_log, recipients

NOTICE_OLD = "old_source"  # in the notice log: when payroll wrote the newest data
NOTICE = "late"  # in the notice log: since when nothing had gone through


def notify(integration: Integration, since: datetime | None, last: datetime | None) -> int:
    """Queue once that nothing went through since then (None: ever); `last`: the last success. Returns how many."""
    organization = integration.organization

    def queue() -> int:
        officers = recipients.officers(organization)
        return recipients.notify(officers, "late", organization, "/runs/", lead=_lead(integration, last))

    return _once(integration, NOTICE, since.isoformat() if since else "ever", queue)


def notify_old(integration: Integration, source_time: datetime) -> int:
    """Queue once that payroll has sent nothing since then, although syncs go through. Returns how many."""
    organization = integration.organization

    def queue() -> int:
        return recipients.notify(
            recipients.officers(organization),
            "source_trouble",
            organization,
            f"/integrations/{organization.slug}/{integration.slug}/",
            says="payroll has sent nothing new",
            lead=(
                f"The newest data of {integration.name} is from {_when(integration, source_time)}. Syncs go through, "
                "but whoever was entered since then is not on the list. Have payroll send the export again."
            ),
            name=integration.name,
        )

    return _once(integration, NOTICE_OLD, source_time.isoformat(), queue)


def _once(integration: Integration, notice: str, about: str, queue: Callable[[], int]) -> int:
    """Queues what is to be told about this, unless it was told; noted in the same transaction."""
    if integration.notice_log.get(notice) == about:
        return 0
    with transaction.atomic():
        return queue() if notice_log.note(integration, notice, about) else 0


def _lead(integration: Integration, last: datetime | None) -> str:
    if last is None:
        return f"{integration.name} is active, but no sync has gone through yet."
    return f"{integration.name} was last synced on {_when(integration, last)}, more than 26 hours ago."


def _when(integration: Integration, moment: datetime) -> str:
    at = moment.astimezone(ZoneInfo(integration.organization.timezone))
    return f"{at:%A, %B} {at.day} at {at.hour % 12 or 12}:{at:%M %p}"
