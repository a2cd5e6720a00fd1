"""CMS codes: which labor code each duty has, the facility's ID, ID changes of a quarter, the employee section.

For admins and Client Success, while the organization's switch is on; otherwise these pages do not exist.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import update_wrapper
from itertools import groupby
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schedulepop import cms
from schedulepop.accounts import audit
from schedulepop.cms import Quarter
from schedulepop.directory import actions
from schedulepop.directory import labor as duties
from schedulepop.directory.errors import DirectoryError
from schedulepop.directory.labor import Line
from schedulepop.directory.models import Duty, Location
from schedulepop.lib.text import cell, whole_number
from schedulepop.sync.cms import employee_section, id_changes
from schedulepop.web.organization import cms_files
from schedulepop.web.shell import download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.translation import ngettext

P = ParamSpec("P")
QUARTERS_SHOWN = 5
PER_PAGE = 4  # locations
EMPLOYEES = 100  # on a page; the file has them all


@dataclass(frozen=True, slots=True)
class Place:
    """One location with its duties; those without a code first."""

    location: Location
    lines: tuple[Line, ...]
    can_export: bool

    @property
    def unmapped(self) -> int:
        return sum(line.code is None for line in self.lines)


def cms_page(
    view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of CMS codes: 404 while the organization has switched them off."""

    @role_required(ADMINS)
    def answer(request: HttpRequest, visit: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not visit.organization.cms_codes:
            raise Http404
        return view(request, visit, *args, **kwargs)

    update_wrapper(answer, view)
    return answer


@cms_page
@require_safe
def labor_codes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every duty of the place with its code, some locations on a page; as a file all of them."""
    if form := download.wanted(request):
        rows = cms_files.codes(duties.lines(visit.scope))
        what = ("cms-codes", "the CMS codes of duties")
        return download.answer(visit, form, what, cms_files.CODE_TITLES, rows, now())
    return _page(request, visit, request.GET.get("page"))


@cms_page
@require_POST
def set_code(request: HttpRequest, visit: Visit, duty_id: int) -> HttpResponse:
    """Gives a duty its code, or none."""
    own = Duty.objects.filter(location__in=visit.locations).select_related("organization")
    duty = get_object_or_404(own, pk=duty_id)
    chosen = request.POST.get("code", "").strip()
    number = whole_number(chosen.split("·")[0].strip())
    try:
        if chosen and number is None:
            raise DirectoryError(f"“{chosen[:60]}” is no CMS code. Choose one of the list.")
        people = actions.set_labor_code(duty, number, actor=visit.actor)
    except DirectoryError as error:
        return _page(request, visit, _number(visit, duty.location_id), refused=(duty.pk, str(error)))
    what = cms.title(number) if number is not None else "no CMS code"
    messages.success(request, f"{duty.name}: {what}. {_people(people)}")
    number_of_page = _number(visit, duty.location_id)
    return HttpResponseRedirect(f"{reverse('cms')}?page={number_of_page}#duty-{duty.pk}")


@cms_page
@require_POST
def set_facility(request: HttpRequest, visit: Visit, location_id: int) -> HttpResponse:
    """Says by which ID and in which state CMS knows the location."""
    place = _place(visit, location_id)
    facility_id, state = request.POST.get("facility_id", ""), request.POST.get("state", "")
    try:
        actions.set_facility(place, facility_id, state, actor=visit.actor)
    except DirectoryError as error:
        return _page(request, visit, _number(visit, place.pk), refused=(-place.pk, str(error)))
    messages.success(request, f"Saved for {place.name}.")
    return HttpResponseRedirect(f"{reverse('cms')}?page={_number(visit, place.pk)}#place-{place.pk}")


@cms_page
@require_safe
def changed_ids(request: HttpRequest, visit: Visit, quarter: str = "") -> HttpResponse:
    """The ID changes of a federal quarter, and the new IDs nobody has linked."""
    asked = _quarter(quarter, visit)
    if form := download.wanted(request):
        rows = cms_files.changes(id_changes.of_quarter(visit.organization, asked))
        what = (f"id-changes-{asked}", f"changed IDs, {asked}")
        return download.answer(visit, form, what, cms_files.CHANGE_TITLES, rows, now())
    context = {
        "quarter": asked,
        "quarters": _quarters(visit),
        "download": download.link("?"),
        "changes": id_changes.of_quarter(visit.organization, asked),
        "unlinked": id_changes.unlinked(visit.organization),
        "consequence": id_changes.CONSEQUENCE,
    }
    return render(request, "web/organization/changed_ids.html", context)


@cms_page
@require_safe
def changed_ids_file(request: HttpRequest, visit: Visit, quarter: str, form: str) -> HttpResponse:
    """The same as a file: csv or json."""
    asked = _quarter(quarter, visit)
    rows = id_changes.rows(visit.organization, asked)
    if form == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        writer = csv.DictWriter(response, id_changes.COLUMNS)
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    elif form == "json":
        response = HttpResponse(
            json.dumps(rows, indent=2, ensure_ascii=False), content_type="application/json"
        )
    else:
        raise Http404
    audit.record_visit(visit.actor, visit.organization, "exported", f"{form} of changed IDs, {asked}")
    response["Content-Disposition"] = f'attachment; filename="id-changes-{asked}.{form}"'
    return response


@cms_page
@require_http_methods(["GET", "POST"])
def employees(request: HttpRequest, visit: Visit, location_id: int, quarter: str) -> HttpResponse:
    """What the employee section would hold, and what is left out; admins alone. POST gives the file, audited."""
    place, asked = _place(visit, location_id), _quarter(quarter, visit)
    if not visit.actor.is_admin(visit.organization):
        raise Http404
    today = datetime.now(visit.zone).date()
    if request.method == "GET":
        section = employee_section.collect(place, asked, today)
        if wanted := download.wanted(request):
            what = (f"employees-{place.pk}-{asked}", f"employees for CMS, {asked}")
            rows = cms_files.employees(section)
            return download.answer(visit, wanted, what, cms_files.EMPLOYEE_TITLES, rows, now())
        context = {
            "section": section,
            "page": Paginator(section.employees, EMPLOYEES).get_page(request.GET.get("page")),
            "download": download.link("?"),
            "place": place,
            "quarter": asked,
            "quarters": _quarters(visit),
        }
        return render(request, "web/organization/employees.html", context)
    try:
        _, content = employee_section.export(place, asked, today, actor=visit.actor)
    except DirectoryError as error:
        messages.error(request, str(error))
        return redirect("cms-employees", place.pk, str(asked))
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="pbj-employees-{place.pk}-{asked}.xml"'
    return response


def _page(
    request: HttpRequest, visit: Visit, number: int | str | None, refused: tuple[int, str] | None = None
) -> HttpResponse:
    without_code = duties.without_code(visit.scope)
    page = Paginator([one for one in visit.scope if one.pk in without_code], PER_PAGE).get_page(number)
    lines = sorted(duties.lines(page.object_list), key=lambda line: (line.location.name, line.location.pk))
    admin = visit.actor.is_admin(visit.organization)
    places = [
        Place(location, tuple(sorted(group, key=lambda line: line.code is not None)), admin)
        for location, group in groupby(lines, key=lambda line: line.location)
    ]
    context = {
        "places": places,
        "page": page,
        "unmapped": sum(without_code.values()),
        "codes": cms.CODES.values(),
        "states": cms.STATES,
        "quarter": Quarter.of(_today(visit)),
        "refused": refused,
        "download": download.link("?"),
    }
    return render(request, "web/organization/labor_codes.html", context, status=422 if refused else 200)


def _number(visit: Visit, location_id: int) -> int:
    """On which page a location stands."""
    without_code = duties.without_code(visit.scope)
    listed = [one.pk for one in visit.scope if one.pk in without_code]
    return listed.index(location_id) // PER_PAGE + 1 if location_id in listed else 1


def _place(visit: Visit, location_id: int) -> Location:
    found = next((one for one in visit.locations if one.pk == location_id), None)
    if found is None:
        raise Http404
    return found


def _today(visit: Visit) -> date:
    return datetime.now(visit.zone).date()


def _quarter(named: str, visit: Visit) -> Quarter:
    """The quarter of an address; without one the current."""
    if not named:
        return Quarter.of(_today(visit))
    try:
        return Quarter.named(named)
    except ValueError as error:
        raise Http404 from error


def _quarters(visit: Visit) -> list[Quarter]:
    """The current one and those before."""
    found = [Quarter.of(_today(visit))]
    while len(found) < QUARTERS_SHOWN:
        found.append(found[-1].before)
    return found


def _people(count: int) -> str:
    if count == 0:
        return "Nobody had to change."
    return ngettext("One person has it now.", "%(count)s people have it now.", count) % {"count": count}
