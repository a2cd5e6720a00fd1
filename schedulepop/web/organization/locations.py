"""An organization's locations: add one, rename it, close it with what that does to people shown first, reopen it.

For admins and Client Success. A location is closed for the people that were seen, and kept for its history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from schedulepop import employee
from schedulepop.directory import actions
from schedulepop.directory.actions import Closing
from schedulepop.directory.errors import DirectoryError, Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.integrations import filling
from schedulepop.web.organization.new_customer import split_codes
from schedulepop.web.shell import download
from schedulepop.web.shell.access import note_refusal, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

NAMED = 12  # people shown by name; the rest is in the file
TITLES = ("Location", "Payroll codes", "Time zone", "People", "Closed on")


@dataclass(frozen=True, slots=True)
class Place:
    """One location of the list."""

    location: Location
    people: int  # employed there
    codes: tuple[str, ...]


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def locations(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All of them, closed ones last; POST adds one."""
    error = ""
    if request.method == "POST":
        try:
            made = actions.add_location(
                visit.organization,
                request.POST.get("name", ""),
                codes=split_codes(request.POST.get("codes", "")),
                actor=visit.actor,
            )
        except DirectoryError as refused:
            note_refusal(request, visit, refused)
            error = str(refused)
        else:
            messages.success(request, f"{made.name} is here. Payroll’s next sync fills it.")
            return redirect("locations")
    places = _places(visit)
    if form := download.wanted(request):
        return download.answer(visit, form, ("locations", "locations"), TITLES, _rows(visit, places), now())
    context = {
        "places": places,
        "error": error,
        "typed": {name: request.POST.get(name, "") for name in ("name", "codes")},
        "download": download.link("?"),
    }
    return render(request, "web/organization/locations.html", context, status=422 if error else 200)


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def location(request: HttpRequest, visit: Visit, location_id: int) -> HttpResponse:
    """One location: its name, what fills it, and the ways to close it and to open it again."""
    place = _place(visit, location_id)
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, _write(request, visit, place))
            return redirect("location", place.pk)
        except DirectoryError as refused:
            note_refusal(request, visit, refused)
            error = str(refused)
    ended = Membership.objects.filter(location=place, changed_what=actions.CLOSED_WITH_IT)
    context = {
        "place": place,
        "error": error,
        "typed": request.POST.get("name", place.name),
        "codes": place.codes.order_by("code").values_list("code", flat=True),
        "people": _employed_at(place),
        "ended": ended.count() if place.closed_at else 0,
        "by_hand": ended.filter(payroll_owned=False).count() if place.closed_at else 0,
        "integrations": filling.of(place),
    }
    return render(request, "web/organization/location.html", context, status=422 if error else 200)


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, visit: Visit, location_id: int) -> HttpResponse:
    """What closing it does to whom; POST does it, once that was looked at, for the people that were seen."""
    place = _place(visit, location_id)
    if place.closed_at is not None:
        return redirect("location", place.pk)
    effects = actions.closing(place)
    if form := download.wanted(request):
        what = ("closing", f"who loses sign-in with {place.name}")
        rows = ([one.full_name, one.username] for one in effects.losing)
        return download.answer(visit, form, what, ("Person", "Username"), rows, now())
    error = ""
    if request.method == "POST":
        error = _closed(request, visit, place)
        if not error:
            return redirect("location", place.pk)
        effects = actions.closing(place)
    context = {
        "place": place,
        "effects": effects,
        "named": effects.losing[:NAMED],
        "unnamed": max(0, len(effects.losing) - NAMED),
        "managers": _managers_losing(place, effects),
        "codes": list(place.codes.order_by("code").values_list("code", flat=True)),
        "integrations": filling.of(place),
        "error": error,
        "download": download.link("?"),
    }
    return render(request, "web/organization/close_location.html", context, status=422 if error else 200)


def _write(request: HttpRequest, visit: Visit, place: Location) -> str:
    """What the form asks for, done; what to say of it. Raises DirectoryError."""
    code = request.POST.get("code", "").strip()
    match request.POST.get("do"):
        case "rename":
            made = actions.rename_location(place, request.POST.get("name", ""), actor=visit.actor)
            return f"Its name is {made.name} now."
        case "map":
            actions.map_code(place, code, actor=visit.actor)
            return f"Payroll’s code {code} names {place.name} now."
        case "unmap":
            actions.unmap_code(place, code, actor=visit.actor)
            return f"Payroll’s code {code} names nothing now. Whom payroll has under it waits for a mapping."
        case "reopen":
            actions.reopen_location(place, actor=visit.actor)
            return f"{place.name} is open again. Payroll’s people come back with the next sync."
    raise Refused("Nothing was asked for.")


def _closed(request: HttpRequest, visit: Visit, place: Location) -> str:
    """Closes it; the reason against it, or nothing."""
    if not request.POST.get("checked"):
        return "Tick the box to say that you looked at it. Nothing was changed."
    try:
        done = actions.close_location(
            place, actor=visit.actor, digest=request.POST.get("digest", "") or "none"
        )
    except DirectoryError as refused:
        note_refusal(request, visit, refused)
        return f"{refused} Nothing was changed."
    said = ngettext(
        "{place} is closed. {count} person was employed there.",
        "{place} is closed. {count:,} people were employed there.",
        done.people,
    )
    messages.success(request, said.format(place=place.name, count=done.people))
    return ""


def _place(visit: Visit, pk: int) -> Location:
    own = Location.objects.filter(organization=visit.organization).select_related("organization")
    return get_object_or_404(own, pk=pk)


def _employed_at(place: Location) -> int:
    return Membership.objects.filter(location=place).exclude(status__in=sorted(employee.ENDED)).count()


def _managers_losing(place: Location, effects: Closing) -> int:
    losing = [one.pk for one in effects.losing]
    return Membership.objects.filter(location=place, role=Membership.MANAGER, user__in=losing).count()


def _places(visit: Visit) -> list[Place]:
    """Two queries, however many there are."""
    employed = Count("memberships", filter=~Q(memberships__status__in=sorted(employee.ENDED)))
    found = Location.objects.filter(organization=visit.organization).annotate(employed=employed)
    listed = found.prefetch_related("codes").order_by("name", "pk")
    places = [
        Place(one, one.employed, tuple(sorted(code.code for code in one.codes.all()))) for one in listed
    ]
    return sorted(places, key=lambda one: one.location.closed_at is not None)


def _rows(visit: Visit, places: Iterable[Place]) -> Iterable[list[str]]:
    for one in places:
        closed = one.location.closed_at
        day = closed.astimezone(visit.zone).date().isoformat() if closed else ""
        yield [one.location.name, "; ".join(one.codes), one.location.timezone, str(one.people), day]
