"""Values held against payroll: on a profile, all of an organization, set and released by admins and Client Success."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schedulepop import employee
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.sync.errors import SyncError
from schedulepop.sync.review import overrides
from schedulepop.web.runs.plan_words import field_label
from schedulepop.web.shell.visit import MANAGES, RUNS_SYNCS, Visit, page
from schedulepop.web.users import profile
from schedulepop.web.users.override_words import told

DATES = frozenset(name for name in overrides.FIELDS if employee.BY_NAME[name].kind is employee.Kind.DATE)


@page(RUNS_SYNCS)
@require_safe
def all_held(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that is held against payroll, newest first."""
    pay = visit.actor.is_admin(visit.organization)
    found = overrides.of_organization(visit.actor, visit.organization)
    return render(request, "web/held/list.html", {"held": [told(keep, sees_pay=pay) for keep in found]})


@page(MANAGES)
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """First which field, then its value, the reason and the day on which payroll speaks again."""
    about = profile.subject(request, visit, user_id, location_id)
    if not about.visit.runs_syncs:
        raise Http404
    user, location = about.membership.user, about.membership.location
    name = request.POST.get("field") or request.GET.get("field", "")
    admin = about.visit.actor.is_admin(user.organization)
    offered = [(one, field_label(one)) for one in overrides.FIELDS if admin or one not in employee.PAY_FIELDS]
    if name not in dict(offered):
        name = ""
    given = {key: request.POST.get(key, "").strip()[:254] for key in ("value", "reason", "until")}
    error = ""
    if request.method == "POST":
        error = _set(about, name, given)
        if not error:
            messages.success(request, f"{field_label(name)} is held against payroll.")
            return HttpResponseRedirect(reverse("profile", args=[user_id, location_id]) + "#held")
    context = {
        "one": about.membership,
        "user": user,
        "offered": offered,
        "field": name,
        "label": field_label(name),
        "error": error,
        "given": given,
        "choices": _choices(name, location),
        "is_date": name in DATES,
    }
    return render(request, "web/held/hold.html", context, status=422 if error else 200)


def _set(about: profile.Subject, name: str, given: Mapping[str, str]) -> str:
    """Why it was refused; empty when it is done."""
    one = about.membership
    try:
        until = date.fromisoformat(given["until"])
    except ValueError:
        return "Choose the day on which payroll speaks again."
    try:
        overrides.set(
            one.user,
            one.location,
            name,
            _part(one.location, name, given["value"]),
            reason=given["reason"],
            until=until,
            actor=about.visit.actor,
        )
    except (SyncError, DirectoryError) as error:
        return str(error)
    return ""


def _part(location: Location, name: str, given: str) -> Any:
    """Duties and zones of this location by id; everything else as it was written."""
    model: Any = {"duty": Duty, "zone": Zone}.get(name)
    if model is None:
        return given
    found = model._default_manager.filter(
        location=location, pk=int(given) if given.isdecimal() else 0
    ).first()
    return found or given


def _choices(name: str, location: Location) -> list[tuple[str, str]]:
    if name == "status":
        return [(status.value, status.label) for status in employee.Status]
    if name in ("duty", "zone"):
        parts = location.duties if name == "duty" else location.zones
        return [(str(pk), word) for pk, word in parts.order_by("name").values_list("pk", "name")]
    return []


@page(MANAGES)
@require_POST
def release(request: HttpRequest, visit: Visit, user_id: int, location_id: int, name: str) -> HttpResponse:
    """Payroll speaks again with the next sync."""
    about = profile.subject(request, visit, user_id, location_id)
    if not about.visit.runs_syncs:
        raise Http404
    one = about.membership
    try:
        overrides.release(one.user, one.location, name, actor=about.visit.actor)
    except SyncError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{field_label(name)} comes from payroll again with the next sync.")
    return HttpResponseRedirect(reverse("profile", args=[user_id, location_id]))
