"""Approve or discard what waits in a run: always a page (or dialog) that says what happens to people first.

The form carries the digest of the plan that was looked at, so that nobody approves what they have not visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from schedulepop import employee
from schedulepop.sync.errors import NeedsAdmin, Refused, RetryLater
from schedulepop.sync.models import Run
from schedulepop.sync.plan.frames.changes import HOLDING, SCOPE
from schedulepop.sync.review.ask import about_run
from schedulepop.sync.review.no_longer_expected import named_by
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import runs
from schedulepop.web.runs import at_once, run, run_sections, words
from schedulepop.web.runs.expected import expected
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.shell import asking
from schedulepop.web.shell.access import not_allowed, refusal_as_message, role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.row_security import own_transactions
from schedulepop.web.shell.visit import Visit, number_in
from schedulepop.web.templatetags.words import short_day
from schedulepop.wording import holds as hold_words
from schedulepop.wording import refusals

TICKS = 300  # people offered one by one for a welcome email; beyond that by their first day only
Welcome = Sequence[str] | Literal["all"] | None


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody a first sync creates who could get a welcome email."""

    source_id: str
    name: str
    about: str
    starts: str  # "" for those who already work there


@own_transactions
@role_required(MANAGERS)
def approve(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET says what would happen and asks; POST does it, or shows what has changed since."""
    visible = visible_run(request, visit, pk)
    if not visible.sees_all:
        return not_allowed(request, "Only an admin or Client Success can approve a plan.")
    if not visible.may_approve:
        return not_allowed(
            request, "Only Client Success can approve the first sync. Nothing has been changed."
        )
    if request.method != "POST":
        return _ask(request, visible)
    if not request.POST.get("checked"):
        return _ask(request, visible, error="Tick the box to say that you looked at it.", status=422)
    gone = named_by(visible.run).count
    try:
        done = runs.approve(
            visible.run,
            plan_hash=request.POST.get("plan", ""),
            actor=visible.visit.actor,
            welcome=_welcome(request, visible),
        )
    except (Refused, NeedsAdmin, RetryLater) as error:
        return _refused(request, visit, pk, refusals.of(error))
    summary = run_sections.summary(VisibleRun(done, visible.visit, None))
    messages.success(request, f"Approved. {words.approved(summary, gone)}")
    return redirect("run", pk)


@require_POST
@role_required(MANAGERS)
def ask(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Sends whoever may decide that this run waits, for somebody who may see it and not decide."""
    asking.send(request, visit, about_run(visible_run(request, visit, pk).run))
    return redirect("run", pk)


@role_required(MANAGERS)
def discard(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET asks; POST lets what waits go. Nobody it names is touched."""
    visible = visible_run(request, visit, pk)
    if not visible.may_discard:
        return not_allowed(request, "Only an admin or Client Success can discard a plan.")
    if request.method != "POST":
        if not runs.is_waiting(visible.run):
            return redirect("run", pk)
        return render(
            request, "web/runs/discard.html", {"run": visible.run, "waiting": run.to_approve(visible)}
        )
    with refusal_as_message(request):
        runs.discard(visible.run, actor=visible.visit.actor)
        messages.success(request, "Discarded. What waited was not applied.")
    return redirect("run", pk)


@own_transactions
@role_required(MANAGERS)
def release(request: HttpRequest, visit: Visit, pk: int, source_id: str) -> HttpResponse:
    """GET shows whom a new person resembles; POST adds this one alone, while everybody else goes on waiting."""
    visible = visible_run(request, visit, pk)
    if not visible.sees_all or not visible.may_approve:
        return not_allowed(request, "Only an admin or Client Success can add somebody who is on hold.")
    waits = visible.plan is not None and visible.run.rest == Run.Rest.WAITING
    new = (pl.col("source_id") == source_id) & (pl.col("key") == "held-join")
    asked = visible.changes.filter(new) if waits else pl.DataFrame()
    if asked.is_empty():
        messages.error(request, "Nobody new with this payroll ID waits in this run any more.")
        return redirect("run", pk)
    change = asked.row(0, named=True)
    name = f"{change['first_name'] or ''} {change['last_name'] or ''}".strip() or f"Payroll ID {source_id}"
    checked = bool(request.POST.get("checked"))
    if request.method == "POST" and checked:
        return _release(request, visit, pk, source_id, name)
    scope = tuple(change[name] for name in tuple(HOLDING)[1:])
    holds = [
        hold
        for hold in visible.run.holds
        if hold["source_id"] == source_id or tuple(hold[name] for name in SCOPE) == scope
    ]
    context = {
        "run": visible.run,
        "name": name,
        "about": visible.names(part=asked).duties.get(change["duty_id"] or 0, ""),
        "reasons": hold_words.reasons(holds),
        "error": "Tick the box to say that this is a new person." if request.method == "POST" else "",
    }
    return render(request, "web/runs/release.html", context, status=422 if context["error"] else 200)


def _release(request: HttpRequest, visit: Visit, pk: int, source_id: str, name: str) -> HttpResponse:
    visible = visible_run(request, visit, pk)
    try:
        made = requests.release(visible.run, source_id, actor=visible.visit.actor)
    except (Refused, NeedsAdmin, RetryLater) as error:
        return _refused(request, visit, pk, refusals.of(error))
    messages.success(request, f"{name} is being added. The others go on waiting.")
    return at_once.begun(made)


def _ask(request: HttpRequest, visible: VisibleRun, *, error: str = "", status: int = 200) -> HttpResponse:
    if not runs.is_waiting(visible.run):
        return redirect("run", visible.run.pk)
    search = request.GET.get("q", "").strip()[:80]
    invited = candidates(visible) if not visible.run.integration.first_sync_done else []
    context = {
        "run": visible.run,
        "waiting": run.to_approve(visible),
        "expected": expected(visible.run, search, number_in(request, "from")),
        "reasons": run_sections.reasons(visible) if run.accepts(visible) else [],
        "first": not visible.run.integration.first_sync_done,
        "invited": invited[:TICKS],
        "invited_total": len(invited),
        "upcoming": sum(1 for one in invited if one.starts),
        "on_hold": visible.waiting,
        "error": error,
        "chosen": request.POST.get("welcome", "nobody"),
        "ticked": set(request.POST.getlist("person")),
    }
    return render(request, "web/runs/approve.html", context, status=status)


def candidates(visible: VisibleRun) -> list[Invited]:
    """New people who may sign in and have an email, those who start later first, then by name."""
    if visible.plan is None:
        return []
    new = visible.changes.filter(
        (pl.col("verb") == "create")
        & pl.col("user_id").is_null()
        & pl.col("email").is_not_null()
        & pl.col("status").is_in(sorted(employee.MAY_SIGN_IN))
    )
    places = visible.names().locations
    found = [
        Invited(
            source_id=str(row["source_id"]),
            name=f"{row['first_name'] or ''} {row['last_name'] or ''}".strip(),
            about=places.get(row["location_id"] or 0, ""),
            starts=short_day(row["hire_date"]) if row["status"] == employee.Status.UPCOMING else "",
        )
        for row in new.unique("source_id", keep="first", maintain_order=True).iter_rows(named=True)
    ]
    return sorted(found, key=lambda one: (not one.starts, one.name))


def _welcome(request: HttpRequest, visible: VisibleRun) -> Welcome:
    """Who gets a welcome email on a first sync. Anything unknown means nobody."""
    if visible.run.integration.first_sync_done:
        return None
    choice = request.POST.get("welcome", "nobody")
    if choice == "upcoming":
        return [one.source_id for one in candidates(visible) if one.starts]
    if choice == "chosen":
        known = {one.source_id for one in candidates(visible)}
        return [one for one in request.POST.getlist("person") if one in known]
    return []


def _refused(request: HttpRequest, visit: Visit, pk: int, reason: str) -> HttpResponse:
    """Nothing was applied: the page as it is now, with the reason and what is different."""
    context: dict[str, Any] = {**run.context(visible_run(request, visit, pk), request), "refused": reason}
    return render(request, "web/runs/run.html", context, status=409)
