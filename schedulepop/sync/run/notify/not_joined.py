"""Who was invited three days ago and has not set up the account: told once, with the morning's digest, to whoever looks
after their location. Home shows them until they join or are invited again (`directory.set_up`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from schedulepop.accounts.models import Invitation, User
from schedulepop.directory import account_state
from schedulepop.directory.models import Location, Membership
from schedulepop.wording.lists import listing
from schedulepop.wording.translation import ngettext

NAMED = 8
PATH = f"/users/invite/?set_up={account_state.LATE}"


def due(organizations: Collection[int], at: datetime) -> dict[int, list[Membership]]:
    """Organization → the memberships of those whom nobody was told about yet."""
    told = Invitation.objects.filter(user=OuterRef("user")).exclude(reported_at=None)
    rows = Membership.objects.filter(~Exists(told), organization__in=organizations)
    late = account_state.narrowed(rows, account_state.LATE, at).select_related("user", "location")
    found: dict[int, list[Membership]] = {}
    for one in late.order_by("location__name", "user__sort_name"):
        found.setdefault(one.organization_id, []).append(one)
    return found


def by_reader(
    found: list[Membership], readers_of: Callable[[int], list[User]]
) -> dict[User, dict[Location, list[User]]]:
    """Reader → location → who has not joined there. `readers_of`: a location's id → who looks after it."""
    told: dict[User, dict[Location, list[User]]] = {}
    for one in found:
        for reader in readers_of(one.location_id):
            told.setdefault(reader, {}).setdefault(one.location, []).append(one.user)
    return told


def note(found: list[Membership], at: datetime) -> None:
    """They were told about, and are not again."""
    users = {one.user_id for one in found}
    if not users:
        return
    Invitation.objects.filter(user__in=users, purpose=Invitation.SET_UP).update(reported_at=at)


def count(places: dict[Location, list[User]]) -> int:
    """How many people, each once."""
    return len({user.pk for people in places.values() for user in people})


def says(people: int) -> str:
    """How many have not joined, as the end of a subject."""
    return ngettext(
        "one person has not set up their account", "{count:,} people have not set up their accounts", people
    ).format(count=people)


def items(places: dict[Location, list[User]]) -> list[dict[str, Any]]:
    """A line of the letter per location: how many, who, and the one step."""
    return [_item(place, people) for place, people in places.items()]


def _item(place: Location, people: list[User]) -> dict[str, Any]:
    names = [one.full_name for one in people[:NAMED]]
    more = len(people) - len(names)
    named = listing([*names, f"{more} more"] if more else names)
    return {
        "title": f"Not set up, three days after the invitation: {len(people):,} ({place.name})",
        "detail": f"{named}. Send the letter again, or print a sheet and hand it over.",
    }
