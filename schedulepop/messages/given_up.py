"""Letters that are not sent any more: their sender died with them, or they waited for longer than they are good for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from schedulepop.messages import letters
from schedulepop.messages.models import Message

State = Message.State
TOO_OLD = "too_old"  # the cause of what was not sent for its age
DIED_AFTER = timedelta(minutes=1)  # a row just marked may not be locked yet


def dead(now: datetime) -> int:
    """What was being sent by a process that died: nobody knows whether it went out. Returns how many."""
    with transaction.atomic(durable=True):
        dead = Message.objects.select_for_update(skip_locked=True).filter(
            state=State.SENDING, sending_at__lt=now - DIED_AFTER
        )
        ids = [message.pk for message in dead]
        said = "It is not known whether this was delivered: sending was interrupted."
        return Message.objects.filter(pk__in=ids).update(state=State.UNKNOWN, error=said)


def old(now: datetime) -> int:
    """What has waited for longer than it is good for, whatever it waited for: a stop, a mail server, a worker.
    Returns how many.
    """
    aged = Q(pk__in=[])
    for name, kind in letters.KINDS.items():
        if kind.good_for is not None:
            aged |= Q(kind=name, created_at__lt=now - kind.good_for)
    with transaction.atomic(durable=True):
        old = Message.objects.select_for_update(skip_locked=True).filter(aged, state=State.QUEUED)
        ids = list(old.values_list("pk", flat=True))
        return Message.objects.filter(pk__in=ids).update(state=State.FAILED, cause=TOO_OLD, error="")
