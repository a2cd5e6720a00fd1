"""Renaming and closing a location, with what closing does to people known first. A closed one is kept for history."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from schedulepop import employee
from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, User
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.employee import Status

CLOSED_WITH_IT = "Location closed"
"""What the last change of a membership is called that ended with its location."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a location does to people. `losing`: who could not sign in any more, by name.

    `digest` names whom it is about, so that it is done for those who were seen.
    """

    people: int
    losing: tuple[User, ...]
    digest: str

    @property
    def staying(self) -> int:
        """How many of them work at another location too, or cannot sign in today."""
        return self.people - len(self.losing)


def closing(location: Location) -> Closing:
    """What closing it now would do; it writes nothing."""
    here = _employed(location)
    elsewhere = Membership.objects.filter(
        user=OuterRef("pk"), status__in=sorted(employee.MAY_SIGN_IN), access_blocked_at=None
    ).exclude(location=location)
    people = sign_in_access.live_users(User.objects.filter(pk__in=here.values("user")))
    losing = tuple(people.exclude(Exists(elsewhere)).order_by("sort_name", "pk"))
    whom = sorted(here.values_list("pk", flat=True))
    seen = f"{whom} {sorted(one.pk for one in losing)}"
    return Closing(len(whom), losing, hashlib.sha256(seen.encode()).hexdigest()[:16])


@transaction.atomic
def rename_location(location: Location, name: str, *, actor: Actor) -> Location:
    """Another name for the same place: its codes, people and history stay as they are."""
    checks.require_settings(actor, location.organization)
    location = _locked(location)
    called, old = checks.name(name, "The location's name"), location.name
    if called == old:
        return location
    others = Location.objects.filter(organization=location.organization_id, name=called)
    if others.exclude(pk=location.pk).exists():
        raise Refused(f"{location.organization.name} already has a location named {called}.")
    location.name = called
    location.save(update_fields=["name"])
    _record(location, "renamed", [audit.change("name", old, called)], actor)
    return location


@transaction.atomic
def close_location(
    location: Location, *, actor: Actor, digest: str = "", now: datetime | None = None
) -> Closing:
    """No sync fills it any more, and whoever is employed there no longer is: inactive, since payroll said nothing.

    Refused where it would shut out the last admin who can sign in, or whoever closes it, and where it is about other
    people than those of the `digest` somebody saw.
    """
    at = now or timezone.now()
    checks.require_settings(actor, location.organization)
    location = _locked(location)
    if location.closed_at is not None:
        raise Refused(f"{location.name} is closed already.")
    effects = closing(location)
    if digest and digest != effects.digest:
        raise Refused(f"Somebody came to {location.name} or left since you looked. Look at it again.")
    _refuse_shutting_out(location, effects, actor)
    today = at.astimezone(ZoneInfo(location.timezone)).date()
    concerned = [
        audit.Concerned(
            one.user_id, one.pk, location.pk, [audit.change("status", one.status, Status.INACTIVE.value)]
        )
        for one in _employed(location).select_for_update(no_key=True).order_by("pk")
    ]
    Membership.objects.filter(pk__in=[one.subject_id for one in concerned]).update(
        status=Status.INACTIVE,
        termination_date=today,
        ends_on=None,
        changed_at=at,
        changed_what=CLOSED_WITH_IT,
    )
    location.closed_at = at
    location.save(update_fields=["closed_at"])
    sign_in_access.close_ended([one.user_id for one in concerned], at)
    audit.record_many(actor, location.organization, "edited", "membership", concerned)
    _record(location, "closed", [audit.change("people", effects.people, 0)], actor)
    return effects


@transaction.atomic
def reopen_location(location: Location, *, actor: Actor) -> None:
    """Syncs fill it again, and its people come back with payroll's next feed that names them, nobody before."""
    checks.require_settings(actor, location.organization)
    location = _locked(location)
    if location.closed_at is None:
        raise Refused(f"{location.name} is open.")
    location.closed_at = None
    location.save(update_fields=["closed_at"])
    _record(location, "reopened", [], actor)


def _employed(location: Location) -> QuerySet[Membership]:
    return Membership.objects.filter(location=location).exclude(status__in=sorted(employee.ENDED))


def _locked(location: Location) -> Location:
    found = Location.objects.select_related("organization").select_for_update(of=("self",), no_key=True)
    return found.get(pk=location.pk)


def _refuse_shutting_out(location: Location, effects: Closing, actor: Actor) -> None:
    losing = {one.pk for one in effects.losing}
    if actor.user is not None and actor.user.pk in losing:
        raise Refused(f"You work at {location.name} alone and would shut yourself out. Ask another admin.")
    granted = Grant.objects.filter(role=Grant.ADMIN, organization=location.organization_id, ended_at=None)
    admins = sign_in_access.live_users(User.objects.filter(pk__in=granted.values("user")))
    left = set(admins.values_list("pk", flat=True))
    if left and left <= losing:
        raise Refused(
            f"No admin of {location.organization.name} could sign in any more. Add another one first."
        )


def _record(location: Location, verb: str, changes: list[dict[str, object]], actor: Actor) -> None:
    audit.record(
        actor,
        location.organization,
        verb,
        ("location", location.pk),
        location_id=location.pk,
        changes=changes,
    )
