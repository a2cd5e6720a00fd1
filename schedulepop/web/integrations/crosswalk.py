"""New payroll IDs from a file, when a vendor is switched: what it links is shown first, then taken as a whole."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.review.questions import crosswalk as door
from schedulepop.sync.review.questions.crosswalk import Checked
from schedulepop.web.integrations import setup_feed
from schedulepop.web.integrations.setup_feed import Setup
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.visit import RUNS_SYNCS, Visit, page

MAX_BYTES = 10_000_000
SHOWN = 50  # people, and wrong values, on the page; the others are counted


@page(RUNS_SYNCS)
@require_http_methods(["GET", "POST"])
def crosswalk(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET asks for the file; POST says what it links, or, for what was looked at, takes it."""
    setup = setup_feed.find(request, visit, organization, slug)
    if request.method != "POST":
        request.session.pop(_key(setup), None)
        return _page(request, setup)
    try:
        if "take" in request.POST:
            return _take(request, setup)
        file = request.FILES.get("crosswalk")
        if file is None or not file.size or file.size > MAX_BYTES:
            raise Refused("Choose a file with the columns old_id and new_id, up to 10 MB.")
        content = file.read()
        checked = door.check(setup.integration, content, actor=setup.visit.actor)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except Refused as error:
        return _page(request, setup, error=str(error), status=422)
    if checked.wrong or not checked.pairings:
        request.session.pop(_key(setup), None)
        return _page(request, setup, checked=checked, name=file.name or "", status=422)
    request.session[_key(setup)] = _only_ids(checked)
    return _page(request, setup, checked=checked, name=file.name or "")


def _take(request: HttpRequest, setup: Setup) -> HttpResponse:
    """What was looked at; every row is checked once more, since the list may have changed."""
    content: str = request.session.pop(_key(setup), "")
    if not content:
        raise Refused("This file was taken already, or another one was looked at. Choose it again.")
    done = door.take(setup.integration, content.encode(), actor=setup.visit.actor)
    ids = "ID is" if done == 1 else "IDs are"
    messages.success(request, f"{done:,} new {ids} known. The next sync links them; nobody is added twice.")
    return HttpResponseRedirect(reverse("integration", args=setup.args))


def _page(
    request: HttpRequest,
    setup: Setup,
    *,
    checked: Checked | None = None,
    name: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"setup": setup, "error": error, "name": name, "checked": checked}
    if checked is not None:
        changing = [one for one in checked.pairings if one.changes]
        others = [one for one in checked.pairings if one.old.integration_id != setup.integration.pk]
        left = door.left_out(setup.integration, checked)
        context |= {
            "changing": len(changing),
            "staying": len(checked.pairings) - len(changing),
            "others": len(others),
            "shown": changing[:SHOWN],
            "more": len(changing) - SHOWN,
            "wrong": checked.wrong[:SHOWN],
            "more_wrong": len(checked.wrong) - SHOWN,
            "left": left[:SHOWN],
            "left_total": len(left),
        }
    return render(request, "web/setup/crosswalk.html", context, status=status)


def _only_ids(checked: Checked) -> str:
    """The file without any column but its two, as it is kept until it is taken."""
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(["old_id", "new_id"])
    written.writerows((one.row.old_id, one.row.new_id) for one in checked.pairings)
    return out.getvalue()


def _key(setup: Setup) -> str:
    return f"crosswalk-{setup.integration.pk}"
