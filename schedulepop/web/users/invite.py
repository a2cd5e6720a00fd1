"""Inviting people: what it does is shown first, then letters go out or sheets are printed.

Whom it is about comes from the User List: the people ticked there, or everybody not set up whom its filters leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import is_aware, now
from django.views.decorators.http import require_POST, require_safe

from schedulepop.accounts import sheets
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import access, account_state, reads
from schedulepop.directory.actions import bulk_invitations
from schedulepop.directory.actions.bulk_invitations import Why
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Membership
from schedulepop.lib.text import whole_number
from schedulepop.messages.models import Message
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.qr_codes import qr
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, is_fragment
from schedulepop.web.templatetags.words import day
from schedulepop.web.users.user_list import ListQuery
from schedulepop.wording.translation import ngettext

NAMED = 12  # of a part that are named before the rest is folded
REASONS = {
    Why.NO_EMAIL: "no email address",
    Why.SHARED: "somebody else reads the same address",
    Why.RETURNED: "letters to the address come back",
    Why.DONE: "set up already",
    Why.MAY_NOT_SIGN_IN: "left, suspended or blocked",
    Why.INVITED_NOW: "a letter is on its way, or has just gone out",
    Why.TOO_MANY: "enough letters for one day",
    Why.RANK: "may see more than you, so only an admin can print it",
}


@role_required(MANAGERS)
@require_safe
def invite(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What inviting would do: who gets a letter, who a sheet, who neither and why. Writes nothing."""
    ids = _ticked(request, visit) if "ticked" in request.GET else _not_set_up(request, visit)
    if not ids:
        messages.error(request, "Tick at least one person who is not set up, then press Invite.")
        return redirect(f"{reverse('users')}{_back(request)}")
    if len(ids) > bulk_invitations.MOST_LETTERS:
        messages.error(
            request, f"At most {bulk_invitations.MOST_LETTERS:,} people at once. Narrow the list first."
        )
        return redirect("users")
    at = now()
    made = bulk_invitations.plan(visit.organization, ids, actor=visit.actor, at=at)
    printable, _ = bulk_invitations.sheets_for(
        visit.organization, [one.pk for one in made.letters], actor=visit.actor, at=at
    )
    context = {
        "count": len(ids),
        "letters": _part(made.letters),
        "sheets": _part(one for one, _ in made.sheets),
        "sheet_reasons": _reasons(why for _, why in made.sheets),
        "left_out": [(one, REASONS[why]) for one, why in made.left_out],
        "left_out_reasons": _reasons(why for _, why in made.left_out),
        "instead": _part(printable) if len(printable) <= bulk_invitations.MOST_SHEETS else None,
        "most_sheets": bulk_invitations.MOST_SHEETS,
        "shown_at": at.isoformat(),
        "days": settings.INVITATION_DAYS,
        "back": f"{reverse('users')}{_back(request)}",
    }
    return render(request, "web/users/invite.html", context)


@role_required(MANAGERS)
@require_POST
def send(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Queues the letters of those who were shown, as far as they still get one."""
    ids, at = _posted(request, visit), now()
    made = bulk_invitations.send(
        visit.organization, ids, actor=visit.actor, at=at, since=_time(request.POST.get("shown_at", ""))
    )
    if not made.letters:
        messages.error(request, "No letter was sent: everybody chosen is invited, set up or away by now.")
        return redirect("users")
    return HttpResponseRedirect(f"{reverse('invite-sent')}?{urlencode({'at': at.isoformat()})}")


@role_required(MANAGERS)
@require_safe
def sent(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How far the letters of one press of the button are; the page follows them until all are through."""
    at = _time(request.GET.get("at", ""))
    if at is None:
        return redirect("users")
    here = Membership.objects.filter(location__in=[one.pk for one in visit.locations]).values("user")
    letters = Message.objects.filter(
        organization=visit.organization, kind="welcome", created_at=at, user__in=here
    )
    found = dict(letters.values_list("state").annotate(count=Count("pk")).order_by())
    total, done = sum(found.values()), found.get("accepted", 0)
    if not total:
        raise Http404
    failed = (
        letters.filter(state__in=["failed", "unknown"]).select_related("user").order_by("user__sort_name")
    )
    context = {
        "total": total,
        "done": done,
        "waiting": total - done - found.get("failed", 0) - found.get("unknown", 0),
        "failed": list(failed),
        "at": at.isoformat(),
        "when": at,
    }
    page = "web/users/_invite_sent.html" if is_fragment(request) else "web/users/invite_sent.html"
    return render(request, page, context)


@role_required(MANAGERS)
@require_POST
def print_sheets(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The sheets of those who were shown, a page each; in this one answer, and stored nowhere."""
    ids = _posted(request, visit)
    try:
        made, left_out = bulk_invitations.print_sheets(visit.organization, ids, actor=visit.actor, at=now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("users")
    if not made:
        messages.error(
            request, "No sheet was printed: everybody chosen is set up, away, or may see more than you."
        )
        return redirect("users")
    return sheets_page(request, made, [(one, REASONS[why]) for one, why in left_out], reverse("users"))


def sheets_page(
    request: HttpRequest, made: list[sheets.Sheet], left_out: list[tuple[User, str]], back: str
) -> HttpResponse:
    """The sheets to print; nothing keeps them, a browser's cache neither."""
    places = _places([one.user.pk for one in made])
    context = {
        "sheets": [_as_page(one, places.get(one.user.pk)) for one in made],
        "left_out": left_out,
        "page": sheets.page().partition("://")[2],
        "days": settings.INVITATION_DAYS,
        "tries": sheets.TRIES,
        "back": back,
    }
    response = render(request, "web/users/sheets.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _as_page(sheet: sheets.Sheet, place: Membership | None) -> dict[str, Any]:
    organization: Organization = sheet.user.organization
    zone = ZoneInfo(place.location.timezone if place else organization.timezone)
    return {
        "sheet": sheet,
        "first": sheet.purpose == "set_up",
        "until": day(sheet.until.astimezone(zone).date()),
        "place": place.location.name if place else organization.name,
        "qr": qr(sheet.link),
    }


def _places(user_ids: list[int]) -> dict[int, Membership]:
    rows = (
        Membership.objects.filter(user__in=user_ids).select_related("location").order_by("is_primary", "-pk")
    )
    return {one.user_id: one for one in rows}


def _part(people: Iterable[User]) -> dict[str, Any]:
    """A part of the plan as the page shows it: names, the rest folded, and the ids for its form."""
    people = list(people)
    count = len(people)
    return {
        "count": count,
        "send_label": ngettext("Send %s letter", "Send %s letters", count) % f"{count:,}",
        "print_label": ngettext("Print %s sheet", "Print %s sheets", count) % count,
        "named": people[:NAMED],
        "rest": people[NAMED:],
        "ids": ",".join(str(one.pk) for one in people),
    }


def _reasons(whys: Iterable[Why]) -> list[tuple[str, int]]:
    return [(REASONS[why], count) for why, count in Counter(whys).most_common()]


def _ticked(request: HttpRequest, visit: Visit) -> list[int]:
    return _mine([whole_number(one) for one in request.GET.getlist("who")], visit)


def _posted(request: HttpRequest, visit: Visit) -> list[int]:
    given = [one for one in request.POST.get("who", "").split(",") if one]
    return _mine([whole_number(one) for one in given], visit)


def _mine(ids: list[int | None], visit: Visit) -> list[int]:
    """These ids; 404 when one of them is nobody whom this reader looks after."""
    wanted = {one for one in ids if one is not None}
    here = Membership.objects.filter(location__in=[one.pk for one in visit.locations], user__in=wanted)
    here = here.filter(location__in=access.managed_locations(visit.actor, visit.organization).values("pk"))
    if None in ids or set(here.values_list("user_id", flat=True)) != wanted:
        raise Http404
    return sorted(wanted)


def _back(request: HttpRequest) -> str:
    """The filters of the list it came from, as a query string."""
    return ListQuery.of(request.GET).query_string().removesuffix("?")


def _not_set_up(request: HttpRequest, visit: Visit) -> list[int]:
    """Everybody not set up whom the list's filters leave."""
    query = ListQuery.of(request.GET)
    filters = query.filters(visit, set_up=query.set_up or account_state.NOT_DONE)
    rows = reads.user_list(visit.actor, visit.organization, filters)
    return sorted(set(rows.order_by().values_list("user_id", flat=True)))


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if is_aware(at) else None
