"""Credentials that end: a notice 30, 7 and 1 days before, and when they have ended, once each."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from schedulepop.sync.models import Integration, IntegrationSecret
from schedulepop.sync.run.notify import notice_log, recipients

NOTICE = "secret_ends"  # in the notice log: when the first of them ends, and the notice's days
DAYS = (1, 7, 30)


def days_left(ends: datetime, at: datetime) -> int | None:
    """Of the last notice that is due, its days: 30, 7, 1, or 0 when it has ended. None: it has longer."""
    if ends <= at:
        return 0
    return next((days for days in DAYS if ends - at <= timedelta(days=days)), None)


def first_ending(integration: Integration) -> IntegrationSecret | None:
    """The secret that ends first, of those of which it is known."""
    return integration.secrets.defer("value").filter(expires_at__isnull=False).order_by("expires_at").first()


def about(ends: datetime, at: datetime) -> str:
    """What the notice log keeps of the notice that is due."""
    return f"{ends.isoformat()} {days_left(ends, at)}"


def notify(integration: Integration, at: datetime) -> int:
    """Queue the notice that is due, once. Returns how many letters."""
    secret = first_ending(integration)
    if secret is None or secret.expires_at is None:
        return 0
    days, noted = days_left(secret.expires_at, at), about(secret.expires_at, at)
    if days is None or integration.notice_log.get(NOTICE) == noted:
        return 0
    organization = integration.organization
    on = secret.expires_at.astimezone(ZoneInfo(organization.timezone))
    end = "ended" if days == 0 else "end"
    with transaction.atomic():
        if not notice_log.note(integration, NOTICE, noted):
            return 0
        return recipients.notify(
            recipients.officers(organization),
            "source_trouble",
            organization,
            f"/integrations/{organization.slug}/{integration.slug}/",
            says="credentials have ended" if days == 0 else "credentials end soon",
            lead=(
                f"The credentials with which {integration.name} is read {end} on {on:%B} {on.day}, {on.year}. Have new "
                "ones made in the payroll system, and store them before: without them no sync goes through, and the "
                "User List stays as it is."
            ),
            name=integration.name,
        )
