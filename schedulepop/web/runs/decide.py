"""A part of a hold: people or whole locations approved, people kept apart. Everybody else goes on waiting.

The forms carry the digest of the plan that was looked at, as an approval of the whole does.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from schedulepop.sync.errors import NeedsAdmin, Refused, RetryLater
from schedulepop.sync.models import Deferral, Run
from schedulepop.sync.run import deferrals, partial_decisions, runs
from schedulepop.web.runs import plan_groups
from schedulepop.web.runs.plan_people import Person, people_of, plan_state
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.form_target import redirect_after
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.row_security import own_transactions
from schedulepop.web.shell.visit import Visit, number_in
from schedulepop.web.shell.words import people as people_words
from schedulepop.web.templatetags.words import day, upper_first
from schedulepop.wording import refusals

PAGE = 50  # people on a page


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody on hold: what would change, and what it comes to."""

    person: Person
    consequence: str
    location: str


@dataclass(frozen=True, slots=True)
class Place:
    """A location with people on hold."""

    pk: int
    name: str
    count: int  # all of them, not only those on this page
    people: tuple[Waits, ...]


@own_transactions
@role_required(ADMINS)
def decide(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET lists who waits, by location; POST approves or keeps apart those who were ticked."""
    visible = visible_run(request, visit, pk)
    if request.method == "POST":
        return _decide(request, visible)
    if visible.run.rest != Run.Rest.WAITING or not visible.may_approve:
        return redirect("run", pk)
    return _page(request, visible)


def _page(request: HttpRequest, visible: VisibleRun, error: str = "", status: int = 200) -> HttpResponse:
    held, start = held_people(visible), number_in(request, "from")
    shown = held.slice(start, PAGE)
    counts = dict(held.group_by("location_id").len().iter_rows())
    people = waiting_people(visible, shown)
    names = visible.names().locations
    places = [
        Place(
            place or 0,
            names.get(place, "No location"),
            counts[place],
            tuple(one for one, at in zip(people, shown["location_id"], strict=True) if at == place),
        )
        for place in shown["location_id"].unique(maintain_order=True).to_list()
    ]
    context = {
        "run": visible.run,
        "places": places,
        "total": held.height,
        "previous": max(0, start - PAGE) if start else None,
        "following": start + PAGE if start + PAGE < held.height else None,
        "error": error,
        "ticked": set(request.POST.getlist("person")),
        "reason": request.POST.get("reason", ""),
        "days": deferrals.DAYS,
    }
    return render(request, "web/runs/decide.html", context, status=status)


def _decide(request: HttpRequest, visible: VisibleRun) -> HttpResponse:
    run, given = visible.run, request.POST
    people, named = given.getlist("person"), given.get("name", "")
    places = [int(one) for one in given.getlist("location") if one.isascii() and one.isdigit()]
    back = reverse("run-decide", args=[run.pk])
    if not people and not places:
        return _page(request, visible, "Tick at least one person.", 422)
    if given.get("decision") == "defer" and not given.get("reason", "").strip() and "onward" not in given:
        return _page(request, visible, "Say why they are kept apart: whoever looks next week needs it.", 422)
    who = named or upper_first(people_words(len(people)))
    try:
        if given.get("decision") == "defer":
            done = partial_decisions.defer(
                run,
                plan_hash=given.get("plan", ""),
                actor=visible.visit.actor,
                people=people,
                reason=given.get("reason", ""),
            )
            said = f"{who} kept apart. Nothing changes for a week, and no run asks about it."
        else:
            done = partial_decisions.approve(
                run,
                plan_hash=given.get("plan", ""),
                actor=visible.visit.actor,
                people=people,
                locations=places,
            )
            said = f"{who} approved." if people else "Everybody on hold there is approved."
    except (Refused, NeedsAdmin, RetryLater) as error:
        messages.error(request, refusals.of(error))
        return redirect_after(
            request, back if runs.is_waiting(runs.reload(run)) else reverse("run", args=[run.pk])
        )
    messages.success(request, said)
    return redirect_after(request, back if runs.is_waiting(done) else reverse("run", args=[run.pk]))


def held_people(visible: VisibleRun) -> pl.DataFrame:
    """The first held change of each payroll ID, with its group, by location: removals first."""
    if visible.plan is None:
        return pl.DataFrame(schema={"source_id": pl.String, "location_id": pl.Int64})
    held = visible.changes.filter(pl.col("held_by").is_not_null())
    held = held.sort("location_id", "removal", descending=[False, True], maintain_order=True)
    return held.unique("source_id", keep="first", maintain_order=True)


def waiting_people(visible: VisibleRun, part: pl.DataFrame) -> list[Waits]:
    """These changes as people read them."""
    if visible.plan is None or part.is_empty():
        return []
    names = visible.names(part=part)
    state = plan_state(visible.run.state, visible.run.rest)
    titles = dict(
        zip(part["source_id"], (plan_groups.heading(key, state)[0] for key in part["key"]), strict=True)
    )
    return [
        Waits(one, titles[one.source_id], names.locations.get(place or 0, ""))
        for one, place in zip(people_of(visible.plan, part, names, state), part["location_id"], strict=True)
    ]


@require_POST
@role_required(ADMINS)
def end_deferral(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Somebody is not kept apart any more: the next run asks about them again."""
    mine = Deferral.objects.filter(organization=visit.organization).select_related(
        "organization", "integration"
    )
    deferral = get_object_or_404(mine, pk=pk)
    with refusal_as_message(request):
        deferrals.end(deferral, actor=visit.actor)
        messages.success(request, f"The next sync asks about {deferral.name or deferral.source_id} again.")
    return redirect("home")


@dataclass(frozen=True, slots=True)
class Apart:
    """Somebody who is kept apart, as the start page and a run show them."""

    deferral: Deferral
    says: str


def kept_apart(visit: Visit, today: object) -> list[Apart]:
    """Who is kept apart, for those who may decide; first those whom payroll has let go."""
    if not visit.runs_syncs:
        return []
    standing = deferrals.standing(visit.organization, today)  # type: ignore[arg-type]
    return [Apart(one, _says(one)) for one in standing]


def _says(one: Deferral) -> str:
    payroll = {
        "deactivate": "Payroll says that the employment has ended; kept in",
        "create": "New in payroll; not added",
        "transfer": "Payroll moves this person; left where they are",
        "reactivate": "Payroll says that the employment goes on; left as it was",
    }.get(
        one.verb,
        "Payroll ends their sign-in; kept in" if one.removal else "Payroll has new values; left as it was",
    )
    return f"{payroll} until {day(one.until)} by {one.by}: {one.reason}"
