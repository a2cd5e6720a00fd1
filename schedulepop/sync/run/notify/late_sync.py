"""No successful run for 26 hours on an active integration: one notice per lateness (SPEC §4 Freshness)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from schedulepop.sync.models import Integration
from schedulepop.sync.run.notify import recipients

TOLD = "late"  # in Integration.told: since when it was silent when that was told


def tell(integration: Integration, since: datetime | None, last: datetime | None) -> int:
    """Say once that nothing went through since then (None: ever); `last`: the last success. Returns how many were told."""
    mark = since.isoformat() if since else "ever"
    if integration.told.get(TOLD) == mark:
        return 0
    with transaction.atomic():
        locked = Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
        if locked.told.get(TOLD) == mark:
            return 0
        locked.told[TOLD] = mark
        locked.save(update_fields=["told"])
        organization = integration.organization
        return recipients.tell(
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
