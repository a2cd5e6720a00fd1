"""What somebody may see but not do: one sentence, with status 403. What they may not see is a 404, never this."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_allowed(request: HttpRequest, reason: str) -> HttpResponse:
    """The page that says who can do it instead."""
    return render(request, "403.html", {"reason": reason}, status=403)
