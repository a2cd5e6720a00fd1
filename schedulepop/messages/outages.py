"""The mail server is away: noted once, told while it lasts, over when it answers. No letter is taken meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from schedulepop.messages.models import MailOutage

log = structlog.get_logger("mail")
AGAIN_AFTER = timedelta(seconds=50)
"""A server that did not answer is asked once a minute, however many runs end meanwhile: each would wait for it."""
WORTH_SAYING = timedelta(minutes=15)
"""Readers are told of an outage that has lasted; a server that restarts is no news."""


def current() -> MailOutage | None:
    """The outage that is not over, as far as anybody has tried."""
    return MailOutage.objects.filter(over=False).first()


def worth_saying(now: datetime) -> MailOutage | None:
    """The same, once it has lasted."""
    return MailOutage.objects.filter(over=False, since__lte=now - WORTH_SAYING).first()


def just_tried(now: datetime) -> bool:
    """Whether the server did not answer a moment ago. Of a clock that went ahead and was put right, nothing counts."""
    return MailOutage.objects.filter(
        over=False, tried_at__range=(now - AGAIN_AFTER, now + AGAIN_AFTER)
    ).exists()


def note(error: Exception, now: datetime) -> None:
    """It did not answer. The log has the first time alone."""
    with transaction.atomic(durable=True):
        known = MailOutage.objects.select_for_update().filter(over=False).first()
        if known is not None:
            known.tried_at, known.error = now, str(error)
            known.save(update_fields=["tried_at", "error"])
            return
        begun = MailOutage(since=now, tried_at=now, error=str(error))
        MailOutage.objects.bulk_create([begun], ignore_conflicts=True)  # another process may have been first
    log.error("mail_server_away", error=type(error).__name__)


def end(now: datetime) -> None:
    """It answers."""
    for known in MailOutage.objects.filter(over=False):
        if MailOutage.objects.filter(pk=known.pk, over=False).update(over=True, ended_at=now):
            log.info("mail_server_back", away_seconds=round((now - known.since).total_seconds()))
