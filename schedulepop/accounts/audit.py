"""The audit trail: who wrote what, when, by which door. Written in the transaction of the write itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User


def record(
    actor: Actor,
    organization: Organization,
    verb: str,
    subject: tuple[str, int | None],
    *,
    user: User | None = None,
    location_id: int | None = None,
    run_id: int | None = None,
    changes: Iterable[Mapping[str, Any]] = (),
) -> AuditEntry:
    """One entry. `subject`: what was written, and its id; `user`: the person concerned, if any.

    `changes` are `{field, old, new, why?}`.
    """
    return AuditEntry.objects.create(
        organization=organization,
        actor=actor.user,
        by=actor.by,
        door=actor.door,
        verb=verb,
        subject=subject[0],
        subject_id=subject[1],
        user=user,
        location_id=location_id,
        run_id=run_id,
        changes=[{key: _plain(value) for key, value in change.items()} for change in changes],
    )


VISITS = frozenset({"signed_in", "failed_sign_in", "refused", "exported"})
"""What somebody did without writing: who came in, who did not, what was refused, what was taken away as a file."""


def record_visit(actor: Actor, organization: Organization, verb: str, what: str) -> AuditEntry:
    """One of VISITS. `what`: the way in, the page, the file; never a name, an ID or a value."""
    return record(
        actor, organization, verb, ("visit", None), user=actor.user, changes=[change("what", None, what)]
    )


def record_failure(user: User, why: str) -> AuditEntry:
    """Somebody who is not signed in tried to be this user; `why` it failed is never told to them."""
    return AuditEntry.objects.create(
        organization=user.organization,
        by="Somebody not signed in",
        door="web",
        verb="failed_sign_in",
        subject="visit",
        user=user,
        changes=[change("what", None, why)],
    )


def record_opened(user: User, purpose: str) -> AuditEntry:
    """Somebody's browser loaded the page of a link made for this user."""
    return AuditEntry.objects.create(
        organization=user.organization,
        by="Somebody with the link",
        door="web",
        verb="opened_link",
        subject="user",
        subject_id=user.pk,
        user=user,
        changes=[change("purpose", None, purpose)],
    )


def record_wrong_token(organization: Organization, integration_id: int) -> AuditEntry:
    """Somebody came to a drop address of this organization without its token."""
    return AuditEntry.objects.create(
        organization=organization,
        by="Somebody without the token",
        door="api",
        verb="failed_sign_in",
        subject="integration",
        subject_id=integration_id,
        changes=[change("what", None, "drop address")],
    )


@dataclass(frozen=True, slots=True)
class Concerned:
    """One person whom a write of many concerns, for `record_many`."""

    user_id: int
    subject_id: int
    location_id: int | None
    changes: list[Mapping[str, Any]]


def record_many(
    actor: Actor, organization: Organization, verb: str, subject: str, concerned: Iterable[Concerned]
) -> None:
    """An entry per person, in one statement: what a write of many did to each."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization=organization,
            actor=actor.user,
            by=actor.by,
            door=actor.door,
            verb=verb,
            subject=subject,
            subject_id=one.subject_id,
            user_id=one.user_id,
            location_id=one.location_id,
            changes=[{key: _plain(value) for key, value in change.items()} for change in one.changes],
        )
        for one in concerned
    )


def record_each(
    actor: Actor,
    organization: Organization,
    verb: str,
    subject: str,
    subject_id: int | None,
    entries: Iterable[Mapping[str, Any]],
) -> None:
    """Entries of one verb about one subject, at once; each may say user, location_id, run_id, changes."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization=organization,
            actor=actor.user,
            by=actor.by,
            door=actor.door,
            verb=verb,
            subject=subject,
            subject_id=subject_id,
            **entry,
        )
        for entry in entries
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
