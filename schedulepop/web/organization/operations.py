"""How the installation is, over all customers: what waits, what is late, held and failing, and all email's switch.

For a Client Success lead. Counts and ages, customers by name, and nobody's people (ADR 0027).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop import jobs
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.health import figures, readiness
from schedulepop.health.figures import Figures
from schedulepop.messages import stops
from schedulepop.sync.models import RunState
from schedulepop.sync.review.in_trouble import InTrouble, in_trouble
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import CLIENT_SUCCESS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import operations as wording

MOST = 20
"""Customers of one kind of trouble on the page; the list of customers has them all."""
QUEUES, RUN_STATES = tuple(jobs.QUEUES), tuple(RunState.values)
PATIENCE: Mapping[str, float] = {
    "ticks": 300,
    "letters": 300,
    "runs": 1800,
    "fetches": 1800,
    "upkeep": 86_400,
}
"""Seconds after which a queue's oldest job is worth a look, as in `deploy/prometheus-alerts.yml`."""
LETTERS_PATIENCE = 1800.0


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it is, what it is now, and whether it wants a look."""

    label: str
    text: str
    look: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of trouble, and whose it is."""

    key: str
    title: str
    calm: str
    found: InTrouble
    show: str  # the filter of the list of customers that has them all; "": none


@role_required(CLIENT_SUCCESS)
@require_http_methods(["GET", "POST"])
def operations(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page; POST stops the email of all customers with a reason, or switches it on again."""
    if not visit.actor.is_lead:
        raise Http404
    if request.method == "GET":
        return _page(request, visit)
    try:
        if request.POST.get("do") == "start":
            actions.start_mail(None, actor=visit.actor)
            messages.success(request, "Email is on again. What waits goes out within a minute.")
        else:
            actions.stop_mail(None, request.POST.get("reason", ""), actor=visit.actor)
            messages.success(request, "The email of all customers is stopped.")
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, visit, error=str(refused))
    finally:
        figures.recent.forget()
    return redirect("operations")


def _page(request: HttpRequest, visit: Visit, *, error: str = "") -> HttpResponse:
    told = figures.recent.read(queues=QUEUES, run_states=RUN_STATES)
    work, mail = _work(told), _mail(told)
    found = in_trouble(visit.actor, MOST)
    troubles = [
        Trouble(key, wording.title(key), wording.calm(key), found.get(key, InTrouble()), show)
        for key, show in (("late", "late"), ("held", "on_hold"), ("failing", "source_trouble"))
    ]
    looks = sum(one.look for one in (*work, *mail)) + sum(bool(one.found.total) for one in troubles)
    context: dict[str, Any] = {
        "at": now(),
        "work": work,
        "runs": [Line(wording.run(state), f"{count:,}") for state, count in told.runs.items() if count],
        "mail": mail,
        "troubles": troubles,
        "stopped": found.get("stopped", InTrouble()),
        "stop": stops.everywhere(),
        "looks": looks,
        "reason": request.POST.get("reason", ""),
        "error": error,
        "most": MOST,
    }
    return render(request, "web/organization/operations.html", context, status=422 if error else 200)


def _work(told: Figures) -> list[Line]:
    """Workers, queues, what is being asked, and the size."""
    beat = told.worker_beat_seconds
    silent = beat is None or beat > readiness.WORKER_SILENT_SECONDS
    return [
        Line(wording.label("worker"), wording.ago(beat), silent),
        *(
            Line(
                wording.label(f"queue_{name}"),
                wording.waiting(one.jobs, one.oldest_seconds),
                one.oldest_seconds > PATIENCE.get(name, 1800),
            )
            for name, one in told.queues.items()
        ),
        Line(wording.label("dead_jobs"), f"{told.dead_jobs:,}", told.dead_jobs > 0),
        Line(wording.label("fetches"), f"{told.fetches:,}"),
        Line(wording.label("database"), wording.size(told.database_bytes)),
        *(
            Line(wording.label(f"stored_{name}"), wording.stored(one.bytes, one.rows, one.bytes_a_day))
            for name, one in told.sizes.items()
        ),
    ]


def _mail(told: Figures) -> list[Line]:
    """Letters by what they wait for."""
    waiting = told.letters["waiting"] + told.letters["sending"]
    away = told.mail_server_away_seconds
    return [
        Line(wording.label("mail_server"), wording.silent(away), away > 0),
        Line(
            wording.label("letters_waiting"),
            wording.waiting(waiting, told.oldest_letter_seconds),
            told.oldest_letter_seconds > LETTERS_PATIENCE,
        ),
        *(
            Line(wording.label(f"letters_{state}"), f"{told.letters[state]:,}", look)
            for state, look in (
                ("stopped", told.letters["stopped"] > 0),
                ("later", False),
                ("without_address", False),
                ("failed", told.letters["failed"] > 0),
                ("unknown", told.letters["unknown"] > 0),
            )
        ),
    ]
