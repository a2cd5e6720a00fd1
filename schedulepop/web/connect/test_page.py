"""Test connection: who answers, how many people, what is not granted and what that means, while it is going on.

With a script the button starts the test in a request of its own and the page asks for the steps meanwhile; without
one the same button waits for the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop import employee
from schedulepop.connectors import get, offers
from schedulepop.connectors.contract import Connector
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import connection_test
from schedulepop.sync.integrations.connection_test import LastTest
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import setup_file, setup_steps
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.row_security import own_transactions
from schedulepop.web.shell.visit import Visit, is_fragment


@dataclass(frozen=True, slots=True)
class TestStep:
    """One step, as the page shows it."""

    __test__ = False
    title: str
    state: str  # done, here, failed, later
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """A permission that is not granted, and what SchedulePop does not get without it."""

    permission: str
    fields: tuple[str, ...]


@own_transactions
@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def test_connection(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET shows the newest test, for a fragment only its steps; POST tests, at once or in the page that it leads to."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    if request.method != "POST":
        return _steps(request, setup) if is_fragment(request) else _page(request, setup)
    if is_fragment(request) and "go" not in request.POST:
        return _card(request, setup, starts=True)
    try:
        connection_test.run(setup.integration, actor=setup.visit.actor)
    except Refused as error:
        if is_fragment(request):
            return _card(request, setup, error=str(error))
        messages.error(request, str(error))
    return _card(request, setup) if is_fragment(request) else redirect("integration-test", *setup.args)


def _page(request: HttpRequest, setup: Setup) -> HttpResponse:
    return render(request, "web/connect/test_page.html", _context(setup))


def _card(request: HttpRequest, setup: Setup, *, starts: bool = False, error: str = "") -> HttpResponse:
    """The card alone. `starts`: it begins the test by itself and asks for the steps."""
    context = _context(setup) | {"starts": starts, "error": error}
    if starts:
        context |= {"last": None, "steps": steps(None, starts=True), "lacks": []}
    return render(request, "web/connect/_test_card.html", context)


def _steps(request: HttpRequest, setup: Setup) -> HttpResponse:
    last = connection_test.of(setup.integration)
    going_on = last is not None and last.is_under_way(now())
    return render(
        request, "web/connect/_test_steps.html", {"steps": steps(last if going_on else None, starts=True)}
    )


def _context(setup: Setup) -> dict[str, Any]:
    one, at = setup.integration, now()
    connector, last = get(one.connector), connection_test.of(one)
    return {
        "setup": setup,
        "connector": connector,
        "platform": offers.is_platform(connector),
        "last": last,
        "under_way": last is not None and last.is_under_way(at),
        "broken_off": last is not None and last.is_broken_off(at),
        "steps": steps(last),
        "lacks": lacks(connector, last),
        "connected": setup_steps.is_connected(one),
        "asks": feeds.can_fetch(one),
        "raw": feeds.latest(one),
        "progress": setup_steps.progress(one, setup.saved, "file"),
    }


def steps(last: LastTest | None, *, starts: bool = False) -> list[TestStep]:
    """The steps of a test. Before the first answer the first one is under way; what failed says so itself."""
    if last is None and not starts:
        return []
    reached, signed_in = (last.reached, last.signed_in) if last else (False, False)
    finished, ok = (last.finished, last.ok) if last else (False, False)
    done = [reached or ok, signed_in or ok, ok]
    at = done.index(False) if False in done else len(done)
    titles = (
        f"Reach {last.host}" if last and last.host else "Reach the source",
        "Sign in",
        "Read one page",
    )
    return [
        TestStep(title, "done" if n < at else ("failed" if finished else "here") if n == at else "later")
        for n, title in enumerate(titles)
    ]


def lacks(connector: Connector, last: LastTest | None) -> list[Lack]:
    """What is not granted, with the fields that hang on it."""
    found = []
    for permission in last.not_granted if last else ():
        columns = connector.permissions.get(permission, frozenset())
        fields = [name for name, column in connector.proposed.items() if column in columns]
        found.append(Lack(permission, tuple(employee.BY_NAME[name].label for name in fields)))
    return found
