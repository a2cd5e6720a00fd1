"""Rights rank by what they show (SPEC §3): nobody resets, edits the sign-in address of, prints a link for, or blocks
somebody who may see more than they may, pay included.

`may_change_account` is the one answer, for every door. A person's sights follow from the roles they hold, also while
they are blocked or away: the roles come back, and so would a link that was made meanwhile. An actor's follow from what
they may see now (`access`).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import access
from schedulepop.directory.models import Location, Membership


class Sight(NamedTuple):
    """One thing a role shows."""

    what: Literal["people", "pay", "set_up"]  # set_up: what Client Success alone may do and see
    organization: Organization
    location: Location | None  # None: the whole organization


def sights(user: User, location: Location | None = None) -> frozenset[Sight]:
    """What this user's roles show; with a location, what those show that end with the membership there."""
    shown: set[Sight] = set()
    for grant in user.grants.filter(ended_at=None).select_related("organization"):
        shown.add(Sight("people", grant.organization, None))
        shown.add(Sight("pay" if grant.role == Grant.ADMIN else "set_up", grant.organization, None))
    managing = user.memberships.filter(role=Membership.MANAGER).select_related("location", "organization")
    for membership in managing.filter(location=location) if location else managing:
        shown.add(Sight("people", membership.organization, membership.location))
        if membership.may_see_pay:
            shown.add(Sight("pay", membership.organization, membership.location))
    return frozenset(shown)


def beyond(actor: Actor, *users: User, location: Location | None = None) -> frozenset[Sight]:
    """What any of these users may see and the actor may not; nobody is beyond themselves."""
    others = (user for user in users if actor.user is None or user.pk != actor.user.pk)
    return frozenset(sight for user in others for sight in sights(user, location) if not _sees(actor, sight))


def may_change_account(actor: Actor, *users: User, location: Location | None = None) -> bool:
    """Whether the actor may do what lets one into these accounts or shuts one out: they show nothing more.

    `location`: what is changed ends there (a block of that membership), so only roles that end with it count.
    """
    return not beyond(actor, *users, location=location)


def _sees(actor: Actor, sight: Sight) -> bool:
    if sight.what == "set_up":
        return actor.is_client_success(sight.organization)
    seen = access.pay_locations if sight.what == "pay" else access.managed_locations
    if sight.location is None:
        by_role = actor.is_admin if sight.what == "pay" else actor.runs_syncs
        return by_role(sight.organization)
    return seen(actor, sight.organization).filter(pk=sight.location.pk).exists()
