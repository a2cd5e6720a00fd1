"""A letter's HTML inside a page: in a frame of its own, in which nothing runs and nothing is pressed."""

from __future__ import annotations

from django.http import HttpResponse

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""An email brings inline styles."""


def in_a_frame(html: str) -> HttpResponse:
    """A letter's HTML for a frame of a page of ours."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
