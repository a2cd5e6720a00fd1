"""Headcount and turnover of a year, location by location, and the days from hire to an account that is set up.

For who looks after people, about their own locations. Every picture has its table, and every file its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.accounts.models import Organization
from schedulepop.directory import headcount as counts
from schedulepop.directory.headcount import LONGEST, SetUps, Year
from schedulepop.sync.models import Run, RunState
from schedulepop.web.shell import download, month_charts
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.month_charts import Columns, Months
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.templatetags.words import month

PER_PAGE = 12
SET_UP = "set-up"
TITLES = ("Location", "Month", "People at its end", "Joined", "Left")
SPANS = ((0, 0), (1, 2), (3, 7), (8, 14), (15, LONGEST))
"""Days after the hire, first and last, of the columns."""
SPAN_WORDS = ("By the first day", "1 or 2 days", "3 to 7 days", "8 to 14 days", "Later")


@dataclass(frozen=True, slots=True)
class Place:
    """One location's year, as a picture, as a table and in words."""

    year: Year
    chart: Months
    since: date  # the first month whose leavers are known
    turnover: int | None  # percent since then

    @property
    def people(self) -> int:
        return self.year.months[-1].people

    @property
    def before(self) -> int:
        """The headcount at the end of the first month."""
        return self.year.months[0].people

    @property
    def joined(self) -> int:
        return sum(one.joined for one in self.year.months if one.first >= self.since)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.year.months if one.first >= self.since)

    @property
    def most_left(self) -> int:
        """Of one month: as high as the tallest bar below the line stands for."""
        return max([0, *(one.left for one in self.year.months if one.first >= self.since)])

    @classmethod
    def of(cls, year: Year, since: date) -> Place:
        """`since`: the first month of which leavers are known; earlier than the year: all of it."""
        months = year.months
        known = sum(one.first < since for one in months)
        share = year.turnover(since)
        chart = month_charts.months(
            [one.people for one in months], [one.left for one in months], known_from=known
        )
        return cls(year, chart, max(since, months[0].first), None if share is None else round(100 * share))


@dataclass(frozen=True, slots=True)
class SetUpPicture:
    """How fast new people set up their accounts: a column per span of days, and who has not yet."""

    rows: tuple[tuple[str, int], ...]
    chart: Columns
    invited: int
    done: int
    waiting: int
    median: int | None

    @classmethod
    def of(cls, found: SetUps) -> SetUpPicture:
        """The spans' sums, and those who wait last."""
        sums = [
            sum(count for days, count in found.by_days.items() if first <= days <= last)
            for first, last in SPANS
        ]
        rows = (*zip(SPAN_WORDS, sums, strict=True), ("Not yet", found.waiting))
        chart = month_charts.columns([*sums, found.waiting], pale=1)
        return cls(rows, chart, found.done + found.waiting, found.done, found.waiting, found.median)


@role_required(MANAGERS)
@require_safe
def headcount(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The reader's locations, twelve on a page and as a file all of them; or how fast new people set up an account."""
    at = now()
    today = at.astimezone(visit.zone).date()
    first = counts.months_to(today)[0]
    if request.GET.get("show") == SET_UP:
        found = SetUpPicture.of(counts.days_to_set_up(visit.organization, visit.scope, today))
        context = {"set_ups": found, "first": first, "show": SET_UP}
        return render(request, "web/organization/headcount.html", context)
    years = counts.of_year(visit.organization, visit.scope, today)
    if form := download.wanted(request):
        what = ("headcount", "headcount and turnover")
        return download.answer(visit, form, what, TITLES, _rows(years), at)
    connected = _connected_on(visit.organization)
    since = connected.replace(day=1) if connected else first
    page = Paginator(years, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "places": [Place.of(year, since) for year in page.object_list],
        "page": page,
        "connected": connected if connected and connected > first else None,
        "first": first,
        "download": download.link("?"),
    }
    return render(request, "web/organization/headcount.html", context)


def _connected_on(organization: Organization) -> date | None:
    """The day of the first sync: who had left before it is on no list."""
    applied = Run.objects.filter(
        organization=organization, state__in=[RunState.APPLIED, RunState.UNDONE], undo_of=None
    )
    day: date | None = applied.order_by("pk").values_list("local_date", flat=True).first()
    return day


def _rows(years: list[Year]) -> Iterator[list[str]]:
    for year in years:
        for one in year.months:
            yield [year.location.name, month(one.first), str(one.people), str(one.joined), str(one.left)]
