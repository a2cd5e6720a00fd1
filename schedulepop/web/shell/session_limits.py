"""How long a session lasts: 12 hours since signing in for everybody, and 30 idle minutes for those who see pay.

A page that refreshes itself says so (`X-Refresh`) and is no activity. The answer after the end leads to the sign-in
page, which says why, and back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from schedulepop.accounts.actors import Actor
from schedulepop.directory import access

IDLE = 30 * 60
LONGEST = 12 * 3600
NOTED_EVERY = 30
"""Seconds between two notes of activity, each of which is a write: who works is signed out at most so much early."""
SINCE, SEEN = "signed_in_at", "seen_at"
Over = Literal["idle", "day", ""]


def start(session: SessionBase) -> None:
    """Somebody signed in now."""
    session[SINCE] = session[SEEN] = time.time()


class SessionLimits:
    """Signs out whose time is over, before the view looks who is there; `request.session_over` says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if auth.SESSION_KEY in request.session:
            over = _over(request)
            if over:
                auth.logout(request)
                request.session_over = over  # type: ignore[attr-defined]
        return self.get_response(request)


def _over(request: HttpRequest) -> Over:
    session, at = request.session, time.time()
    if SINCE not in session:
        start(session)
    if at - session[SINCE] > LONGEST:
        return "day"
    if at - session[SEEN] > IDLE and _sees_pay(request):
        return "idle"
    if at - session[SEEN] > NOTED_EVERY and "X-Refresh" not in request.headers:
        session[SEEN] = at
    return ""


def _sees_pay(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    return access.pay_locations(Actor.of(request.user), request.user.organization).exists()
