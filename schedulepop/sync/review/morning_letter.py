"""Client Success's morning letter: one a person, over all customers they look after; none where nothing needs them.

It stands in the place of the digests of each customer, which are HR's and managers' (`run.notify.digest`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from schedulepop.accounts.models import Grant, User
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.sync.models import Run, RunState
from schedulepop.sync.review import customers
from schedulepop.sync.review.customers import Customer
from schedulepop.sync.run.notify import recipients
from schedulepop.sync.run.notify.recipients import LISTED
from schedulepop.wording.spoken import number
from schedulepop.wording.translation import ngettext

KIND = "morning"
_ASSIGNED = Q(role=Grant.CLIENT_SUCCESS, ended_at=None)
MORNING, NOON = (
    time(7),
    time(12),
)  # of the reader's own organization; until noon it waits for the night's runs


def notify_all(at: datetime) -> int:
    """Queue the letters whose morning it is; returns how many. Each person gets one a day at most, whatever happens."""
    due = _due(at)
    if not due:
        return 0
    assigned: dict[int, set[int]] = {}
    grants = Grant.objects.filter(_ASSIGNED, user__in=due)
    for user_id, organization_id in grants.values_list("user", "organization"):
        assigned.setdefault(user_id, set()).add(organization_id)
    standing = customers.of_organizations({pk for one in due for pk in assigned[one.pk]}, at)
    running = set(
        Run.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).values_list(
            "organization", flat=True
        )
    )
    alone = _without_hr(standing)
    queued = 0
    for reader in due:
        mine = assigned[reader.pk]
        if _here(reader, at).time() < NOON and mine & running:
            continue
        queued += _queue(reader, [standing[pk] for pk in mine if pk in standing], alone, at)
    return queued


def _due(at: datetime) -> list[User]:
    """Whose morning it is, who can be written to, and whose letter of today is not there yet."""
    newest = Message.objects.filter(user=OuterRef("pk"), kind=KIND).order_by("-generation")
    readers = recipients.reachable(User.objects.filter(wants_digest=True)).filter(
        Exists(Grant.objects.filter(_ASSIGNED, user=OuterRef("pk")))
    )
    told = readers.annotate(told=Subquery(newest.values("generation")[:1])).select_related("organization")
    return [one for one in told.order_by("pk") if _is_morning(one, at) and one.told != _day(one, at)]


def _is_morning(reader: User, at: datetime) -> bool:
    return _here(reader, at).time() >= MORNING


def _day(reader: User, at: datetime) -> int:
    """The number of a reader's day, which their letter has."""
    return _here(reader, at).date().toordinal()


def _queue(reader: User, mine: Collection[Customer], alone: Collection[int], at: datetime) -> bool:
    """The letter, whose generation is the day: the outbox takes each once, ever."""
    told = [(one, _lines(one, one.pk in alone)) for one in customers.by_attention(mine)]
    items = [{"title": one.name, "detail": " ".join(lines)} for one, lines in told if lines]
    if not items:
        return False
    says = _says(len(items))
    context = {
        "organization": reader.organization_id,
        "path": "/customers/?show=mine",
        "says": says,
        "lead": f"{says[0].upper()}{says[1:]} this morning.",
        "items": items[:LISTED],
        "more": max(0, len(items) - LISTED),
    }
    with transaction.atomic():
        return outbox.queue(reader, KIND, generation=_day(reader, at), context=context)


def _lines(customer: Customer, alone: bool) -> list[str]:
    """What needs Client Success there, the gravest first; nothing: []. `alone`: no HR of theirs can be reached."""
    said = []
    if customer.on_hold_since is not None:
        said.append("Changes are on hold and wait for a decision.")
    for source in customer.sources:
        if source.trouble:
            said.append(f"{source.name} cannot be read.")
        elif source.late:
            said.append(f"{source.name}: nothing has gone through for more than 26 hours.")
        elif source.old:
            said.append(f"{source.name}: payroll has sent nothing new.")
    if count := customer.issues_without_managers if alone else customer.issues_of_client_success:
        said.append(
            ngettext("One issue waits for you.", "%s issues wait for you.", count).replace("%s", f"{count:,}")
        )
    return said


def _says(count: int) -> str:
    said = ngettext("%s customer needs you", "%s customers need you", count)
    return said % number(count)


def _without_hr(standing: Collection[int]) -> set[int]:
    """The organizations whose issues nobody of HR can be told of."""
    reached = Grant.objects.filter(
        role=Grant.ADMIN,
        organization__in=list(standing),
        ended_at=None,
        user__in=recipients.reachable(User.objects.all()),
    )
    return {*standing} - set(reached.values_list("organization", flat=True))


def _here(reader: User, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(reader.organization.timezone))
