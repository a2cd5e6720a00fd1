"""One person at one location as they were at the end of any day, and what had made each field so.

Rebuilt from what is kept anyway: payroll's changes (`Change.fields`) and people's writes (the audit trail). A value is
what the last entry until then made of it; before the first entry of a field, what that one found; without any, today's.
Where two entries disagree about what lay between them, something wrote it without an entry (a merge taken back, an
import), and the value is marked as doubtful.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership
from schedulepop.employee import MEMBERSHIP_COLUMNS, TELLS_PAY, USER_FIELDS
from schedulepop.sync.models import Change, FieldOverride, Run

PARTS = ("extra_duty", "extra_zone")
PAY = ("pay_rate", "pay_unit", "pay_currency")
FIELDS = (*USER_FIELDS, "duty", "zone", *PARTS, *MEMBERSHIP_COLUMNS, "role", "access_blocked", "notes")
"""What is rebuilt, in order; PAY for whoever may see it."""
BEGINS = frozenset({"create", "transfer", "added_user", "added_membership"})
"""Verbs with which somebody comes to a location's list."""
_EXTRA_VERBS = {
    "added_extra_duty": "extra_duty",
    "added_extra_zone": "extra_zone",
    "removed_extra_duty": "extra_duty",
    "removed_extra_zone": "extra_zone",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field that was written: by a run of payroll's, or by somebody."""

    at: datetime
    field: str
    old: str | None
    new: str | None
    knows_old: bool  # a create tells no old values
    why: str = ""  # a code of FIELD_REASONS, of a run
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    run: Run | None = None
    by: str = ""  # who, where it was no run


@dataclass(frozen=True, slots=True)
class Fact:
    """A field as it was, and the entry that had made it so; None: it was so before the first entry."""

    field: str
    value: str  # as entries write it; several parts by commas; "": none
    entry: Entry | None
    doubtful: bool = False
    held: FieldOverride | None = None  # what stood against payroll on that day


@dataclass(frozen=True, slots=True)
class State:
    """All of it. `begins`: when they came to this list, where an entry says so."""

    there: bool
    begins: datetime | None
    facts: tuple[Fact, ...]


def state_at(membership: Membership, end: datetime, *, pay: bool) -> State:
    """The person as they were just before `end`. Relies on change_by_user and audit_by_user."""
    changes = list(
        Change.objects.filter(user=membership.user_id)
        .select_related("run__undo_of")
        .defer("run__plan", "run__summary", "run__undo_of__plan", "run__undo_of__summary")
        .order_by("at", "pk")
    )
    writes = list(
        AuditEntry.objects.filter(user=membership.user_id)
        .filter(Q(location_id=None) | Q(location_id=membership.location_id))
        .exclude(door="sync", by__startswith="sync run")
        .order_by("at", "pk")
    )
    entries = sorted(
        [*_of_changes(changes, membership), *_of_writes(writes)], key=lambda one: (one.at, one.run is None)
    )
    begins = _begins(changes, writes, membership)
    held = _held(membership, end)
    names = (*FIELDS, *PAY) if pay else FIELDS
    facts = tuple(_fact(name, entries, membership, end, held.get(name)) for name in names)
    return State(begins is None or begins < end, begins, facts)


def _of_changes(changes: Iterable[Change], membership: Membership) -> Iterator[Entry]:
    """Of this location, and of the person's own fields wherever they came from."""
    for change in changes:
        here = change.location_id == membership.location_id
        for item in change.fields:
            if not here and item["field"] not in USER_FIELDS:
                continue
            yield Entry(
                at=change.at,
                field=str(item["field"]),
                old=_text(item.get("old")),
                new=_text(item.get("new")),
                knows_old="old" in item,
                why=item.get("why") or "",
                params=item.get("params") or {},
                run=change.run,
            )


def _of_writes(writes: Iterable[AuditEntry]) -> Iterator[Entry]:
    for entry in writes:
        if entry.verb in ("overrode", "released"):
            continue  # the value itself is an edit of its own
        for item in entry.changes:
            name = _EXTRA_VERBS.get(entry.verb, str(item.get("field", "")))
            if entry.verb == "kept_extras":
                continue
            yield Entry(
                at=entry.at,
                field=name,
                old=_text(item.get("old"), name),
                new=_text(item.get("new"), name),
                knows_old=entry.verb not in BEGINS,
                by=entry.by,
            )


def _text(value: object, name: str = "") -> str | None:
    """A value as entries of runs write it: an edit of pay is in ten-thousandths, theirs in decimals."""
    if value in (None, ""):
        return None
    text = str(value)
    return rate_text(int(text)) if name == "pay_rate" and text.isdigit() else text


def rate_text(rate: int) -> str:
    """Ten-thousandths as a decimal with at least cents: `31.50`, `18.2525`."""
    whole, rest = divmod(rate, 10_000)
    digits = f"{rest:04d}"
    return f"{whole}.{digits[:2] if digits.endswith('00') else digits.rstrip('0')}"


def _begins(
    changes: Iterable[Change], writes: Iterable[AuditEntry], membership: Membership
) -> datetime | None:
    came = [one.at for one in changes if one.verb in BEGINS and one.location_id == membership.location_id]
    came += [
        one.at for one in writes if one.verb in BEGINS and one.location_id in (None, membership.location_id)
    ]
    return min(came, default=None)


def _held(membership: Membership, end: datetime) -> dict[str, FieldOverride]:
    found = (
        FieldOverride.objects.filter(user=membership.user_id, at__lt=end)
        .filter(Q(location=None) | Q(location=membership.location_id))
        .filter(Q(released_at=None) | Q(released_at__gte=end))
        .select_related("run__undo_of")
        .defer("run__plan", "run__undo_of__plan")
    )
    return {one.field: one for one in found.order_by("pk")}


def _fact(
    name: str, entries: list[Entry], membership: Membership, end: datetime, held: FieldOverride | None
) -> Fact:
    mine = [one for one in entries if one.field == name]
    before, after = [one for one in mine if one.at < end], [one for one in mine if one.at >= end]
    last = before[-1] if before else None
    if name in PARTS:
        return Fact(name, ", ".join(sorted(_parts(name, after, membership))), last, held=held)
    following = next((one for one in after if one.knows_old), None)
    now = following.old if following else _current(membership, name)
    if last is None:
        return Fact(name, now or "", None, held=held)
    return Fact(name, last.new or "", last, (last.new or "") != (now or ""), held)


def _parts(name: str, after: list[Entry], membership: Membership) -> set[str]:
    """Further duties or zones: today's, with what was written since taken back."""
    found = _extras(membership, name)
    for entry in reversed(after):
        found.discard(entry.new or "")
        if entry.old:
            found.add(entry.old)
    return found


def _extras(membership: Membership, name: str) -> set[str]:
    if name == "extra_duty":
        rows = membership.duties.exclude(duty=membership.primary_duty_id)
        return set(rows.values_list("duty__name", flat=True))
    zones = membership.zones.exclude(zone=membership.primary_zone_id)
    return set(zones.values_list("zone__name", flat=True))


def _current(membership: Membership, name: str) -> str | None:
    if name in USER_FIELDS:
        return _text(getattr(membership.user, name))
    if name in ("duty", "zone"):
        part = getattr(membership, f"primary_{name}")
        return part.name if part else None
    if name in TELLS_PAY:
        row = membership.duties.filter(duty=membership.primary_duty_id).first()
        value = getattr(row, name) if row else None
        return _text(value, name)
    if name == "access_blocked":
        return _text(membership.access_blocked_reason)
    value = getattr(membership, name)
    return _text(value.isoformat() if isinstance(value, date) else value)
