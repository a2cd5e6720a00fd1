"""Who comes: whom payroll has for a list and who is not on it yet, and who starts soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse

from schedulepop import employee
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.whereis.not_here_yet import NotHereYet, not_here_yet
from schedulepop.web.issues.issue_list import can_fix
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import issues as issue_words

SHOWN = 8  # lines of a card
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Missing:
    """Somebody payroll has for a list here, why they are not on it, and where one goes on."""

    who: NotHereYet
    place: str
    why: str  # in a few words, with nobody else's name
    answerable: bool  # by this reader: who is it?
    url: str

    @property
    def name(self) -> str:
        return self.who.name or f"Payroll ID {self.who.source_id}"

    @property
    def key(self) -> tuple[int, str]:
        """Of the question or issue that stands behind it."""
        return self.who.integration_id, self.who.source_id


@dataclass(frozen=True)
class Starter:
    """Somebody whose first day is today or ahead, and how far their account is."""

    membership: Membership
    steps: tuple[str, str, str]  # on the list, welcome sent, account set up
    words: str
    today: bool


def missing(visit: Visit) -> list[Missing]:
    """Of the locations this page is about; of records at no location only for who sees the whole organization."""
    everywhere = visit.location is None and visit.runs_syncs
    names = {one.pk: one.name for one in visit.scope}
    found = not_here_yet(visit.organization, None if everywhere else list(names))
    return [_missing(visit, one, names) for one in found]


def _missing(visit: Visit, one: NotHereYet, names: dict[int, str]) -> Missing:
    code = CODES.get(one.reason)
    answerable = code is not None and one.reason in ANSWERABLE and can_fix(code.fixer, visit.role)
    asked = urlencode({"q": one.name or one.source_id})
    return Missing(
        who=one,
        place=names.get(one.location_id or 0, ""),
        why=issue_words.text(one.reason if code else "on_hold").title,
        answerable=answerable,
        url=reverse("question", args=[one.integration_id, one.source_id])
        if answerable
        else f"{reverse('whereis')}?{asked}",
    )


def starters(people: QuerySet[Membership], at: datetime, zone: ZoneInfo) -> list[Starter]:
    """Who starts today or within 30 days, soonest first, with how far their account is."""
    today = at.astimezone(zone).date()
    ahead = Q(status=employee.Status.UPCOMING, hire_date__lte=today + SOON)
    coming = list(
        people.filter(ahead | Q(status__in=employee.WORKING, hire_date=today))
        .select_related("user", "location", "primary_duty")
        .order_by("hire_date", "user__sort_name")[:SHOWN]
    )
    sent = dict(
        Message.objects.filter(
            user__in=[one.user_id for one in coming], kind__startswith="welcome"
        ).values_list("user_id", "state")
    )
    return [_starter(one, sent.get(one.user_id, ""), today) for one in coming]


def _starter(membership: Membership, mail: str, today: date) -> Starter:
    steps, words = ("done", "here", ""), "Email on its way" if mail else "No email yet"
    if membership.user.has_usable_password() and membership.user.password:
        steps, words = ("done", "done", "done"), "All set"
    elif mail == Message.State.ACCEPTED:
        steps, words = ("done", "done", "here"), "Not set up yet"
    elif mail in (Message.State.FAILED, Message.State.UNKNOWN):
        words = "Email failed"
    return Starter(membership, steps, words, membership.hire_date == today)
