"""Where files are only uploaded: a reminder after the days that the integration says, and after as many again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from schedulepop.sync.models import Integration
from schedulepop.sync.run.notify import notice_log, recipients
from schedulepop.wording.translation import ngettext

NOTICE = "upload_reminder"  # in the notice log: since when there was none, and the reminder's number


def notify(integration: Integration, since: datetime, days: int, at: datetime) -> int:
    """Queue the reminder that is due, once; `since`: the last upload. Returns how many letters."""
    number = (at - since) // timedelta(days=days)
    if number < 1:
        return 0
    with transaction.atomic():
        if not notice_log.note(integration, NOTICE, f"{since.isoformat()} {number}"):
            return 0
        organization, passed = integration.organization, (at - since).days
        return recipients.notify(
            recipients.officers(organization),
            "upload_reminder",
            organization,
            f"/integrations/{organization.slug}/{integration.slug}/",
            says="it is time to upload a payroll file",
            lead=ngettext(
                "Nobody has uploaded a file for {name} for {days} day. The User List stays as it is until somebody "
                "does.",
                "Nobody has uploaded a file for {name} for {days} days. The User List stays as it is until somebody "
                "does.",
                passed,
            ).format(name=integration.name, days=passed),
            name=integration.name,
        )
