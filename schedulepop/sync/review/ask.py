"""Whoever meets something only others can answer sends it to them (SPEC §1.5): one letter a question, asker and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, User
from schedulepop.directory import access
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Issue, Run
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.run.notify import recipients
from schedulepop.wording import asking

ASKED = "asked"  # the audit's verb
NOBODY = "Nobody who can answer has an email address. Please call them."


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about, who can answer, and the letter's one line. `path`: the page where it is answered."""

    kind: str  # issue, run
    pk: int
    organization: Organization
    location_id: int | None
    fixer: str  # of issue_codes.Fixer
    title: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Today's letter about a question: when it went into the outbox, and to how many."""

    at: datetime
    count: int


def about_issue(issue: Issue) -> Question:
    """In the words its managers read, so that they know what they send."""
    page = f"/questions/{issue.integration_id}/{issue.key}/" if issue.code in ANSWERABLE else "/issues/"
    code = CODES[issue.code]
    fixer = "admin" if code.fixer == "manager" else code.fixer
    return Question(
        "issue",
        issue.pk,
        issue.organization,
        issue.location_id,
        fixer,
        issue.text.title,
        issue.for_managers,
        page,
    )


def about_run(run: Run) -> Question:
    """What waits in a run for a decision."""
    fixer = "admin" if run.integration.first_sync_done else "client_success"
    return Question(
        "run",
        run.pk,
        run.organization,
        None,
        fixer,
        asking.run_title(run.number),
        asking.run_text(),
        f"/runs/{run.pk}/",
    )


def sent_today(organization: Organization, actor: Actor, kind: str, at: datetime) -> dict[int, Sent]:
    """What this person has asked about on the organization's day, by id of issue or run."""
    zone = ZoneInfo(organization.timezone)
    since = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    entries = AuditEntry.objects.filter(
        organization=organization, actor=actor.user, verb=ASKED, subject=kind, at__gte=since
    )
    return {int(one.subject_id or 0): Sent(one.at, int(one.changes[0]["new"])) for one in entries}


def send(question: Question, actor: Actor, at: datetime | None = None) -> Sent:
    """Queues the letter, audited. A second one on the same day sends nothing and says what was sent.

    Raises NotAllowed for who looks after nobody here, Refused when nobody who can answer can be reached.
    """
    organization, asker = question.organization, actor.user
    if asker is None or not access.managed_locations(actor, organization).exists():
        raise NotAllowed("Only managers, admins and Client Success can ask.")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=asker.pk)
        before = sent_today(organization, actor, question.kind, at or clock()).get(question.pk)
        if before is not None:
            return before
        readers = [one for one in _who_can_answer(question) if one.pk != asker.pk]
        count = recipients.notify(
            readers,
            "question",
            organization,
            question.path,
            says=asking.subject(asker.full_name),
            lead=asking.lead(asker.full_name),
            reply=asking.reply(asker.full_name, asker.email, asker.phone),
            items=[{"title": question.title, "detail": question.text}],
        )
        if not count:
            raise Refused(NOBODY)
        entry = audit.record(
            actor,
            organization,
            ASKED,
            (question.kind, question.pk),
            location_id=question.location_id,
            changes=[audit.change("recipients", None, count)],
        )
    return Sent(entry.at, count)


def _who_can_answer(question: Question) -> list[User]:
    """Those who can, else the next in line."""
    hr, success = (
        recipients.admins(question.organization),
        recipients.client_success(question.organization),
    )
    return (success or hr) if question.fixer == "client_success" else (hr or success)
