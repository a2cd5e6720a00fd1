"""What an integration received: each file with when, by which way, how large, and the names of its columns.

Never a value: names of columns come from what the newest run that read a file said of it, else from what was left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.connectors import REGISTRY
from schedulepop.sync.models import Arrival, Integration, RawFeed, Run, Trigger
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import setup_file
from schedulepop.web.shell import download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.shell.words import field_label

PER_PAGE = 20
TITLES = ("Received", "Payroll’s data from", "File", "By", "Bytes", "Runs", "Columns that are used", "Others")


@dataclass(frozen=True, slots=True)
class Received:
    """One file, without its content."""

    raw: RawFeed
    way: str
    runs: tuple[Run, ...]  # that read it, newest first
    used: tuple[tuple[str, str], ...]  # field's label, name of the column
    others: tuple[str, ...]  # columns that nobody mapped
    kept: bool  # its content, or hash and size only


@role_required(ADMINS)
@require_safe
def received(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """The files, newest first; as a file all of them."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    found = _feeds(setup.integration)
    form = download.wanted(request)
    if form and not download.too_many(request, found.count()):
        what = (f"{setup.integration.slug}-received", f"files received for {setup.integration.name}")
        rows = _rows(_with_runs(setup.integration, list(found)), setup.visit)
        return download.answer(setup.visit, form, what, TITLES, rows, now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "setup": setup,
        "page": page,
        "files": _with_runs(setup.integration, list(page.object_list)),
        "download": download.link("?"),
    }
    return render(request, "web/integrations/received.html", context)


def _feeds(integration: Integration) -> QuerySet[RawFeed]:
    arrived = Arrival.objects.filter(raw=OuterRef("pk"))
    return (
        RawFeed.objects.filter(integration=integration)
        .annotate(arrived=Exists(arrived))
        .defer("content")
        .order_by("-stored_at", "-pk")
    )


def _with_runs(integration: Integration, listed: list[RawFeed]) -> list[Received]:
    """One query for the runs of all of them."""
    by_file: dict[int, list[Run]] = {}
    read = Run.objects.filter(integration=integration, raw__in=[one.pk for one in listed], undo_of=None)
    for run in read.defer("plan", "holds").order_by("-number"):
        by_file.setdefault(run.raw_id or 0, []).append(run)
    kept = set(
        RawFeed.objects.filter(
            integration=integration, pk__in=[one.pk for one in listed], content__isnull=False
        ).values_list("pk", flat=True)
    )
    fetched = feeds.can_fetch(integration) if integration.connector in REGISTRY else False
    return [_received(one, by_file.get(one.pk, []), one.pk in kept, fetched) for one in listed]


def _received(raw: RawFeed, runs: list[Run], kept: bool, fetched: bool) -> Received:
    said: dict[str, Any] = next((run.summary for run in runs if run.summary.get("columns")), {})
    used = tuple((field_label(name), column) for name, column in said.get("columns", {}).items())
    others = said.get("unknown_columns") or [*raw.not_kept, *raw.spare]
    return Received(raw, _way(raw, runs, fetched), tuple(runs), used, tuple(sorted(set(others))), kept)


def _way(raw: RawFeed, runs: list[Run], fetched: bool) -> str:
    """How it came, as far as is known."""
    if getattr(raw, "arrived", False):
        return "Sent to the drop address"
    if not fetched:
        return "Uploaded"
    if any(run.trigger == Trigger.SCHEDULE for run in runs):
        return "Read by the nightly sync"
    if runs:
        return f"Read or uploaded by {runs[-1].requested_by}"
    return "Read for the set-up"


def _rows(files: list[Received], visit: Visit) -> Iterator[list[str]]:
    for one in files:
        stored, source = (
            at.astimezone(visit.zone).isoformat(sep=" ", timespec="seconds")
            for at in (one.raw.stored_at, one.raw.source_time)
        )
        runs = ", ".join(str(run.number) for run in one.runs)
        used = "; ".join(f"{label}: {column}" for label, column in one.used)
        yield [stored, source, one.raw.name, one.way, str(one.raw.size), runs, used, "; ".join(one.others)]
