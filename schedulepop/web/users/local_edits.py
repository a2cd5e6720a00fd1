"""What the next sync will do to a local edit: payroll's value, known from the edit itself, and when it returns.

Payroll wins (SPEC §1.1), so a manager may save an owned field but is told, before and after, when it goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, Link
from schedulepop.sync.review import list_status
from schedulepop.web.runs import night_line
from schedulepop.web.shell.visit import Visit
from schedulepop.web.users.history import value_of
from schedulepop.web.users.synced_fields import SyncedField
from schedulepop.web.users.words import edit_note


@dataclass(frozen=True)
class PayrollSource:
    """Where a person's owned fields come from, and when it speaks next. Falsy: payroll does not know them."""

    integration: Integration | None
    when: str  # "tonight’s sync at about 2:14"
    scheduled: bool  # runs by itself

    def __bool__(self) -> bool:
        return self.integration is not None


def source_of(membership: Membership, visit: Visit, at: datetime) -> PayrollSource:
    """The integration that a person is linked to, if any."""
    link = (
        Link.objects.filter(user=membership.user_id, retired_at=None)
        .select_related("integration__organization")
        .order_by("-integration__last_success_at")
        .first()
    )
    if link is None or not membership.payroll_owned:
        return PayrollSource(None, "", False)
    on = link.integration.state in list_status.RUNNING_STATES
    following = schedule.next_due(link.integration, at) if on else None
    return PayrollSource(link.integration, night_line.next_words(following, at, visit.zone), on)


def payroll_values(membership: Membership, source: PayrollSource) -> dict[str, str]:
    """Fields edited by people since the last sync, with what payroll had there, in words."""
    if source.integration is None:
        return {}
    edits = AuditEntry.objects.filter(
        Q(location_id=None) | Q(location_id=membership.location_id), user=membership.user_id
    ).exclude(door="sync")
    if source.integration.last_success_at is not None:
        edits = edits.filter(at__gt=source.integration.last_success_at)
    found: dict[str, str] = {}
    for entry in edits.order_by("at", "pk"):
        for item in entry.changes:
            if item.get("old") not in (None, ""):
                found.setdefault(str(item["field"]), value_of(item, "old"))
    return found


def with_edit_notes(
    found: list[SyncedField], membership: Membership, source: PayrollSource
) -> list[SyncedField]:
    """The fields, those that differ from payroll marked as differing with what happens to them."""
    payroll = payroll_values(membership, source)
    return [_with_note(field, payroll.get(field.name), source) for field in found]


def _with_note(field: SyncedField, payroll: str | None, source: PayrollSource) -> SyncedField:
    if payroll is None or not field.editable or payroll == field.value:
        return field
    return replace(
        field,
        differs=True,
        payroll=payroll,
        note=edit_note(payroll, when=source.when if source.scheduled else ""),
    )
