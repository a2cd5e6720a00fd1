"""Mail by a service: Mailgun, through django-anymail (the extra `mail-service`). ADR 0026.

One letter to one person per request. What Mailgun calls it is kept beside the letter, and our number of it goes along,
so that what is told later finds it. Whether the service is there, knows our domain and takes our key is asked with an
empty form, which it answers with 400 and sends nothing: until it does, no letter is taken (`outages`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import requests
import urllib3
from anymail.backends.mailgun import EmailBackend
from anymail.exceptions import AnymailRecipientsRefused
from django.core.mail import EmailMessage, EmailMultiAlternatives

from schedulepop.messages.handing_over import Answer
from schedulepop.messages.models import Message

State, Outcome = Message.State, Message.Outcome
LETTER = "letter"  # the variable that carries our number of it
_NUMBER = re.compile(r"<message-(\d+)@")
_FOR_NOW = {  # of whose letter surely nothing was sent
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


class ServiceAwayError(Exception):
    """The service does not answer as it should before anything was handed over."""


class ServiceBackend(EmailBackend):  # type: ignore[misc]
    """Anymail's, which asks before it takes a letter and says what an answer means."""

    def open(self) -> bool:
        """Raises ServiceAwayError, or what `requests` raises, where no letter would be taken."""
        begun: bool = super().open()
        if begun:
            try:
                self._ask()
            except Exception:
                self.close()
                raise
        return begun

    def _ask(self) -> None:
        address = f"{self.api_url}{self.sender_domain}/messages"
        answer = self.session.post(address, auth=("api", self.api_key), data={}, timeout=self.timeout)
        if answer.status_code != HTTPStatus.BAD_REQUEST:
            raise ServiceAwayError(f"the mail service answers {answer.status_code}")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Each with our number, and with its links as we wrote them: a link that lets somebody in is nobody else's."""
        for email in email_messages:
            number = _NUMBER.match(email.extra_headers.get("Message-ID", ""))
            told: Any = email
            told.metadata = {LETTER: number[1]} if number else {}
            told.track_clicks = told.track_opens = False
        return super().send_messages(email_messages) or 0

    def answer_of(self, email: EmailMultiAlternatives) -> Answer:
        """What the service calls the letter it has taken."""
        told: Any = email
        return Answer(State.ACCEPTED, service_id=str(told.anymail_status.message_id or "")[:255])

    def answer_of_error(self, error: Exception) -> Answer | None:
        """What became of a letter: refused, surely not sent, or nobody knows."""
        if isinstance(error, AnymailRecipientsRefused):
            return Answer(State.FAILED, "The mail service refused the address.", Outcome.BOUNCED)
        answer = getattr(error, "response", None)
        if answer is None:
            if _never_connected(error):
                return Answer(State.QUEUED, "The mail service was not reached.")
            return Answer(State.UNKNOWN, "It is not known whether this was delivered: the service broke off.")
        code = int(answer.status_code)
        if code in _FOR_NOW:
            return Answer(State.QUEUED, f"The mail service took no letter ({code}).")
        if code == HTTPStatus.BAD_REQUEST:
            at_the_address = re.search(r"\bto\b.{0,9}parameter.{0,40}address", answer.text[:500]) is not None
            what = "the address" if at_the_address else "the message"
            outcome = Outcome.BOUNCED if at_the_address else ""
            return Answer(State.FAILED, f"The mail service refused {what} ({code}).", outcome)
        return Answer(
            State.UNKNOWN, f"It is not known whether this was delivered: the service answered {code}."
        )


def _never_connected(error: BaseException) -> bool:
    early = (requests.ConnectTimeout, urllib3.exceptions.NewConnectionError)
    return any(isinstance(one, early) for one in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it came from, also where `urllib3` wraps them as a reason."""
    seen: list[Any] = [error]
    for one in seen:
        yield one
        inner = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args[:1]]
        seen += [each for each in inner if isinstance(each, BaseException) and each not in seen]
