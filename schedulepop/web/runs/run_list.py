"""The list of runs, "Sync now", and uploading a payroll file to sync it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from schedulepop import jobs
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.sync.errors import NeedsAdmin, Refused, RetryLater
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, IntegrationState, Run, RunQuerySet, RunState, Trigger
from schedulepop.sync.run import cool_downs, feeds
from schedulepop.sync.run import runs as run_door
from schedulepop.web.runs import run_list_file, run_sections, words
from schedulepop.web.shell import charts, download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.bodies import takes_upload
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.upload import UploadError, answer, uploaded
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.wording import holds as hold_words
from schedulepop.wording import refusals
from schedulepop.wording.translation import ngettext

PER_PAGE = 25
CHARTED = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One run of the list, in words."""

    run: Run
    tone: str
    word: str
    trigger: str
    counts: str
    note: str


def row(one: Run) -> Row:
    """A run as a line: state, where it came from, what it did or why it did not."""
    tone, word = run_sections.badge(one)
    counts = words.counts_line(one.state, one.counts)
    note = one.error if one.state in (RunState.FAILED, RunState.SKIPPED) else ""
    if word == "Held" and one.holds:
        note = hold_words.reasons(one.holds[:1])[0]
    if not counts and not note:
        counts = {"queued": "", "running": ""}.get(one.state, "No changes")
    trigger = words.TRIGGER_WORDS.get(one.trigger, one.trigger)
    if one.preview:
        trigger = "Approved preview" if one.state == RunState.APPLIED else "Preview"
    return Row(one, tone, word, trigger, counts, note)


@role_required(ADMINS)
@require_safe
def runs(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every run of the organization, newest first; while one is under way the list asks again by itself."""
    found = _runs(visit)
    form = download.wanted(request)
    if form and not download.too_many(request, found.count()):
        rows_of_file = run_list_file.rows(found, visit.zone)
        return download.answer(visit, form, ("runs", "the runs"), run_list_file.TITLES, rows_of_file, now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [row(one) for one in page]
    live = any(one.run.state in run_door.UNDER_WAY for one in rows)
    context: dict[str, Any] = {"rows": rows, "page": page, "live": live, "several": _several(visit)}
    context["download"] = download.link("?")
    if is_fragment(request):
        return render(request, "web/runs/_run_list.html", context)
    context |= {
        "past": past(found),
        "sources": [source(one, now()) for one in _integrations(visit)],
        "max_mb": MAX_BYTES // 2**20,
    }
    return render(request, "web/runs/run_list.html", context)


def _runs(visit: Visit) -> RunQuerySet:
    return (
        Run.objects.filter(organization=visit.organization)
        .select_related("integration")
        .defer("plan", "summary", "integration__mapping", "integration__last_good")
        .order_by("-requested_at", "-pk")
    )


def _integrations(visit: Visit) -> list[Integration]:
    live = Integration.objects.filter(organization=visit.organization).exclude(state=IntegrationState.RETIRED)
    return list(live.select_related("organization").order_by("name"))


def _several(visit: Visit) -> bool:
    return Integration.objects.filter(organization=visit.organization).count() > 1


@dataclass(frozen=True, slots=True)
class Past:
    """The last runs as a chart, and as the table behind it."""

    bars: charts.Bars
    rows: tuple[tuple[Run, int, int], ...]  # run, changes applied, held
    changed: int
    held: int


def past(found: RunQuerySet) -> Past | None:
    """Changes and holds of the last runs that read something, oldest first."""
    read = list(
        found.full().filter(Q(preview=False) | Q(state=RunState.APPLIED)).exclude(counts={})[:CHARTED]
    )[::-1]
    if not read:
        return None
    rows = tuple(
        (
            one,
            words.changes_in(one.counts) if one.state == RunState.APPLIED else 0,
            int(one.counts.get("held", 0)),
        )
        for one in read
    )
    changed, held = [item[1] for item in rows], [item[2] for item in rows]
    return Past(charts.runs(changed, held, slots=CHARTED), rows, sum(changed), sum(held))


@dataclass(frozen=True, slots=True)
class Source:
    """An integration as the runs page needs it: may it be synced now, and if not, why not."""

    integration: Integration
    uploads: bool  # its file comes through the browser
    wait: str  # why "Sync now" cannot be pressed, "" when it can
    next_at: datetime | None


def source(integration: Integration, at: datetime) -> Source:
    """What this page offers for an integration."""
    active = integration.state in (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)
    return Source(
        integration=integration,
        uploads=not feeds.can_fetch(integration),
        wait=why_not(integration, at),
        next_at=schedule.next_due(integration, at) if active else None,
    )


def why_not(integration: Integration, at: datetime) -> str:
    """Why "Sync now" waits: nothing approved yet, one under way, or the cool-down. Empty: it may be pressed."""
    if not integration.first_sync_done:
        return "The first sync is done by hand: preview it in the integration’s set-up."
    if integration.state in (IntegrationState.DISABLED, IntegrationState.RETIRED):
        return "This integration is switched off."
    if integration.runs.full().filter(state__in=run_door.UNDER_WAY).exists():
        return "A run is under way."
    left = cool_downs.cool_down_left(integration, at)
    if left > timedelta(0):
        minutes = ceil(left.total_seconds() / 60)
        return (
            ngettext(
                "Synced a moment ago. Again in %s minute.",
                "Synced a moment ago. Again in %s minutes.",
                minutes,
            )
            % minutes
        )
    return ""


@require_POST
@role_required(ADMINS)
@takes_upload(MAX_BYTES)
def sync_now(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Starts a run of one integration, from its own source or from the uploaded file, and shows it."""
    integration = _chosen(request, visit)
    reason = why_not(integration, now())
    try:
        if reason:
            raise Refused(reason)
        upload = uploaded(request) if "feed" in request.FILES or "upload" in request.POST else None
        run = jobs.request_run(integration, trigger=Trigger.MANUAL, actor=visit.actor, upload=upload)
    except (Refused, NeedsAdmin, RetryLater, UploadError) as error:
        if is_fragment(request):
            return render(request, "web/shell/_upload_error.html", {"error": refusals.of(error)}, status=422)
        messages.error(request, refusals.of(error))
        return redirect("runs")
    return answer(request, reverse("run", args=[run.pk]))


def _chosen(request: HttpRequest, visit: Visit) -> Integration:
    asked = request.POST.get("integration", "")
    found = next((one for one in _integrations(visit) if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found
