"""What machines ask of us: `/healthz`, `/readyz` and `/metrics`, by whatever host name, without a session (ADR 0020).

They are answered before anything else is asked of a request, for a probe knows an address and no name; nothing they
answer is anybody's. `/healthz` asks no database: a process that can answer is alive.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from schedulepop import jobs
from schedulepop.health import figures, metrics, readiness
from schedulepop.sync.models import RunState

METHODS = ("GET", "HEAD")
QUEUES, RUN_STATES = tuple(jobs.QUEUES), tuple(RunState.values)


class Probes:
    """Answers the three addresses; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        answer = probe(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        answer["Cache-Control"] = "no-store"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when all parts are ok, else 503; a code for each part."""
    told = readiness.readiness()
    ready = set(told.values()) == {readiness.OK}
    return JsonResponse({"ready": ready, **told}, status=200 if ready else 503)


def metrics_page(request: HttpRequest) -> HttpResponse:
    """The figures, for who has the token. 404 where no token is set, 401 for another one, 503 without a database."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    given, wanted = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        told = figures.recent.read(queues=QUEUES, run_states=RUN_STATES)
    except DatabaseError:
        return HttpResponse(status=503)
    return HttpResponse(metrics.exposition(told), content_type=metrics.CONTENT_TYPE)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics_page,
}
