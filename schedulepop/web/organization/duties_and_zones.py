"""Duties and zones of each location with their payroll codes: rename, map codes, merge two, take a merge back.

For admins and Client Success. A merge says first what it does, and is made for the preview that was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schedulepop import employee
from schedulepop.directory import actions
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.models import (
    Duty,
    DutyCode,
    Location,
    MembershipDuty,
    MembershipZone,
    Zone,
    ZoneCode,
)
from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import SyncError
from schedulepop.sync.models import PartMerge
from schedulepop.sync.review.merge import parts
from schedulepop.sync.review.merge.parts import Part
from schedulepop.web.shell import download
from schedulepop.web.shell.access import note_refusal, refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import refusals

PER_PAGE = 6  # locations
TITLES = ("Location", "Kind", "Name", "People", "Payroll codes")
_OF: dict[str, Any] = {"duty": (Duty, DutyCode, MembershipDuty), "zone": (Zone, ZoneCode, MembershipZone)}


@dataclass(frozen=True, slots=True)
class Line:
    """One duty or zone."""

    part: Part
    kind: str
    people: int  # who have it and have not left
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One location's duties and zones."""

    location: Location
    duties: tuple[Line, ...]
    zones: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that can be taken back."""

    merge: PartMerge
    kept: str
    merged: str


@role_required(ADMINS)
@require_safe
def duties_and_zones(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The locations of the place, six on a page; as a file all of them."""
    if form := download.wanted(request):
        what = ("duties-and-zones", "duties and zones")
        return download.answer(visit, form, what, TITLES, _rows(_places(visit.scope)), now())
    page = Paginator(visit.scope, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "places": _places(page.object_list),
        "page": page,
        "merges": _merges(visit),
        "download": download.link("?"),
    }
    return render(request, "web/organization/duties_and_zones.html", context)


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, visit: Visit, kind: str, pk: int) -> HttpResponse:
    """One duty or zone: its name, its codes, and what it could be merged into."""
    one = _part(visit, kind, pk)
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, _write(request, visit, one))
            return redirect("duty-or-zone", kind, pk)
        except DirectoryError as refused:
            note_refusal(request, visit, refused)
            error = str(refused)
            one = _part(visit, kind, pk)
    model, codes, _ = _OF[kind]
    others = model.objects.filter(location=one.location_id, merged_into=None).exclude(pk=pk)
    context = {
        "part": one,
        "kind": kind,
        "codes": codes.objects.filter(location=one.location_id, **{kind: one}).order_by("code"),
        "others": others.order_by("name"),
        "error": error,
        "typed": request.POST.get("name", one.name),
    }
    return render(request, "web/organization/duty_or_zone.html", context, status=422 if error else 200)


def _write(request: HttpRequest, visit: Visit, one: Part) -> str:
    """What the form asks for, done; what to say of it. Raises DirectoryError."""
    code = request.POST.get("code", "").strip()
    match request.POST.get("do"):
        case "rename":
            actions.rename(one, request.POST.get("name", ""), actor=visit.actor)
            return f"Its name is {one.name} now."
        case "map":
            actions.map_code(one, code, actor=visit.actor)
            return f"Payroll’s code {code} names {one.name} now."
        case "unmap":
            actions.unmap_code(one, code, actor=visit.actor)
            return f"Payroll’s code {code} names nothing now. Whoever has it waits for a mapping."
    raise Http404


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, visit: Visit, kind: str, pk: int) -> HttpResponse:
    """What merging it into another one (`into`) would do; POST does it, for the preview that was seen."""
    merged = _part(visit, kind, pk)
    asked = request.POST.get("into") or request.GET.get("into", "")
    kept = _part(visit, kind, whole_number(asked) or 0)
    error, preview = "", None
    if request.method == "POST":
        try:
            parts.merge(kept, merged, actor=visit.actor, digest=request.POST.get("digest", "") or "none")
        except (SyncError, DirectoryError) as refused:
            note_refusal(request, visit, refused)
            error = refusals.of(refused)
        else:
            messages.success(request, f"{merged.name} is {kept.name} now.")
            return redirect("duties-and-zones")
    try:
        preview = parts.preview(kept, merged, actor=visit.actor)
    except (SyncError, DirectoryError) as refused:
        error = error or refusals.of(refused)
    context = {"kept": kept, "merged": merged, "kind": kind, "preview": preview, "error": error}
    return render(request, "web/organization/merge_parts.html", context, status=422 if error else 200)


@role_required(ADMINS)
@require_POST
def unmerge(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Takes a merge back; what stays as it is now is said."""
    done = get_object_or_404(parts.open_merges(visit.organization), pk=pk)
    with refusal_as_message(request):
        conflicts = parts.undo(done, actor=visit.actor)
        messages.success(request, f"They are two {done.get_kind_display()}s again.")
        if conflicts:
            people = len({key for _, key, _ in conflicts})
            messages.warning(request, f"Written since and left as it is: {people} of their rows.")
    return redirect("duties-and-zones")


def _part(visit: Visit, kind: str, pk: int) -> Part:
    """One of the reader's own, merged ones too, or 404."""
    if kind not in _OF:
        raise Http404
    own = _OF[kind][0].objects.filter(location__in=visit.locations)
    found: Part = get_object_or_404(own.select_related("organization", "location"), pk=pk)
    return found


def _places(locations: Iterable[Location]) -> list[Place]:
    """Six queries, however many there are."""
    listed = list(locations)
    by_kind = {kind: _lines(kind, listed) for kind in _OF}
    return [
        Place(one, tuple(by_kind["duty"].get(one.pk, ())), tuple(by_kind["zone"].get(one.pk, ())))
        for one in listed
    ]


def _lines(kind: str, locations: list[Location]) -> dict[int, list[Line]]:
    model, codes, having = _OF[kind]
    at = [one.pk for one in locations]
    working = having.objects.filter(location__in=at).exclude(membership__status__in=sorted(employee.ENDED))
    people = dict(working.order_by().values_list(kind).annotate(Count("pk")))
    named: dict[int, list[str]] = {}
    for of, code in codes.objects.filter(location__in=at).order_by("code").values_list(f"{kind}_id", "code"):
        named.setdefault(of, []).append(code)
    found: dict[int, list[Line]] = {}
    for one in model.objects.filter(location__in=at).order_by("name"):
        if one.merged_into_id is None or people.get(one.pk):
            line = Line(one, kind, people.get(one.pk, 0), tuple(named.get(one.pk, ())))
            found.setdefault(one.location_id, []).append(line)
    return found


def _merges(visit: Visit) -> list[Merged]:
    done = list(parts.open_merges(visit.organization)[:20])
    names = {
        (kind, pk): name
        for kind in _OF
        for pk, name in _OF[kind][0]
        .objects.filter(
            pk__in=[pk for one in done if one.kind == kind for pk in (one.kept_id, one.merged_id)]
        )
        .values_list("pk", "name")
    }
    return [
        Merged(one, names.get((one.kind, one.kept_id), ""), names.get((one.kind, one.merged_id), ""))
        for one in done
    ]


def _rows(places: Iterable[Place]) -> Iterator[list[str]]:
    for place in places:
        for line in (*place.duties, *place.zones):
            word = "Duty" if line.kind == "duty" else "Zone"
            codes = "; ".join(line.codes)
            yield [place.location.name, word, line.part.name, str(line.people), codes]
