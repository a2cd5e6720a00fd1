"""One person of a run, from what came in to what to do, for whoever may read them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schedulepop.employee import TELLS_PAY
from schedulepop.sync.errors import Refused
from schedulepop.sync.review.explain import explain
from schedulepop.sync.review.undo import undo
from schedulepop.web.runs.plan_people import why_words
from schedulepop.web.runs.plan_words import field_label, value_words
from schedulepop.web.runs.visible import find
from schedulepop.web.shell import people
from schedulepop.web.shell.visit import MANAGES, Visit, page

VERBS = {
    "create": "Added",
    "update": "Changed",
    "deactivate": "Ended",
    "reactivate": "Back",
    "transfer": "Moved",
}


@page(MANAGES)
@require_safe
def explained(request: HttpRequest, visit: Visit, pk: int, source_id: str) -> HttpResponse:
    """Why this person is as they are after the run; 404 for whoever does not look after them."""
    seen = find(request, visit, pk)
    try:
        told = explain(seen.run, source_id, actor=seen.visit.actor)
    except Refused:
        raise Http404 from None
    readable = told.user_id is not None and bool(people.of_person(seen.visit, told.user_id))
    context: dict[str, Any] = {
        "run": seen.run,
        "told": told,
        "changes": [_change(one) for one in told.changes],
        "readable": readable,
        "undoes": bool(told.changes) and seen.discards and undo.can_undo(seen.run),
    }
    return render(request, "web/run/explained.html", context)


def _change(change: dict[str, Any]) -> dict[str, Any]:
    """In words; pay is there only for whoever may see it."""
    fields = [
        {
            "label": field_label(one["field"]),
            "old": _said(one, "old"),
            "new": _said(one, "new"),
            "why": why_words(one["why"], one["field"]),
        }
        for one in change["fields"]
    ]
    return {
        "title": VERBS[change["verb"]],
        "location": change["location"],
        "held": change["held_by"],
        "fields": fields,
    }


def _said(one: dict[str, Any], which: str) -> str:
    if which == "old" and not one["old"]:
        return ""
    if one["field"] in TELLS_PAY and one["field"] not in (
        "pay_rate",
        "pay_unit",
        "pay_currency",
        "next_pay_rate",
    ):
        return str(one[which] or "blank")
    return value_words(one["field"], one[which], sees_pay=True)
