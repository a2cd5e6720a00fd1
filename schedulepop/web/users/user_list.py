"""The User List: who works here, alphabetical by last name; the count in the title follows the filters.

Without a status filter it lists whoever is employed; people who left are one chip away, so that the list stays
the list of today after years of turnover.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from schedulepop import employee
from schedulepop.accounts.models import User
from schedulepop.directory import account_state, reads
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.models import Integration
from schedulepop.sync.review import list_status
from schedulepop.web.shell import download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.filter_bar import FilterBar, Select
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.web.users import user_file, words

PER_PAGE = 50
EVERYONE = "employed"
CHIPS = (EVERYONE, "active", "upcoming", "away", "ended")
SENIORITY = "seniority"
PARAMETERS = ("q", "status", "location", "role", "duty", "zone", "set_up", "sort")


@dataclass(frozen=True)
class Chip:
    """A status group, how many the other filters leave in it, and where pressing it leads."""

    label: str
    count: int
    query: str
    current: bool


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
    def set_up(self) -> str:
        """How far the account is, in a word or two; nothing of whoever left and never had one."""
        state = getattr(self.membership, "set_up", "")
        return words.SET_UP[state] if state == "done" or self.invitable else ""

    @property
    def invitable(self) -> bool:
        """Whether an invitation would help: the person may sign in here, and has not set up."""
        one = self.membership
        may = one.status in employee.MAY_SIGN_IN and one.access_blocked_at is None
        return may and not one.user.has_usable_password()

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
    set_up: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ListQuery:
        """From the query string."""
        values = {name: query.get(name, "").replace("\x00", "").strip()[:120] for name in PARAMETERS}
        if values["status"] not in CHIPS or values["status"] == EVERYONE:
            values["status"] = ""
        if values["role"] not in (Membership.STAFF, Membership.MANAGER):
            values["role"] = ""
        if values["set_up"] not in account_state.FILTERS:
            values["set_up"] = ""
        if values["sort"] != SENIORITY:
            values["sort"] = ""
        return cls(**values)

    def query_string(self, **instead: str) -> str:
        """The query string of these filters with some of them changed; empty ones are left out."""
        filled = replace(self, **instead).filled
        return f"?{urlencode(filled)}" if filled else "?"

    @property
    def filled(self) -> list[tuple[str, str]]:
        """Name and value of every filter that is set."""
        return [(name, value) for name in PARAMETERS if (value := getattr(self, name))]

    def filters(self, visit: Visit, set_up: str = "") -> reads.Filters:
        """As the directory reads them. A location that is not the reader's narrows to nobody."""
        everywhere = len(visit.scope) == len(visit.locations)
        locations: Iterable[Location] | None = None if everywhere else visit.scope
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
            set_up or self.set_up,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the status is filtered."""
        return any((self.q, self.location, self.role, self.duty, self.zone, self.set_up))


@role_required(MANAGERS)
@require_safe
@vary_on_headers("HX-Request")
def users(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The whole page, or only its list when htmx asks for it."""
    query = ListQuery.of(request.GET)
    filters = query.filters(visit)
    counts = reads.status_counts(visit.actor, visit.organization, filters)
    form = download.wanted(request)
    if form and not download.too_many(request, counts[filters.status]):
        what, titles = ("users", "the User List"), user_file.titles(visit)
        return download.answer(visit, form, what, titles, user_file.rows(visit, filters), now())
    total = counts[filters.status]  # counted already, with the chips
    page: Page[int] = Paginator(range(total), PER_PAGE).get_page(request.GET.get("page"))
    part = range(total)[page.start_index() - 1 if total else 0 : page.end_index()]
    found = _rows(visit, filters, part, total)
    several = len(visit.scope) > 1 and not query.location
    by = visit.organization.seniority_by if query.sort else "latest"
    context = {
        "query": query,
        "chips": _chips(query, counts),
        "total": total,
        "left": counts["ended"],
        "left_query": query.query_string(status="ended"),
        "page": page,
        "rows": [Row.of(one, several=several, seniority_by=by) for one in found],
        "previous": _page_query(query, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_query(query, page.next_page_number()) if page.has_next() else "",
        "not_set_up": reads.not_set_up(visit.actor, visit.organization, filters),
        "download": download.link(query.query_string()),
        "empty_list": not query.narrows and counts["all"] == 0,
    }
    if is_fragment(request):
        response = render(request, "web/users/_user_list.html", context)
        response["HX-Push-Url"] = f"{request.path}{query.query_string().removesuffix('?')}"
        return response
    context["bar"] = _bar(visit, query)
    synced = list_status.synced(Integration.objects.filter(organization=visit.organization))
    context["fresh"] = synced[0] if synced else None
    return render(request, "web/users/user_list.html", context)


def _rows(visit: Visit, filters: reads.Filters, part: range, total: int) -> list[Membership]:
    """One page of the list, with duties, zones and accounts of those who stand on it alone."""
    ids = reads.part_of(
        reads.user_list(visit.actor, visit.organization, filters), part.start, part.stop, total
    )
    rows = account_state.with_set_up(reads.with_extras(reads.of_ids(ids)), now())
    by_id = {one.pk: one for one in rows}
    return [by_id[pk] for pk in ids]


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


def _bar(visit: Visit, query: ListQuery) -> FilterBar:
    """The search and what it can be narrowed to: only what exists in the locations this page is about."""
    at = (visit.actor, visit.organization, visit.scope)
    places = [(str(one.pk), one.name) for one in visit.scope] if len(visit.scope) > 1 else []
    roles = ((Membership.STAFF, "Staff"), (Membership.MANAGER, "Managers"))
    duties, zones = ([(name, name) for name in names(*at)] for names in (reads.duty_names, reads.zone_names))
    selects = (
        Select.of("location", ("Location", "All locations"), places, query.location),
        Select.of("role", ("Role", "Any role"), roles, query.role),
        Select.of("duty", ("Duty", "Any duty"), duties, query.duty),
        Select.of("zone", ("Zone", "Any zone"), zones, query.zone),
        Select.of("set_up", ("Account", "Any account"), words.SET_UP_FILTERS.items(), query.set_up),
        Select.of("sort", ("Order", "By name"), ((SENIORITY, "By seniority"),), query.sort),
    )
    return FilterBar(
        url=reverse("users"),
        label="Users",
        q=query.q,
        search_label="Search users by name, phone, email or number",
        placeholder="Name, phone, email or number",
        selects=tuple(one for one in selects if one.options),
        kept=(("status", query.status),) if query.status else (),
    )


def _page_query(query: ListQuery, number: int) -> str:
    rest = query.query_string()
    return f"{rest}{'' if rest == '?' else '&'}page={number}"
