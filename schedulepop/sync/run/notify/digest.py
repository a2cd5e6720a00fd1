"""The morning's digest: open issues, to those of the organization who can fix them (SPEC §5 Notify). Nobody gets an
empty one.

An issue goes to the first in line who can be reached: a manager's to the managers of its location, else to HR;
HR's and payroll's to HR. Client Success has one letter over all customers (`review.morning_letter`): with what is
theirs, and everything of a customer whose HR cannot be reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from schedulepop.accounts.models import Organization, User
from schedulepop.directory.models import Location
from schedulepop.sync.models import Integration, IntegrationState, Issue, Run, RunState
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.run.notify import not_joined, notice_log, recipients
from schedulepop.sync.run.notify.recipients import Letter
from schedulepop.wording import issues as issue_words
from schedulepop.wording.translation import gettext, ngettext

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


def notify(organizations: Iterable[Organization], at: datetime) -> int:
    """Queue today's digests of those whose night's run is over, set-wise; returns how many.

    An integration somebody writes right now is left out: its organization is asked again in a minute.
    """
    days = {one.pk: _here(one, at) for one in organizations}
    morning = {pk: here for pk, here in days.items() if here.time() >= MORNING}
    early = [pk for pk, here in morning.items() if here.time() < NOON]
    under_way = _under_way(early) if early else set()
    about = {pk: here.date().isoformat() for pk, here in morning.items() if pk not in under_way}
    keepers = {keeper: about[pk] for pk, keeper in _keepers(about).items()}
    if not keepers:
        return 0
    with transaction.atomic():
        told = notice_log.note_each(keepers, NOTICE)
        return _send_all(told, at) if told else 0


def _here(organization: Organization, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(organization.timezone))


def _keepers(organizations: Collection[int]) -> dict[int, int]:
    """Organization → the integration that keeps what day's digest went out: its first that lives."""
    live = Integration.objects.filter(organization__in=organizations, state__in=LIVE)
    return dict(live.order_by("-pk").values_list("organization", "pk"))


def _under_way(organizations: Collection[int]) -> set[int]:
    running = Run.objects.filter(
        organization__in=organizations, state__in=[RunState.QUEUED, RunState.RUNNING]
    )
    return set(running.values_list("organization", flat=True))


def _send_all(organizations: Collection[int], at: datetime) -> int:
    lines = _lines(organizations)
    piles = _piles(organizations, at, lines)
    found = not_joined.due(organizations, at)
    not_joined.note([one for several in found.values() for one in several], at)
    letters: list[Letter] = []
    for pk, line in lines.items():
        late = not_joined.by_reader(found.get(pk, []), partial(line.of, "manager"))
        told = piles.get(pk, {})
        letters += [
            _letter(pk, who, told.get(who, {}), late.get(who, {})) for who in dict.fromkeys([*told, *late])
        ]
    return recipients.send(letters, "digest")


def _piles(
    organizations: Collection[int], at: datetime, lines: Mapping[int, _Line]
) -> dict[int, dict[User, dict[tuple[str, str], Pile]]]:
    """Organization → reader → (code, place) → how many are open, how many since yesterday, the first in words."""
    found: dict[int, dict[User, dict[tuple[str, str], Pile]]] = {}
    issues = Issue.objects.filter(organization__in=organizations, resolved_at=None)
    for issue in issues.select_related("location").order_by("pk"):
        code = CODES.get(issue.code)
        if code is None or code.severity == "info":
            continue
        line, place = lines[issue.organization_id], issue.location.name if issue.location else ""
        for person in line.of(code.fixer, issue.location_id):
            mine = found.setdefault(issue.organization_id, {}).setdefault(person, {})
            pile = mine.setdefault((issue.code, place), Pile())
            pile.count += 1
            pile.new += issue.first_seen_at > at - timedelta(days=1)
            pile.sentences.append(issue.for_managers if line.manages(person) else issue.message)
    return found


def _lines(organizations: Collection[int]) -> dict[int, _Line]:
    managers, admins = recipients.managers_of(organizations), recipients.admins_of(organizations)
    return {pk: _Line(managers.get(pk, {}), admins.get(pk, [])) for pk in organizations}


class _Line:
    """Who can fix what here, and who takes it when nobody of those can be reached."""

    def __init__(self, managers: Mapping[User, frozenset[int]], admins: Sequence[User]) -> None:
        self._managers, self._admins = managers, admins

    def manages(self, person: User) -> bool:
        """Whether they are told as a manager, who sees only their own locations."""
        return person in self._managers and person not in self._admins

    def of(self, fixer: str, location_id: int | None) -> list[User]:
        """The readers of an issue, without those who want no digest."""
        at_place = [user for user, places in self._managers.items() if location_id in places]
        line = {"manager": at_place or self._admins, "client_success": []}.get(fixer, self._admins)
        return [user for user in line if user.wants_digest]


def _letter(
    organization: int,
    reader: User,
    piles: dict[tuple[str, str], Pile],
    late: dict[Location, list[User]],
) -> Letter:
    order = sorted(piles.items(), key=lambda one: (_WEIGHT[CODES[one[0][0]].severity], -one[1].count, one[0]))
    items = [_item(code, place, pile) for (code, place), pile in order]
    total = Counter({"open": sum(p.count for p in piles.values()), "new": sum(p.new for p in piles.values())})
    joining = not_joined.says(not_joined.count(late)) if late else ""
    lead = [_lead(total["open"], total["new"])] if piles else []
    lead += [f"{joining[0].upper()}{joining[1:]}, three days after they were invited."] if late else []
    return recipients.letter(
        reader,
        organization,
        ("/" if piles else not_joined.PATH) if late else "/issues/",
        says=_says(total["open"]) if piles else joining,
        lead=" ".join(lead),
        items=[*not_joined.items(late), *items],
        late=bool(late),
    )


def _says(count: int) -> str:
    return ngettext("one issue waits for you", "{count:,} issues wait for you", count).format(count=count)


def _lead(count: int, new: int) -> str:
    said = _says(count)
    lead = gettext("{said} in SchedulePop.").format(said=f"{said[0].upper()}{said[1:]}")
    if not new:
        return lead
    if count == 1:
        return f"{lead} {gettext('It is new.')}"
    return (
        f"{lead} {ngettext('{count:,} of them is new.', '{count:,} of them are new.', new).format(count=new)}"
    )


def _item(code: str, place: str, pile: Pile) -> dict[str, Any]:
    """One kind at one place: alone in its own words, several by their title; then what to do."""
    kind = issue_words.text(code)
    title = kind.title if pile.count == 1 else f"{kind.title}: {pile.count:,}"
    said = f"{pile.sentences[0]} " if pile.count == 1 and pile.sentences[0] != kind.remedy else ""
    return {"title": f"{title} ({place})" if place else title, "detail": f"{said}{kind.remedy}"}
