"""What kept a request from its answer: a hitch, which may pass by itself, or an error for which a person is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import httpx2

from schedulepop.lib.http import tls
from schedulepop.lib.http.answer import Answer, retry_after
from schedulepop.lib.http.errors import CertificateError, ConnectorError

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Hitch:
    """A failure that may pass. `wait`: seconds that the server asked for. `may_repeat`: nothing was done so far."""

    sentence: str
    wait: float | None
    may_repeat: bool


def of_error(error: Exception, title: str, host: str) -> Hitch | ConnectorError:
    """What a failure of the library means. It is looked at and let go: it holds the request."""
    if isinstance(error, (ValueError, httpx2.InvalidURL)):
        return ConnectorError(f"A setting for {title} has signs that do not belong into it.")
    if tls.refused(error):
        return CertificateError(
            f"The TLS certificate of {host}, or the client certificate sent to it, was refused. "
            "Check that neither has expired and that it is the right one."
        )
    never_sent = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout))
    if isinstance(error, httpx2.TimeoutException):
        said = "did not answer in time"
    else:
        said = "cannot be reached right now" if never_sent else "broke off its answer"
    return Hitch(f"{title} {said}.", None, may_repeat=never_sent)


def of_answer(answer: Answer, now: datetime) -> Hitch:
    """What an answer of a busy server means."""
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    told = "is asked too often" if answer.status == 429 else f"has trouble (HTTP {answer.status})"
    return Hitch(f"{answer.title} {told}.", wait, may_repeat=answer.status in (425, 429, 503))
