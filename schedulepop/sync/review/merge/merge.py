"""The door for merging two users of one person, and for taking it back: preview, merge, unmerge.

The kept user goes on; the merged one never signs in again, and its history stays readable beside the other's. A
journal holds what moved. Who has more rights than the actor is nobody's to merge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import DirectoryError
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Merge
from schedulepop.sync.review.merge import answers
from schedulepop.sync.review.merge import preview as words
from schedulepop.sync.review.merge.preview import Preview
from schedulepop.sync.review.merge.write import move, touch
from schedulepop.sync.run import journal


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A merge taken back, and what could not be as before."""

    merge: Merge
    conflicts: list[str] = field(default_factory=list)


def preview(kept: User, merged: User, *, actor: Actor) -> Preview:
    """What a merge would move now. Raises Refused or NotAllowed with the reason against it."""
    _require(kept, merged, actor)
    return Preview(
        kept,
        merged,
        (*words.moves(kept, merged), *words.answers(answers.implied(kept, merged, actor=actor))),
        tuple(words.look(kept, merged)),
        journal.digest(journal.capture([kept.pk, merged.pk])),
    )


def merge(
    kept: User, merged: User, *, reason: str, actor: Actor, digest: str = "", now: datetime | None = None
) -> Merge:
    """Make them one. `digest`: of the preview somebody saw; refused when anything of theirs changed since."""
    at = now or clock()
    why = _reason(reason)
    with transaction.atomic():
        kept, merged = _locked(kept, merged)
        _require(kept, merged, actor)
        before = journal.capture([kept.pk, merged.pk])
        if digest and digest != journal.digest(before):
            raise Refused(
                f"{kept.full_name} or {merged.full_name} was changed since you looked. Look at the preview again."
            )
        implied = answers.implied(kept, merged, actor=actor)
        move(kept, merged, by=actor.by, now=at)
        answers.write(kept, merged, implied, by=actor.by, now=at)
        done = Merge.objects.create(
            organization=kept.organization,
            kept=kept,
            merged=merged,
            reason=why,
            by=actor.by,
            at=at,
            images=journal.images(before, journal.capture([kept.pk, merged.pk])),
        )
        for user, other in ((kept, merged), (merged, kept)):
            verb = "merged" if user is kept else "merged_away"
            changes = [audit.change("user", None, other.username), audit.change("reason", None, why)]
            audit.record(actor, kept.organization, verb, ("user", user.pk), user=user, changes=changes)
    return done


def unmerge(done: Merge, *, actor: Actor, now: datetime | None = None) -> Unmerged:
    """Take a merge back: two users again, as they were. What was written since stays, and is said.

    Sessions and links that were open do not come back; an unsent email does.
    """
    at = now or clock()
    with transaction.atomic():
        kept, merged = _locked(done.kept, done.merged)
        done = Merge.objects.select_for_update().get(pk=done.pk)
        _require_rank(kept, merged, actor)
        if done.unmerged_at is not None:
            raise Refused(f"The merge of {merged.username} into {kept.username} was taken back already.")
        newer = (
            open_merges(done.organization).filter(kept=kept, pk__gt=done.pk).select_related("merged").first()
        )
        if newer is not None:
            raise Refused(
                f"{newer.merged.full_name} ({newer.merged.username}) was merged later. Take that back first."
            )
        conflicts = journal.restore(done.images)
        touch(kept, merged)
        done.unmerged_at, done.unmerged_by = at, actor.by
        done.save(update_fields=["unmerged_at", "unmerged_by"])
        for user, other in ((kept, merged), (merged, kept)):
            changes = [audit.change("user", other.username, None)]
            audit.record(actor, kept.organization, "unmerged", ("user", user.pk), user=user, changes=changes)
    return Unmerged(done, words.conflicts(conflicts))


def open_merges(organization: Organization) -> QuerySet[Merge]:
    """Merges that were not taken back, newest first."""
    found = Merge.objects.filter(organization=organization, unmerged_at=None)
    return found.select_related("kept", "merged").order_by("-pk")


def of_user(user: User) -> QuerySet[Merge]:
    """The open merges this user takes part in."""
    return open_merges(user.organization).filter(Q(kept=user) | Q(merged=user))


def _locked(kept: User, merged: User) -> tuple[User, User]:
    rows = User.objects.select_for_update(no_key=True, of=("self",)).select_related("organization")
    found = {user.pk: user for user in rows.filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    return found[kept.pk], found[merged.pk]


def _require(kept: User, merged: User, actor: Actor) -> None:
    if kept.pk == merged.pk:
        raise Refused("That is one user, not two.")
    if kept.organization_id != merged.organization_id:
        raise Refused(
            f"{kept.full_name} and {merged.full_name} belong to different organizations and stay two users."
        )
    _require_rank(kept, merged, actor)
    if actor.user is not None and actor.user.pk == merged.pk:
        raise Refused("You cannot merge your own account away. Keep yours, or ask another admin.")
    for user in (kept, merged):
        if user.merged_into_id is not None:
            raise Refused(f"{user.username} was merged into another user before. Take that back first.")
    if open_merges(merged.organization).filter(kept=merged).exists():
        raise Refused(
            f"Another user was merged into {merged.username}. Keep {merged.username}, or take that back first."
        )


def _require_rank(kept: User, merged: User, actor: Actor) -> None:
    if not actor.runs_syncs(kept.organization):
        raise NotAllowed(f"Only an admin of {kept.organization.name} or Client Success can merge users.")
    try:
        checks.require_rank(actor, kept, merged)  # the kept account gets what both may see
    except DirectoryError as error:
        raise NotAllowed(str(error)) from error


def _reason(text: str) -> str:
    try:
        return checks.name(text, "The reason", 200)
    except DirectoryError as error:
        raise Refused(str(error)) from error
