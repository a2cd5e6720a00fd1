"""Every request of a test is answered as the role that serves pages in production, bound by row level security.

In production the web connects as that role. Tests make their worlds and look at the outcome as the app's role, on the
same connection and mostly in one transaction, so here the role changes for the length of a request.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from schedulepop.postgres.databases import role_of
from schedulepop.postgres.urls import WEB

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ROLE = role_of(os.environ["DATABASE_WEB_URL"]) if "DATABASE_WEB_URL" in os.environ else WEB


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whatever a request asks of the database, it asks as the web's role."""
    from django.db import connection
    from django.db.utils import DatabaseError

    def answer(request: HttpRequest) -> HttpResponse:
        connection.cursor().execute(f"SET ROLE {ROLE}")
        try:
            return get_response(request)
        finally:
            with suppress(DatabaseError):  # the transaction broke, and takes the role with it
                connection.cursor().execute("RESET ROLE")

    return answer
