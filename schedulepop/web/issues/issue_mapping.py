"""An unmapped code, mapped on the issues page itself: the people who waited for it are filled at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from schedulepop.directory import errors as directory_errors
from schedulepop.sync.errors import Refused
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.web.issues.words import filled
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.navigation import open_issues
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit


@require_POST
@role_required(ADMINS)
def map_issue(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Maps the code to what was chosen, or to something new of that name; an issue that is gone is a 404."""
    issues = open_issues(visit).select_related("integration__organization", "organization")
    issue = get_object_or_404(issues, pk=pk)
    unmapped = unmapped_codes.unmapped(issue)
    if unmapped is None:
        raise Http404
    create = request.POST.get("create", "").strip()[:120]
    try:
        if not create and not request.POST.get("to"):
            raise Refused("Choose what the code means, or name something new.")
        name = unmapped_codes.map_code(
            unmapped, to=request.POST.get("to", ""), create=create, actor=visit.actor
        )
    except (Refused, directory_errors.Refused) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(f"{reverse('issues')}#{issue.code}")
    run = unmapped_codes.fill_waiting(issue.integration, actor=visit.actor)
    messages.success(request, f"{unmapped.code} is {name} now. {filled(run)}")
    return redirect("issues")
