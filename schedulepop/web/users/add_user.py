"""Add user: for people who are not in payroll, with the reason; and an existing person at one more location."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.accounts.support import contact
from schedulepop.directory import access, actions
from schedulepop.directory import errors as directory_errors
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.sync.errors import Refused
from schedulepop.sync.whereis import add_user
from schedulepop.sync.whereis.add_user import AlreadyHereError
from schedulepop.sync.whereis.whereis import Answer
from schedulepop.web.shell import people
from schedulepop.web.shell.access import note_refusal, role_required
from schedulepop.web.shell.roles import ADMINS, MANAGERS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.whereis.search import AnswerCard, add_here_step, answer_card, places_to_add

LONGEST = 254


@dataclass(frozen=True, slots=True)
class AddForm:
    """What was written into the form; each value cut to 254 characters."""

    first_name: str
    last_name: str
    email: str
    phone: str
    reason: str
    location: str
    duty: str
    zone: str

    @classmethod
    def posted(cls, request: HttpRequest) -> AddForm:
        """From the request; a first visit may bring a name in its address."""
        values = {one.name: request.POST.get(one.name, "").strip()[:LONGEST] for one in fields(cls)}
        if request.method == "GET":
            values["first_name"] = request.GET.get("first", "")[:LONGEST]
            values["last_name"] = request.GET.get("last", "")[:LONGEST]
        return cls(**values)


@role_required(MANAGERS)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The form. Managers are told whom payroll adds and whom they can add themselves."""
    if visit.role not in ADMINS:
        return render(request, "web/users/payroll_adds.html", {"contact": contact(visit.organization)})
    form = AddForm.posted(request)
    if request.method == "GET":
        return _page(request, visit, form)
    place = _place(visit, form.location)
    if place is None:
        return _page(request, visit, form, error="Choose the location.", status=422)
    who = NewPerson(
        form.first_name,
        form.last_name,
        email=form.email,
        phone=form.phone,
        duty=Duty.objects.filter(location=place, name__iexact=form.duty, merged_into=None).first()
        if form.duty
        else None,
        zone=Zone.objects.filter(location=place, name__iexact=form.zone, merged_into=None).first()
        if form.zone
        else None,
    )
    different = request.POST.get("different_person") == "yes"
    try:
        made = add_user.add_by_hand(
            place, who, reason=form.reason, actor=visit.actor, different_person=different
        )
    except AlreadyHereError as error:
        return _page(request, visit, form, already=error, status=422)
    except (Refused, directory_errors.DirectoryError) as error:
        note_refusal(request, visit, error)
        return _page(request, visit, form, error=str(error), status=422)
    how = "A welcome email is on its way." if made.user.email else "There is no email: print a code below."
    messages.success(request, f"{made.user.full_name} is on the list of {place.name}. {how}")
    return redirect("profile", made.user_id, place.pk)


@role_required(MANAGERS)
@require_POST
def add_here(request: HttpRequest, visit: Visit, user_id: int) -> HttpResponse:
    """An existing person at one more location of the reader's. Anybody else does not exist."""
    found = people.memberships_of(visit, user_id)
    place = _place(visit, request.POST.get("location", ""))
    if not found or place is None:
        raise Http404
    user = found[0].user
    try:
        actions.add_membership(user, place, actor=visit.actor)
    except directory_errors.Refused as error:
        messages.error(request, str(error))
        return redirect("person", user_id)
    messages.success(request, f"{user.full_name} is on the list of {place.name} now, with the same account.")
    return redirect("profile", user_id, place.pk)


def _place(visit: Visit, pk: str) -> Location | None:
    managed = access.managed_locations(visit.actor, visit.organization).filter(closed_at=None)
    return next((one for one in managed if str(one.pk) == pk), None)


def _already(visit: Visit, answer: Answer, location: str) -> AnswerCard:
    """Who is there already; somebody of another of the reader's lists can be added to the chosen one as they are."""
    card, place, user_id = answer_card(visit, answer), _place(visit, location), answer.user_id
    if place is None or user_id is None or answer.found.outcome.waits:
        return card
    if place not in places_to_add(visit, user_id) or not people.memberships_of(visit, user_id):
        return card
    return replace(card, step=add_here_step(place, user_id))


def _page(
    request: HttpRequest,
    visit: Visit,
    form: AddForm,
    *,
    error: str = "",
    already: AlreadyHereError | None = None,
    status: int = 200,
) -> HttpResponse:
    if not form.location and visit.location is not None:
        form = replace(form, location=str(visit.location.pk))
    scope = [one.pk for one in visit.scope]
    context: dict[str, Any] = {
        "form": form,
        "error": error,
        "already": _already(visit, already.answer, form.location) if already else None,
        "locations": visit.locations,
        "duties": sorted(
            set(Duty.objects.filter(location__in=scope, merged_into=None).values_list("name", flat=True))
        ),
        "zones": sorted(
            set(Zone.objects.filter(location__in=scope, merged_into=None).values_list("name", flat=True))
        ),
    }
    return render(request, "web/users/add_user.html", context, status=status)
