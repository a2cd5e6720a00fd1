"""The tabs of a profile besides *User info*: each an address of its own, so that it works without a script and can be
linked to. `profile.subject` decides for all of them who may read; pay is a tab only for whoever may see it here.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop import employee
from schedulepop.accounts.audit import VISITS
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import MembershipDuty
from schedulepop.messages.models import Message
from schedulepop.retention import export as exports
from schedulepop.sync.models import Change
from schedulepop.web.shell import download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.templatetags.words import day, money, pay_unit
from schedulepop.web.users import history, profile
from schedulepop.web.users.as_of import asked_day, on_day
from schedulepop.web.users.profile import MOST, Subject
from schedulepop.web.users.synced_fields import FIXED, SyncedField
from schedulepop.web.users.words import LETTERS
from schedulepop.wording import mail

PAY_CHANGES = 20


@role_required(MANAGERS)
@require_safe
def duties(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """What the person does here, and what the location offers besides."""
    return _parts(request, profile.subject(request, visit, user_id, location_id), "duty")


@role_required(MANAGERS)
@require_safe
def zones(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Where the person works here, and what the location offers besides."""
    return _parts(request, profile.subject(request, visit, user_id, location_id), "zone")


def _parts(request: HttpRequest, about: Subject, kind: str) -> HttpResponse:
    context = {**profile.shared_context(about), **parts_context(about, kind)}
    return render(request, "web/users/profile_parts.html", context)


def parts_context(about: Subject, kind: str) -> dict[str, Any]:
    """What the tab of one kind needs, its fragment too."""
    lines = about.place.duties if kind == "duty" else about.place.zones
    return {
        "tab": "duties" if kind == "duty" else "zones",
        "kind": kind,
        "parts": [(getattr(line, kind), line) for line in lines],
        "offered": profile.choices(about, kind),
        "notes": [one.note for one in profile.field_rows(about) if one.name == kind and _tells_more(one)],
    }


def _tells_more(row: SyncedField) -> bool:
    """Whether its note says more than that a primary stays, which stands beside the primary."""
    return row.note not in ("", FIXED.get(row.name))


@role_required(MANAGERS)
@require_safe
def pay(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """The rate of every duty, what payroll has dated ahead, and how it came to be; 404 for whoever may not see it."""
    about = profile.subject(request, visit, user_id, location_id)
    if not about.place.shows_pay:
        raise Http404
    rates = about.membership.duties.select_related("duty").order_by("duty__name")
    context = {
        **profile.shared_context(about),
        "tab": "pay",
        "rates": sorted(map(_rate, rates), key=lambda one: not one["primary"]),
        "changes": _pay_changes(about),
        "pay_overrides": [one for one in profile.overrides_of(about) if one.override.field == "pay_rate"],
    }
    return render(request, "web/users/profile_pay.html", context)


def _rate(row: MembershipDuty) -> dict[str, Any]:
    ahead = ""
    if row.next_pay_rate is not None:
        ahead = f"{money(row.next_pay_rate, row.next_pay_currency)} {pay_unit(row.next_pay_unit)}"
        ahead += f" from {day(row.next_pay_on)}"
    known = row.pay_rate is not None
    return {
        "duty": row.duty.name,
        "primary": row.membership.primary_duty_id == row.duty_id,
        "by_payroll": row.by_payroll,
        "rate": f"{money(row.pay_rate, row.pay_currency)} {pay_unit(row.pay_unit)}" if known else "",
        "ahead": ahead,
    }


def _pay_changes(about: Subject) -> list[history.Event]:
    """The newest changes of pay alone."""
    found = (
        Change.objects.filter(user=about.membership.user_id, location_id=about.membership.location_id)
        .filter(fields__contains=[{"field": "pay_rate"}])
        .select_related("run")
        .defer("run__plan")
        .order_by("-id")[:PAY_CHANGES]
    )
    return [history.pay_event(change) for change in found]


@role_required(MANAGERS)
@require_safe
def past(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Everything that happened; `?on=2026-05-03`: the person as they were when that day ended, and why."""
    about = profile.subject(request, visit, user_id, location_id)
    events = profile.timeline(about, MOST)
    if form := download.wanted(request):
        user = about.membership.user
        what = (f"history-of-{user.username}", "the history of one person")
        found = history.rows(events, about.visit.zone, user)
        return download.answer(about.visit, form, what, history.TITLES, found, now())
    on = asked_day(request.GET.get("on", ""), about.visit, now())
    pay_shown = about.place.shows_pay
    context = {
        **profile.shared_context(about),
        "tab": "history",
        "history": events,
        "whole": True,
        "today": now().astimezone(about.visit.zone).date(),
        "day": on_day(about.membership, on, about.visit, pay=pay_shown) if on else None,
    }
    return render(request, "web/users/profile_history.html", context)


@role_required(MANAGERS)
@require_safe
def account(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Who may sign in and as what, which letters went out, and, for admins, who came in."""
    about = profile.subject(request, visit, user_id, location_id)
    user = about.membership.user
    letters = Message.objects.filter(user=user).order_by("-pk")[:12]
    admin = about.visit.role == "admin"
    visits = AuditEntry.objects.filter(user=user, verb__in=VISITS) if admin else None
    context = {
        **profile.shared_context(about),
        "tab": "account",
        "data_parts": range(2, exports.parts(user) + 1) if admin else (),
        "ended": sorted(employee.ENDED),
        "letters": [
            (LETTERS.get(one.kind, "Email"), one, mail.standing(one.state, one.outcome)) for one in letters
        ],
        "visits": [history.from_audit(one) for one in visits.order_by("-at", "-pk")[:12]] if visits else [],
    }
    return render(request, "web/users/profile_account.html", context)
