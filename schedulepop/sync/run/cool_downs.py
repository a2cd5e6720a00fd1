"""How soon the web may ask a source again: only fetching has a cool-down, and only one that succeeded (SPEC §4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, Q

from schedulepop.sync.models import Integration, RunState, Trigger
from schedulepop.sync.run import feeds

COOL_DOWN = timedelta(minutes=10)


def cool_down_left(integration: Integration, at: datetime) -> timedelta:
    """How long "Sync now" in the web still has to wait; zero or less: it may be pressed."""
    asked = integration.runs.filter(trigger=Trigger.MANUAL, preview=False, undo_of=None)
    if not feeds.can_fetch(integration):
        return timedelta(0)
    counted = asked.exclude(state=RunState.FAILED).filter(_on_the_clock(at))
    newest = counted.aggregate(at=Max("requested_at"))["at"]
    return newest + COOL_DOWN - at if newest else timedelta(0)


def _on_the_clock(at: datetime) -> Q:
    """Without what was asked far ahead of now: the clock was wrong then, and nobody waits for it."""
    return Q(requested_at__lte=at + COOL_DOWN)


def fetch_allowed_from(integration: Integration, at: datetime) -> datetime | None:
    """When the web may ask the source about one person again; None: now. Only fetching has a cool-down."""
    if not feeds.can_fetch(integration):
        return None
    asked = integration.runs.filter(undo_of=None, preview=False).exclude(state=RunState.FAILED)
    fetched = asked.filter(Q(trigger=Trigger.MANUAL) | Q(trigger=Trigger.ANSWER, asks_source=True))
    newest = fetched.filter(_on_the_clock(at)).aggregate(at=Max("requested_at"))["at"]
    free = newest + COOL_DOWN if newest else None
    return free if free is not None and free - at > timedelta(0) else None
