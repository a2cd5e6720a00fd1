"""Who looks after which customer: a Client Success lead assigns, and hands over from one colleague to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.accounts import tenancy
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import actions
from schedulepop.directory.errors import Refused
from schedulepop.lib.text import whole_number
from schedulepop.sync.review import customers as standings
from schedulepop.sync.review.customers import Customer
from schedulepop.web.organization import customers
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import CLIENT_SUCCESS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.translation import ngettext


@dataclass(frozen=True, slots=True)
class Load:
    """A colleague and the customers they look after."""

    user: User
    customers: tuple[Customer, ...]


@role_required(CLIENT_SUCCESS)
@require_POST
def assign(request: HttpRequest, visit: Visit, organization: str) -> HttpResponse:
    """Lets a colleague look after a customer too, or (`take`) no longer; the last one is handed over instead."""
    _require_lead(visit)
    found = customers.find(visit, organization)
    takes = "take" in request.POST
    colleague = _colleague(visit, request.POST.get("take" if takes else "colleague", ""))
    if colleague is None:
        return customers.page_of(request, visit, organization, error="Choose a colleague.", status=422)
    if takes and len(found.looked_after_by) < 2:
        error = f"{colleague.full_name} is the only one who looks after {found.name}. Hand it over instead."
        return customers.page_of(request, visit, organization, error=error, status=422)
    try:
        with tenancy.of_assigning(visit.user.pk, [colleague.pk], [found.pk]):
            if takes:
                _take(colleague, found, visit)
            else:
                actions.assign(colleague, _organizations([found]), actor=visit.actor)
    except Refused as refused:
        return customers.page_of(request, visit, organization, error=str(refused), status=422)
    said = "no longer looks after" if takes else "looks after"
    messages.success(request, f"{colleague.full_name} {said} {found.name}{'' if takes else ' now'}.")
    return redirect("customer", organization)


@role_required(CLIENT_SUCCESS)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All of a colleague's customers to another one in one step, or those that stay ticked."""
    _require_lead(visit)
    loads = _loads(visit)
    asked = request.POST if request.method == "POST" else request.GET
    giver = next((one for one in loads if str(one.user.pk) == asked.get("from", "")), None)
    if request.method == "GET" or giver is None:
        return _page(request, visit, loads, giver)
    ticked = set(request.POST.getlist("customer"))
    chosen = [one for one in giver.customers if str(one.pk) in ticked]
    taker = _colleague(visit, request.POST.get("to", ""))
    if taker is None or not chosen:
        error = "Choose who takes over." if chosen else "Tick at least one customer."
        return _page(request, visit, loads, giver, error=error, status=422)
    try:
        with tenancy.of_assigning(visit.user.pk, [giver.user.pk, taker.pk], [one.pk for one in chosen]):
            done = actions.hand_over(giver.user, taker, _organizations(chosen), actor=visit.actor)
    except Refused as refused:
        return _page(request, visit, loads, giver, error=str(refused), status=422)
    count = ngettext("One customer went", "%s customers went", len(done))
    said = count % len(done) if "%s" in count else count
    messages.success(request, f"{said} from {giver.user.full_name} to {taker.full_name}.")
    return redirect("customers")


def _require_lead(visit: Visit) -> None:
    """Whoever leads nobody has no such page."""
    if not visit.actor.is_lead:
        raise Http404


def _loads(visit: Visit) -> list[Load]:
    every = standings.of_actor(visit.actor, now())
    return [
        Load(user, tuple(one for one in every if any(person.pk == user.pk for person in one.looked_after_by)))
        for user in actions.colleagues(visit.user.organization)
    ]


def _page(
    request: HttpRequest,
    visit: Visit,
    loads: list[Load],
    giver: Load | None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    takers = [one for one in loads if one != giver and one.user.pk != visit.user.pk]
    context = {
        "loads": [one for one in loads if one.customers],
        "giver": giver,
        "takers": takers,
        "to": request.POST.get("to", ""),
        "error": error,
    }
    return render(request, "web/organization/hand_over.html", context, status=status)


def _take(colleague: User, customer: Customer, visit: Visit) -> None:
    held = Grant.objects.select_related("user", "organization").filter(
        user=colleague, role=Grant.CLIENT_SUCCESS, organization=customer.pk, ended_at=None
    )
    for one in held:
        actions.end_grant(one, actor=visit.actor)


def _colleague(visit: Visit, pk: str) -> User | None:
    number = whole_number(pk)
    found = User.objects.select_related("organization").filter(
        organization=visit.user.organization, merged_into=None
    )
    return found.filter(pk=number).first() if number is not None else None


def _organizations(chosen: Iterable[Customer]) -> list[Organization]:
    return list(Organization.objects.filter(pk__in=[one.pk for one in chosen]).order_by("name"))
