"""What every answer carries, so that a page can load, frame or leak nothing it should not.

No `unsafe-inline` anywhere: styles and scripts are files of ours, sizes driven by data are SVG attributes or classes.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class SecurityHeaders:
    """Sets what the view has not set itself; a stricter page (the mail frame) brings its own policy.

    Everything that goes through Django is somebody's data or a form, hence `no-store`; static files bring their own
    caching. It stands outside of what asks the database, so that an outage's page has them, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cache-Control", "no-store")
        return response
