"""Who may be erased, what goes with them and what stays; the request of an admin, which is confirmed by typing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, User
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import EmploymentPeriod, Membership
from schedulepop.lib import sql
from schedulepop.retention import holdings, person, traces
from schedulepop.retention.person import Person
from schedulepop.sync.models import Answer, Deferral, Erasure, FieldOverride, Issue, Run
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.questions import QUESTIONS
from schedulepop.wording import erasure as words

QUEUE = "upkeep"


@dataclass(frozen=True, slots=True)
class Preview:
    """What goes, section by section, with how much; and how many employments stay for CMS, without a name."""

    user: User
    goes: dict[str, int]
    stays: int
    unread: int  # kept payroll files that were not looked into, since there are many


def preview(user: User, *, actor: Actor) -> Preview:
    """Raises NotAllowed, or Refused with the reason why they cannot be erased now."""
    about = _allowed(user, actor)
    first, *more = holdings.file_parts(about)
    goes = {title: len(rows) for title, rows in holdings.of_person(about, first) if rows}
    places = Membership.objects.filter(user__in=about.users).count()
    periods = EmploymentPeriod.objects.filter(membership__user__in=about.users).count()
    stays = places + periods if about.organization.cms_codes else 0
    return Preview(about.user, goes, stays, sum(map(len, more)))


def request(user: User, typed: str, *, actor: Actor, at: datetime) -> Erasure:
    """From now on the job erases them, and nothing takes it back. `typed`: their username, by the one who asks."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        about = _allowed(user, actor)
        if typed.strip().lower() != about.user.username:
            raise Refused(words.not_typed(about.user.username))
        try:
            with transaction.atomic():
                made = Erasure.objects.create(
                    organization=about.organization, by=actor.by, at=at, user_id=about.user.pk
                )
        except IntegrityError:
            raise Refused(words.under_way()) from None
        audit.record(actor, about.organization, "erased", ("erasure", made.pk))
        queue(made.pk)
    return made


def queue(erasure: int, *, seconds: int = 0) -> None:
    """The job that erases, now or a little later; in the transaction that asks for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("schedulepop.retention", "erasure_queue"),
            {"queue": QUEUE, "erasure": erasure, "seconds": seconds},
        )


def _allowed(user: User, actor: Actor) -> Person:
    if not actor.is_admin(user.organization):
        raise NotAllowed(words.only_admins(user.organization.name))
    about = person.of(user)
    if reason := _against(about, actor):
        raise Refused(reason)
    return about


def _against(about: Person, actor: Actor) -> str:
    """Why not now; "": they may be erased."""
    name, users = about.user.full_name, about.users
    places = Membership.objects.filter(user__in=users)
    if actor.user is not None and actor.user.pk in users:
        return words.oneself()
    if places.exclude(status__in=sorted(employee.ENDED)).exists():
        return words.employed(name)
    if Grant.objects.filter(user__in=users, ended_at=None).exists():
        return words.has_rights(name)
    held = Q(field="status") | Q(field="termination_date")
    if FieldOverride.objects.filter(held, user__in=users, released_at=None).exists():
        return words.held_against_payroll(name)
    if _waits(about):
        return words.waits(name)
    return ""


def _waits(about: Person) -> bool:
    """Whether something about them waits for a decision: a change on hold, a question, an answer not yet true."""
    if holdings.by_record(Deferral, about).filter(ended_at=None).exists():
        return True
    if holdings.by_record(Answer, about).filter(withdrawn_at=None, applied_at=None).exists():
        return True
    for integration, ids in about.ids.items():
        asked = Issue.objects.filter(
            integration=integration, code__in=QUESTIONS, key__in=ids, resolved_at=None
        )
        if asked.exists():
            return True
    undecided = Q(state__in=("planned", "held")) | Q(rest=Run.Rest.WAITING)
    for run in Run.objects.filter(undecided, organization=about.organization, plan__isnull=False):
        assert run.plan is not None  # noqa: S101 (as asked for)
        plan = storage.unpack(run.plan)
        if plan.changes.filter(traces.keys_of(about, run.integration_id, plan).mask(plan.changes)).height:
            return True
    return False
