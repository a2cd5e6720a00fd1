"""Add user: for people who are not in payroll, with the reason; and an existing person at one more location."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.accounts.support import contact
from schedulepop.directory import access, actions
from schedulepop.directory import errors as directory_errors
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.whereis import add_user
from schedulepop.sync.whereis.add_user import AlreadyHereError, Newcomer
from schedulepop.web.shell import people
from schedulepop.web.shell.refusals import not_allowed
from schedulepop.web.shell.visit import MANAGES, RUNS_SYNCS, Visit, page
from schedulepop.web.whereis.whereis import shown

FIELDS = ("first_name", "last_name", "email", "phone", "reason", "location", "duty", "zone")
LONGEST = 254


@page(MANAGES)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The form. Managers are told whom payroll adds and whom they can add themselves."""
    if visit.role not in RUNS_SYNCS:
        return render(request, "web/add_user/payroll_does.html", {"contact": contact(visit.organization)})
    given = {name: request.POST.get(name, "").strip()[:LONGEST] for name in FIELDS}
    if request.method == "GET":
        given["first_name"] = request.GET.get("first", "")[:LONGEST]
        given["last_name"] = request.GET.get("last", "")[:LONGEST]
        return _form(request, visit, given)
    place = _place(visit, given["location"])
    if place is None:
        return _form(request, visit, given, error="Choose the location.", status=422)
    who = Newcomer(
        given["first_name"],
        given["last_name"],
        email=given["email"],
        phone=given["phone"],
        duty=Duty.objects.filter(location=place, name__iexact=given["duty"]).first()
        if given["duty"]
        else None,
        zone=Zone.objects.filter(location=place, name__iexact=given["zone"]).first()
        if given["zone"]
        else None,
    )
    different = request.POST.get("different_person") == "yes"
    try:
        made = add_user.add_by_hand(
            place, who, reason=given["reason"], actor=visit.actor, different_person=different
        )
    except NotAllowed as error:
        return not_allowed(request, str(error))
    except AlreadyHereError as error:
        return _form(request, visit, given, already=error, status=422)
    except (Refused, directory_errors.DirectoryError) as error:
        return _form(request, visit, given, error=str(error), status=422)
    how = "A welcome email is on its way." if made.user.email else "There is no email: print a code below."
    messages.success(request, f"{made.user.full_name} is on the list of {place.name}. {how}")
    return HttpResponseRedirect(reverse("profile", args=[made.user_id, place.pk]))


@page(MANAGES)
@require_POST
def add_here(request: HttpRequest, visit: Visit, user_id: int) -> HttpResponse:
    """An existing person at one more location of the reader's. Anybody else does not exist."""
    found = people.of_person(visit, user_id)
    place = _place(visit, request.POST.get("location", ""))
    if not found or place is None:
        raise Http404
    user = found[0].user
    try:
        actions.add_membership(user, place, actor=visit.actor)
    except directory_errors.NotAllowed as error:
        return not_allowed(request, str(error))
    except directory_errors.Refused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("person", args=[user_id]))
    messages.success(request, f"{user.full_name} is on the list of {place.name} now, with the same account.")
    return HttpResponseRedirect(reverse("profile", args=[user_id, place.pk]))


def _place(visit: Visit, asked: str) -> Location | None:
    managed = access.managed_locations(visit.actor, visit.organization).filter(closed_at=None)
    return next((one for one in managed if str(one.pk) == asked), None)


def _form(
    request: HttpRequest,
    visit: Visit,
    given: dict[str, str],
    *,
    error: str = "",
    already: AlreadyHereError | None = None,
    status: int = 200,
) -> HttpResponse:
    if not given["location"] and visit.location is not None:
        given["location"] = str(visit.location.pk)
    scope = [one.pk for one in visit.scope]
    context: dict[str, Any] = {
        "given": given,
        "error": error,
        "already": shown(visit, already.answer) if already else None,
        "locations": visit.locations,
        "duties": sorted(set(Duty.objects.filter(location__in=scope).values_list("name", flat=True))),
        "zones": sorted(set(Zone.objects.filter(location__in=scope).values_list("name", flat=True))),
    }
    return render(request, "web/add_user/page.html", context, status=status)
