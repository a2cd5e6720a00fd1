"""Everybody is being read from a platform, for the set-up: how far it is, and on to the columns when it is done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.connectors import get
from schedulepop.sync.integrations import reading
from schedulepop.web.integrations import setup_file, setup_steps
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.upload import answer
from schedulepop.web.shell.visit import Visit, is_fragment


@role_required(ADMINS)
@require_safe
def reading_page(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """How far the newest one is, for a fragment only its card; once everybody is there, the columns page."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    one, at = setup.integration, now()
    newest = reading.of(one)
    if newest is None:
        return redirect("integration-test", *setup.args)
    if newest.ok:
        request.session[f"dropped-{one.pk}"] = newest.dropped
        return answer(request, reverse("integration-columns", args=setup.args))
    context = {
        "setup": setup,
        "connector": get(one.connector),
        "reading": newest,
        "under_way": newest.is_under_way(at),
        "progress": setup_steps.progress(one, setup.saved, "file"),
    }
    name = "web/connect/_reading.html" if is_fragment(request) else "web/connect/reading_page.html"
    return render(request, name, context)
