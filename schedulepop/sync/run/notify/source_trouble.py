"""Source trouble: one notice per change of reason, one when the source works again (SPEC §4).

What was told is on the integration's row, locked while it is compared, in the transaction of the run's end.
"""

from __future__ import annotations

import re

from schedulepop.sync.models import Integration
from schedulepop.sync.run.notify import recipients

TOLD = "trouble"  # in Integration.told: the reason told last; absent while the source works
SWITCHED_OFF = "switched off"


def failed(integration: Integration, reason: str) -> int:
    """The source could not be read, `reason` in a sentence for a person. Returns how many were told."""
    return _tell(
        integration,
        re.sub(r"\d+", "#", reason),
        "payroll cannot be read",
        f"{reason} The User List stays as it is. The sync tries again by itself after 6, 12 and 24 hours, then every day.",
    )


def switched_off(integration: Integration) -> int:
    """After 28 days nobody asks the source any more."""
    return _tell(
        integration,
        SWITCHED_OFF,
        "the daily sync was switched off",
        "Payroll could not be read for 28 days, so the sync does not try any more. Test the connection, then activate it again.",
    )


def works(integration: Integration) -> int:
    """A run went through again; nobody hears of it who did not hear of the trouble."""
    locked = _locked(integration)
    if not locked.told.pop(TOLD, ""):
        return 0
    _keep(integration, locked)
    return _send(
        integration, "payroll is read again", "The source works again, and the sync runs every day as before."
    )


def forget(integration: Integration) -> None:
    """The source can be read again but nothing came of it yet: the next trouble is news."""
    locked = _locked(integration)
    locked.told.pop(TOLD, "")
    _keep(integration, locked)


def _tell(integration: Integration, reason: str, says: str, lead: str) -> int:
    locked = _locked(integration)
    if not locked.first_sync_done or locked.told.get(TOLD) == reason:
        return 0
    locked.told[TOLD] = reason
    _keep(integration, locked)
    return _send(integration, says, lead)


def _locked(integration: Integration) -> Integration:
    return Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)


def _keep(integration: Integration, locked: Integration) -> None:
    locked.save(update_fields=["told"])
    integration.told = locked.told


def _send(integration: Integration, says: str, lead: str) -> int:
    organization = integration.organization
    return recipients.tell(
        recipients.officers(organization),
        "source_trouble",
        organization,
        f"/integrations/{organization.slug}/{integration.slug}/",
        says=says,
        lead=lead,
        name=integration.name,
    )
