"""Writes to people: what each does and records, who may not, and the sentence that says why."""

from __future__ import annotations

import pytest

from schedulepop.accounts import access, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.invitations import LinkState
from schedulepop.accounts.models import AuditEntry, Invitation, User
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from tests import made
from tests.directory.house import House, entry

pytestmark = pytest.mark.django_db


# Extra duties and zones


def test_a_manager_adds_an_extra_duty(house: House) -> None:
    lpn = made.duty(house.grove, "LPN")
    actions.add_extra_duty(house.ines, lpn, actor=house.margo)
    row = house.ines.duties.get(duty=lpn)
    assert (row.by_manager, row.by_payroll) == (True, False)
    assert entry() == ("Margo Lindqvist", "web", "added_extra_duty", [("duty", None, "LPN")])
    with pytest.raises(Refused, match="Ines Calloway has the duty LPN already"):
        actions.add_extra_duty(house.ines, lpn, actor=house.margo)


def test_and_takes_it_away_again(house: House) -> None:
    wing = made.zone(house.grove, "West Wing")
    actions.add_extra_zone(house.ines, wing, actor=house.margo)
    actions.remove_extra_zone(house.ines, wing, actor=house.margo)
    assert [row.zone.name for row in house.ines.zones.all()] == ["Memory Care"]
    last = AuditEntry.objects.latest("pk")
    assert (last.verb, last.changes) == (
        "removed_extra_zone",
        [{"field": "zone", "old": "West Wing", "new": None}],
    )


def test_the_primary_duty_cannot_be_removed(house: House) -> None:
    sentence = (
        "RN is the primary duty of Ines Calloway at Maple Grove and cannot be removed. "
        "It comes from payroll: change it there."
    )
    with pytest.raises(Refused) as refused:
        actions.remove_extra_duty(house.ines, house.rn, actor=house.henry)
    assert str(refused.value) == sentence
    with pytest.raises(Refused) as refused:
        actions.edit_membership(house.ines, {"duty": None}, actor=house.henry)
    assert str(refused.value) == sentence
    omar = made.person(house.grove, "Omar Diallo", duty=house.rn).memberships.get()
    with pytest.raises(Refused, match="Make another duty the primary one first"):
        actions.remove_extra_duty(omar, house.rn, actor=house.margo)
    assert not AuditEntry.objects.exists()


def test_payrolls_further_job_is_kept_by_a_manager_and_let_go(house: House) -> None:
    cna = made.duty(house.grove, "CNA")
    row = house.ines.duties.create(location=house.grove, duty=cna, by_payroll=True)
    with pytest.raises(Refused, match="CNA comes from payroll, so it can only be taken away there"):
        actions.remove_extra_duty(house.ines, cna, actor=house.margo)
    actions.add_extra_duty(house.ines, cna, actor=house.margo)
    row.refresh_from_db()
    assert row.by_manager
    actions.remove_extra_duty(house.ines, cna, actor=house.margo)
    row.refresh_from_db()
    assert (row.by_manager, row.by_payroll) == (False, True)


def test_a_duty_of_another_location_is_none_of_theirs(house: House) -> None:
    with pytest.raises(Refused, match="LPN is not a duty of Maple Grove"):
        actions.add_extra_duty(house.ines, made.duty(house.hollow, "LPN"), actor=house.henry)
    with pytest.raises(Refused, match="does not have the zone West Wing"):
        actions.remove_extra_zone(house.ines, made.zone(house.grove, "West Wing"), actor=house.henry)


# Edits


def test_a_manager_edits_what_payroll_will_overwrite_and_is_told(house: House) -> None:
    lpn = made.duty(house.grove, "LPN")
    edited = actions.edit_membership(
        house.ines, {"duty": lpn, "notes": "Keys at desk"}, actor=house.margo, now=made.NOON
    )
    assert (edited.changed, edited.overwritten) == (("duty", "notes"), ("duty",))
    house.ines.refresh_from_db()
    assert house.ines.primary_duty == lpn
    assert [row.duty for row in house.ines.duties.all()] == [lpn]  # payroll's old one made room
    assert (house.ines.changed_at, house.ines.changed_what) == (made.NOON, "Primary duty by Margo Lindqvist")
    assert entry() == (
        "Margo Lindqvist",
        "web",
        "edited",
        [("duty", "RN", "LPN"), ("notes", "", "Keys at desk")],
    )


def test_an_edit_that_changes_nothing_leaves_no_trace(house: House) -> None:
    assert actions.edit_membership(house.ines, {"duty": house.rn}, actor=house.margo).changed == ()
    assert actions.edit_user(house.ines.user, {"first_name": " Ines "}, actor=house.margo).changed == ()
    assert not AuditEntry.objects.exists()


def test_statuses_and_dates_are_for_admins(house: House) -> None:
    with pytest.raises(NotAllowed, match="Only an admin of Maple Health or Client Success"):
        actions.edit_membership(house.ines, {"status": "terminated"}, actor=house.margo)
    actions.edit_membership(house.ines, {"status": "terminated"}, actor=house.henry)
    assert not access.may_sign_in(house.ines.user)
    assert entry() == ("Henry Okafor", "web", "edited", [("status", "active", "terminated")])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "on vacation"}, "“on vacation” is not an employment status."),
        ({"cms_code": "41"}, "CMS labor codes are 1 to 40."),
        ({"hire_date": "11/17/2026"}, "is not a date. Write it like 2026-11-17."),
        ({"location": 3}, "location of a membership cannot be edited."),
        ({"duty": "RN"}, "Choose a duty of Maple Grove."),
    ],
)
def test_values_that_cannot_be_kept(house: House, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        actions.edit_membership(house.ines, changes, actor=house.henry)


def test_a_new_email_revokes_the_open_link_and_a_new_one_goes_there(house: House) -> None:
    user = house.ines.user
    Message.objects.create(
        organization=house.org, user=user, kind="welcome", generation=1, state=Message.State.ACCEPTED
    )
    token = invitations.create(user, Invitation.SET_UP, made.NOON, address=user.email)
    edited = actions.edit_user(user, {"email": "Ines@Maple.Example"}, actor=house.margo, now=made.NOON)
    assert edited.overwritten == ("email",)
    assert invitations.look(token, made.NOON)[0] is LinkState.REVOKED
    assert Message.objects.filter(user=user, state=Message.State.QUEUED).get().generation == 2
    changes = [("email", "ines@example.com", "Ines@maple.example")]
    assert entry() == ("Margo Lindqvist", "web", "edited", changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "ines at home"}, "“ines at home” is not an email address."),
        ({"phone": "12"}, "“12” is not a complete phone number."),
        ({"last_name": "  "}, "The last name is missing."),
        ({"username": "boss"}, "username of a user cannot be edited."),
    ],
)
def test_nonsense_about_a_person(house: House, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        actions.edit_user(house.ines.user, changes, actor=house.margo)
    assert User.objects.get(pk=house.ines.user_id).email == "ines@example.com"


def test_the_address_of_somebody_with_more_rights_is_not_a_managers_to_change(house: House) -> None:
    """A set-up or reset link would go there: a way into the account."""
    margo = Membership.objects.get(user=house.margo.user).user
    made.membership(margo, house.hollow)
    with pytest.raises(NotAllowed, match="Margo Lindqvist manages another location too"):
        actions.edit_user(margo, {"email": "mine@example.com"}, actor=house.bruno)


# Who may not


def test_a_manager_of_another_location_may_nothing(house: House) -> None:
    lpn, wing = made.duty(house.grove, "LPN"), made.zone(house.grove, "West Wing")
    margo = Membership.objects.get(user=house.margo.user)
    writes = [
        lambda by: actions.add_extra_duty(house.ines, lpn, actor=by),
        lambda by: actions.add_extra_zone(house.ines, wing, actor=by),
        lambda by: actions.remove_extra_duty(house.ines, house.rn, actor=by),
        lambda by: actions.edit_membership(house.ines, {"notes": "x"}, actor=by),
        lambda by: actions.edit_user(house.ines.user, {"first_name": "Eve"}, actor=by),
        lambda by: actions.block_access(house.ines, "Why not", actor=by),
        lambda by: actions.unblock_access(house.ines, actor=by),
        lambda by: actions.add_membership(house.ines.user, house.hollow, actor=by),
        lambda by: actions.set_role(house.ines, "manager", actor=by),
        lambda by: actions.let_see_pay(margo, True, actor=by),
        lambda by: actions.print_sheet(house.ines.user, actor=by),
        lambda by: actions.end_sessions(house.ines.user, actor=by),
        lambda by: actions.grant(house.ines.user, "admin", house.org, actor=by),
    ]
    outsiders = [
        house.bruno,
        Actor.of(house.ines.user),
        Actor.of(made.admin(made.organization("Cedar Care"))),
    ]
    for write in writes:
        for outsider in outsiders:
            if outsider.user == house.ines.user and write is writes[-2]:
                continue  # everybody may sign themselves out
            with pytest.raises(NotAllowed, match="Only "):
                write(outsider)
    assert not AuditEntry.objects.exists()
