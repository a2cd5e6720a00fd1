"""Values held against payroll: on a profile, all of an organization, set and released by admins and Client Success."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schedulepop import employee
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import SyncError
from schedulepop.sync.review import overrides
from schedulepop.web.shell import download
from schedulepop.web.shell.access import note_refusal, refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS, MANAGERS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.shell.words import field_label
from schedulepop.web.users import profile
from schedulepop.web.users.words import OverrideLine, override_line
from schedulepop.wording import refusals

DATES = frozenset(name for name in overrides.FIELDS if employee.BY_NAME[name].kind is employee.Kind.DATE)

TITLES = ("Person", "Username", "Location", "Field", "Value", "Why", "By", "Until")


@dataclass(frozen=True, slots=True)
class OverrideForm:
    """What was posted: the value, why, and the day (ISO) on which payroll speaks again."""

    value: str
    reason: str
    until: str


@role_required(ADMINS)
@require_safe
def override_list(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that is held against payroll, newest first."""
    pay = visit.actor.is_admin(visit.organization)
    found = overrides.of_organization(visit.actor, visit.organization)
    lines = [override_line(one, sees_pay=pay) for one in found]
    if form := download.wanted(request):
        rows = (_row(one) for one in lines)
        return download.answer(
            visit, form, ("held-values", "values held against payroll"), TITLES, rows, now()
        )
    context = {"overrides": lines, "download": download.link("?")}
    return render(request, "web/users/override_list.html", context)


def _row(one: OverrideLine) -> list[str]:
    about, until = one.override, one.override.until
    place = about.location.name if about.location else ""
    day = until.isoformat() if until else ""
    return [about.user.full_name, about.user.username, place, one.label, one.value, one.why, about.by, day]


@role_required(MANAGERS)
@require_http_methods(["GET", "POST"])
def set_override(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """First which field, then its value, the reason and the day on which payroll speaks again."""
    about = profile.subject(request, visit, user_id, location_id, roles=ADMINS)
    user, location = about.membership.user, about.membership.location
    name = request.POST.get("field") or request.GET.get("field", "")
    admin = about.visit.actor.is_admin(user.organization)
    offered = [(one, field_label(one)) for one in overrides.FIELDS if admin or one not in employee.PAY_FIELDS]
    if name not in dict(offered):
        name = ""
    form = OverrideForm(*(request.POST.get(key, "").strip()[:254] for key in ("value", "reason", "until")))
    error = ""
    if request.method == "POST":
        error = _save(request, about, name, form)
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
        "form": form,
        "choices": _choices(name, location),
        "is_date": name in DATES,
    }
    return render(request, "web/users/set_override.html", context, status=422 if error else 200)


def _save(request: HttpRequest, about: profile.Subject, name: str, form: OverrideForm) -> str:
    """Why it was refused; empty when it is done."""
    one = about.membership
    try:
        until = date.fromisoformat(form.until)
    except ValueError:
        return "Choose the day on which payroll speaks again."
    try:
        overrides.set(
            one.user,
            one.location,
            name,
            _part(one.location, name, form.value),
            reason=form.reason,
            until=until,
            actor=about.visit.actor,
        )
    except (SyncError, DirectoryError) as error:
        note_refusal(request, about.visit, error)
        return refusals.of(error)
    return ""


def _part(location: Location, name: str, value: str) -> Any:
    """Duties and zones of this location by id; everything else as it was written."""
    model: Any = {"duty": Duty, "zone": Zone}.get(name)
    if model is None:
        return value
    found = model._default_manager.filter(location=location, pk=whole_number(value)).first()
    return found or value


def _choices(name: str, location: Location) -> list[tuple[str, str]]:
    if name == "status":
        return [(status.value, status.label) for status in employee.Status]
    if name in ("duty", "zone"):
        parts = location.duties if name == "duty" else location.zones
        return [
            (str(pk), word)
            for pk, word in parts.filter(merged_into=None).order_by("name").values_list("pk", "name")
        ]
    return []


@role_required(MANAGERS)
@require_POST
def release_override(
    request: HttpRequest, visit: Visit, user_id: int, location_id: int, name: str
) -> HttpResponse:
    """Payroll speaks again with the next sync."""
    about = profile.subject(request, visit, user_id, location_id, roles=ADMINS)
    one = about.membership
    with refusal_as_message(request):
        overrides.release(one.user, one.location, name, actor=about.visit.actor)
        messages.success(request, f"{field_label(name)} comes from payroll again with the next sync.")
    return redirect("profile", user_id, location_id)
