"""How far somebody's account is: nobody invited them, invited, the link was opened, done.

What counts is what works now: an invitation that ran out, was replaced or went to nobody is none. *Opened* says that a
browser loaded the page of the link (`invitations.note_opened`), not who looked at it. A letter that is on its way
counts as an invitation; one that waits for a first day, or for an address, does not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from schedulepop import employee
from schedulepop.accounts.models import Invitation
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.messages.undelivered import LEAD_IN


class AccountState(StrEnum):
    """The state of an account."""

    NO_INVITATION = "no_invitation"
    INVITED = "invited"
    OPENED = "opened"
    DONE = "done"


NOT_DONE = "not_done"
"""Filter: any state but DONE, of somebody who may sign in."""
LATE = "late"
"""Filter: invited LATE_AFTER ago or earlier, and not done."""
LATE_AFTER = timedelta(days=3)
FILTERS = (NOT_DONE, *AccountState, LATE)
_WAITING = (Message.State.QUEUED, Message.State.SENDING)


def with_set_up(rows: QuerySet[Membership], at: datetime) -> QuerySet[Membership]:
    """Annotates `set_up` (a AccountState), `invited_at` and `opened_at` (of the invitation that works, else None)."""
    newest = _working(at).order_by("-generation")
    return rows.annotate(
        set_up=Case(
            When(_done(), then=Value(AccountState.DONE.value)),
            When(Exists(_working(at).exclude(opened_at=None)), then=Value(AccountState.OPENED.value)),
            When(
                Q(Exists(_working(at))) | Q(Exists(_on_its_way(at))), then=Value(AccountState.INVITED.value)
            ),
            default=Value(AccountState.NO_INVITATION.value),
            output_field=CharField(),
        ),
        invited_at=Subquery(newest.values("created_at")[:1]),
        opened_at=Subquery(newest.values("opened_at")[:1]),
    )


def narrowed(rows: QuerySet[Membership], wanted: str, at: datetime) -> QuerySet[Membership]:
    """Those of one of FILTERS; a word that is none narrows to nobody."""
    open_ones = rows.filter(~_done(), _may_sign_in())
    match wanted:
        case "":
            return rows
        case "not_done":
            return open_ones
        case "late":
            return open_ones.filter(_late(at))
        case AccountState.DONE:
            return rows.filter(_done())
    return with_set_up(open_ones, at).filter(Q(set_up=wanted))


def _late(at: datetime) -> Q:
    """The newest invitation is three days old; sending again starts anew."""
    invitations = Invitation.objects.filter(user=OuterRef("user"), purpose=Invitation.SET_UP)
    old = invitations.filter(created_at__lte=at - LATE_AFTER)
    return Q(Exists(old)) & ~Q(Exists(invitations.filter(created_at__gt=at - LATE_AFTER)))


def _done() -> Q:
    return ~Q(user__password="") & ~Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)


def _may_sign_in() -> Q:
    """At this location: the list is of memberships."""
    return Q(status__in=sorted(employee.MAY_SIGN_IN), access_blocked_at=None, user__merged_into=None)


def _working(at: datetime) -> QuerySet[Any]:
    """Relies on invitation_live."""
    links = Invitation.objects.filter(user=OuterRef("user"), purpose=Invitation.SET_UP)
    return links.filter(used_at=None, revoked_at=None, expires_at__gt=at)


def _on_its_way(at: datetime) -> QuerySet[Any]:
    """A letter of the next minutes, to an address. Relies on message_once."""
    letters = Message.objects.filter(user=OuterRef("user"), kind__in=LEAD_IN, state__in=_WAITING)
    soon = Q(not_before=None) | Q(not_before__lte=at) | Q(attempts__gt=0)
    return letters.filter(soon).exclude(user__email="")
