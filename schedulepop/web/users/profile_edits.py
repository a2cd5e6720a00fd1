"""The writes of a profile: each is one action of the directory, answered by the part of the page it changed.

With htmx the answer is that part; without, the profile again. What the directory refuses is said beside the form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.directory import actions
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.models import Duty, Zone
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS, MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.web.users import profile
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
    refused = _refusal(lambda: _save_field(about, name, value))
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
    refused = _refusal(
        lambda: actions.edit_membership(about.membership, {"notes": text}, actor=about.visit.actor)
    )
    return _done(request, about, "_extras_and_note", "#extras", "Note saved.", refused)


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
        else _refusal(lambda: _change_extra(about, part, adds=adds))
    )
    done = f"{part.name if part else ''} {'added' if adds else 'removed'}."
    return _done(
        request, about, "_extras_and_note", "#extras", done, refused, {"error_kind": kind, "errors": refused}
    )


@role_required(MANAGERS)
@require_POST
def review(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Keeps or removes the extras somebody who came back had before."""
    about = profile.subject(request, visit, user_id, location_id)
    keep = request.POST.get("do") != "remove"
    refused = _refusal(lambda: actions.review_extras(about.membership, keep=keep, actor=about.visit.actor))
    done = f"The extras of {about.membership.user.full_name} were {'kept' if keep else 'removed'}."
    return _done(request, about, "_extras_and_note", "#extras", done, refused)


@role_required(MANAGERS)
@require_POST
def access(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """The emergency switch: blocks sign-in at this location, or allows it again."""
    about = profile.subject(request, visit, user_id, location_id)
    actor, name = about.visit.actor, about.membership.user.full_name
    if request.POST.get("do") == "unblock":
        refused = _refusal(lambda: actions.unblock_access(about.membership, actor=actor))
        return _done(request, about, "_sign_in", "#access", f"{name} may sign in again.", refused)
    reason = request.POST.get("reason", "")
    refused = _refusal(lambda: actions.block_access(about.membership, reason, actor=actor))
    return _done(request, about, "_sign_in", "#access", f"{name}’s access is blocked.", refused)


@role_required(MANAGERS)
@require_POST
def mail(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Sends the newest welcome email once more, with a new link."""
    about = profile.subject(request, visit, user_id, location_id)
    newest = profile.newest_welcome(about.membership.user_id)
    if newest is None:
        raise Http404
    refused = _refusal(lambda: actions.send_again(newest, actor=about.visit.actor))
    return _done(
        request, about, "_sign_in", "#access", "A new email is on its way. The old link is over.", refused
    )


@role_required(MANAGERS)
@require_POST
def link(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """A set-up link to print and hand over; shown in this one answer and stored nowhere."""
    about = profile.subject(request, visit, user_id, location_id)
    try:
        printed = actions.printed_link(about.membership.user, actor=about.visit.actor)
    except DirectoryError as error:
        return _done(request, about, "_sign_in", "#access", "", str(error))
    shown = {"printed": printed, "days": settings.INVITATION_DAYS}
    if is_fragment(request):
        return _part(request, about, "_sign_in", shown)
    return render(request, "web/users/printed_link.html", {**profile.shared_context(about), **shown})


@role_required(MANAGERS)
@require_POST
def role(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Staff or manager here, and whether a manager reads pay: for admins and Client Success."""
    about = profile.subject(request, visit, user_id, location_id, roles=ADMINS)
    chosen, pay = request.POST.get("role", ""), request.POST.get("pay") == "on"

    def write() -> None:
        actions.set_role(about.membership, chosen, actor=about.visit.actor)
        if about.visit.role == "admin":
            actions.let_see_pay(about.membership, pay and chosen == "manager", actor=about.visit.actor)

    return _done(request, about, "_sign_in", "#access", "Role saved.", _refusal(write))


def _save_field(about: Subject, name: str, value: str) -> None:
    actor = about.visit.actor
    if name in OF_USER:
        actions.edit_user(about.membership.user, {name: value}, actor=actor)
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
    if not pk.isdecimal() or len(pk) > 18:
        return None
    at = {"location": about.membership.location_id, "pk": int(pk)}
    return Duty.objects.filter(**at).first() if kind == "duty" else Zone.objects.filter(**at).first()


def _refusal(write: Callable[[], object]) -> str:
    """What the directory says against a write; empty when it is done."""
    try:
        write()
    except DirectoryError as error:
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
        model = PARTS[shown.name]
        context["options"] = model._default_manager.filter(location=about.membership.location_id).order_by(
            "name"
        )
    body: str = render_to_string(f"web/users/_{'field_form' if opened else 'field'}.html", context, request)
    if also_history:
        body += _elsewhere_on_page(request, about)
    return HttpResponse(body, status=status)


def _part(request: HttpRequest, about: Subject, part: str, more: dict[str, object]) -> HttpResponse:
    context = {**profile.shared_context(about), **more}
    return render(request, f"web/users/{part}.html", context)


def _done(
    request: HttpRequest,
    about: Subject,
    part: str,
    anchor: str,
    done: str,
    refused: str,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    """After a write: the part as it is now, the history and a toast; or the part with the reason against it."""
    if refused and not is_fragment(request):
        return _refused(request, about, refused)
    if not refused:
        messages.success(request, done)
    if not is_fragment(request):
        return _back(about, anchor)
    again = profile.subject(request, about.visit, about.membership.user_id, about.membership.location_id)
    context = {**profile.shared_context(again), "error": refused, **(more or {})}
    body = render_to_string(f"web/users/{part}.html", context, request)
    return HttpResponse(
        body + ("" if refused else _elsewhere_on_page(request, again)), status=422 if refused else 200
    )


def _elsewhere_on_page(request: HttpRequest, about: Subject) -> str:
    """What changes elsewhere on the page with a write: the history, and the toast."""
    events = profile.timeline(about, profile.RECENT + 1)
    context = {
        **profile.shared_context(about),
        "history": events[: profile.RECENT],
        "more_history": len(events) > profile.RECENT,
    }
    return render_to_string("web/users/_history_and_toast.html", context, request)


def _refused(request: HttpRequest, about: Subject, reason: str) -> HttpResponse:
    messages.error(request, reason)
    return _back(about, "")


def _back(about: Subject, rest: str) -> HttpResponseRedirect:
    at = reverse("profile", args=[about.membership.user_id, about.membership.location_id])
    return HttpResponseRedirect(f"{at}{rest}")
