"""An unmapped code, mapped on the issues page itself: the people who waited for it are filled at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from schedulepop.directory import errors as directory_errors
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Run, RunState
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.web.runs.plan_words import people
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.shell import open_issues
from schedulepop.web.shell.visit import RUNS_SYNCS, Visit, page
from schedulepop.web.templatetags.words import upper_first


@require_POST
@page(RUNS_SYNCS)
def map_issue(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Maps the code to what was chosen, or to something new of that name; an issue that is gone is a 404."""
    issue = (
        open_issues(visit).select_related("integration__organization", "organization").filter(pk=pk).first()
    )
    asks = unmapped_codes.unmapped(issue) if issue else None
    if issue is None or asks is None:
        raise Http404
    create = request.POST.get("create", "").strip()[:120]
    try:
        if not create and not request.POST.get("to"):
            raise Refused("Choose what the code means, or name something new.")
        name = unmapped_codes.map_code(asks, to=request.POST.get("to", ""), create=create, actor=visit.actor)
    except (NotAllowed, directory_errors.NotAllowed) as error:
        return not_allowed(request, str(error))
    except (Refused, directory_errors.Refused) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(f"{reverse('issues')}#{issue.code}")
    run = unmapped_codes.fill_waiting(issue.integration, actor=visit.actor)
    messages.success(request, f"{asks.code} is {name} now. {filled(run)}")
    return HttpResponseRedirect(reverse("issues"))


def filled(run: Run | None) -> str:
    """What became of the people who waited, for the toast."""
    if run is None:
        return "The next run fills the people who waited for it."
    if run.state in (RunState.QUEUED, RunState.RUNNING):
        return f"Run {run.number} is filling the people who waited for it."
    if run.state != RunState.APPLIED:
        return f"Run {run.number} waits: look at it."
    changed = sum(run.counts.get(name, 0) for name in ("created", "updated", "reactivated", "transferred"))
    if not changed:
        return "Nobody waited for it any more."
    return f"{upper_first(people(changed))} waited for it and {'has' if changed == 1 else 'have'} it now."
