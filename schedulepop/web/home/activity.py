"""Activity: who did what, when, and by which door, for admins and Client Success of the organization.

It begins with what people did; what the nights of payroll did is one chip away, for it is most of the audit trail.
Who came in and who was refused is the admins' alone, as on a profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from schedulepop.accounts.audit import VISITS
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.web.home.activity_lines import TITLES, lines, rows
from schedulepop.web.shell import download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.filter_bar import FilterBar, Select
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.wording import activity as words

PER_PAGE = 50
PERSONS = 200
"""Most names that the choice of a person offers; the search finds everybody."""
PARAMETERS = ("q", "door", "person", "kind", "period")
PERIODS = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days", "365": "Last year"}
_BY_PAYROLL = (
    Q(door="api") | Q(door="sync", by__startswith="sync run") | Q(door="sync", by__startswith="payroll")
)
DOORS = {
    "": ("By people", ~Q(door="sync")),
    "web": ("Web", Q(door="web")),
    "cli": ("Command line", Q(door="cli")),
    "job": ("Jobs", Q(door="sync") & ~_BY_PAYROLL),
    "payroll": ("Payroll", _BY_PAYROLL),
    "all": ("Everything", Q()),
}


@dataclass(frozen=True)
class Chip:
    """A door, and where pressing it leads."""

    label: str
    chosen: bool
    query: str


@dataclass(frozen=True)
class ActivityQuery:
    """What the address asks for. What is none of the choices is as if it were not there."""

    q: str = ""
    door: str = ""
    person: str = ""
    kind: str = ""
    period: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ActivityQuery:
        """From the query string."""
        values = {name: query.get(name, "").replace("\x00", "").strip()[:120] for name in PARAMETERS}
        for name, known in (("door", DOORS), ("kind", words.KINDS), ("period", PERIODS)):
            if values[name] not in known:
                values[name] = ""
        if not (values["person"].isascii() and values["person"].isdigit() and len(values["person"]) < 16):
            values["person"] = ""
        return cls(**values)

    def query_string(self, **instead: str) -> str:
        """The query string of these filters with some of them changed; empty ones are left out."""
        values = {name: instead.get(name, getattr(self, name)) for name in PARAMETERS}
        values |= {name: value for name, value in instead.items() if name not in PARAMETERS}
        filled = {name: value for name, value in values.items() if value}
        return f"?{urlencode(filled)}" if filled else "?"

    @property
    def narrows(self) -> bool:
        """Whether anything but the door is filtered."""
        return any((self.q, self.person, self.kind, self.period))


def entries_for(visit: Visit, query: ActivityQuery, at: datetime) -> QuerySet[AuditEntry]:
    """What this reader may see of it, newest first."""
    found = AuditEntry.objects.filter(DOORS[query.door][1], organization=visit.organization)
    if visit.role != "admin":
        found = found.exclude(verb__in=VISITS)
    if query.person:
        found = found.filter(actor=int(query.person))
    if query.kind:
        found = found.filter(_of_kind(query.kind))
    if query.period:
        found = found.filter(at__gte=at - timedelta(days=int(query.period)))
    if query.q:
        found = found.filter(_matches(visit, query.q))
    return found.select_related("user").order_by("-at", "-pk")


def _of_kind(kind: str) -> Q:
    if kind == "access":
        return Q(verb__in=words.ACCESS)
    if kind == "files":
        return Q(verb__in=words.FILES)
    return Q(subject__in=words.SUBJECTS[kind]) & ~Q(verb__in=words.ACCESS | words.FILES)


def _matches(visit: Visit, text: str) -> Q:
    """Every word in the name of who did it, or of whom it concerns."""
    about = User.objects.filter(organization=visit.organization)
    by = Q()
    for word in text.split()[:6]:
        by &= Q(by__icontains=word)
        about = about.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return by | Q(user__in=about.values("pk"))


@role_required(ADMINS)
@require_safe
@vary_on_headers("HX-Request")
def activity(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The whole page, or only its list when htmx asks for it."""
    query = ActivityQuery.of(request.GET)
    at = now()
    found = entries_for(visit, query, at)
    form = download.wanted(request)
    if form and not download.too_many(request, found.count()):
        return download.answer(visit, form, ("activity", "the activity"), TITLES, rows(found, visit), at)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "query": query,
        "page": page,
        "lines": lines(list(page.object_list), visit),
        "chips": [
            Chip(label, name == query.door, query.query_string(door=name))
            for name, (label, _) in DOORS.items()
        ],
        "previous": query.query_string(page=str(page.previous_page_number())) if page.has_previous() else "",
        "next": query.query_string(page=str(page.next_page_number())) if page.has_next() else "",
        "download": download.link(query.query_string()),
        "everything": query.query_string(door="all"),
    }
    if is_fragment(request):
        response = render(request, "web/home/_activity.html", context)
        response["HX-Push-Url"] = f"{request.path}{query.query_string().removesuffix('?')}"
        return response
    context["bar"] = _bar(visit, query)
    return render(request, "web/home/activity.html", context)


def _bar(visit: Visit, query: ActivityQuery) -> FilterBar:
    return FilterBar(
        url=reverse("activity"),
        label="Activity",
        q=query.q,
        search_label="Search activity by the name of who did it or whom it concerns",
        placeholder="Who did it, or whom it concerns",
        selects=(
            Select.of("person", ("Done by", "Anybody"), _persons(visit), query.person),
            Select.of("kind", ("Kind", "Any kind"), words.KINDS.items(), query.kind),
            Select.of("period", ("Period", "Any time"), PERIODS.items(), query.period),
        ),
        kept=(("door", query.door),) if query.door else (),
    )


def _persons(visit: Visit) -> list[tuple[str, str]]:
    """Who ever wrote something here, by name."""
    wrote = AuditEntry.objects.filter(organization=visit.organization, actor__isnull=False)
    people = User.objects.filter(pk__in=wrote.order_by().values("actor").distinct())
    return [(str(one.pk), one.full_name) for one in people.order_by("sort_name", "pk")[:PERSONS]]
