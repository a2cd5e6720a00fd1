"""How User Sync works here: the manager's article, filled with what is so at this organization for its reader.

Whoever looks after nobody reads a short one about themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.accounts.models import Grant
from schedulepop.accounts.support import contact
from schedulepop.directory import access
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.sync.models import Integration
from schedulepop.sync.review import list_status
from schedulepop.web.home import payroll_here
from schedulepop.web.home.payroll_here import PayrollSystem
from schedulepop.web.shell import navigation
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS, SIGNED_IN
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import headlines

UNSET_CODES = ("unmapped_duty", "unmapped_zone")
MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the article: its address on the page, and what it is called."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class PlaceParts:
    """What one location is set up with. `unset`: codes of payroll's that name no duty or zone there yet."""

    location: Location
    duties: int
    coded: int  # duties with a CMS labor code
    zones: int
    unset: int


@role_required(SIGNED_IN)
@require_safe
def how_it_works(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The article. A lead, who sees nobody of any customer, is led to the customers."""
    if visit.role == "client_success_lead":
        return redirect("customers")
    at = now()
    context = {
        "zone": ZoneInfo(visit.organization.timezone),
        "zone_city": visit.organization.timezone.rpartition("/")[2].replace("_", " "),
        "zone_short": f"{at.astimezone(ZoneInfo(visit.organization.timezone)):%Z}",
        "ask": contact(visit.organization),
    }
    if visit.role not in MANAGERS:
        return render(request, "web/home/how_it_works_staff.html", {**context, **_of_oneself(visit)})
    pay = access.pay_locations(visit.actor, visit.organization).filter(pk__in=[one.pk for one in visit.scope])
    sees_pay = pay.exists()
    found = payroll_here.systems(visit, at, sees_pay=sees_pay)
    several = len(visit.organization.locations.filter(closed_at=None)[:2]) > 1
    context |= {
        "systems": found,
        "retired": not found and payroll_here.once_connected(visit.organization),
        "live": [one for one in found if one.integration.first_sync_done],
        "nightly": any(one.state in ("nightly", "arrives") for one in found),
        "welcomes": _once((one.integration.name, one.welcome) for one in found),
        "graces": _once((one.integration.name, one.grace_words) for one in found),
        "others": _headline(visit, found, at),
        "sees_pay": sees_pay,
        "pay_on": any(one.gives("pay_rate") for one in found),
        "cms": visit.organization.cms_codes,
        "by_original": visit.organization.seniority_by == "original",
        "places": _places(visit)[:MOST_PLACES],
        "more_places": max(len(visit.scope) - MOST_PLACES, 0),
        "several": several,
        "client_success": _client_success(visit),
        "sections": _sections(several=several, cms=visit.organization.cms_codes, pay=sees_pay),
    }
    return render(request, "web/home/how_it_works.html", context)


def _once(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(payroll system, what is so of it); without its name where the same is so of all."""
    found = list(said)
    return [("", found[0][1])] if len({text for _, text in found}) == 1 else found


def _sections(*, several: bool, cms: bool, pay: bool) -> list[Section]:
    """The table of contents; parts that concern nobody here are left out."""
    offered = (
        ("idea", "The idea", True),
        ("when", "When it runs", True),
        ("fields", "What comes from payroll", True),
        ("yours", "What you may edit", True),
        ("primary", "Primary duty and primary zone", True),
        ("seniority", "Seniority", True),
        ("cms", "CMS labor code", cms),
        ("pay", "Pay", pay),
        ("new", "A new hire’s first days", True),
        ("missing", "When somebody does not appear", True),
        ("several", "Who works at more than one location", several),
        ("leaving", "When somebody leaves", True),
        ("hold", "When payroll looks wrong", True),
        ("ask", "Whom to ask", True),
    )
    return [Section(name, title) for name, title, shown in offered if shown]


def _headline(visit: Visit, found: list[PayrollSystem], at: datetime) -> str:
    """What is open now on this reader's lists, in the start page's own words; empty where nothing is."""
    live: list[Integration] = [one.integration for one in found if one.integration.first_sync_done]
    if not live:
        return ""
    places = None if visit.location is None and visit.runs_syncs else [one.pk for one in visit.scope]
    said = list_status.of_lists(live, places, at)
    if said.integration is None or said.headline.matches:
        return ""
    read = (said.integration.last_success_at or at).astimezone(visit.zone)
    return headlines.home(said.headline.code, said.headline.count, read, at.astimezone(visit.zone))


def _places(visit: Visit) -> list[PlaceParts]:
    """The reader's locations with how many duties and zones are set up there."""
    shown = [one.pk for one in visit.scope[:MOST_PLACES]]
    parts = Q(location__in=shown, merged_into=None)
    counted = Duty.objects.filter(parts).order_by().values_list("location")
    duties = {
        place: (n, coded) for place, n, coded in counted.annotate(n=Count("pk"), coded=Count("cms_code"))
    }
    zones = dict(Zone.objects.filter(parts).order_by().values_list("location").annotate(n=Count("pk")))
    unset = dict(
        navigation.open_issues(visit)
        .filter(code__in=UNSET_CODES, location__in=shown)
        .order_by()
        .values_list("location")
        .annotate(n=Count("pk"))
    )
    return [
        PlaceParts(
            one,
            *duties.get(one.pk, (0, 0)),
            zones.get(one.pk, 0),
            unset.get(one.pk, 0),
        )
        for one in visit.scope[:MOST_PLACES]
    ]


def _client_success(visit: Visit) -> list[str]:
    """Who of the vendor looks after this organization."""
    grants = Grant.objects.filter(
        organization=visit.organization, role=Grant.CLIENT_SUCCESS, ended_at=None
    ).select_related("user")
    return [one.user.full_name for one in grants.order_by("pk")[:3]]


def _of_oneself(visit: Visit) -> dict[str, object]:
    """What somebody who looks after nobody wants to know: where their own data comes from."""
    own = access.memberships(visit.actor, visit.organization).filter(user=visit.user)
    places = list(own.select_related("location").order_by("-is_primary", "location__name"))
    read = (
        Integration.objects.filter(links__user=visit.user, links__retired_at=None)
        .exclude(last_success_at=None)
        .order_by("-last_success_at")
        .first()
    )
    return {
        "memberships": places,
        "from_payroll": any(one.payroll_owned for one in places),
        "read": read.last_success_at if read else None,
    }
