"""An organization's settings: its name and time zone, whom people ask, what ranks them, CMS codes, two-step sign-in,
and how long things are kept.

For admins and Client Success; who has to sign in in two steps and what is kept how long is the admins' alone. What is
refused is `directory.actions`' rule.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from schedulepop.accounts.retention_periods import PERIODS
from schedulepop.accounts.support import contact
from schedulepop.directory import actions
from schedulepop.directory.actions.places import ADMINS_ALONE
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.retention import went

TEXTS = ("name", "timezone", "seniority_by", "support_name", "support_email", "support_phone")
SWITCHES = ("cms_codes", "requires_second_factor")
KEPT = {
    "keep_feeds_days": (
        "Payroll files",
        "They are what “where is” searches, and what a run can be replayed from.",
    ),
    "keep_plans_days": (
        "Plans of runs",
        "What a run would have changed, with every reason. What it did stays longer.",
    ),
    "keep_history_years": (
        "History and the audit trail",
        "Who changed what, of everybody; letters and solved issues too.",
    ),
}
"""Retention period → its label, and what it is about."""


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The form; POST saves what differs."""
    admin = visit.actor.is_admin(visit.organization)
    if request.method == "GET":
        stored = {name: getattr(visit.organization, name) for name in (*TEXTS, *SWITCHES, *KEPT)}
        return _page(request, visit, stored)
    given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in TEXTS}
    given |= {name: request.POST.get(name) == "on" for name in SWITCHES if admin or name not in ADMINS_ALONE}
    given |= {name: request.POST[name].strip() for name in KEPT if admin and name in request.POST}
    try:
        actions.edit_organization(visit.organization, given, actor=visit.actor)
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, visit, given, error=str(refused))
    messages.success(request, "Settings saved.")
    return redirect("organization")


def _page(request: HttpRequest, visit: Visit, given: dict[str, Any], *, error: str = "") -> HttpResponse:
    context = {
        "organization": visit.organization,
        "given": given,
        "error": error,
        "admin": visit.actor.is_admin(visit.organization),
        "contact": contact(visit.organization),
        "zones": _time_zones(),
        "kept": [
            (one, *KEPT[one.field], given.get(one.field, getattr(visit.organization, one.field)))
            for one in PERIODS
        ],
        "gone": went(visit.organization.upkeep.get("last", {})),
        "gone_on": _day(visit.organization.upkeep.get("on")),
    }
    return render(request, "web/organization/settings.html", context, status=422 if error else 200)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _time_zones() -> tuple[str, ...]:
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    )
