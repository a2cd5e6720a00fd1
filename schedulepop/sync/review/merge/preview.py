"""What a merge will do, what somebody should know before, and what taking it back could not restore, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.accounts.models import Grant, User
from schedulepop.employee import BY_NAME
from schedulepop.messages.models import Message
from schedulepop.sync.models import DistinctPair, Link
from schedulepop.sync.review.merge.answers import ImpliedAnswer
from schedulepop.sync.review.merge.write import payroll_speaks_for
from schedulepop.sync.run.journal import Conflict
from schedulepop.wording.translation import ngettext


@dataclass(frozen=True, slots=True)
class Preview:
    """A merge as it would be now; `digest` is what a confirmation names."""

    kept: User
    merged: User
    moves: tuple[str, ...]
    look: tuple[str, ...]  # differences and warnings
    digest: str


def moves(kept: User, merged: User) -> list[str]:
    """What becomes the kept user's."""
    mine = {one.location_id: one for one in kept.memberships.select_related("location")}
    said = []
    for one in merged.memberships.select_related("location").order_by("location__name"):
        here = mine.get(one.location_id)
        if here is None:
            said.append(f"{one.location.name} with its duties, zones and history")
        elif payroll_speaks_for(here, one):
            said.append(
                f"{one.location.name}: both are there and become one; payroll’s values are those of {merged.username}"
            )
        else:
            said.append(
                f"{one.location.name}: both are there and become one; the extras of {merged.username} are added"
            )
    for link in (
        Link.objects.filter(user=merged, retired_at=None).select_related("integration").order_by("pk")
    ):
        said.append(f"Payroll ID {link.source_id} ({link.integration.name})")
    for grant in Grant.objects.filter(user=merged, ended_at=None).select_related("organization"):
        said.append(f"The role {grant.get_role_display()} at {grant.organization.name}")
    waiting = Message.objects.filter(user=merged, state=Message.State.QUEUED).count()
    if waiting:
        said.append(
            ngettext(
                "Nothing of {count} unsent email: canceled, so that nobody is written to twice",
                "Nothing of {count} unsent emails: canceled, so that nobody is written to twice",
                waiting,
            ).format(count=waiting)
        )
    return said


def answers(implied: list[ImpliedAnswer]) -> list[str]:
    """Questions a merge answers; that an ID is the kept user's stands among what moves already."""
    return [
        f"The question who payroll ID {one.source_id} ({one.name}) is: the same person"
        for one in implied
        if one.is_open
    ]


def look(kept: User, merged: User) -> list[str]:
    """What differs, and what the person themselves will notice."""
    said = []
    for field in ("first_name", "last_name", "email", "phone"):
        mine, theirs = getattr(kept, field), getattr(merged, field)
        if mine and theirs and mine.lower() != theirs.lower():
            said.append(f"{BY_NAME[field].label}: {mine} stays, {theirs} goes, until payroll says otherwise.")
    if merged.has_usable_password() and not kept.has_usable_password():
        said.append(
            f"Only {merged.username} was set up with a password. Keep that one instead, "
            f"or send {kept.username} a new link afterwards."
        )
    elif merged.has_usable_password():
        said.append(
            f"Signing in goes on as {kept.username}; the password of {merged.username} stops working."
        )
    first, second = sorted((kept.pk, merged.pk))
    apart = DistinctPair.objects.filter(one=first, other=second).first()
    if apart is not None:
        said.append(
            f"{apart.by} said on {apart.at:%b} {apart.at.day}, {apart.at.year} that they are different people."
        )
    if kept.local != merged.local:
        said.append(
            "One of them is marked as agency or contractor. Afterwards they are payroll’s, and the sync updates them."
        )
    return said


_TABLES = {
    "accounts_user": "the person",
    "accounts_grant": "a role",
    "directory_membership": "the place on a location’s list",
    "directory_membershipduty": "a duty",
    "directory_membershipzone": "a zone",
    "directory_employmentperiod": "an earlier employment",
    "sync_link": "a payroll ID",
    "sync_answer": "an answer",
    "sync_fieldoverride": "an override",
    "sync_idchange": "an ID change",
    "sync_issue": "an issue",
    "outbox_message": "an email",
}


def conflicts(found: list[Conflict]) -> list[str]:
    """What stays as it is because it was changed since; the same said once."""
    said = []
    for table, _, column in found:
        if table in ("sync_issue", "outbox_message"):
            continue  # the next run and the outbox have moved on by themselves
        name = column.removesuffix("_id").replace("_", " ")
        sentence = (
            f"{_TABLES[table]}: {name} stays as it is now."
            if name
            else f"{_TABLES[table]}: stays as it is now."
        )
        said.append(sentence[0].upper() + sentence[1:])
    return list(dict.fromkeys(said))
