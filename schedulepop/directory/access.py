"""What somebody sees of the directory: a manager of location A gets nothing of location B, on every surface.

Every function gives a QuerySet to fetch from, so that fetching and authorizing are one call: what is not in it
does not exist for the asker (404).
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory.models import Location, Membership


def _managing(actor: Actor) -> QuerySet[Membership]:
    """The memberships that make this actor a manager now: over or blocked ones make nobody one."""
    return Membership.objects.filter(
        user=actor.user,
        role=Membership.MANAGER,
        status__in=sorted(employee.MAY_SIGN_IN),
        access_blocked_at=None,
    )


def managed_locations(actor: Actor, organization: Organization) -> QuerySet[Location]:
    """Those whose users this actor looks after: all for admin, Client Success and the operator."""
    locations = Location.objects.filter(organization=organization)
    if actor.runs_syncs(organization):
        return locations
    return locations.filter(pk__in=_managing(actor).values("location"))


def manages(actor: Actor, location: Location) -> bool:
    """Whether this actor looks after this location."""
    return managed_locations(actor, location.organization).filter(pk=location.pk).exists()


def memberships(actor: Actor, organization: Organization) -> QuerySet[Membership]:
    """Memberships this actor may read: those of the locations they look after, and their own."""
    rows = Membership.objects.filter(organization=organization)
    if actor.runs_syncs(organization):
        return rows
    managed = managed_locations(actor, organization).values("pk")
    return rows.filter(Q(location__in=managed) | Q(user=actor.user))


def users(actor: Actor, organization: Organization) -> QuerySet[User]:
    """People this actor may read: with a membership they may read, and themselves."""
    people = User.objects.filter(organization=organization)
    if actor.runs_syncs(organization):
        return people
    seen = memberships(actor, organization).filter(user=OuterRef("pk"))
    return people.filter(Exists(seen) | Q(pk=actor.user.pk if actor.user else None))


def sees_pay(actor: Actor, membership: Membership) -> bool:
    """Whether this actor may read this membership's pay: admins, and managers it was granted to."""
    if actor.is_admin(membership.organization):
        return True
    return _managing(actor).filter(location=membership.location_id, may_see_pay=True).exists()


def pay_locations(actor: Actor, organization: Organization) -> QuerySet[Location]:
    """The locations whose pay this actor may read: `sees_pay`, for a whole list."""
    locations = Location.objects.filter(organization=organization)
    if actor.is_admin(organization):
        return locations
    return locations.filter(pk__in=_managing(actor).filter(may_see_pay=True).values("location"))
