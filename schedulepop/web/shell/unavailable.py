"""What a page answers when something broke: a bug is 500; a database that is away and a full disk are 503, and pass."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from schedulepop import postgres
from schedulepop.web.shell.visit import is_fragment

RETRY_SECONDS = 30
WORDS = {
    postgres.Outage.DATABASE_AWAY: "The database does not answer right now.",
    postgres.Outage.DISK_FULL: "The server's disk is full.",
}


def server_error(request: HttpRequest) -> HttpResponse:
    """The page, or for a part of a page a sentence. Neither asks the database."""
    error = sys.exc_info()[1]
    outage = postgres.outage(error) if error is not None else None
    if outage is None:
        number = getattr(request, "number", "")
        return HttpResponse(render_to_string("500.html", {"number": number}), status=500)
    read = request.method in ("GET", "HEAD")
    body = render_to_string(
        "web/shell/_unavailable.html" if is_fragment(request) else "503.html",
        {"what": WORDS[outage], "read": read, "again": request.get_full_path() if read else "/"},
    )
    return HttpResponse(body, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
