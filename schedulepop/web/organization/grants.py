"""Who has what: admins, Client Success, managers and who reads pay; admins are made and unmade here.

A manager's role and pay are changed on their profile, where their locations are. Who may give and take is
`directory.actions`' rule, and a page offers only what its reader may do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from schedulepop import employee
from schedulepop.accounts import access
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import actions
from schedulepop.directory.models import Membership
from schedulepop.lib.text import fold, whole_number
from schedulepop.web.shell import download
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

FOUND = 8
TITLES = ("Person", "Username", "Right", "Of", "Reads pay", "May sign in")


@dataclass(frozen=True, slots=True)
class Granted:
    """A right that belongs to no location."""

    grant: Grant
    live: bool  # whether this person may sign in
    may_end: bool  # whether the reader may take it back


@dataclass(frozen=True, slots=True)
class Managing:
    """The managers of one location."""

    place: str
    people: tuple[Membership, ...]


@role_required(ADMINS)
@require_safe
def grants(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everybody with a right, and a search for whom to make an admin."""
    given, managers = _grants(visit), list(_managers(visit.organization))
    if form := download.wanted(request):
        what = ("rights", "who has which right")
        return download.answer(visit, form, what, TITLES, _rows(given, managers), now())
    query = request.GET.get("q", "").replace("\x00", "").strip()[:120]
    admins = [one for one in given if one.grant.role == Grant.ADMIN]
    context = {
        "admins": admins,
        "client_success": [one for one in given if one.grant.role == Grant.CLIENT_SUCCESS],
        "managing": [
            Managing(place, tuple(rows))
            for place, rows in groupby(managers, key=lambda one: one.location.name)
        ],
        "may_give": visit.actor.is_admin(visit.organization),
        "query": query,
        "found": _found(visit, query, {one.grant.user_id for one in admins}) if query else [],
        "download": download.link("?"),
    }
    return render(request, "web/organization/grants.html", context)


@role_required(ADMINS)
@require_POST
def give(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Makes somebody of the organization an admin; no second account is made."""
    if not request.POST.get("user"):
        messages.error(request, "Find somebody first, then make them an admin.")
        return redirect("grants")
    people = User.objects.select_related("organization").filter(organization=visit.organization)
    user = get_object_or_404(people, pk=whole_number(request.POST.get("user", "")) or 0)
    with refusal_as_message(request):
        actions.grant(user, Grant.ADMIN, visit.organization, actor=visit.actor)
        messages.success(request, f"{user.full_name} is an admin of {visit.organization.name} now.")
    return redirect("grants")


@role_required(ADMINS)
@require_POST
def end(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Takes a right back; whoever has nothing else to sign in with is signed out."""
    given = Grant.objects.select_related("user", "organization").filter(
        organization=visit.organization, ended_at=None
    )
    found = get_object_or_404(given, pk=pk)
    with refusal_as_message(request):
        actions.end_grant(found, actor=visit.actor)
        word = found.get_role_display()
        messages.success(request, f"{found.user.full_name} is no longer {word} of {visit.organization.name}.")
    return redirect("grants")


def _grants(visit: Visit) -> list[Granted]:
    """By name; two queries."""
    found = list(
        Grant.objects.filter(organization=visit.organization, ended_at=None)
        .select_related("user__organization")
        .order_by("role", "user__sort_name", "pk")
    )
    live = set(
        access.live_users(User.objects.filter(pk__in=[one.user_id for one in found])).values_list(
            "pk", flat=True
        )
    )
    ends = visit.actor.is_admin(visit.organization)
    return [
        Granted(
            one,
            one.user_id in live,
            ends and one.role == Grant.ADMIN and one.user_id != visit.user.pk,
        )
        for one in found
    ]


def _managers(organization: Organization) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(organization=organization, role=Membership.MANAGER)
        .exclude(status__in=sorted(employee.ENDED))
        .select_related("user", "location")
        .order_by("location__name", "user__sort_name", "pk")
    )


def _found(visit: Visit, query: str, admins: set[int]) -> list[User]:
    """People of that name, email or username who are no admins yet, with or without a location."""
    people = User.objects.filter(organization=visit.organization, merged_into=None).exclude(pk__in=admins)
    for word in query.split()[:6]:
        named = Q(sort_name__contains=fold(word)) if fold(word) else Q()
        people = people.filter(named | Q(email__icontains=word) | Q(username__startswith=word.lower()))
    return list(people.order_by("sort_name", "pk")[:FOUND])


def _rows(given: list[Granted], managers: list[Membership]) -> Iterator[list[str]]:
    for one in given:
        user, role = one.grant.user, one.grant.role
        pay = "yes" if role == Grant.ADMIN else ""
        word = "Admin" if role == Grant.ADMIN else "Client Success"
        yield [
            user.full_name,
            user.username,
            word,
            one.grant.organization.name,
            pay,
            "yes" if one.live else "",
        ]
    for manager in managers:
        live = manager.status in employee.MAY_SIGN_IN and manager.access_blocked_at is None
        yield [
            manager.user.full_name,
            manager.user.username,
            "Manager",
            manager.location.name,
            "yes" if manager.may_see_pay else "",
            "yes" if live else "",
        ]
