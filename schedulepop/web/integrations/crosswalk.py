"""New payroll IDs from a file, when a vendor is switched: what it links is shown first, then taken as a whole."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from schedulepop.sync.errors import Refused
from schedulepop.sync.review.questions import crosswalk as crosswalks
from schedulepop.sync.review.questions.crosswalk import Checked
from schedulepop.web.integrations import setup_file
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.bodies import takes_upload
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.translation import ngettext

MAX_BYTES = 10_000_000
SHOWN = 50  # people, and wrong values, on the page; the others are counted


@role_required(ADMINS)
@takes_upload(MAX_BYTES)
@require_http_methods(["GET", "POST"])
def crosswalk(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET asks for the file; POST says what it links, or, for what was looked at, takes it."""
    setup = setup_file.find_setup(request, visit, organization, slug)
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
        checked = crosswalks.check(setup.integration, content, actor=setup.visit.actor)
    except Refused as error:
        return _page(request, setup, error=str(error), status=422)
    if checked.wrong or not checked.pairings:
        request.session.pop(_key(setup), None)
        return _page(request, setup, checked=checked, name=file.name or "", status=422)
    request.session[_key(setup)] = _ids_csv(checked)
    return _page(request, setup, checked=checked, name=file.name or "")


def _take(request: HttpRequest, setup: Setup) -> HttpResponse:
    """What was looked at; every row is checked once more, since the list may have changed."""
    content: str = request.session.pop(_key(setup), "")
    if not content:
        raise Refused("This file was taken already, or another one was looked at. Choose it again.")
    done = crosswalks.take(setup.integration, content.encode(), actor=setup.visit.actor)
    known = ngettext("%s new ID is known.", "%s new IDs are known.", done) % f"{done:,}"
    messages.success(request, f"{known} The next sync links them; nobody is added twice.")
    return redirect("integration", *setup.args)


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
        left = crosswalks.left_out(setup.integration, checked)
        context |= {
            "changing": len(changing),
            "staying": len(checked.pairings) - len(changing),
            "others": len(others),
            "changing_pairs": changing[:SHOWN],
            "more": len(changing) - SHOWN,
            "wrong": checked.wrong[:SHOWN],
            "more_wrong": len(checked.wrong) - SHOWN,
            "left": left[:SHOWN],
            "left_total": len(left),
        }
    return render(request, "web/integrations/crosswalk.html", context, status=status)


def _ids_csv(checked: Checked) -> str:
    """The file without any column but its two, as it is kept until it is taken."""
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(["old_id", "new_id"])
    written.writerows((one.row.old_id, one.row.new_id) for one in checked.pairings)
    return out.getvalue()


def _key(setup: Setup) -> str:
    return f"crosswalk-{setup.integration.pk}"
