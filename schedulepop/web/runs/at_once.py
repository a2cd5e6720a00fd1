"""A run at once, watched live: read, matched, changed, welcomed; and the button that asks for one about a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from schedulepop import jobs
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Integration, Run, RunState
from schedulepop.sync.review import at_once
from schedulepop.sync.review.at_once import Outcome
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import cool_downs, runs
from schedulepop.web.runs.run_sections import Step
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.web.templatetags.words import time_words
from schedulepop.wording import at_once as wording

SHOWN = 5  # people told one by one
ORDER = tuple(wording.TITLES)
STAGE_OF = {"read": "read", "normalize": "read", "match": "matched", "diff": "changed", "guard": "changed"}
STAGE_OF |= {"apply": "changed", "notify": "welcomed"}
"""Stage of a run under way → the step that is shown."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose profile the reader can open."""

    name: str
    user_id: int
    location_id: int


@role_required(MANAGERS)
@require_safe
def watch(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The page; as a fragment its steps, which ask again while the run is under way."""
    visible = visible_run(request, visit, pk)
    if not visible.run.is_at_once:
        return redirect("run", pk)
    template = "_at_once_steps.html" if is_fragment(request) else "at_once.html"
    return render(request, f"web/runs/{template}", _context(visible))


@role_required(MANAGERS)
@require_POST
def sync_person(request: HttpRequest, visit: Visit, integration: int, source_id: str) -> HttpResponse:
    """*Sync this person*: whoever looks after them; for anybody else they do not exist."""
    own = Integration.objects.select_related("organization").filter(
        organization__in=[one.pk for one in visit.organizations]
    )
    found = get_object_or_404(own, pk=integration)
    try:
        run = at_once.sync_person(found, source_id, actor=visit.actor, at=now())
    except NotAllowed as error:
        raise Http404 from error
    except Refused as error:
        messages.error(request, str(error))
        return redirect("whereis")
    free = cool_downs.fetch_allowed_from(found, now())
    if free is not None and not run.asks_source:
        messages.info(
            request,
            wording.read_already(time_words(free.astimezone(visit.zone), now().astimezone(visit.zone), "at")),
        )
    return begun(run)


def begun(run: Run) -> HttpResponseRedirect:
    """The run has its job, and its page is next."""
    jobs.queue(run)
    return redirect("at-once", run.pk)


def _context(visible: VisibleRun) -> dict[str, Any]:
    run = visible.run
    found = at_once.outcomes(run, visible.locations)
    places = at_once.place_names(run)
    under_way = run.state in runs.UNDER_WAY
    first = requests.goes_first(run)
    return {
        "run": run,
        "under_way": under_way,
        "title": _title(run, found, places),
        "first": wording.goes_first(first.number) if first else "",
        "steps": _steps(visible, found, places),
        "people": [
            Person(one.name, one.user_id, one.location_id)
            for one in found[:SHOWN]
            if one.user_id and one.location_id and one.done != "held"
        ],
        "waits": runs.is_waiting(run) and not under_way,
        "more": max(0, len(found) - SHOWN),
    }


def _title(run: Run, found: list[Outcome], places: dict[int, str]) -> str:
    if run.state in runs.UNDER_WAY:
        return "This is happening now"
    if run.state in (RunState.FAILED, RunState.SKIPPED):
        return "Nothing was changed"
    return wording.title([(one.name, one.done, places.get(one.location_id or 0, "")) for one in found])


def _steps(visible: VisibleRun, found: list[Outcome], places: dict[int, str]) -> list[Step]:
    run = visible.run
    if run.state == RunState.QUEUED:
        return [Step(title, "later") for title in wording.TITLES.values()]
    if run.state == RunState.RUNNING:
        here = ORDER.index(STAGE_OF.get(run.stage, "read"))
        states = [
            "done" if place < here else "here" if place == here else "later" for place in range(len(ORDER))
        ]
        return [Step(title, state) for title, state in zip(wording.TITLES.values(), states, strict=True)]
    if run.state in (RunState.FAILED, RunState.SKIPPED):
        rest = [Step(title, "none") for title in list(wording.TITLES.values())[1:]]
        return [Step(wording.TITLES["read"], "here", (run.error,)), *rest]
    shown = found[:SHOWN]
    new = [one for one in found if one.letter or one.done == "created"]
    waits = bool(found) and all(one.done == "held" for one in found)
    notes = {
        "read": (wording.read_from(visible.when(run.source_time), asked=run.asks_source),),
        "matched": tuple(wording.who(one.name, one.situation) for one in shown),
        "changed": tuple(_became(one, places) for one in shown),
        "welcomed": tuple(wording.letter(one.name, one.letter) for one in new[:SHOWN]),
    }
    stands = {"changed": "here" if waits else "done", "welcomed": "done" if new else "none"}
    return [Step(title, stands.get(name, "done"), notes[name]) for name, title in wording.TITLES.items()]


def _became(one: Outcome, places: dict[int, str]) -> str:
    if one.done == "held":
        return wording.waits(one.name, one.reason, standing=one.standing)
    return wording.became(one.name, one.done, places.get(one.location_id or 0, ""))
