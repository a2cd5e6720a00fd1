"""Every request of somebody signed in is one transaction about their organizations; the database shows no others.

The page, an error page as well, is answered before the commit: nothing is read outside. Whoever is not signed in sees
no row at all until a door of `accounts.tenancy` opens one. What broke (5xx) is rolled back as a whole. The session is
looked at before and saved after: it belongs to no organization. A body is read inside; the transaction holds no row and
no snapshot meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from schedulepop.accounts import tenancy
from schedulepop.postgres import row_security

View = TypeVar("View", bound=Callable[..., Any])


class RowSecurity:
    """Stands right below the session's middleware. Serves nothing as a role that row level security does not bind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.bound = (
            False  # asked once per process, and not at its start: pages say it when the database is away
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.bound:
            require_bound()
            self.bound = True
        user_id = request.session.get(SESSION_KEY)
        if user_id is None:
            return self.get_response(request)
        if _drives(request):
            with tenancy.of_user_throughout(int(user_id)):
                return self.get_response(request)
        with tenancy.of_user(int(user_id)):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def own_transactions(view: View) -> View:
    """A view that drives a run: its steps are transactions of their own, which workers and other pages see."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def _drives(request: HttpRequest) -> bool:
    try:
        return hasattr(resolve(request.path_info).func, "own_transactions")
    except Resolver404:
        return False


def require_bound() -> None:
    """Raises ImproperlyConfigured, with what to do, unless this process's role sees what it was told to see only."""
    with connection.cursor() as cursor:
        reason = row_security.reason_against_serving(cursor)
    if reason:
        raise ImproperlyConfigured(reason)
