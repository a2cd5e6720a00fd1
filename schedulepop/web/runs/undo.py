"""Undo of a run, or of one person in it: a page that says what would go back, and does it by that page's hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schedulepop.accounts.models import User
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.review.undo import undo
from schedulepop.web.runs.plan_groups import with_keys
from schedulepop.web.runs.plan_people import Person, lines_of, standing
from schedulepop.web.runs.plan_words import field_label
from schedulepop.web.runs.visible import Seen, find
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.visit import MANAGES, Visit, page
from schedulepop.wording import holds as hold_words

SHOWN = 200  # people named on the page; the others are counted
REASONS = {
    "changed": "was changed since, so it stays",
    "stays": "was empty before and cannot be taken away, so it stays",
    "not_recorded": "is not known from before this run, so it stays",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that does not go back."""

    name: str
    label: str
    reason: str


@page(MANAGES)
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, visit: Visit, pk: int, source_id: str | None = None) -> HttpResponse:
    """GET shows; POST does it, or shows what has changed since."""
    seen = find(request, visit, pk)
    if not seen.discards:
        return not_allowed(request, "Only an admin or Client Success can undo a run.")
    back = reverse("run", args=[pk])
    try:
        if request.method == "POST":
            done = undo.apply(
                seen.run, source_id, plan_hash=request.POST.get("plan", ""), actor=seen.visit.actor
            )
            messages.success(request, "Taken back. While payroll sends these values, they stay out.")
            return HttpResponseRedirect(reverse("run", args=[done.pk]))
        shown = undo.preview(seen.run, source_id)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except Refused as error:
        if request.method == "POST" and undo.can_undo(seen.run):
            return _ask(request, seen, undo.preview(seen.run, source_id), error=str(error), status=422)
        messages.error(request, str(error))
        return HttpResponseRedirect(back)
    return _ask(request, seen, shown)


def _ask(
    request: HttpRequest, seen: Seen, shown: undo.Undo, *, error: str = "", status: int = 200
) -> HttpResponse:
    changes = with_keys(shown.plan.changes)
    part = changes.head(SHOWN)
    people = list(lines_of(shown.plan, part, seen.names(part=part), standing("planned", "none")))
    context: dict[str, Any] = {
        "run": seen.run,
        "people": people,
        "total": changes.height,
        "left": changes.height - len(people),
        "ending": changes.filter(pl.col("verb") == "deactivate")["source_id"].n_unique(),
        "conflicts": _conflicts(shown),
        "holds": hold_words.reasons(shown.plan.holds.to_dicts()),
        "plan": shown.digest,
        "one": _only(people) if shown.source_id is not None else "",
        "error": error,
    }
    return render(request, "web/run/undo.html", context, status=status)


def _only(people: list[Person]) -> str:
    return people[0].name if people else "this person"


def _conflicts(shown: undo.Undo) -> list[Conflict]:
    rows = shown.conflicts.head(SHOWN)
    names = User.objects.in_bulk(rows["user_id"].unique().to_list())
    return [
        Conflict(names[user].full_name, field_label(field), REASONS[why])
        for user, field, why in rows.select("user_id", "field", "outcome").iter_rows()
    ]
