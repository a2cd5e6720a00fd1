"""An open issue, sent to those who can solve it by whoever cannot."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.review.ask import about_issue
from schedulepop.web.shell import asking
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.navigation import open_issues
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit


@require_POST
@role_required(MANAGERS)
def ask(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Of an issue that the reader may see; any other is a 404."""
    issue = get_object_or_404(open_issues(visit).select_related("organization", "location"), pk=pk)
    asking.send(request, visit, about_issue(issue))
    if issue.code in ANSWERABLE:
        return HttpResponseRedirect(reverse("question", args=[issue.integration_id, issue.key]))
    return HttpResponseRedirect(f"{reverse('issues')}#issue-{pk}")
