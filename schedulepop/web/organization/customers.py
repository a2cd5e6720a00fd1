"""Customers side by side, for Client Success: whom to look at first; and one customer's own page.

Whoever looks after customers sees those; a lead sees all, as counts, days and states, and nobody's people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import actions
from schedulepop.lib.text import fold
from schedulepop.sync.review import customers as standings
from schedulepop.sync.review.customers import Customer, Nights, Sign
from schedulepop.web.integrations.words import STATE_BADGES
from schedulepop.web.shell import charts
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.charts import NightOutcome, NightsStrip
from schedulepop.web.shell.roles import CLIENT_SUCCESS
from schedulepop.web.shell.visit import Visit, is_fragment

PER_PAGE = 40
EVERY, NEEDS_ME = "", "mine"
CHIPS: Mapping[str, str] = {
    EVERY: "All",
    NEEDS_ME: "Needs me",
    "on_hold": "On hold",
    "late": "Late",
    "source_trouble": "Source trouble",
    "setting_up": "Setting up",
}
_BADGES: Mapping[Sign, tuple[str, str]] = {
    "unassigned": ("risk", "Nobody assigned"),
    "on_hold": ("warn", "On hold"),
    "source_trouble": ("risk", "Source trouble"),
    "late": ("risk", "Late"),
    "mine": ("warn", "Needs mapping"),
    "setting_up": ("info", "Setting up"),
}


@dataclass(frozen=True)
class Chip:
    """A filter, how many it leaves, and where pressing it leads."""

    label: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One customer in the list."""

    customer: Customer
    people: int
    strip: NightsStrip
    needs_me: bool

    @property
    def badge(self) -> tuple[str, str]:
        """Tone and word of what comes first."""
        return badge_of(self.customer)

    @property
    def more(self) -> str:
        """What else is so."""
        others = [_BADGES[sign][1].lower() for sign in self.customer.signs[1:] if sign in _BADGES]
        return ", ".join(others)


@dataclass(frozen=True)
class ListQuery:
    """What the address asks for; an unknown filter is as if it were not there."""

    q: str = ""
    show: str = EVERY

    @classmethod
    def of(cls, query: QueryDict) -> ListQuery:
        """From the query string."""
        show = query.get("show", "")
        return cls(query.get("q", "").replace("\x00", "").strip()[:120], show if show in CHIPS else EVERY)

    def query_string(self, **instead: str | int) -> str:
        """The query string of these filters with some of them changed; empty ones are left out."""
        values = {"q": self.q, "show": self.show} | instead
        return "?" + urlencode({name: value for name, value in values.items() if value})


@role_required(CLIENT_SUCCESS)
@require_safe
@vary_on_headers("HX-Request")
def customers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The whole page, or only its list when htmx asks for it."""
    query, at = ListQuery.of(request.GET), now()
    every = standings.of_actor(visit.actor, at)
    found = [one for one in every if fold(query.q) in fold(one.name)]
    shown = [one for one in found if _shows(query.show, one, visit)]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    nights = standings.nights_of(visit.actor, [one.pk for one in page.object_list], at.date())
    context = {
        "query": query,
        "chips": [
            Chip(
                label,
                sum(_shows(name, one, visit) for one in found),
                query.query_string(show=name),
                name == query.show,
            )
            for name, label in CHIPS.items()
        ],
        "total": len(shown),
        "every": len(every),
        "page": page,
        "lines": [_line(one, nights.get(one.pk, Nights()), visit, at) for one in page.object_list],
        "previous": query.query_string(page=page.previous_page_number()) if page.has_previous() else "",
        "next": query.query_string(page=page.next_page_number()) if page.has_next() else "",
        "leads": visit.actor.is_lead,
        "adds": visit.role == "client_success",
    }
    if is_fragment(request):
        response = render(request, "web/organization/_customers.html", context)
        response["HX-Push-Url"] = f"{request.path}{query.query_string().removesuffix('?')}"
        return response
    return render(request, "web/organization/customers.html", context)


@role_required(CLIENT_SUCCESS)
@require_safe
def customer(request: HttpRequest, visit: Visit, organization: str) -> HttpResponse:
    """One customer: how payroll stands, its last nights, who looks after it; its locations for whoever does."""
    return page_of(request, visit, organization)


def page_of(
    request: HttpRequest, visit: Visit, slug: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The page of a customer, perhaps with the reason against what was asked for."""
    at, found = now(), find(visit, slug)
    looks_after = next((one for one in visit.organizations if one.pk == found.pk), None)
    nights = standings.nights_of(visit.actor, [found.pk], at.date()).get(found.pk, Nights())
    context = {
        "customer": found,
        "badge": badge_of(found),
        "badges": [_BADGES[sign] for sign in found.signs if sign in _BADGES],
        "sources": [(one, STATE_BADGES[one.state]) for one in found.sources],
        "people": nights.people,
        "strip": _strip(found, nights, at, links=looks_after is not None),
        "mine": looks_after,
        "locations": _locations(looks_after) if looks_after else [],
        "admins": _admins(looks_after) if looks_after else [],
        "leads": visit.actor.is_lead,
        "colleagues": _free_colleagues(visit, found) if visit.actor.is_lead else [],
        "error": error,
    }
    return render(request, "web/organization/customer.html", context, status=status)


def find(visit: Visit, slug: str) -> Customer:
    """The customer of that short name among those the visitor looks after or leads; 404 for any other."""
    found = (one for one in standings.of_actor(visit.actor, now()) if one.slug == slug)
    if (one := next(found, None)) is None:
        raise Http404
    return one


def badge_of(customer: Customer) -> tuple[str, str]:
    """Tone and word of what comes first at a customer."""
    if customer.signs and customer.signs[0] in _BADGES:
        return _BADGES[customer.signs[0]]
    if any(one.state == "paused" for one in customer.sources):
        return "", "Paused"
    return "ok", "Fresh"


def _shows(show: str, customer: Customer, visit: Visit) -> bool:
    if show == NEEDS_ME:
        return _needs(customer, visit)
    return show == EVERY or show in customer.signs


def _needs(customer: Customer, visit: Visit) -> bool:
    """Of one's own customers: something to do; for a lead: nobody looks after it."""
    if visit.actor.is_lead and "unassigned" in customer.signs:
        return True
    mine = any(one.pk == visit.user.pk for one in customer.looked_after_by)
    return mine and customer.needs_client_success()


def _line(customer: Customer, nights: Nights, visit: Visit, at: datetime) -> Line:
    strip = _strip(customer, nights, at, links=False)
    return Line(customer, nights.people, strip, _needs(customer, visit))


def _strip(customer: Customer, nights: Nights, at: datetime, *, links: bool) -> NightsStrip:
    told = (
        NightOutcome(one.day, one.outcome, reverse("run", args=[one.run]) if links else "")
        for one in nights.nights
    )
    return charts.nights_strip(told, at.astimezone(ZoneInfo(customer.timezone)).date())


def _locations(organization: Organization) -> list[tuple[str, str, bool]]:
    """(name, payroll codes, whether it is closed) of each."""
    return [
        (one.name, ", ".join(sorted(code.code for code in one.codes.all())), one.closed_at is not None)
        for one in organization.locations.prefetch_related("codes")
    ]


def _admins(organization: Organization) -> list[User]:
    granted = Grant.objects.filter(role=Grant.ADMIN, organization=organization, ended_at=None)
    return [one.user for one in granted.select_related("user").order_by("pk")]


def _free_colleagues(visit: Visit, customer: Customer) -> list[User]:
    """Whom the lead can assign: those who do not look after it yet, and not the lead."""
    there = {visit.user.pk, *(one.pk for one in customer.looked_after_by)}
    return [one for one in actions.colleagues(visit.user.organization) if one.pk not in there]
