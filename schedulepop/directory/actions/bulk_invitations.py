"""Inviting many at once: who gets a letter, who a sheet, and who neither and why. Planned first, then done.

What was planned is planned again under a lock when it is done, and whoever was invited meanwhile is left out: nobody
gets two letters, however often or by how many the button is pressed. A letter goes to a person's own address and needs
no rank; a sheet lets its holder in, so it is printed by rank alone (SPEC §3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit, sheets
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Invitation, Organization, User
from schedulepop.directory import access, ranks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox, returned
from schedulepop.messages.models import Message
from schedulepop.messages.recipients import readers
from schedulepop.messages.undelivered import LEAD_IN

MOST_LETTERS = 5_000
MOST_SHEETS = 100
_KIND = "welcome"


class Why(StrEnum):
    """Why somebody gets a sheet instead of a letter, or neither."""

    NO_EMAIL = "no_email"
    SHARED = "shared"  # somebody else reads the address too
    RETURNED = "returned"  # letters to the address come back
    DONE = "done"
    MAY_NOT_SIGN_IN = "may_not_sign_in"  # left, suspended or blocked
    INVITED_NOW = "invited_now"  # a letter is on its way, or went out since the plan was shown
    TOO_MANY = "too_many"  # letters within a day
    RANK = "rank"  # may see more than the actor, so no sheet


@dataclass(frozen=True)
class Plan:
    """Who gets what, each part by name. `left_out`: neither."""

    letters: list[User] = field(default_factory=list)
    sheets: list[tuple[User, Why]] = field(default_factory=list)
    left_out: list[tuple[User, Why]] = field(default_factory=list)


def plan(
    organization: Organization,
    user_ids: Iterable[int],
    *,
    actor: Actor,
    at: datetime,
    since: datetime | None = None,
) -> Plan:
    """What inviting these people does. `since`: whoever was invited after that is left out.

    Raises NotAllowed where one of them is at no location that the actor looks after.
    """
    return _plan(_managed(organization, set(user_ids), actor), actor, at, since)


def sheets_for(
    organization: Organization, user_ids: Iterable[int], *, actor: Actor, at: datetime
) -> tuple[list[User], list[tuple[User, Why]]]:
    """Who of these gets a sheet, whether or not a letter could be sent, and who none and why."""
    people = list(_managed(organization, set(user_ids), actor))
    none = _not_invitable(people)
    rest = [one for one in people if one.pk not in none]
    above = _above(rest, actor)
    left_out = [(one, none.get(one.pk, Why.RANK)) for one in people if one.pk in none or one.pk in above]
    return [one for one in rest if one.pk not in above], left_out


def send(
    organization: Organization,
    user_ids: Iterable[int],
    *,
    actor: Actor,
    at: datetime,
    since: datetime | None = None,
) -> Plan:
    """Queue the letters of the plan as it is now; returns it. The letters' `created_at` is `at`.

    Who was invited before gets the next letter, whose link ends the older one.
    """
    with transaction.atomic():
        people = list(
            _managed(organization, set(user_ids), actor).select_for_update(of=("self",), no_key=True)
        )
        made = _plan(people, actor, at, since)
        ids = [one.pk for one in made.letters]
        welcomes = Message.objects.filter(user__in=ids, kind=_KIND)
        ahead = set(welcomes.filter(state=Message.State.QUEUED).values_list("user_id", flat=True))
        welcomes.filter(state=Message.State.QUEUED).update(not_before=None, created_at=at)
        newest = dict(welcomes.values_list("user_id").annotate(newest=Max("generation")).order_by())
        Message.objects.bulk_create(
            [
                Message(
                    organization=organization,
                    user_id=pk,
                    kind=_KIND,
                    generation=newest.get(pk, 0) + 1,
                    created_at=at,
                )
                for pk in ids
                if pk not in ahead
            ],
            ignore_conflicts=True,
        )
        _record(actor, organization, "sent_invitation", made.letters)
    return made


def print_sheets(
    organization: Organization, user_ids: Iterable[int], *, actor: Actor, at: datetime
) -> tuple[list[sheets.Sheet], list[tuple[User, Why]]]:
    """A sheet each, which ends their older links; and who gets none and why. Raises Refused above MOST_SHEETS."""
    with transaction.atomic():
        locked = _managed(organization, set(user_ids), actor).select_for_update(of=("self",), no_key=True)
        people, left_out = sheets_for(organization, [one.pk for one in locked], actor=actor, at=at)
        if len(people) > MOST_SHEETS:
            raise Refused(f"At most {MOST_SHEETS} sheets are printed at once. Choose fewer people.")
        made = [sheets.make(one, at) for one in people]
        _record(actor, organization, "printed_sheet", people)
    return made, left_out


def _managed(organization: Organization, ids: set[int], actor: Actor) -> QuerySet[User]:
    """These people by name; all of them at locations that the actor looks after."""
    managed = access.managed_locations(actor, organization)
    here = Membership.objects.filter(user=OuterRef("pk"), location__in=managed.values("pk"))
    found = User.objects.filter(Exists(here), organization=organization, pk__in=ids)
    if found.count() != len(ids):
        raise NotAllowed("Only a manager of their location or an admin can invite somebody.")
    return found.order_by("sort_name", "pk")


def _plan(people: Iterable[User], actor: Actor, at: datetime, since: datetime | None) -> Plan:
    people = list(people)
    made, none = Plan(), _not_invitable(people)
    rest = [one for one in people if one.pk not in none]
    shared, back = _sharing(rest), returned.present(rest)
    instead = {one.pk: Why.SHARED for one in rest if one.pk in shared}
    instead |= dict.fromkeys(back, Why.RETURNED) | {one.pk: Why.NO_EMAIL for one in rest if not one.email}
    above = _above([one for one in rest if one.pk in instead], actor)
    none |= dict.fromkeys(above, Why.RANK)
    none |= _invited_now([one.pk for one in rest if one.pk not in instead], at, since)
    for one in people:
        if one.pk in none:
            made.left_out.append((one, none[one.pk]))
        elif one.pk in instead:
            made.sheets.append((one, instead[one.pk]))
        else:
            made.letters.append(one)
    return made


def _not_invitable(people: list[User]) -> dict[int, Why]:
    live = set(
        sign_in_access.live_users(User.objects.filter(pk__in=[one.pk for one in people])).values_list(
            "pk", flat=True
        )
    )
    none = {one.pk: Why.MAY_NOT_SIGN_IN for one in people if one.pk not in live}
    return none | {one.pk: Why.DONE for one in people if one.pk in live and one.has_usable_password()}


def _sharing(people: list[User]) -> set[int]:
    """Those whose address somebody else of the organization reads too."""
    if not people:
        return set()
    found = readers([one.email for one in people if one.email], people[0].organization_id)
    return {one.pk for one in people if one.email and found.get(one.email.lower(), set()) - {one.pk}}


def _above(people: list[User], actor: Actor) -> set[int]:
    """Those who may see more than the actor. Whoever manages nothing and was granted nothing sees nothing more."""
    ids = [one.pk for one in people]
    grants = Grant.objects.filter(user=OuterRef("pk"), ended_at=None)
    manages = Membership.objects.filter(user=OuterRef("pk"), role=Membership.MANAGER)
    ranked = User.objects.filter(Q(Exists(grants)) | Q(Exists(manages)), pk__in=ids)
    return {one.pk for one in ranked if not ranks.may_change_account(actor, one)}


def _invited_now(ids: list[int], at: datetime, since: datetime | None) -> dict[int, Why]:
    letters = Message.objects.filter(user__in=ids, kind__in=LEAD_IN)
    soon = Q(not_before=None) | Q(not_before__lte=at) | Q(attempts__gt=0)
    now = Q(state=Message.State.SENDING) | Q(soon, state=Message.State.QUEUED)
    if since is not None:
        now |= Q(created_at__gt=since)
    found = set(letters.filter(now).values_list("user_id", flat=True))
    if since is not None:
        given = Invitation.objects.filter(user__in=ids, purpose=Invitation.SET_UP, created_at__gt=since)
        found |= set(given.values_list("user_id", flat=True))
    today = letters.filter(kind=_KIND, created_at__gt=at - outbox.AGAIN_WITHIN).values_list("user_id")
    often = today.annotate(letters=Count("pk")).filter(letters__gte=outbox.AGAIN_LIMIT).order_by()
    return {pk: Why.TOO_MANY for pk, _ in often} | dict.fromkeys(found, Why.INVITED_NOW)


def _record(actor: Actor, organization: Organization, verb: str, people: list[User]) -> None:
    entries = [audit.Concerned(one.pk, one.pk, None, []) for one in people]
    audit.record_many(actor, organization, verb, "user", entries)
