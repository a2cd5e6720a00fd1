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
from schedulepop.web.runs import night_line
from schedulepop.web.shell.visit import Visit
from schedulepop.web.users.history import words
from schedulepop.web.users.synced_fields import Fact


@dataclass(frozen=True)
class Source:
    """Where a person's owned fields come from, and when it speaks next. Falsy: payroll does not know them."""

    integration: Integration | None
    when: str  # "tonight’s sync at about 2:14"
    on: bool  # runs by itself

    def __bool__(self) -> bool:
        return self.integration is not None


def source_of(membership: Membership, visit: Visit, at: datetime) -> Source:
    """The integration that a person is linked to, if any."""
    link = (
        Link.objects.filter(user=membership.user_id, retired_at=None)
        .select_related("integration__organization")
        .order_by("-integration__last_success_at")
        .first()
    )
    if link is None or not membership.payroll_owned:
        return Source(None, "", False)
    on = link.integration.state in night_line.RUNNING_STATES
    following = schedule.next_due(link.integration, at) if on else None
    return Source(link.integration, night_line.next_words(following, at, visit.zone), on)


def payroll_values(membership: Membership, source: Source) -> dict[str, str]:
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
                found.setdefault(str(item["field"]), words(item, "old"))
    return found


def with_notes(found: list[Fact], membership: Membership, source: Source) -> list[Fact]:
    """The facts, those that differ from payroll marked loose with what happens to them."""
    payroll = payroll_values(membership, source)
    return [_loosened(fact, payroll.get(fact.field), source) for fact in found]


def _loosened(fact: Fact, payroll: str | None, source: Source) -> Fact:
    if payroll is None or not fact.editable or payroll == fact.value:
        return fact
    return replace(fact, loose=True, payroll=payroll, note=note(payroll, source))


def note(payroll: str, source: Source) -> str:
    """What becomes of an edit, in one sentence."""
    if source.on:
        return f"Payroll has {payroll}, and {source.when} will put it back."
    return f"Payroll has {payroll}. The sync is not running now; it puts payroll’s value back once it does."
