"""One person at one location: what payroll says, what the location may edit, what happened, who may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop import employee
from schedulepop.accounts import second_factor
from schedulepop.accounts.access import may_sign_in
from schedulepop.accounts.audit import VISITS
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory import ranks, reads
from schedulepop.directory.actions.local_people import last_day
from schedulepop.directory.models import Duty, Membership, Zone
from schedulepop.directory.seniority import rank_of
from schedulepop.messages import returned
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change
from schedulepop.sync.review import overrides
from schedulepop.web.shell import people
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS, Role
from schedulepop.web.shell.visit import Visit
from schedulepop.web.templatetags.words import day
from schedulepop.web.users import history, local_edits
from schedulepop.web.users.synced_fields import SyncedField, synced_fields, with_rank, with_reasons
from schedulepop.web.users.words import OverrideLine, override_line, with_override_notes
from schedulepop.web.whereis.search import places_to_add
from schedulepop.wording import mail

RECENT = 8  # lines of the history beside a person's fields
MOST = 200


@dataclass(frozen=True)
class Subject:
    """The person a profile is about, at one location, as this reader may see them."""

    visit: Visit
    membership: Membership
    place: reads.Place
    elsewhere: tuple[Membership, ...]  # other locations this reader looks after
    hidden_elsewhere: bool  # works at a location this reader does not look after
    source: local_edits.PayrollSource


def subject(
    request: HttpRequest,
    visit: Visit,
    user_id: int,
    location_id: int,
    *,
    roles: frozenset[Role] = MANAGERS,
) -> Subject:
    """The subject, or 404 for whoever does not look after that location in one of these roles."""
    visit = people.enter(request, visit, user_id, location_id)
    profile = reads.profile(visit.actor, visit.organization, user_id)
    place = (
        next((one for one in profile.places if one.membership.location_id == location_id), None)
        if profile
        else None
    )
    if profile is None or place is None or not place.managed or visit.role not in roles:
        raise Http404
    others = [one.membership for one in profile.places if one.managed and one is not place]
    count = Membership.objects.filter(user=user_id).count()
    return Subject(
        visit=visit,
        membership=place.membership,
        place=place,
        elsewhere=tuple(others),
        hidden_elsewhere=count > len(others) + 1,
        source=local_edits.source_of(place.membership, visit, now()),
    )


@role_required(MANAGERS)
@require_safe
def person(request: HttpRequest, visit: Visit, user_id: int) -> HttpResponse:
    """A person wherever they are: to the first location the reader looks after."""
    merged = User.objects.filter(pk=user_id).values_list("merged_into", flat=True).first()
    found = people.memberships_of(visit, merged or user_id)
    if not found:
        raise Http404
    return HttpResponseRedirect(reverse("profile", args=[found[0].user_id, found[0].location_id]))


@role_required(MANAGERS)
@require_safe
def profile(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """The page. `?edit=phone` opens one field."""
    about = subject(request, visit, user_id, location_id)
    if request.GET.get("history") == "all":  # where the whole history used to be
        return HttpResponseRedirect(reverse("profile-history", args=[user_id, location_id]))
    context = {
        **shared_context(about),
        "fields": field_rows(about),
        "edit": request.GET.get("edit", ""),
        "history": timeline(about, RECENT),
    }
    return render(request, "web/users/profile.html", context)


def newest_welcome(user_id: int) -> Message | None:
    """The last letter that led, or should have led, to setting up the account."""
    letters = Message.objects.filter(user=user_id, kind__in=("welcome", "welcome_back", "set_up"))
    return letters.order_by("-created_at", "-pk").first()


def may_be_added_elsewhere(membership: Membership) -> bool:
    """Whether the person may be added at one more location: who left comes back by payroll."""
    return not employee.is_ended(membership.status)


def shared_context(about: Subject) -> dict[str, Any]:
    """What every part of the page needs, the fragments too."""
    user = about.membership.user
    welcomable = not user.has_usable_password() and may_sign_in(user)
    actor = about.visit.actor
    outranks = ranks.may_change_account(actor, user)
    by_two = about.visit.role == "client_success" and user.grants.filter(ended_at=None).exists()
    looks_after = about.visit.runs_syncs and user.pk != about.visit.user.pk
    return {
        "about": about,
        "one": about.membership,
        "user": user,
        "can_send": welcomable and bool(user.email),
        "can_print": welcomable and outranks,
        "can_print_new": looks_after
        and (outranks or by_two)
        and user.has_usable_password()
        and may_sign_in(user),
        "can_block": ranks.may_change_account(actor, user, location=about.membership.location),
        "can_reset": looks_after and outranks and second_factor.is_on(user),
        "source": about.source,
        "add_places": places_to_add(about.visit, user.pk) if may_be_added_elsewhere(about.membership) else [],
        "overrides": overrides_of(about),
        "duties": [line for line in about.place.duties if not line.primary],
        "zones": [line for line in about.place.zones if not line.primary],
        "period": about.membership.periods.first() if about.membership.extras_to_review else None,
        "mail": newest_welcome(about.membership.user_id),
        **_returned(about),
        "tabs": _tabs(about),
        "tab": "",
        "can_stand": outranks and user.pk != about.visit.user.pk,
        "statuses": [(one.value, one.label) for one in employee.Status],
        "last_day": last_day(about.membership),
        "sync_url": people.sync_url(user.pk) if about.membership.payroll_owned else "",
    }


def _returned(about: Subject) -> dict[str, Any]:
    """That letters to the person's address come back, and since when."""
    one = returned.present([about.membership.user]).get(about.membership.user_id)
    if one is None:
        return {}
    since = day(one.since.astimezone(about.visit.zone).date())
    return {"returned": one, "returned_said": mail.returned(one.outcome, one.address, since)}


def _tabs(about: Subject) -> list[tuple[str, str, str]]:
    """Name, label and address of every tab this reader has."""
    at = [about.membership.user_id, about.membership.location_id]
    offered = [
        ("duties", "Duties"),
        ("zones", "Zones"),
        ("pay", "Pay"),
        ("history", "History"),
        ("account", "Account"),
    ]
    rest = [(name, label, reverse(f"profile-{name}", args=at)) for name, label in offered]
    return [
        ("", "User info", reverse("profile", args=at)),
        *(one for one in rest if one[0] != "pay" or about.place.shows_pay),
    ]


def overrides_of(about: Subject) -> list[OverrideLine]:
    """What stands against payroll here; pay only for whoever reads it."""
    found = overrides.of_person(about.membership).values()
    pay = about.place.shows_pay
    return [override_line(one, sees_pay=pay) for one in found if pay or one.field not in employee.TELLS_PAY]


def field_rows(about: Subject) -> list[SyncedField]:
    """The synced fields, with what happens to local edits of them."""
    found = synced_fields(about.membership, edits=True)
    if about.source.integration is not None:
        found = with_reasons(found, about.source.integration)
    noted = local_edits.with_edit_notes(found, about.membership, about.source)
    return with_rank(
        with_override_notes(noted, overrides.of_person(about.membership)), rank_of(about.membership)
    )


def choices(about: Subject, kind: str) -> list[Duty | Zone]:
    """The duties or zones of the location that the person does not have."""
    model: Any = Duty if kind == "duty" else Zone
    lines: Any = about.place.duties if kind == "duty" else about.place.zones
    taken = {getattr(line, kind).pk for line in lines}
    rows = model._default_manager.filter(location=about.membership.location_id, merged_into=None).exclude(
        pk__in=taken
    )
    return list(rows.order_by("name"))


def timeline(about: Subject, limit: int) -> list[history.Event]:
    """What payroll and people did to this person here, newest first."""
    user, location = about.membership.user_id, about.membership.location_id
    pay = about.place.shows_pay
    people = [user, *about.membership.user.merged_from.values_list("pk", flat=True)]
    changes = (
        Change.objects.filter(user__in=people, location_id=location)
        .select_related("run__integration")
        .defer("run__plan")
        .order_by("-id")[:limit]
    )
    entries = (
        AuditEntry.objects.filter(user__in=people, location_id__in=[location])
        | AuditEntry.objects.filter(user__in=people, location_id=None)
    ).exclude(Q(door="sync") & ~Q(by="dates", verb="edited"))
    if about.visit.role != "admin" or limit < MOST:  # who came in and who did not is the admins', and much
        entries = entries.exclude(verb__in=VISITS)
    lines = [history.from_change(change, sees_pay=pay) for change in changes]
    reader = about.visit.user.pk
    for entry in entries.order_by("-at", "-pk")[:limit]:
        event = history.from_audit(entry, sees_pay=pay, reader=reader)
        if event is not None:
            lines.append(event)
    for message in Message.objects.filter(user__in=people, state=Message.State.ACCEPTED).order_by("-pk")[
        :limit
    ]:
        lines.append(history.from_message(message))
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
