"""Undo of a run, or of one person in it: a page that says what would go back, and does it by that page's hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schedulepop.accounts.models import User
from schedulepop.sync.errors import Refused
from schedulepop.sync.review.undo import undo
from schedulepop.web.runs.plan_groups import with_keys
from schedulepop.web.runs.plan_people import Person, people_of, plan_state
from schedulepop.web.runs.plan_words import UNDO_CONFLICTS
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.shell.access import not_allowed, role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.row_security import own_transactions
from schedulepop.web.shell.visit import Visit
from schedulepop.web.shell.words import field_label
from schedulepop.wording import holds as hold_words

SHOWN = 200  # people named on the page; the others are counted


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that does not go back."""

    name: str
    label: str
    reason: str


@own_transactions
@role_required(MANAGERS)
@require_http_methods(["GET", "POST"])
def undo_run(request: HttpRequest, visit: Visit, pk: int, source_id: str | None = None) -> HttpResponse:
    """GET shows; POST does it, or shows what has changed since."""
    visible = visible_run(request, visit, pk)
    if not visible.may_discard:
        return not_allowed(request, "Only an admin or Client Success can undo a run.")
    back, error, status = reverse("run", args=[pk]), "", 200
    try:
        if request.method == "POST":
            done = undo.apply(
                visible.run, source_id, plan_hash=request.POST.get("plan", ""), actor=visible.visit.actor
            )
            messages.success(request, "Taken back. While payroll sends these values, they stay out.")
            return redirect("run", done.pk)
    except Refused as refused:
        error, status = str(refused), 422
    try:
        return _ask(request, visible, undo.preview(visible.run, source_id), error=error, status=status)
    except Refused as refused:  # there is nothing to look at again
        messages.error(request, error or str(refused))
        return HttpResponseRedirect(back)


def _ask(
    request: HttpRequest, visible: VisibleRun, shown: undo.Undo, *, error: str = "", status: int = 200
) -> HttpResponse:
    changes = with_keys(shown.plan.changes)
    part = changes.head(SHOWN)
    people = list(people_of(shown.plan, part, visible.names(part=part), plan_state("planned", "none")))
    context: dict[str, Any] = {
        "run": visible.run,
        "people": people,
        "total": changes.height,
        "left": changes.height - len(people),
        "ending": changes.filter(pl.col("verb") == "deactivate")["source_id"].n_unique(),
        "conflicts": _conflicts(shown),
        "holds": hold_words.findings(shown.plan.holds.to_dicts()),
        "plan": shown.digest,
        "one": _only(people) if shown.source_id is not None else "",
        "error": error,
    }
    return render(request, "web/runs/undo.html", context, status=status)


def _only(people: list[Person]) -> str:
    return people[0].name if people else "this person"


def _conflicts(shown: undo.Undo) -> list[Conflict]:
    rows = shown.conflicts.head(SHOWN)
    names = User.objects.in_bulk(rows["user_id"].unique().to_list())
    return [
        Conflict(names[user].full_name, field_label(field), UNDO_CONFLICTS[why])
        for user, field, why in rows.select("user_id", "field", "outcome").iter_rows()
    ]
