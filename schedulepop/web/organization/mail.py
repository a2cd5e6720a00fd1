"""An organization's email: what waits, and the switch that stops all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.messages import outbox, stops
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import mail as wording


@dataclass(frozen=True, slots=True)
class Waiting:
    """The letters of one kind that wait."""

    title: str
    count: int
    oldest: datetime


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page; POST stops email with a reason, or switches it on again."""
    if request.method == "GET":
        return _page(request, visit)
    try:
        if request.POST.get("do") == "start":
            actions.start_mail(visit.organization, actor=visit.actor)
            messages.success(request, "Email is on again. What waits goes out within a minute.")
        else:
            actions.stop_mail(visit.organization, request.POST.get("reason", ""), actor=visit.actor)
            messages.success(request, "Email is stopped.")
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, visit, error=str(refused))
    return redirect("organization-mail")


def _page(request: HttpRequest, visit: Visit, *, error: str = "") -> HttpResponse:
    found = stops.in_force([visit.organization])
    rows = (
        outbox.due(now())
        .filter(organization=visit.organization)
        .values_list("kind")
        .annotate(count=Count("pk"), oldest=Min("created_at"))
        .order_by("oldest")
    )
    waiting = [Waiting(wording.title(kind), count, oldest) for kind, count, oldest in rows]
    context = {
        "organization": visit.organization,
        "stops": found,
        "own": next((one for one in found if one.organization_id is not None), None),
        "waiting": waiting,
        "total": sum(one.count for one in waiting),
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    return render(request, "web/organization/mail.html", context, status=422 if error else 200)
