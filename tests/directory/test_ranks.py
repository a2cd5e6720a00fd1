"""Rights rank by what they show: every role against every role, for every deed that lets one in or shuts one out.

The table says who may; whatever is not in it is refused, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.utils import timezone

from schedulepop.accounts import second_factor
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Grant, Organization, SecondFactor, User
from schedulepop.directory import actions, ranks
from schedulepop.directory.errors import DirectoryError, NotAllowed, Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.sync.errors import SyncError
from schedulepop.sync.review.merge.merge import merge
from tests import made

pytestmark = pytest.mark.django_db


@dataclass
class Place:
    """Two of each role at Maple Grove: one acts, one is acted upon."""

    org: Organization
    grove: Location
    hollow: Location

    def of(self, role: str, name: str) -> User:
        more = {"email": f"{name.lower()}@example.com"}
        match role:
            case "staff":
                return made.person(self.grove, f"{name} Staff", **more)
            case "manager":
                return made.manager(self.grove, f"{name} Manager", **more)
            case "manager with pay":
                pay = {"may_see_pay": True}
                return made.manager(self.grove, f"{name} Pay", membership_more=pay, **more)
            case "manager of both":
                user = made.manager(self.grove, f"{name} Both", **more)
                made.membership(user, self.hollow, role=Membership.MANAGER)
                return user
            case "pay elsewhere":
                user = made.manager(self.grove, f"{name} Elsewhere", **more)
                made.membership(user, self.hollow, role=Membership.MANAGER, may_see_pay=True)
                return user
            case "admin":
                user = made.person(self.grove, f"{name} Admin", **more)
                Grant.objects.create(user=user, role=Grant.ADMIN, organization=self.org)
                return user
            case "client success":
                return made.client_success(self.org, f"{name} Vendor", **more)
        raise ValueError(role)


@pytest.fixture
def place() -> Place:
    org = made.organization()
    return Place(org, made.location(org, "Maple Grove"), made.location(org, "Birch Hollow"))


ROLES = (
    "staff",
    "manager",
    "manager with pay",
    "manager of both",
    "pay elsewhere",
    "admin",
    "client success",
)
OF_ONE_LOCATION = {"staff", "manager"}
WITHOUT_PAY = OF_ONE_LOCATION | {"manager of both"}
RANK: dict[str, set[str]] = {
    "staff": set(),
    "manager": OF_ONE_LOCATION,
    "manager with pay": OF_ONE_LOCATION | {"manager with pay"},
    "manager of both": WITHOUT_PAY,
    "pay elsewhere": WITHOUT_PAY | {"pay elsewhere"},
    "admin": set(ROLES) - {"client success"},
    "client success": WITHOUT_PAY,
}
"""Into whose account each role may let somebody (or change what lets in)."""
BLOCKS = RANK | {
    "manager": WITHOUT_PAY | {"pay elsewhere"},
    "manager with pay": WITHOUT_PAY | {"pay elsewhere", "manager with pay"},
    "manager of both": WITHOUT_PAY | {"pay elsewhere"},
    "client success": WITHOUT_PAY | {"pay elsewhere"},
}
"""A block ends one membership: what the person may see at another location stays and does not count."""


def only(rank: dict[str, set[str]], *roles: str) -> dict[str, set[str]]:
    """The same for these roles; the others may not do it at all."""
    return {role: may if role in roles else set() for role, may in rank.items()}


def edit_email(actor: Actor, user: User) -> None:
    actions.edit_user(user, {"email": "mine@example.com"}, actor=actor)


def print_sheet(actor: Actor, user: User) -> None:
    actions.print_sheet(user, actor=actor)


def print_new_password(actor: Actor, user: User) -> None:
    user.set_password(made.PASSWORD)
    user.save()
    actions.print_sheet(user, actor=actor)


def at_grove(user: User) -> Membership:
    membership = user.memberships.filter(location__name="Maple Grove").first()
    if membership is None:
        raise NotAllowed("Nobody here.")
    return membership


def block(actor: Actor, user: User) -> None:
    actions.block_access(at_grove(user), "A badge was lost", actor=actor)


def unblock(actor: Actor, user: User) -> None:
    membership = at_grove(user)
    membership.access_blocked_at = timezone.now()
    membership.save()
    actions.unblock_access(membership, actor=actor)


def end_by_hand(actor: Actor, user: User) -> None:
    actions.edit_membership(at_grove(user), {"status": "terminated"}, actor=actor)


def end_sessions(actor: Actor, user: User) -> None:
    actions.end_sessions(user, actor=actor)


def reset_second_factor(actor: Actor, user: User) -> None:
    SecondFactor.objects.create(user=user, secret="sealed")
    actions.reset_second_factor(user, actor=actor)


def take_over_by_merging(actor: Actor, user: User) -> None:
    friend = made.person(made.location(user.organization, "Third"), "Some Friend")
    merge(friend, user, reason="The same person", actor=actor)


DEEDS: dict[Callable[[Actor, User], None], dict[str, set[str]]] = {
    edit_email: RANK,
    print_sheet: RANK,
    print_new_password: only(RANK, "admin", "client success"),
    block: BLOCKS,
    unblock: BLOCKS,
    end_by_hand: only(BLOCKS, "admin", "client success"),
    end_sessions: only(RANK, "admin", "client success"),
    reset_second_factor: only(RANK, "admin", "client success")
    | {"client success": WITHOUT_PAY | {"client success"}},
    take_over_by_merging: only(RANK, "admin", "client success"),
}


@pytest.mark.parametrize("deed", DEEDS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("role", ROLES)
def test_nobody_reaches_above_themselves(
    place: Place, role: str, deed: Callable[[Actor, User], None]
) -> None:
    ada = place.of(role, "Ada")
    place.of("admin", "Cleo")  # nobody here is the last one
    before = AuditEntry.objects.count()
    for theirs in ROLES:
        target = place.of(theirs, "Ben")
        point = transaction.savepoint()
        try:
            deed(Actor.of(ada), target)
        except (DirectoryError, SyncError):
            done = False
            target.refresh_from_db()
            assert target.email == "ben@example.com", theirs
        else:
            done = True
        assert done == (AuditEntry.objects.count() > before) == (theirs in DEEDS[deed][role]), theirs
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("role", ROLES)
def test_the_table_is_what_the_one_function_says(place: Place, role: str) -> None:
    """Apart from who may do the deed at all: staff reset nobody, though they see nothing less than other staff."""
    actor = Actor.of(place.of(role, "Ada"))
    may = RANK[role] | ({"staff"} if role in ("staff", "client success") else set())
    may |= {"client success"} if role == "client success" else set()
    assert {one for one in ROLES if ranks.may_change_account(actor, place.of(one, "Ben"))} == may


def test_roles_count_while_somebody_is_away(place: Place) -> None:
    """A link made during a leave or a block would outlive it."""
    margo, paid = Actor.of(place.of("manager", "Margo")), place.of("manager with pay", "Paul")
    for away in ({"status": "suspended"}, {"access_blocked_at": timezone.now()}, {"status": "terminated"}):
        paid.memberships.update(**away)
        assert not ranks.may_change_account(margo, paid)


def test_the_operator_is_above_all_and_nobody_is_beyond_themselves(place: Place) -> None:
    for role in ROLES:
        user = place.of(role, role.title().replace(" ", ""))
        assert ranks.may_change_account(Actor.operator("root"), user)
        assert ranks.may_change_account(Actor.of(user), user)


def test_the_reason_names_who_can(place: Place) -> None:
    margo = Actor.of(place.of("manager", "Margo"))
    for role, reason in (
        ("manager with pay", "may see pay, and you may not, so only an admin"),
        ("manager of both", "manages another location too, so only an admin"),
        ("admin", "is an admin, so only another admin"),
    ):
        with pytest.raises(NotAllowed, match=reason):
            edit_email(margo, place.of(role, role.title().replace(" ", "")))


def test_client_success_invites_the_first_admin_and_no_later_one(place: Place) -> None:
    dana, ines, omar = (
        Actor.of(place.of("client success", "Dana")),
        place.of("staff", "Ines"),
        place.of("staff", "Omar"),
    )
    first = actions.grant(ines, Grant.ADMIN, place.org, actor=dana)
    for _ in range(2):
        with pytest.raises(NotAllowed, match="Only an admin"):
            actions.grant(omar, Grant.ADMIN, place.org, actor=dana)
        Grant.objects.filter(pk=first.pk).update(ended_at=timezone.now())  # nor when the first one left


def test_the_last_admin_gets_a_link_by_two_client_success_people(place: Place) -> None:
    hr = place.of("admin", "Henry")
    dana, eli = Actor.of(place.of("client success", "Dana")), Actor.of(place.of("client success", "Eli"))
    for _ in range(2):  # one person twice is one person
        with pytest.raises(Refused, match="a second Client Success person"):
            actions.print_sheet(hr, actor=dana)
    assert actions.print_sheet(hr, actor=eli).link.startswith("http")
    said = AuditEntry.objects.order_by("pk").values_list("by", "verb")
    assert [*said][-2:] == [("Dana Vendor", "vouched_for"), ("Eli Vendor", "printed_sheet")]
    with pytest.raises(Refused, match="takes two people"):  # a word counts once
        actions.print_sheet(hr, actor=eli)


def test_a_word_for_one_deed_or_of_yesterday_or_of_somebody_who_left_is_none(place: Place) -> None:
    hr = place.of("admin", "Henry")
    dana, eli = Actor.of(place.of("client success", "Dana")), Actor.of(place.of("client success", "Eli"))
    now = timezone.now()
    with pytest.raises(Refused):
        actions.print_sheet(hr, actor=dana, now=now)
    SecondFactor.objects.create(user=hr, secret="sealed")
    with pytest.raises(Refused, match="takes two people"):
        actions.reset_second_factor(hr, actor=eli, now=now)
    with pytest.raises(Refused, match="takes two people"):
        actions.print_sheet(hr, actor=eli, now=now + timezone.timedelta(hours=25))
    assert dana.user is not None
    dana.user.grants.update(ended_at=now)
    assert second_factor.is_on(hr)


def test_with_another_admin_there_client_success_opens_no_admins_account(place: Place) -> None:
    hr = place.of("admin", "Henry")
    place.of("admin", "Helen")
    for name in ("Dana", "Eli"):
        with pytest.raises(NotAllowed, match="only another admin"):
            actions.print_sheet(hr, actor=Actor.of(place.of("client success", name)))
