"""One letter handed to the mail server or the mail service, and what the answer means."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from schedulepop.messages.models import Message

State, Outcome = Message.State, Message.Outcome
_OF_THE_ADDRESS = {550, 551, 552, 553}  # where a server gives no enhanced code (RFC 3463)
_ENHANCED = re.compile(rb"^\s*([245])\.(\d{1,3})\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt. QUEUED: it surely did not go out and is worth a retry."""

    state: str
    error: str = ""
    outcome: str = ""  # BOUNCED: the address itself was refused, for good
    service_id: str = ""


def hand_over(email: EmailMultiAlternatives, connection: BaseEmailBackend) -> Answer:
    """One attempt. A backend that knows its own answers gives them as `answer_of(email)` and `answer_of_error`."""
    try:
        connection.send_messages([email])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = min(error.recipients.values(), default=(500, b""))
        return _refused(code, said, "The mail server refused the address")
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error, "The mail server refused the message")
    except Exception as error:  # broken off somewhere in between
        told: Callable[[Exception], Answer | None] = getattr(connection, "answer_of_error", lambda _: None)
        answer = told(error)
        close(connection)
        if answer is not None:
            return answer
        if not getattr(connection, "begun", True):
            return Answer(State.QUEUED, f"The mail server broke off before the message was sent: {error}")
        return Answer(State.UNKNOWN, f"It is not known whether this was delivered: {error}")
    of: Callable[[EmailMultiAlternatives], Answer] = getattr(
        connection, "answer_of", lambda _: Answer(State.ACCEPTED)
    )
    return of(email)


def _refused(code: int, said: bytes | str, what: str) -> Answer:
    """4xx is for now. 5xx about the address (x.1.x, x.2.x) is a bounce; about anything else it is this letter's."""
    error = f"{what} ({code})."
    if 400 <= code < 500:
        return Answer(State.QUEUED, error)
    enhanced = _ENHANCED.match(said if isinstance(said, bytes) else said.encode("utf-8", "replace"))
    at_the_address = (
        enhanced[2] in (b"1", b"2") if enhanced else "address" in what and code in _OF_THE_ADDRESS
    )
    return Answer(State.FAILED, error, Outcome.BOUNCED if at_the_address else "")


def close(connection: BaseEmailBackend) -> None:
    """Whatever state it is in."""
    with suppress(Exception):  # it is broken already
        connection.close()
