"""What a mail service tells of letters after it took them: signed, a letter each, in any order, and again at will.

Mailgun signs a time and a token with a key that is neither the API's nor anybody else's. The signature does not cover
what is told, so it counts for a day only, which is longer than Mailgun tries again, and what is told only ever raises
the outcome of the one letter whose two names (ours and the service's) both fit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from schedulepop.lib.text import whole_number
from schedulepop.messages.models import Message

Outcome = Message.Outcome
SIGNED_FOR = timedelta(days=1)
_AHEAD = timedelta(minutes=10)  # a clock that goes before ours


class ForgedError(Exception):
    """It is not signed by the service, or too long ago."""


class UnreadableError(Exception):
    """It is no event, whoever signed it."""


@dataclass(frozen=True, slots=True)
class Event:
    """What was told of a letter. `outcome` blank: nothing that counts; `rejected`: the service did not send it."""

    letter: int
    service_id: str
    recipient: str
    outcome: str
    at: datetime
    said: str = ""
    rejected: bool = False


def installed() -> bool:
    """Whether the extra that speaks with the service is there."""
    return find_spec("anymail") is not None


def expected() -> bool:
    """Whether anything may be told: a key to check it with, and what reads it."""
    return bool(settings.MAILGUN_SIGNING_KEY) and installed()


def read(request: HttpRequest, now: datetime) -> list[Event]:
    """The events of a request; those about no letter of ours are left out. Raises ForgedError, UnreadableError."""
    from anymail.exceptions import AnymailWebhookValidationFailure
    from anymail.webhooks.mailgun import MailgunTrackingWebhookView

    _refuse_old(request, now)
    view = MailgunTrackingWebhookView(webhook_signing_key=settings.MAILGUN_SIGNING_KEY)
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        raise ForgedError from None
    except (TypeError, ValueError, AttributeError):
        raise UnreadableError from None
    try:
        told = [_event(one, now) for one in view.parse_events(request)]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise UnreadableError from None
    return [one for one in told if one is not None]


def _refuse_old(request: HttpRequest, now: datetime) -> None:
    """A signature is worth nothing after a day."""
    try:
        signed = json.loads(request.body)["signature"]["timestamp"]
        at = datetime.fromtimestamp(float(signed), tz=UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError, RecursionError):
        raise UnreadableError from None
    if not now - SIGNED_FOR <= at <= now + _AHEAD:
        raise ForgedError


def _event(told: Any, now: datetime) -> Event | None:
    from anymail.signals import EventType

    letter = whole_number(str((told.metadata or {}).get("letter", "")))
    if letter is None:
        return None
    outcomes = {
        EventType.DELIVERED: Outcome.DELIVERED,
        EventType.BOUNCED: Outcome.BOUNCED,
        EventType.COMPLAINED: Outcome.COMPLAINED,
    }
    said = " ".join(str(one) for one in (told.mta_response, told.description) if one)
    return Event(
        letter=letter,
        service_id=str(told.message_id or ""),
        recipient=str(told.recipient or ""),
        outcome=outcomes.get(told.event_type, Outcome.UNHEARD),
        at=min(told.timestamp or now, now),
        said="".join(c for c in said if c.isprintable())[:300],
        rejected=told.event_type == EventType.REJECTED,
    )
