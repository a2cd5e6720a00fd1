"""Letters that did not go out, or may not have, as far as somebody can still do something about them.

A letter to whoever may not sign in any more, one that was sent again since, one that was too old to be sent, and a
welcome to somebody who set the account up in the meantime are history. What people ask for themselves, and notices
about a day that is over, count for a week: after that the next one tells as much.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet

from schedulepop.accounts import access
from schedulepop.accounts.models import User
from schedulepop.messages.given_up import TOO_OLD
from schedulepop.messages.models import Message
from schedulepop.messages.returned import CAME_BACK

LEAD_IN = ("welcome", "welcome_back", "set_up")
"""Letters that lead to setting up the account: a later one of them takes an earlier one's place."""
FOR_A_WEEK = timedelta(days=7)
_STUCK = (Message.State.FAILED, Message.State.UNKNOWN)


def to_act_on(now: datetime) -> QuerySet[Message]:
    """The newest of each kind that is failed or unknown, where sending it again would still help somebody."""
    stuck = Message.objects.exclude(cause=TOO_OLD).filter(
        state__in=_STUCK, user__in=access.live_users(User.objects.all())
    )
    later = Message.objects.filter(user=OuterRef("user"), pk__gt=OuterRef("pk"))
    lead_in = (
        Q(kind__in=LEAD_IN)
        & Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        & ~Exists(later.filter(kind__in=LEAD_IN))
    )
    other = (
        ~Q(kind__in=LEAD_IN)
        & ~Q(cause=CAME_BACK)  # the one that came back tells as much
        & Q(created_at__gt=now - FOR_A_WEEK)
        & ~Exists(later.filter(kind=OuterRef("kind")))
    )
    return stuck.filter(lead_in | other).order_by("pk")
