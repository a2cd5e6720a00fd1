"""Approve or discard what waits in a run: always a page (or dialog) that says what happens to people first.

The form carries the digest of the plan that was looked at, so that nobody approves what they have not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from schedulepop import employee
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused, RetryLater
from schedulepop.sync.models import Run
from schedulepop.sync.plan.frames.changes import HOLDING, SCOPE
from schedulepop.sync.run import runs
from schedulepop.web.runs import page_parts, run, words
from schedulepop.web.runs.visible import Seen, find
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.visit import MANAGES, Visit, page
from schedulepop.web.templatetags.words import short_day
from schedulepop.wording import holds as hold_words

TICKS = 300  # people offered one by one for a welcome email; beyond that by their first day only
Welcome = Sequence[str] | Literal["all"] | None


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody a first sync creates who could get a welcome email."""

    source_id: str
    name: str
    about: str
    starts: str  # "" for those who already work there


@page(MANAGES)
def approve(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET says what would happen and asks; POST does it, or shows what has changed since."""
    seen = find(request, visit, pk)
    if not seen.whole:
        return not_allowed(request, "Only an admin or Client Success can approve a plan.")
    if not seen.decides:
        return not_allowed(
            request, "Only Client Success can approve the first sync. Nothing has been changed."
        )
    if request.method != "POST":
        return _ask(request, seen)
    if not request.POST.get("checked"):
        return _ask(request, seen, error="Tick the box to say that you looked at the people.", status=422)
    try:
        done = runs.approve(
            seen.run,
            plan_hash=request.POST.get("plan", ""),
            actor=seen.visit.actor,
            welcome=_welcome(request, seen),
        )
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except (Refused, NeedsAdmin, RetryLater) as error:
        return _refused(request, visit, pk, str(error))
    facts = page_parts.facts(Seen(done, seen.visit, None))
    messages.success(request, f"Approved. {words.approved(facts)}")
    return HttpResponseRedirect(reverse("run", args=[pk]))


@page(MANAGES)
def discard(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET asks; POST lets what waits go. Nobody it names is touched."""
    seen = find(request, visit, pk)
    if not seen.discards:
        return not_allowed(request, "Only an admin or Client Success can discard a plan.")
    if request.method != "POST":
        if not runs.is_waiting(seen.run):
            return HttpResponseRedirect(reverse("run", args=[pk]))
        return render(request, "web/run/discard.html", {"run": seen.run, "waiting": run.to_approve(seen)})
    try:
        runs.discard(seen.run, actor=seen.visit.actor)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Discarded. Nobody has been changed.")
    return HttpResponseRedirect(reverse("run", args=[pk]))


@page(MANAGES)
def release(request: HttpRequest, visit: Visit, pk: int, source_id: str) -> HttpResponse:
    """GET shows whom a new person resembles; POST adds this one alone, while everybody else goes on waiting."""
    seen = find(request, visit, pk)
    if not seen.whole or not seen.decides:
        return not_allowed(request, "Only an admin or Client Success can add somebody who is on hold.")
    asked = seen.changes.filter((pl.col("source_id") == source_id) & (pl.col("key") == "held-join"))
    if asked.is_empty() or seen.run.rest != Run.Rest.WAITING:
        messages.error(request, "Nobody new with this payroll ID waits in this run any more.")
        return HttpResponseRedirect(reverse("run", args=[pk]))
    change = asked.row(0, named=True)
    name = f"{change['first_name'] or ''} {change['last_name'] or ''}".strip() or f"Payroll ID {source_id}"
    checked = bool(request.POST.get("checked"))
    if request.method == "POST" and checked:
        return _release(request, visit, pk, source_id, name)
    scope = tuple(change[name] for name in tuple(HOLDING)[1:])
    context = {
        "run": seen.run,
        "name": name,
        "about": seen.names(part=asked).duties.get(change["duty_id"] or 0, ""),
        "reasons": hold_words.reasons(
            [
                hold
                for hold in seen.run.holds
                if hold["source_id"] == source_id or tuple(hold[name] for name in SCOPE) == scope
            ]
        ),
        "error": "Tick the box to say that this is a new person." if request.method == "POST" else "",
    }
    return render(request, "web/run/release.html", context, status=422 if context["error"] else 200)


def _release(request: HttpRequest, visit: Visit, pk: int, source_id: str, name: str) -> HttpResponse:
    seen = find(request, visit, pk)
    try:
        runs.release(seen.run, source_id, actor=seen.visit.actor)
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except (Refused, NeedsAdmin, RetryLater) as error:
        return _refused(request, visit, pk, str(error))
    messages.success(request, f"{name} was added. The others go on waiting.")
    return HttpResponseRedirect(reverse("run", args=[pk]))


def _ask(request: HttpRequest, seen: Seen, *, error: str = "", status: int = 200) -> HttpResponse:
    if not runs.is_waiting(seen.run):
        return HttpResponseRedirect(reverse("run", args=[seen.run.pk]))
    invited = candidates(seen) if not seen.run.integration.first_sync_done else []
    context = {
        "run": seen.run,
        "waiting": run.to_approve(seen),
        "first": not seen.run.integration.first_sync_done,
        "invited": invited[:TICKS],
        "invited_total": len(invited),
        "upcoming": sum(1 for one in invited if one.starts),
        "held": seen.waiting,
        "error": error,
        "chosen": request.POST.get("welcome", "nobody"),
        "ticked": set(request.POST.getlist("person")),
    }
    return render(request, "web/run/approve.html", context, status=status)


def candidates(seen: Seen) -> list[Invited]:
    """New people who may sign in and have an email, those who start later first, then by name."""
    if seen.plan is None:
        return []
    new = seen.changes.filter(
        (pl.col("verb") == "create")
        & pl.col("user_id").is_null()
        & pl.col("email").is_not_null()
        & pl.col("status").is_in(sorted(employee.MAY_SIGN_IN))
    )
    places = seen.names().locations
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


def _welcome(request: HttpRequest, seen: Seen) -> Welcome:
    """Who gets a welcome email on a first sync. Anything unknown means nobody."""
    if seen.run.integration.first_sync_done:
        return None
    choice = request.POST.get("welcome", "nobody")
    if choice == "upcoming":
        return [one.source_id for one in candidates(seen) if one.starts]
    if choice == "chosen":
        known = {one.source_id for one in candidates(seen)}
        return [one for one in request.POST.getlist("person") if one in known]
    return []


def _refused(request: HttpRequest, visit: Visit, pk: int, reason: str) -> HttpResponse:
    """Nothing was applied: the page as it is now, with the reason and what is different."""
    context: dict[str, Any] = {**run.context(find(request, visit, pk), request), "refused": reason}
    return render(request, "web/run/page.html", context, status=409)
