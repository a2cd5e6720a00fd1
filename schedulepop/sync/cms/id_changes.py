"""Payroll IDs that were replaced, per federal quarter, and new IDs nobody has linked yet (SPEC §8).

With CMS an employee who comes back under another ID is one who left and one who was hired: turnover. The list is
what a facility answers with when it is asked, and what it links in CMS's Employee Link.
"""

from __future__ import annotations

from django.db.models import QuerySet

from schedulepop.accounts.models import Organization
from schedulepop.cms import Quarter
from schedulepop.sync.models import IdChange, Issue

CONSEQUENCE = (
    "Until a new ID is linked, CMS counts one person who left and one who was hired, "
    "which raises the facility’s turnover."
)
COLUMNS = ("name", "old_id", "new_id", "changed_on", "integration", "by")


def of_quarter(organization: Organization, quarter: Quarter) -> QuerySet[IdChange]:
    """The changes of a quarter, oldest first. Relies on id_change_by_quarter."""
    found = IdChange.objects.filter(
        organization=organization, changed_on__range=(quarter.first, quarter.last)
    )
    return found.select_related("user", "integration").order_by("changed_on", "pk")


def unlinked(organization: Organization) -> QuerySet[Issue]:
    """Open questions about a new ID that seems to be a known person's, oldest first."""
    asked = Issue.objects.filter(organization=organization, resolved_at=None, code="id_changed")
    return asked.select_related("location", "integration").order_by("first_seen_at", "pk")


def rows(organization: Organization, quarter: Quarter) -> list[dict[str, str]]:
    """COLUMNS of every change, as files and scripts get them."""
    return [
        {
            "name": one.user.full_name if one.user else "",
            "old_id": one.old_id,
            "new_id": one.new_id,
            "changed_on": one.changed_on.isoformat(),
            "integration": one.integration.slug,
            "by": one.by,
        }
        for one in of_quarter(organization, quarter)
    ]
