"""Source trouble: one notice per change of reason, one when the source works again (SPEC §4)."""

from __future__ import annotations

import re

from schedulepop.sync.models import Integration
from schedulepop.sync.run.notify import notice_log, recipients

NOTICE = "trouble"  # in the notice log: the last reason; none while the source works
SWITCHED_OFF = "switched off"


def failed(integration: Integration, reason: str) -> int:
    """The source could not be read, `reason` in a sentence for a person. Returns how many notices were queued."""
    return _notify_once(
        integration,
        re.sub(r"\d+", "#", reason),
        "payroll cannot be read",
        f"{reason} The User List stays as it is. The sync tries again by itself after 6, 12 and 24 hours, then "
        "every day.",
    )


def switched_off(integration: Integration) -> int:
    """After 28 days nobody asks the source any more."""
    return _notify_once(
        integration,
        SWITCHED_OFF,
        "the daily sync was switched off",
        "Payroll could not be read for 28 days, so the sync does not try any more. Test the connection, then "
        "activate it again.",
    )


def recovered(integration: Integration) -> int:
    """A run went through again; nobody hears of it who did not hear of the trouble."""
    if not notice_log.forget(integration, NOTICE):
        return 0
    return _notify_officers(
        integration, "payroll is read again", "The source works again, and the sync runs every day as before."
    )


def forget(integration: Integration) -> None:
    """The source can be read again but nothing came of it yet: the next trouble is news."""
    notice_log.forget(integration, NOTICE)


def _notify_once(integration: Integration, reason: str, says: str, lead: str) -> int:
    if not integration.first_sync_done or not notice_log.note(integration, NOTICE, reason):
        return 0
    return _notify_officers(integration, says, lead)


def _notify_officers(integration: Integration, says: str, lead: str) -> int:
    organization = integration.organization
    return recipients.notify(
        recipients.officers(organization),
        "source_trouble",
        organization,
        f"/integrations/{organization.slug}/{integration.slug}/",
        says=says,
        lead=lead,
        name=integration.name,
    )
