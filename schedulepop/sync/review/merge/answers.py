"""What a merge says about payroll's records, so that no run asks it again.

Two things are known then: an ID the merged user had is the kept one's, whatever name stands beside it; and a record
that might have been either of the two is the one they are now. Both become answers "the same person", which the next
run makes true like any other. An answer that said the opposite does not count any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.sync.models import Answer, Integration, Link
from schedulepop.sync.review.questions import questions

Kind = Answer.Kind


@dataclass(frozen=True, slots=True)
class ImpliedAnswer:
    """One record that a merge says is the kept user."""

    integration: Integration
    source_id: str
    name: str  # the record's, as payroll writes it
    is_open: bool  # a question is open about it


def implied(kept: User, merged: User, *, actor: Actor) -> list[ImpliedAnswer]:
    """Everything a merge of the two would answer, before it is done."""
    found = [
        ImpliedAnswer(link.integration, link.source_id, merged.full_name, is_open=False)
        for link in Link.objects.filter(user=merged, retired_at=None)
        .select_related("integration")
        .order_by("pk")
        if merged.full_name != kept.full_name
    ]
    both = {kept.pk, merged.pk}
    for one in questions.open_questions(kept.organization, actor):
        about = {suggested.user.pk for suggested in one.suggested}
        if about == both and any(Kind.SAME in suggested.kinds for suggested in one.suggested):
            found.append(ImpliedAnswer(one.integration, one.source_id, one.name, is_open=True))
    return found


def write(kept: User, merged: User, found_answers: list[ImpliedAnswer], *, by: str, now: datetime) -> None:
    """Write them, in the merge's transaction. The links have to be the kept user's already."""
    _correct_denials(kept, merged, now)
    for one in found_answers:
        Answer.objects.filter(integration=one.integration, source_id=one.source_id, withdrawn_at=None).update(
            withdrawn_at=now
        )
        Answer.objects.create(
            organization=kept.organization,
            integration=one.integration,
            source_id=one.source_id,
            kind=Kind.SAME,
            user=kept,
            name=one.name[:250],
            reason=f"{merged.username} was merged into {kept.username}"[:200],
            by=by,
            at=now,
        )


def _correct_denials(kept: User, merged: User, now: datetime) -> None:
    """A record that is not the merged user is not the kept one; one of theirs was said not to be them, and is."""
    own = set(Link.objects.filter(user=kept, retired_at=None).values_list("integration_id", "source_id"))
    said = Answer.objects.filter(organization=kept.organization_id, kind=Kind.DIFFERENT, withdrawn_at=None)
    for one in said.filter(denied__contains=[merged.pk]) | said.filter(denied__contains=[kept.pk]):
        if (one.integration_id, one.source_id) in own:
            one.withdrawn_at = now
            one.save(update_fields=["withdrawn_at"])
        elif kept.pk not in one.denied:
            one.denied = sorted({*one.denied, kept.pk})
            one.save(update_fields=["denied"])
