"""An unmapped code, mapped on the issues page itself: the people who waited for it are filled at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from schedulepop.directory import errors as directory_errors
from schedulepop.sync.errors import Refused
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.web.issues.words import not_filled
from schedulepop.web.runs.at_once import begun
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.form_target import redirect_after
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
        return redirect_after(request, f"{reverse('issues')}#{issue.code}")
    run = unmapped_codes.fill_waiting(issue, actor=visit.actor)
    if run is not None:
        messages.success(request, f"{unmapped.code} is {name} now.")
        return redirect_after(request, begun(run).url)
    became = not_filled(on_hold=unmapped_codes.waits_for_decision(issue))
    messages.success(request, f"{unmapped.code} is {name} now. {became}")
    return redirect_after(request, reverse("issues"))
