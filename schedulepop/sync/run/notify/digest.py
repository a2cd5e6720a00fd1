"""The morning's digest: open issues, to those who can fix them (SPEC §5 Notify). Nobody gets an empty one.

An issue goes to the first in line who can be reached: a manager's to the managers of its location, else to HR;
HR's and payroll's to HR, else to Client Success; Client Success's to Client Success.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from schedulepop.accounts.models import Organization, User
from schedulepop.sync.models import Integration, IntegrationState, Issue, Run, RunState
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.run.notify import notice_log, recipients
from schedulepop.wording import issues as issue_words

MORNING = time(7)
NOON = time(12)  # a run that hangs does not keep the digest back for ever
NOTICE = "digest"  # in the notice log: the organization's day of the last one
LIVE = (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)
_WEIGHT = {"hold": 0, "warn": 1}


@dataclass
class Pile:
    """One reader's issues of one kind at one place."""

    count: int = 0
    new: int = 0
    sentences: list[str] = field(default_factory=list)


def notify(organization: Organization, at: datetime) -> int:
    """Queue today's digests once the night's run is over; returns how many."""
    here = at.astimezone(ZoneInfo(organization.timezone))
    today = here.date().isoformat()
    if here.time() < MORNING:
        return 0
    live = Integration.objects.filter(organization=organization, state__in=LIVE).order_by("pk")
    keeper = live.first()
    if keeper is None or keeper.notice_log.get(NOTICE) == today:
        return 0
    if here.time() < NOON and _under_way(organization):
        return 0
    with transaction.atomic():
        if not notice_log.note(keeper, NOTICE, today):
            return 0
        return sum(_send(organization, who, piles) for who, piles in _piles(organization, at).items())


def _under_way(organization: Organization) -> bool:
    running = Run.objects.filter(organization=organization, state__in=[RunState.QUEUED, RunState.RUNNING])
    return running.exists()


def _piles(organization: Organization, at: datetime) -> dict[User, dict[tuple[str, str], Pile]]:
    """Per reader and (code, place): how many are open, how many of them since yesterday, and the first in words."""
    line = _Line(organization)
    found: dict[User, dict[tuple[str, str], Pile]] = {}
    issues = Issue.objects.filter(organization=organization, resolved_at=None).select_related("location")
    for issue in issues.order_by("pk"):
        code = CODES.get(issue.code)
        if code is None or code.severity == "info":
            continue
        place = issue.location.name if issue.location else ""
        for person in line.of(code.fixer, issue.location_id):
            pile = found.setdefault(person, {}).setdefault((issue.code, place), Pile())
            pile.count += 1
            pile.new += issue.first_seen_at > at - timedelta(days=1)
            pile.sentences.append(issue.for_managers if line.manages(person) else issue.message)
    return found


class _Line:
    """Who can fix what here, and who takes it when nobody of those can be reached."""

    def __init__(self, organization: Organization) -> None:
        self._managers = recipients.managers(organization)
        self._admins = recipients.admins(organization)
        self._success = recipients.client_success(organization)

    def manages(self, person: User) -> bool:
        """Whether they are told as a manager, who sees only their own locations."""
        return person in self._managers and person not in [*self._admins, *self._success]

    def of(self, fixer: str, location_id: int | None) -> list[User]:
        """The readers of an issue, without those who want no digest."""
        at_place = [user for user, places in self._managers.items() if location_id in places]
        hr = self._admins or self._success
        line = {"manager": at_place or hr, "client_success": self._success}.get(fixer, hr)
        return [user for user in line if user.wants_digest]


def _send(organization: Organization, reader: User, piles: dict[tuple[str, str], Pile]) -> int:
    order = sorted(piles.items(), key=lambda one: (_WEIGHT[CODES[one[0][0]].severity], -one[1].count, one[0]))
    items = [_item(code, place, pile) for (code, place), pile in order]
    total = Counter({"open": sum(p.count for p in piles.values()), "new": sum(p.new for p in piles.values())})
    return recipients.notify(
        [reader],
        "digest",
        organization,
        "/issues/",
        says=_says(total["open"]),
        lead=_lead(total["open"], total["new"]),
        items=items,
    )


def _says(count: int) -> str:
    return "one issue waits for you" if count == 1 else f"{count:,} issues wait for you"


def _lead(count: int, new: int) -> str:
    said = _says(count)
    since = (
        ""
        if not new
        else " It is new."
        if count == 1
        else f" {new:,} of them {'is' if new == 1 else 'are'} new."
    )
    return f"{said[0].upper()}{said[1:]} in SchedulePop.{since}"


def _item(code: str, place: str, pile: Pile) -> dict[str, Any]:
    """One kind at one place: alone in its own words, several by their title; then what to do."""
    kind = issue_words.text(code)
    title = kind.title if pile.count == 1 else f"{kind.title}: {pile.count:,}"
    said = f"{pile.sentences[0]} " if pile.count == 1 and pile.sentences[0] != kind.remedy else ""
    return {"title": f"{title} ({place})" if place else title, "detail": f"{said}{kind.remedy}"}
