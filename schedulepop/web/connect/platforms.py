"""Where payroll may come from: platforms by API, ways a file comes, what each gives, and sheets for payroll."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schedulepop.connectors import offers
from schedulepop.lib import text
from schedulepop.web.connect import report_requests
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

LONGEST = 60  # characters of a search


@role_required(ADMINS)
@require_safe
def platforms(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The choice. `?q=` leaves what resembles it; what we do not know still sends files."""
    query = request.GET.get("q", "").strip()[:LONGEST]
    senders = [(key, title) for key, title in report_requests.senders().items() if _fits(query, title)]
    context: dict[str, Any] = {
        "query": query,
        "platforms": [one for one in offers.platforms() if _fits(query, one.title, one.sentence)],
        "ways": [one for one in offers.ways() if _fits(query, one.title, one.sentence, "file csv tsv")],
        "senders": senders,
        "grids": _grids(),
        "connects": visit.actor.is_client_success(visit.organization),
    }
    return render(request, "web/connect/platforms.html", context)


def _fits(query: str, *texts: str) -> bool:
    """Whether every word of the query begins a word of the texts."""
    words = text.fold(" ".join(texts)).split()
    return all(any(word.startswith(part) for word in words) for part in text.fold(query).split())


def _grids() -> list[dict[str, Any]]:
    made = [
        ("What each platform gives", offers.field_grid(), "nothing"),
        ("What each platform can do", offers.capability_grid(), "no"),
        ("What becomes of an ID, and what was checked", offers.identity_grid(), ""),
        ("What a file may be", offers.format_grid(), "no"),
        ("Reports we recognize", offers.profile_grid(), ""),
    ]
    return [{"title": title, "grid": grid, "blank": blank} for title, grid, blank in made]
