"""A number for every request: in its answer (`X-Request-ID`), in its line of the log, and on the page of an error.

The line says which page, how it went and how long it took: no address, no reader, no value (see `logs`).
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from schedulepop.web.shell.logs import route_of

log = structlog.get_logger("web")

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLog:
    """Errors of ours (5xx) are logged always, all requests where SCHEDULEPOP_LOG_REQUESTS is 1."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number, began = _number(request), time.perf_counter()
        request.number = number  # type: ignore[attr-defined]
        method = request.method
        response = self.get_response(request)
        response[HEADER] = number
        if response.status_code >= 500 or settings.LOG_REQUESTS:
            log.info(
                "request",
                request=number,
                page=route_of(request.path_info),
                method=method,
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000),
            )
        return response


def _number(request: HttpRequest) -> str:
    """Our proxy's, where one is believed and gave one that can be nothing else; else one of our own."""
    given = request.headers.get(HEADER, "")
    if settings.SECURE_PROXY_SSL_HEADER is not None and _GIVEN.fullmatch(given):
        return given
    return secrets.token_hex(8)
