"""The emergency switch: who may use it, whom it shuts out, and what it takes with it."""

from __future__ import annotations

import pytest

from schedulepop.accounts import access, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.invitations import LinkState
from schedulepop.accounts.models import Grant, Invitation, Organization, User
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Location, Membership
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def org() -> Organization:
    return made.organization()


@pytest.fixture
def grove(org: Organization) -> Location:
    return made.location(org, "Maple Grove")


@pytest.fixture
def hollow(org: Organization) -> Location:
    return made.location(org, "Birch Hollow")


@pytest.fixture
def margo(grove: Location) -> Actor:
    return Actor.of(made.manager(grove))


def at(person: User, place: Location) -> Membership:
    return Membership.objects.get(user=person, location=place)


def test_a_block_ends_sign_in_sessions_and_links(grove: Location, margo: Actor) -> None:
    ines = made.person(grove, password=made.PASSWORD)
    session = ines.get_session_auth_hash()
    token = invitations.create(ines, Invitation.RESET, made.NOON)
    actions.block_access(at(ines, grove), "Dismissed at noon", actor=margo, now=made.NOON)
    ines.refresh_from_db()
    assert not access.may_sign_in(ines)
    assert ines.get_session_auth_hash() != session
    assert invitations.look(token, made.NOON)[0] is LinkState.REVOKED


def test_unblocked_they_sign_in_again_but_old_sessions_stay_ended(grove: Location, margo: Actor) -> None:
    ines = made.person(grove)
    actions.block_access(at(ines, grove), "Lost badge", actor=margo, now=made.NOON)
    actions.unblock_access(at(ines, grove), actor=margo)
    ines.refresh_from_db()
    assert access.may_sign_in(ines)
    assert ines.must_end_sessions_before == made.NOON


def test_a_manager_blocks_at_their_own_location_whatever_else_the_person_is(
    grove: Location, hollow: Location, margo: Actor
) -> None:
    """SPEC: their locations' users. What the person may do elsewhere is not touched."""
    omar = made.manager(hollow, "Omar Haddad")
    made.membership(omar, grove)
    actions.block_access(at(omar, grove), "Not here any more", actor=margo)
    assert at(omar, grove).access_blocked_at is not None
    assert at(omar, hollow).access_blocked_at is None
    assert access.may_sign_in(omar)
    with pytest.raises(NotAllowed, match="Only a manager of Birch Hollow"):
        actions.block_access(at(omar, hollow), "Nor there", actor=margo)


def test_a_manager_blocks_a_fellow_manager(grove: Location, margo: Actor) -> None:
    omar = made.manager(grove, "Omar Haddad")
    actions.block_access(at(omar, grove), "Dismissed", actor=margo)
    assert not access.may_sign_in(omar)


def test_admins_are_blocked_and_unblocked_by_admins_alone(
    org: Organization, grove: Location, margo: Actor
) -> None:
    chief = made.manager(grove, "Vera Chief")
    Grant.objects.create(user=chief, role=Grant.ADMIN, organization=org)
    for actor in (margo, Actor.of(made.client_success(org))):
        with pytest.raises(NotAllowed, match="Vera Chief is an admin, so only another admin"):
            actions.block_access(at(chief, grove), "Coup", actor=actor)
    henry = Actor.of(made.admin(org))
    actions.block_access(at(chief, grove), "Under investigation", actor=henry)
    assert not Actor.of(chief).is_admin(org)
    with pytest.raises(NotAllowed, match="Vera Chief is an admin"):
        actions.unblock_access(at(chief, grove), actor=margo)
    actions.unblock_access(at(chief, grove), actor=henry)
    assert Actor.of(chief).is_admin(org)


def test_nobody_blocks_or_unblocks_themselves(grove: Location, margo: Actor) -> None:
    assert margo.user is not None
    with pytest.raises(Refused, match="your own access"):
        actions.block_access(at(margo.user, grove), "Oops", actor=margo)


def test_a_blocked_manager_blocks_nobody(grove: Location, margo: Actor) -> None:
    assert margo.user is not None
    ines = made.person(grove)
    actions.block_access(at(margo.user, grove), "Dismissed", actor=Actor.operator("root"))
    with pytest.raises(NotAllowed):
        actions.block_access(at(ines, grove), "Revenge", actor=margo)
    with pytest.raises(NotAllowed):
        actions.unblock_access(at(margo.user, grove), actor=margo)


def test_a_block_needs_a_reason_and_happens_once(grove: Location, margo: Actor) -> None:
    ines = made.person(grove)
    with pytest.raises(Refused, match="The reason is missing"):
        actions.block_access(at(ines, grove), "  ", actor=margo)
    with pytest.raises(Refused, match="is not blocked"):
        actions.unblock_access(at(ines, grove), actor=margo)
    actions.block_access(at(ines, grove), "Dismissed", actor=margo)
    with pytest.raises(Refused, match="is blocked already"):
        actions.block_access(at(ines, grove), "Dismissed", actor=margo)
