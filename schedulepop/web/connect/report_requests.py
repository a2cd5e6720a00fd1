"""Ask payroll for this report: what a sheet says that somebody prints or mails."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schedulepop import employee
from schedulepop.accounts import support
from schedulepop.connectors import offers
from schedulepop.connectors.contract import Connector, ReportDefinition
from schedulepop.connectors.file_profiles import Profile, profiles
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.translation import gettext, gettext_noop

OTHER = gettext_noop("Another payroll")
EXPORT_BY = "1:30"
"""By then the night's export should be there: the sync begins at 2 o'clock."""
NEEDED, WISHED, WITH_PAY = gettext_noop("Needed"), gettext_noop("If any"), gettext_noop("Where pay is synced")
_NEEDS = {"needed": NEEDED, "wished": WISHED, "pay": WITH_PAY}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the report."""

    name: str  # what the column may be called; of a report of our own definition, how it has to be called
    need: str
    note: str
    kind: str = ""  # of its values, where the definition says so


_NEEDED = (
    "source_id",
    "first_name",
    "last_name",
    "location",
    "duty",
    "status",
    "hire_date",
    "termination_date",
)
_NOTES = {
    "source_id": gettext_noop(
        "Never changes and is never given to somebody else. As text: zeros in front stay."
    ),
    "employee_number": gettext_noop("What people know as their number, where it is another one."),
    "email": gettext_noop("The one people read; the welcome email goes there."),
    "phone": gettext_noop("Mobile first."),
    "location": gettext_noop("Code or name of the building."),
    "duty": gettext_noop("Job code, or job title where there are no codes."),
    "zone": gettext_noop("Department, unit or cost center."),
    "status": gettext_noop("Active, on leave, terminated, as payroll words it."),
    "hire_date": gettext_noop("Latest; of people who are to come as well."),
    "rehire_date": gettext_noop("Where it is a column of its own."),
    "original_hire_date": gettext_noop("Ranks people by seniority."),
    "termination_date": gettext_noop("Last day, also one ahead."),
    "leave_end": gettext_noop("When somebody on leave comes back."),
    "cms_code": gettext_noop("PBJ job title code, 1 to 40."),
    "primary_flag": gettext_noop("Where somebody has several rows, one for each job."),
}
_LEFT_OUT = ("full_name", *sorted(employee.PAY_FIELDS))

RULES = (
    (
        gettext_noop("People"),
        gettext_noop(
            "Everybody in one file, every time: active, on leave, hired and not started yet, and all who left in the "
            "last 90 days. Not only what changed."
        ),
    ),
    (
        gettext_noop("Rows"),
        gettext_noop(
            "One row a person. Somebody with several jobs may have a row for each; the primary one is marked."
        ),
    ),
    (
        gettext_noop("Header"),
        gettext_noop(
            "The column names in one row, the same ones every night. Title lines above it do no harm."
        ),
    ),
    (
        gettext_noop("Dates"),
        gettext_noop("One way of writing them in all columns, such as 03/31/2026 or 2026-03-31."),
    ),
    (
        gettext_noop("Leave out"),
        gettext_noop(
            "Social Security numbers, birth dates, bank data, home addresses, health data, notes. What comes all the "
            "same is dropped before anything is kept."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is asked of whoever runs payroll."""

    title: str  # of the payroll, as people call it
    columns: tuple[Column, ...]
    rules: tuple[tuple[str, str], ...]
    formats: str
    why: str  # why a report, and not something else
    defined: bool = False  # made in the platform by our definition and read there; no file comes


def keys() -> list[str]:
    """Whatever there is a sheet for."""
    return [*(one.key for one in offers.platforms()), *senders()]


def senders() -> dict[str, str]:
    """Key → title of what is known to send files only, and of whatever else does."""
    return {one.key: one.title for one in offers.senders()} | {"other": gettext(OTHER)}


def sheet(key: str) -> Sheet:
    """The sheet of a platform, of a sender, or of a way a file comes: the general one. Raises KeyError."""
    titles = senders()
    chosen = None if key in titles else offers.offer(key)
    connector = chosen.connector if chosen and chosen.is_platform else None
    key = key if key in titles or connector else "other"
    title = connector.title if connector else titles[key]
    if connector is not None and connector.report is not None:
        return _defined(title, connector.report)
    profile = profiles().get(key)
    where = [(gettext("Where"), gettext(profile.where))] if profile else []
    return Sheet(
        title=title,
        columns=tuple(_columns(connector, profile)),
        rules=(*where, *((gettext(name), gettext(rule)) for name, rule in RULES)),
        formats=", ".join(offers.format_grid().columns),
        why=_why(title, key, connector),
    )


def _defined(title: str, report: ReportDefinition) -> Sheet:
    """The sheet of a platform that gives a report of the customer's own: how it is made, in the platform's words."""
    columns = tuple(
        Column(one.name, gettext(_NEEDS[one.need]), one.shows, one.kind) for one in report.columns
    )
    why = gettext(
        "{title} gives what a report says; somebody who may make reports there makes this one, once."
    )
    return Sheet(title, columns, report.rules, "", why.format(title=title), defined=True)


def _columns(connector: Connector | None, profile: Profile | None) -> list[Column]:
    """What is needed first, then what is wished for; the report's or platform's own names where we know them."""
    names = [*_NEEDED, *(f.name for f in employee.FIELDS if f.name not in (*_NEEDED, *_LEFT_OUT))]
    proposed = dict(connector.proposed) if connector else {}
    proposed |= {field: headers[0] for field, headers in profile.columns.items()} if profile else {}
    return [
        Column(
            proposed.get(name, employee.BY_NAME[name].label),
            gettext(NEEDED if name in _NEEDED else WISHED),
            gettext(_NOTES[name]) if name in _NOTES else "",
        )
        for name in names
    ]


def _why(title: str, key: str, connector: Connector | None) -> str:
    if connector is not None:
        return gettext("For when {title} is not connected by its API: a report says the same.").format(
            title=title
        )
    if key == "other":
        return gettext("Any payroll that can export or send a list of its people will do.")
    return gettext(
        "{title} is not connected by an API here; a report that it exports or sends is read every night."
    ).format(title=title)


@role_required(ADMINS)
@require_safe
def report_request(request: HttpRequest, visit: Visit, key: str) -> HttpResponse:
    """The sheet, for the screen and for paper (Letter and A4)."""
    try:
        asks = sheet(key)
    except KeyError as error:
        raise Http404 from error
    context = {
        "sheet": asks,
        "organization": visit.organization,
        "contact": support.contact(visit.organization),
        "hour": EXPORT_BY,
    }
    return render(request, "web/connect/report_request.html", context)
