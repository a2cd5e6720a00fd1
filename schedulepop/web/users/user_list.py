"""The User List: who works here, alphabetical by last name; the count in the title follows the filters.

Without a status filter it lists whoever is employed; people who left are one chip away, so that the list stays
the list of today after years of turnover.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from schedulepop.accounts.models import User
from schedulepop.directory import reads
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.models import Integration
from schedulepop.web.runs import night_line
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment

PER_PAGE = 50
EVERYONE = "employed"
CHIPS = (EVERYONE, "active", "upcoming", "away", "ended")
SENIORITY = "seniority"
PARAMETERS = ("q", "status", "location", "role", "duty", "zone", "sort")


@dataclass(frozen=True)
class Chip:
    """A status group, how many the other filters leave in it, and where pressing it leads."""

    label: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Assignment:
    """The duties, or the zones, of one line: the primary one, who owns it, and the others."""

    primary: str
    by_payroll: bool
    extras: tuple[str, ...]

    @property
    def more(self) -> tuple[str, ...]:
        """The extras there is no room for."""
        return self.extras[1:]

    @classmethod
    def of(cls, primary_id: int | None, rows: Iterable[tuple[int, str, bool]]) -> Assignment:
        """From (id, name, by payroll) of each."""
        rows = list(rows)
        first = next((row for row in rows if row[0] == primary_id), None)
        extras = tuple(name for pk, name, _ in rows if pk != primary_id)
        return cls(first[1] if first else "", bool(first and first[2]), extras)


@dataclass(frozen=True)
class Row:
    """One person at one location, as a line of the list."""

    membership: Membership
    duty: Assignment
    zone: Assignment
    where: str  # the location's name when the list has several
    since: date | None  # hired; in a list by seniority, what ranks

    @classmethod
    def of(cls, one: Membership, *, several: bool, seniority_by: str = "latest") -> Row:
        """With what `reads.with_extras` has fetched."""
        duties = ((part.duty_id, part.duty.name, part.by_payroll) for part in one.duties.all())
        zones = ((part.zone_id, part.zone.name, part.by_payroll) for part in one.zones.all())
        where = one.location.name if several else ""
        since = one.seniority_date(seniority_by)
        return cls(
            one,
            Assignment.of(one.primary_duty_id, duties),
            Assignment.of(one.primary_zone_id, zones),
            where,
            since,
        )

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def location_id(self) -> int:
        return self.membership.location_id

    @property
    def manager(self) -> bool:
        return self.membership.role == Membership.MANAGER

    @property
    def about(self) -> str:
        """Duty, zone and location in one line, for a phone."""
        return ", ".join(name for name in (self.duty.primary, self.zone.primary, self.where) if name)

    @property
    def number(self) -> str:
        """Employee number and location, below the name."""
        return ", ".join(name for name in (self.membership.employee_number, self.where) if name)

    @property
    def from_payroll(self) -> bool:
        return self.duty.by_payroll or self.zone.by_payroll


@dataclass(frozen=True)
class ListQuery:
    """What the address asks for. An unknown status or role is as if it were not there."""

    q: str = ""
    status: str = ""
    location: str = ""
    role: str = ""
    duty: str = ""
    zone: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ListQuery:
        """From the query string."""
        values = {name: query.get(name, "").replace("\x00", "").strip()[:120] for name in PARAMETERS}
        if values["status"] not in CHIPS or values["status"] == EVERYONE:
            values["status"] = ""
        if values["role"] not in (Membership.STAFF, Membership.MANAGER):
            values["role"] = ""
        if values["sort"] != SENIORITY:
            values["sort"] = ""
        return cls(**values)

    def query_string(self, **instead: str) -> str:
        """The query string of these filters with some of them changed; empty ones are left out."""
        values = {name: instead.get(name, getattr(self, name)) for name in PARAMETERS}
        filled = {name: value for name, value in values.items() if value}
        return f"?{urlencode(filled)}" if filled else "?"

    def filters(self, visit: Visit) -> reads.Filters:
        """As the directory reads them. A location that is not the reader's narrows to nobody."""
        locations: list[Location] | tuple[Location, ...] = visit.scope
        if self.location:
            locations = [one for one in visit.locations if str(one.pk) == self.location]
        return reads.Filters(
            locations,
            self.status or EVERYONE,
            self.role,
            self.duty,
            self.zone,
            self.q,
            self.sort == SENIORITY,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the status is filtered."""
        return any((self.q, self.location, self.role, self.duty, self.zone))


@role_required(MANAGERS)
@require_safe
@vary_on_headers("HX-Request")
def users(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The whole page, or only its list when htmx asks for it."""
    query = ListQuery.of(request.GET)
    filters = query.filters(visit)
    counts = reads.status_counts(visit.actor, visit.organization, filters)
    rows = reads.with_extras(reads.user_list(visit.actor, visit.organization, filters))
    pages = Paginator(rows, PER_PAGE)
    pages.count = counts[filters.status]  # counted already, with the chips
    page: Page[Membership] = pages.get_page(request.GET.get("page"))
    several = len(visit.scope) > 1 and not query.location
    by = visit.organization.seniority_by if query.sort else "latest"
    context = {
        "query": query,
        "chips": _chips(query, counts),
        "total": pages.count,
        "left": counts["ended"],
        "left_query": query.query_string(status="ended"),
        "page": page,
        "rows": [Row.of(one, several=several, seniority_by=by) for one in page.object_list],
        "previous": _page_query(query, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_query(query, page.next_page_number()) if page.has_next() else "",
        "empty_list": not query.narrows and counts["all"] == 0,
    }
    if is_fragment(request):
        response = render(request, "web/users/_user_list.html", context)
        response["HX-Push-Url"] = f"{request.path}{query.query_string().removesuffix('?')}"
        return response
    context["choices"] = _choices(visit, query)
    context["fresh"] = night_line.stalest(list(Integration.objects.filter(organization=visit.organization)))
    return render(request, "web/users/user_list.html", context)


def _chips(query: ListQuery, counts: dict[str, int]) -> list[Chip]:
    chosen = query.status or EVERYONE
    return [
        Chip(
            label=reads.STATUS_GROUPS[name][0],
            count=counts[name],
            query=query.query_string(status="" if name == EVERYONE else name),
            current=name == chosen,
        )
        for name in CHIPS
    ]


def _choices(visit: Visit, query: ListQuery) -> dict[str, list[Choice]]:
    """What the selects offer: only what exists in the locations this page is about."""
    at = (visit.actor, visit.organization, visit.scope)
    several = visit.scope if len(visit.scope) > 1 else ()
    return {
        "location": [_choice(str(one.pk), one.name, query.location) for one in several],
        "role": [
            _choice(Membership.STAFF, "Staff", query.role),
            _choice(Membership.MANAGER, "Managers", query.role),
        ],
        "duty": [_choice(name, name, query.duty) for name in reads.duty_names(*at)],
        "zone": [_choice(name, name, query.zone) for name in reads.zone_names(*at)],
        "sort": [_choice(SENIORITY, "By seniority", query.sort)],
    }


def _choice(value: str, label: str, chosen: str) -> Choice:
    return Choice(value, label, value == chosen)


def _page_query(query: ListQuery, number: int) -> str:
    rest = query.query_string()
    return f"{rest}{'' if rest == '?' else '&'}page={number}"
