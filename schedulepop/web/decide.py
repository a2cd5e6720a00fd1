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
from schedulepop.sync import runs
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused, RetryLater
from schedulepop.sync.models import Run, RunState
from schedulepop.web import run, run_page, run_words
from schedulepop.web.refusals import not_allowed
from schedulepop.web.run_seen import Seen, find
from schedulepop.web.templatetags.words import short_day
from schedulepop.web.visit import MANAGES, Visit, page

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
    before = (seen.run.plan_hash, _waiting_changes(seen))
    try:
        done = runs.approve(seen.run, plan_hash=request.POST.get("plan", ""), actor=seen.visit.actor,
                            welcome=_welcome(request, seen))  # fmt: skip
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except (Refused, NeedsAdmin, RetryLater) as error:
        return _refused(request, visit, pk, before, str(error))
    facts = run_page.facts(Seen(done, seen.visit, None))
    messages.success(request, f"Approved. {run_words.approved(facts)}")
    return HttpResponseRedirect(reverse("run", args=[pk]))


@page(MANAGES)
def discard(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET asks; POST lets what waits go. Nobody it names is touched."""
    seen = find(request, visit, pk)
    if not seen.discards:
        return not_allowed(request, "Only an admin or Client Success can discard a plan.")
    if request.method != "POST":
        if not runs.waits(seen.run):
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


def _ask(request: HttpRequest, seen: Seen, *, error: str = "", status: int = 200) -> HttpResponse:
    if not runs.waits(seen.run):
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


@dataclass(frozen=True, slots=True)
class Difference:
    """How the plan that waits now differs from the one somebody looked at."""

    more: tuple[str, ...]
    fewer: tuple[str, ...]
    other: int  # people in both, with other values

    @property
    def any(self) -> bool:
        return bool(self.more or self.fewer or self.other)


_NAMED = 8


def difference(old: pl.DataFrame, new: pl.DataFrame) -> Difference:
    """Compare two sets of changes by person, location and verb; the first few are named."""
    keys = ["source_id", "location_id", "verb"]
    more = new.join(old, on=keys, how="anti", nulls_equal=True, maintain_order="left")
    fewer = old.join(new, on=keys, how="anti", nulls_equal=True, maintain_order="left")
    values = [name for name in old.columns if name in new.columns and name not in _POSITION]
    both = new.join(old, on=keys, how="semi", nulls_equal=True, maintain_order="left")
    same = both.join(old, on=values, how="semi", nulls_equal=True, maintain_order="left")
    return Difference(_named(more), _named(fewer), both.height - same.height)


_POSITION = frozenset({"change_no", "row", "held_by", "held_scope", "situation", "kind", "key"})


def _named(changes: pl.DataFrame) -> tuple[str, ...]:
    names = [f"{a or ''} {b or ''}".strip() for a, b in changes.select("first_name", "last_name").iter_rows()]
    rest = len(names) - _NAMED
    return (*names[:_NAMED], *((f"{rest:,} more",) if rest > 0 else ()))


def _waiting_changes(seen: Seen) -> pl.DataFrame | None:
    if seen.plan is None:
        return None
    if seen.run.rest == Run.Rest.WAITING and seen.run.state == RunState.APPLIED:
        return seen.changes.filter(pl.col("key").str.starts_with("held-"))
    return seen.changes


def _refused(
    request: HttpRequest, visit: Visit, pk: int, before: tuple[str, pl.DataFrame | None], reason: str
) -> HttpResponse:
    """Nothing was applied: the page as it is now, with the reason and what is different."""
    seen = find(request, visit, pk)
    context: dict[str, Any] = {**run.context(seen, request), "refused": reason}
    old, now = before[1], _waiting_changes(seen)
    if seen.run.plan_hash != before[0] and old is not None and now is not None:
        context["difference"] = difference(old, now)
    return render(request, "web/run/page.html", context, status=409)
