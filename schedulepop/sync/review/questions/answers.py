"""The door for answers to "who is this record?" (SPEC §5 Match): answer, take back, list what is open.

An answer is kept beside the record's id and counts until it is true: the next run takes it into its plan, and
the run that applies it marks it as done. Nobody is linked, moved or made by the answer alone.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Answer, Integration
from schedulepop.sync.review.questions.candidates import Candidates
from schedulepop.sync.review.questions.questions import (
    Question,
    how_many,
    open_questions,
    still_about,
)

__all__ = ["KIND_WORDS", "Question", "answer", "how_many", "open_questions", "question", "withdraw"]

Kind = Answer.Kind
KIND_WORDS = {
    Kind.SAME: "the same person",
    Kind.ADD_HERE: "add here",
    Kind.TRANSFER: "transfer",
    Kind.DIFFERENT: "a different person",
}


def question(integration: Integration, source_id: str, actor: Actor) -> Question | None:
    """One record's question, answered or not; None when it asks nothing, or nothing this actor may see."""
    return next(iter(open_questions(integration, actor, source_id=source_id, answered=True)), None)


def answer(
    integration: Integration,
    source_id: str,
    *,
    kind: str,
    user: User | None = None,
    actor: Actor,
    reason: str = "",
) -> Answer:
    """Say who a record is. The newest answer of an id counts; the one before is taken back by it.

    `different` without a user denies everybody suggested, with one that person alone. Raises NotAllowed for a
    reader who may not say this, Refused when there is no such question or the person cannot be named.
    """
    asked = question(integration, source_id, actor)
    if asked is None:
        raise Refused(
            f"Payroll ID {source_id} does not wait for an answer. Look at the open questions again."
        )
    if kind not in Kind.values:
        raise Refused(f"An answer is one of: {', '.join(Kind.values)}.")
    if kind == Kind.DIFFERENT:
        if not asked.may_differ:
            raise NotAllowed("Only an admin or Client Success can say that they are different people.")
        return _keep(asked, kind, None, _denied(asked, user), actor, reason)
    if user is None:
        raise Refused("Say who it is: name one of the suggested people.")
    _must_fit(asked, kind, user, actor)
    return _keep(asked, kind, user, [], actor, reason)


def withdraw(integration: Integration, source_id: str, *, actor: Actor, reason: str = "") -> None:
    """Take an answer back before a run made it true; the question is open again."""
    asked = question(integration, source_id, actor)
    if asked is None or asked.answer is None:
        raise Refused(f"There is no answer about payroll ID {source_id} that could be taken back.")
    if not asked.answerable:
        raise NotAllowed("Only an admin or Client Success can take this answer back.")
    given = asked.answer
    with transaction.atomic():
        if not Answer.objects.filter(pk=given.pk, withdrawn_at=None, applied_at=None).update(
            withdrawn_at=clock()
        ):
            raise Refused("A sync has made this answer true already.")
        _record(asked, "withdrew", given, given.kind, None, actor, reason)


def _must_fit(asked: Question, kind: str, user: User, actor: Actor) -> None:
    """Whether this actor may say this of this person."""
    organization = asked.integration.organization
    suggested = next((one for one in asked.suggested if one.user.pk == user.pk), None)
    if suggested is None:
        if not actor.runs_syncs(organization):
            raise NotAllowed("Only an admin or Client Success can name somebody who is not suggested.")
        if user.organization_id != organization.pk or user.merged_into_id is not None:
            raise Refused(f"That person is not on the list of {organization.name}.")
    if user.local:
        raise Refused(
            "People of an agency and contractors are never payroll's. Change that on their page first."
        )
    if suggested is not None:
        kinds = suggested.kinds
    else:
        kinds = Candidates.read(asked.integration, [user.pk], actor).kinds(
            user.pk, asked.code, asked.location
        )
    if kind not in kinds:
        if not kinds:
            raise NotAllowed("Only an admin, Client Success or a manager of both locations can answer this.")
        raise Refused(f"Here the answer is one of: {', '.join([*kinds, Kind.DIFFERENT])}.")


def _denied(asked: Question, user: User | None) -> list[int]:
    """Everybody suggested, or this person beside those denied before."""
    if user is None:
        return sorted(one.user.pk for one in asked.suggested)
    before = Answer.objects.filter(
        integration=asked.integration, source_id=asked.source_id, withdrawn_at=None, kind=Kind.DIFFERENT
    ).first()
    known = before.denied if before is not None and still_about(before, asked.name) else []
    return sorted({*known, user.pk})


def _keep(
    asked: Question, kind: str, user: User | None, denied: list[int], actor: Actor, reason: str
) -> Answer:
    integration = asked.integration
    with transaction.atomic():
        Integration.objects.select_for_update().get(pk=integration.pk)
        before = Answer.objects.filter(
            integration=integration, source_id=asked.source_id, withdrawn_at=None
        ).first()
        if before is not None:
            Answer.objects.filter(pk=before.pk).update(withdrawn_at=clock())
        made = Answer.objects.create(
            organization_id=integration.organization_id,
            integration=integration,
            source_id=asked.source_id,
            kind=kind,
            user=user,
            denied=denied,
            name=asked.name[:250],
            reason=reason.strip()[:200],
            by=actor.by,
        )
        _record(asked, "answered", made, before.kind if before else None, kind, actor, reason)
    return made


def _record(
    asked: Question, verb: str, given: Answer, old: str | None, new: str | None, actor: Actor, reason: str
) -> None:
    told = [audit.change("answer", old, new), audit.change("payroll_id", None, asked.source_id)]
    if reason.strip():
        told.append(audit.change("reason", None, reason.strip()[:200]))
    audit.record(
        actor,
        asked.integration.organization,
        verb,
        ("answer", given.pk),
        user=given.user,
        location_id=asked.location.pk if asked.location else None,
        changes=told,
    )
