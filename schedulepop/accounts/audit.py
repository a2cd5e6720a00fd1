"""The audit trail: who wrote what, when, by which door. Written in the transaction of the write itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User


def record(
    actor: Actor,
    organization: Organization,
    verb: str,
    subject: str,
    subject_id: int | None,
    *,
    user: User | None = None,
    location_id: int | None = None,
    run_id: int | None = None,
    changes: Iterable[Mapping[str, Any]] = (),
) -> AuditEntry:
    """One entry. `user` is the person concerned, if any; `changes` are `{field, old, new, why?}`."""
    return AuditEntry.objects.create(
        organization=organization,
        actor=actor.user,
        by=actor.by,
        door=actor.door,
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        user=user,
        location_id=location_id,
        run_id=run_id,
        changes=[{key: _plain(value) for key, value in change.items()} for change in changes],
    )


def change(field: str, old: object, new: object) -> dict[str, object]:
    """One field's old and new value, as `record` takes it."""
    return {"field": field, "old": old, "new": new}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
