"""Who may do what: roles, grants, sessions, blocks, links. More about blocking is among the tests of accounts."""

from __future__ import annotations

import pytest

from schedulepop.accounts import access, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.invitations import LinkState
from schedulepop.accounts.models import AuditEntry, Grant, Invitation, User
from schedulepop.directory import actions
from schedulepop.directory.actions import officers
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from tests import made
from tests.directory.house import House, entry

pytestmark = pytest.mark.django_db


def test_a_block_and_its_end_are_recorded(house: House) -> None:
    actions.block_access(house.ines, " Dismissed  at noon ", actor=house.margo, now=made.NOON)
    assert entry() == (
        "Margo Lindqvist",
        "web",
        "blocked_access",
        [("access_blocked", None, "Dismissed at noon")],
    )
    house.ines.refresh_from_db()
    assert house.ines.access_blocked_by == "Margo Lindqvist"
    assert (house.ines.access_blocked_at, house.ines.changed_at) == (made.NOON, made.NOON)
    actions.unblock_access(house.ines, actor=house.dana)
    last = AuditEntry.objects.latest("pk")
    assert (last.by, last.door, last.verb) == ("Dana Whitfield", "api", "unblocked_access")
    assert last.changes == [{"field": "access_blocked", "old": "Dismissed at noon", "new": None}]


@pytest.mark.parametrize("rise", ["manager", "pay", "admin", "manager elsewhere"])
def test_a_sheet_does_not_outlive_the_rights_it_was_made_for(house: House, rise: str) -> None:
    """Whoever printed it for a nurse could set up the account of an admin with it."""
    if rise == "pay":
        actions.set_role(house.ines, "manager", actor=house.henry)
    link = actions.print_sheet(house.ines.user, actor=house.dana).link
    match rise:
        case "manager":
            actions.set_role(house.ines, "manager", actor=house.henry)
        case "pay":
            actions.let_see_pay(house.ines, True, actor=house.henry)
        case "admin":
            actions.grant(house.ines.user, Grant.ADMIN, house.ines.organization, actor=house.henry)
        case _:
            other = made.location(house.ines.organization, "Elm Court", "EC")
            actions.add_membership(house.ines.user, other, actor=house.henry, role="manager")
    assert invitations.look(link.split("/")[-2], made.NOON)[0] is LinkState.REVOKED


def test_a_mailed_link_does(house: House) -> None:
    mailed = invitations.create(house.ines.user, Invitation.SET_UP, made.NOON, address="ines@example.com")
    actions.grant(house.ines.user, Grant.ADMIN, house.ines.organization, actor=house.henry)
    assert invitations.look(mailed, made.NOON)[0] is LinkState.OPEN


def test_a_role_is_set_by_admins_and_pay_goes_with_it(house: House) -> None:
    margo = Membership.objects.get(user=house.margo.user)
    with pytest.raises(NotAllowed, match="Only an admin of Maple Health can do this"):
        actions.let_see_pay(margo, True, actor=house.dana)
    with pytest.raises(Refused, match="Ines Calloway is not a manager of Maple Grove"):
        actions.let_see_pay(house.ines, True, actor=house.henry)
    actions.let_see_pay(margo, True, actor=house.henry)
    assert entry()[2:] == ("let_see_pay", [("may_see_pay", False, True)])
    actions.set_role(margo, "staff", actor=house.dana)
    last = AuditEntry.objects.latest("pk")
    assert (last.by, last.door, last.verb, last.user) == (
        "Dana Whitfield",
        "api",
        "set_role",
        house.margo.user,
    )
    assert [(item["field"], item["old"], item["new"]) for item in last.changes] == [
        ("role", "manager", "staff"),
        ("may_see_pay", True, False),
    ]
    with pytest.raises(Refused, match="“owner” is not a role of a location"):
        actions.set_role(margo, "owner", actor=house.henry)


def test_admins_make_admins_and_the_operator_client_success(house: House) -> None:
    given = actions.grant(house.ines.user, "admin", house.org, actor=house.henry)
    assert entry() == ("Henry Okafor", "web", "granted", [("admin", None, "Maple Health")])
    assert actions.grant(house.ines.user, "admin", house.org, actor=house.henry) == given
    assert AuditEntry.objects.count() == 1
    with pytest.raises(NotAllowed, match="Only an admin"):
        actions.grant(house.ines.user, "admin", house.org, actor=house.dana)
    with pytest.raises(NotAllowed, match="Only a Client Success lead"):
        actions.grant(house.ines.user, "client_success", house.org, actor=house.henry)
    with pytest.raises(Refused, match="is not vendor staff"):
        actions.grant(house.ines.user, "client_success", house.org, actor=Actor.operator("root"))
    cedar = made.organization("Cedar Care")
    with pytest.raises(Refused, match="does not belong to Cedar Care"):
        actions.grant(house.ines.user, "admin", cedar, actor=Actor.operator("root"))
    actions.end_grant(given, actor=house.henry)
    assert not Actor.of(house.ines.user).is_admin(house.org)


def test_nobody_takes_their_own_rights_away(house: House) -> None:
    assert house.henry.user is not None
    with pytest.raises(Refused, match="ask another admin"):
        actions.end_grant(house.henry.user.grants.get(), actor=house.henry)


def test_everybody_signs_themselves_out_everywhere(house: House) -> None:
    actions.end_sessions(house.ines.user, actor=Actor.of(house.ines.user), now=made.NOON)
    house.ines.user.refresh_from_db()
    assert house.ines.user.must_end_sessions_before == made.NOON
    assert entry() == ("Ines Calloway", "web", "ended_sessions", [])


def test_a_sheet_ends_older_links(house: House) -> None:
    old = invitations.create(house.ines.user, Invitation.SET_UP, made.NOON)
    link = actions.print_sheet(house.ines.user, actor=house.margo, now=made.NOON).link
    assert invitations.look(old, made.NOON)[0] is LinkState.REVOKED
    assert invitations.look(link.rstrip("/").rpartition("/")[2], made.NOON)[0] is LinkState.OPEN
    assert entry() == ("Margo Lindqvist", "web", "printed_sheet", [])
    house.ines.user.set_password(made.PASSWORD)
    house.ines.user.save()
    with pytest.raises(Refused, match=r"set the account up already\. An admin can print"):
        actions.print_sheet(house.ines.user, actor=house.margo)


def test_a_lost_welcome_is_sent_again(house: House) -> None:
    outbox.queue_welcome(house.ines.user)
    message = Message.objects.get()
    actions.send_again(message, actor=house.margo)
    assert entry() == ("Margo Lindqvist", "web", "sent_again", [("message", "queued", "queued")])
    assert Message.objects.latest("pk").generation == 2
    with pytest.raises(NotAllowed, match="Only a manager of a location of Ines Calloway"):
        actions.send_again(message, actor=house.bruno)
    for _ in range(outbox.AGAIN_LIMIT - 2):
        actions.send_again(message, actor=house.margo)
    with pytest.raises(Refused, match="Try again tomorrow, or hand over a printed code"):
        actions.send_again(message, actor=house.margo)


def test_nothing_is_sent_to_who_cannot_use_it(house: House) -> None:
    outbox.queue_welcome(house.ines.user)
    message = Message.objects.select_related("user").get()
    message.user.set_password(made.PASSWORD)
    with pytest.raises(Refused, match="has set the account up already"):
        actions.send_again(message, actor=house.margo)
    message.user.email = ""
    with pytest.raises(Refused, match=r"no email address\. Hand over a printed sheet"):
        actions.send_again(message, actor=house.margo)
    Membership.objects.filter(pk=house.ines.pk).update(status="quit")
    with pytest.raises(Refused, match="may not sign in, so no link is sent"):
        actions.send_again(message, actor=house.margo)
    with pytest.raises(Refused, match="may not sign in, so there is no sheet"):
        actions.print_sheet(house.ines.user, actor=house.margo)


def test_a_second_admin_by_the_first(house: House) -> None:
    vera = officers.add_granted(
        house.org,
        NewPerson("Vera", "Stone", "vera@example.com", role=Grant.ADMIN),
        works_for=house.org,
        actor=house.henry,
    )
    assert vera.username == "vera.stone"
    assert not vera.has_usable_password()
    assert access.may_sign_in(vera)
    assert Actor.of(vera).is_admin(house.org)
    said = AuditEntry.objects.order_by("pk").values_list("by", "verb", "user", "changes")
    assert list(said) == [
        ("Henry Okafor", "added", vera.pk, [{"field": "role", "old": None, "new": "admin"}]),
        ("Henry Okafor", "granted", vera.pk, [{"field": "admin", "old": None, "new": "Maple Health"}]),
    ]


def test_client_success_is_added_by_the_operator_and_both_trails_tell(house: House) -> None:
    vendor = made.client_success(house.org, "Another One").organization
    person = {"first_name": "Rui", "last_name": "Costa", "email": "rui@schedulepop.example"}
    rui = officers.add_granted(
        vendor,
        NewPerson(**person, role=Grant.CLIENT_SUCCESS),
        works_for=house.org,
        actor=Actor.operator("root"),
    )
    assert Actor.of(rui).is_client_success(house.org)
    trails = AuditEntry.objects.filter(user=rui).values_list("organization", "by", "door", "verb")
    assert set(trails) == {
        (vendor.pk, "cli:root", "cli", "added"),
        (house.org.pk, "cli:root", "cli", "granted"),
    }


def test_whom_grant_refuses_is_not_added(house: House) -> None:
    """A customer's admin must not make vendor staff, nor admins of others."""
    vendor = made.client_success(house.org, "Another One").organization
    cedar = made.organization("Cedar Care")
    person = {"first_name": "Eve", "last_name": "Intruder", "email": ""}
    for place, role, customer, actor, error in (
        (vendor, Grant.CLIENT_SUCCESS, house.org, house.henry, NotAllowed),
        (house.org, Grant.ADMIN, house.org, house.margo, NotAllowed),
        (house.org, Grant.ADMIN, house.org, house.dana, NotAllowed),
        (cedar, Grant.ADMIN, house.org, house.henry, Refused),
        (cedar, Grant.ADMIN, cedar, house.henry, NotAllowed),
        (house.org, Grant.CLIENT_SUCCESS, house.org, Actor.operator("root"), Refused),
        (house.org, "owner", house.org, Actor.operator("root"), Refused),
    ):
        with pytest.raises(error):
            officers.add_granted(place, NewPerson(**person, role=role), works_for=customer, actor=actor)
    assert not User.objects.filter(last_name="Intruder").exists()
    assert not AuditEntry.objects.exists()
