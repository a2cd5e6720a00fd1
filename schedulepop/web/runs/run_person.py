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
from schedulepop.sync.run import runs
from schedulepop.web.runs.plan_words import DONE_VERBS, why_words
from schedulepop.web.runs.visible_run import visible_run
from schedulepop.web.shell import people
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.shell.words import field_label, value_words


@role_required(MANAGERS)
@require_safe
def run_person(request: HttpRequest, visit: Visit, pk: int, source_id: str) -> HttpResponse:
    """Why this person is as they are after the run; 404 for whoever does not look after them."""
    visible = visible_run(request, visit, pk)
    try:
        found = explain(visible.run, source_id, actor=visible.visit.actor)
    except Refused:
        raise Http404 from None
    readable = found.user_id is not None and bool(people.memberships_of(visible.visit, found.user_id))
    context: dict[str, Any] = {
        "run": visible.run,
        "explained": found,
        "changes": [_change(one) for one in found.changes],
        "readable": readable,
        "waits": runs.is_waiting(visible.run),
        "undoes": bool(found.changes) and visible.may_discard and undo.can_undo(visible.run),
    }
    return render(request, "web/runs/run_person.html", context)


def _change(change: dict[str, Any]) -> dict[str, Any]:
    """In words; pay is there only for whoever may see it."""
    fields = [
        {
            "label": field_label(one["field"]),
            "old": _value(one, "old"),
            "new": _value(one, "new"),
            "why": why_words(one),
        }
        for one in change["fields"]
    ]
    return {
        "title": DONE_VERBS[change["verb"]],
        "location": change["location"],
        "held": change["held_by"],
        "fields": fields,
    }


def _value(one: dict[str, Any], which: str) -> str:
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
