"""The writes of a profile: each is one action of the directory, answered by the part of the page it changed.

With htmx the answer is that part; without, the profile again. What the directory refuses is said beside the form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.directory import actions
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.models import Duty, Zone
from schedulepop.lib.text import whole_number
from schedulepop.sync.run import returned_letters
from schedulepop.web.shell.access import note_refusal, role_required
from schedulepop.web.shell.roles import ADMINS, MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.web.users import invite, profile, profile_tabs
from schedulepop.web.users.profile import Subject
from schedulepop.web.users.synced_fields import SyncedField

OF_USER = frozenset({"first_name", "last_name", "email", "phone"})
PARTS = {"duty": Duty, "zone": Zone}


@role_required(MANAGERS)
@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, visit: Visit, user_id: int, location_id: int, name: str) -> HttpResponse:
    """One synced field: closed, open (`?edit`), or saved. Payroll's other fields are not edited here."""
    about = profile.subject(request, visit, user_id, location_id)
    shown = _field(about, name)
    if not shown.editable:
        raise Http404
    if request.method == "GET":
        opened = "edit" in request.GET
        if not is_fragment(request):
            return _back(about, f"?edit={name}#field-{name}" if opened else f"#field-{name}")
        return _row(request, about, shown, opened=opened)
    value = request.POST.get("value", "").strip()[:254]
    refused = refusal(request, visit, lambda: _save_field(about, name, value))
    if refused:
        if not is_fragment(request):
            return _refused(request, about, refused)
        return _row(request, about, replace(shown, raw=value), opened=True, error=refused, status=422)
    messages.success(request, f"{shown.label} saved.")
    if not is_fragment(request):
        return _back(about, f"#field-{name}")
    about = profile.subject(request, visit, user_id, location_id)
    return _row(request, about, _field(about, name), opened=False, also_history=True)


@role_required(MANAGERS)
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """The location's own note; no sync touches it."""
    about = profile.subject(request, visit, user_id, location_id)
    if request.method == "GET":
        opened = "edit" in request.GET
        if not is_fragment(request):
            return _back(about, "?edit=notes#extras" if opened else "#extras")
        return _part(request, about, "_extras_and_note", {"edit": "notes" if opened else ""})
    text = request.POST.get("notes", "")[:2000]
    refused = refusal(
        request,
        visit,
        lambda: actions.edit_membership(about.membership, {"notes": text}, actor=about.visit.actor),
    )
    return done(request, about, "_extras_and_note", "#extras", "Note saved.", refused)


@role_required(MANAGERS)
@require_POST
def extra(request: HttpRequest, visit: Visit, user_id: int, location_id: int, kind: str) -> HttpResponse:
    """Adds or removes one further duty or zone of the location."""
    about = profile.subject(request, visit, user_id, location_id)
    if kind not in PARTS:
        raise Http404
    adds = "add" in request.POST
    part = _part_of(about, kind, request.POST.get("add") or request.POST.get("remove") or "")
    refused = (
        f"Choose a {kind} to {'add' if adds else 'remove'}."
        if part is None
        else refusal(request, visit, lambda: _change_extra(about, part, adds=adds))
    )
    said = f"{part.name if part else ''} {'added' if adds else 'removed'}."
    return done(request, about, "_parts", "#parts", said, refused, kind)


@role_required(MANAGERS)
@require_POST
def review(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Keeps or removes the extras somebody who came back had before."""
    about = profile.subject(request, visit, user_id, location_id)
    keep = request.POST.get("do") != "remove"
    refused = refusal(
        request, visit, lambda: actions.review_extras(about.membership, keep=keep, actor=about.visit.actor)
    )
    said = f"The extras of {about.membership.user.full_name} were {'kept' if keep else 'removed'}."
    return done(request, about, "_extras_and_note", "#extras", said, refused)


@role_required(MANAGERS)
@require_POST
def access(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """The emergency switch: blocks sign-in at this location, or allows it again."""
    about = profile.subject(request, visit, user_id, location_id)
    actor, name = about.visit.actor, about.membership.user.full_name
    if request.POST.get("do") == "unblock":
        refused = refusal(request, visit, lambda: actions.unblock_access(about.membership, actor=actor))
        return done(request, about, "_sign_in", "#access", f"{name} may sign in again.", refused)
    reason = request.POST.get("reason", "")
    refused = refusal(request, visit, lambda: actions.block_access(about.membership, reason, actor=actor))
    return done(request, about, "_sign_in", "#access", f"{name}’s access is blocked.", refused)


@role_required(MANAGERS)
@require_POST
def mail(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Sends the newest welcome email once more, with a new link."""
    about = profile.subject(request, visit, user_id, location_id)
    newest = profile.newest_welcome(about.membership.user_id)
    if newest is None:
        raise Http404
    refused = refusal(request, visit, lambda: actions.send_again(newest, actor=about.visit.actor))
    return done(
        request, about, "_sign_in", "#access", "A new email is on its way. The old link is over.", refused
    )


@role_required(MANAGERS)
@require_POST
def link(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """A sheet to print and hand over; shown in this one answer and stored nowhere."""
    about = profile.subject(request, visit, user_id, location_id)
    try:
        made = actions.print_sheet(about.membership.user, actor=about.visit.actor)
    except DirectoryError as error:
        note_refusal(request, visit, error)
        return _refused(request, about, str(error), "#access")
    return invite.sheets_page(request, [made], [], _address(about))


@role_required(ADMINS)
@require_POST
def reset_second_factor(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Takes the authenticator app of somebody away who lost it."""
    about = profile.subject(request, visit, user_id, location_id, roles=ADMINS)
    user = about.membership.user
    refused = refusal(request, visit, lambda: actions.reset_second_factor(user, actor=about.visit.actor))
    said = f"{user.full_name} signs in with the password alone, and is told so."
    return done(request, about, "_sign_in", "#access", said, refused)


def _save_field(about: Subject, name: str, value: str) -> None:
    actor = about.visit.actor
    if name in OF_USER:
        actions.edit_user(about.membership.user, {name: value}, actor=actor)
        if name == "email":
            returned_letters.renew([about.membership.user_id], now())
    else:
        actions.edit_membership(about.membership, {name: _part_of(about, name, value)}, actor=actor)


def _change_extra(about: Subject, part: Duty | Zone, *, adds: bool) -> None:
    actor = about.visit.actor
    if isinstance(part, Duty):
        change = actions.add_extra_duty if adds else actions.remove_extra_duty
        change(about.membership, part, actor=actor)
    else:
        change_zone = actions.add_extra_zone if adds else actions.remove_extra_zone
        change_zone(about.membership, part, actor=actor)


def _part_of(about: Subject, kind: str, pk: str) -> Duty | Zone | None:
    """The duty or zone of this location with that id; one of another location does not exist."""
    at = {"location": about.membership.location_id, "pk": whole_number(pk)}
    return Duty.objects.filter(**at).first() if kind == "duty" else Zone.objects.filter(**at).first()


def refusal(request: HttpRequest, visit: Visit, write: Callable[[], object]) -> str:
    """What the directory says against a write; empty when it is done."""
    try:
        write()
    except DirectoryError as error:
        note_refusal(request, visit, error)
        return str(error)
    return ""


def _field(about: Subject, name: str) -> SyncedField:
    found = next((one for one in profile.field_rows(about) if one.name == name), None)
    if found is None:
        raise Http404
    return found


def _row(
    request: HttpRequest,
    about: Subject,
    shown: SyncedField,
    *,
    opened: bool,
    error: str = "",
    also_history: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {**profile.shared_context(about), "field": shown, "error": error, "fresh": also_history}
    if opened and shown.kind == "choice":
        model: Any = PARTS[shown.name]
        context["options"] = model._default_manager.filter(
            location=about.membership.location_id, merged_into=None
        ).order_by("name")
    body: str = render_to_string(f"web/users/_{'field_form' if opened else 'field'}.html", context, request)
    if also_history:
        body += _elsewhere_on_page(request, about)
    return HttpResponse(body, status=status)


def _part(request: HttpRequest, about: Subject, part: str, more: dict[str, object]) -> HttpResponse:
    context = {**profile.shared_context(about), **more}
    return render(request, f"web/users/{part}.html", context)


def done(
    request: HttpRequest,
    about: Subject,
    part: str,
    anchor: str,
    said: str,
    refused: str,
    kind: str = "",
) -> HttpResponse:
    """After a write: the part as it is now, the history and a toast; or the part with the reason against it."""
    if refused and not is_fragment(request):
        return _refused(request, about, refused, anchor)
    if not refused:
        messages.success(request, said)
    if not is_fragment(request):
        return _back(about, anchor, kind)
    again = profile.subject(request, about.visit, about.membership.user_id, about.membership.location_id)
    context = {**profile.shared_context(again), "error": refused}
    if kind:
        context |= profile_tabs.parts_context(again, kind)
    body = render_to_string(f"web/users/{part}.html", context, request)
    return HttpResponse(
        body + ("" if refused else _elsewhere_on_page(request, again)),
        status=422 if refused else 200,
    )


def _elsewhere_on_page(request: HttpRequest, about: Subject) -> str:
    """What changes elsewhere on the page with a write: the history where it stands beside, and the toast."""
    context = profile.shared_context(about)
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if path in ("", _address(about)):
        context["history"] = profile.timeline(about, profile.RECENT)
    return render_to_string("web/users/_history_and_toast.html", context, request)


def _refused(request: HttpRequest, about: Subject, reason: str, anchor: str = "") -> HttpResponse:
    messages.error(request, reason)
    return _back(about, anchor)


TABS = {"#parts": "profile-duties", "#role-card": "profile-account"}
"""Where a part of the page stands, if not on the first tab."""


def _back(about: Subject, rest: str, kind: str = "") -> HttpResponseRedirect:
    name = "profile-zones" if kind == "zone" else TABS.get(rest, "profile")
    return HttpResponseRedirect(f"{_address(about, name)}{rest}")


def _address(about: Subject, name: str = "profile") -> str:
    return reverse(name, args=[about.membership.user_id, about.membership.location_id])
