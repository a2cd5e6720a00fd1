"""People added by hand, and people at one more location: no second account of anybody."""

from __future__ import annotations

from typing import Any

import pytest

from schedulepop.accounts import access
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory import actions
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from tests import made
from tests.directory.house import House, entry

pytestmark = pytest.mark.django_db
LENA: dict[str, Any] = {"first_name": "Lena", "last_name": "Brandt"}


def test_a_person_by_hand(house: House) -> None:
    lena = actions.add_user(
        house.grove,
        NewPerson(**LENA, email="Lena@Example.COM", phone="(212) 555-0123", duty=house.rn),
        actor=house.dana,
    )
    user = lena.user
    assert (user.username, user.email, user.phone) == ("lena.brandt", "Lena@example.com", "+12125550123")
    assert (lena.primary_duty, lena.is_primary, lena.payroll_owned) == (house.rn, True, False)
    assert access.may_sign_in(user)
    assert not user.has_usable_password()
    assert Message.objects.get().kind == "welcome"
    assert entry() == (
        "Dana Whitfield",
        "api",
        "added_user",
        [
            ("name", None, "Lena Brandt"),
            ("email", None, "Lena@example.com"),
            ("phone", None, "+12125550123"),
            ("role", None, "staff"),
            ("status", None, "active"),
        ],
    )


def test_only_admins_and_client_success_add_people(house: House) -> None:
    with pytest.raises(NotAllowed, match="New people come from payroll by themselves"):
        actions.add_user(house.grove, NewPerson(**LENA), actor=house.margo)
    court = made.location(made.organization("Cedar Care"), "Cedar Court")
    with pytest.raises(NotAllowed):
        actions.add_user(court, NewPerson(**LENA), actor=house.henry)
    assert not User.objects.filter(last_name="Brandt").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"first_name": "INES", "last_name": "Calloway"},
        {**LENA, "email": "Ines@Example.com"},
        {**LENA, "email": "calloway.home@example.com"},  # the address she signs in with
        {**LENA, "employee_number": " 1001 "},
    ],
)
def test_a_likely_duplicate_is_named_instead_of_made(house: House, given: dict[str, Any]) -> None:
    User.objects.filter(pk=house.ines.user_id).update(confirmed_email="calloway.home@example.com")
    Membership.objects.filter(pk=house.ines.pk).update(employee_number="1001")
    with pytest.raises(Refused) as refused:
        actions.add_user(house.hollow, NewPerson(**given), actor=house.henry)
    assert str(refused.value) == (
        "Ines Calloway (ines.calloway) is here already, at Maple Grove. Add them to this location instead of "
        "making a second account; if this is somebody else, say so."
    )
    namesake = actions.add_user(house.hollow, NewPerson(**given), actor=house.henry, anyway=True)
    assert namesake.user.username in ("ines.calloway2", "lena.brandt")


def test_people_of_other_organizations_are_no_duplicates(house: House) -> None:
    made.person(made.location(made.organization("Cedar Care"), "Cedar Court"), "Lena Brandt")
    assert actions.add_user(house.grove, NewPerson(**LENA), actor=house.henry).pk


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({**LENA, "role": "admin"}, "A new person is staff or manager"),
        ({**LENA, "status": "terminated"}, "active, upcoming or on leave"),
        ({**LENA, "last_name": " "}, "The last name is missing"),
        ({**LENA, "email": "lena@"}, "is not an email address"),
    ],
)
def test_nonsense_makes_nobody(house: House, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        actions.add_user(house.grove, NewPerson(**given), actor=house.henry)
    assert not AuditEntry.objects.exists()


def test_a_duty_of_another_location_makes_nobody(house: House) -> None:
    with pytest.raises(Refused, match="LPN is not a duty of Maple Grove"):
        actions.add_user(
            house.grove, NewPerson(**LENA, duty=made.duty(house.hollow, "LPN")), actor=house.henry
        )
    assert not User.objects.filter(last_name="Brandt").exists()


def test_a_manager_of_both_adds_somebody_to_the_other(house: House) -> None:
    margo = Membership.objects.get(user=house.margo.user).user
    made.membership(margo, house.hollow, role=Membership.MANAGER)
    lpn = made.duty(house.hollow, "LPN")
    second = actions.add_membership(house.ines.user, house.hollow, duty=lpn, actor=house.margo)
    assert (second.primary_duty, second.role, second.is_primary) == (lpn, "staff", False)
    assert entry() == (
        "Margo Lindqvist",
        "web",
        "added_membership",
        [("location", None, "Birch Hollow")],
    )
    with pytest.raises(Refused, match="is on the list of Birch Hollow already"):
        actions.add_membership(house.ines.user, house.hollow, actor=house.margo)


def test_a_manager_of_one_adds_nobody_of_another(house: House) -> None:
    with pytest.raises(NotAllowed, match="Only a manager of a location of Ines Calloway"):
        actions.add_membership(house.ines.user, house.hollow, actor=house.bruno)
    with pytest.raises(NotAllowed, match="Only a manager of Birch Hollow"):
        actions.add_membership(house.ines.user, house.hollow, actor=house.margo)


def test_managers_make_no_managers_and_bring_nobody_back(house: House) -> None:
    margo = Membership.objects.get(user=house.margo.user).user
    made.membership(margo, house.hollow, role=Membership.MANAGER)
    with pytest.raises(NotAllowed, match="Only an admin of Maple Health"):
        actions.add_membership(house.ines.user, house.hollow, role="manager", actor=house.margo)
    Membership.objects.filter(pk=house.ines.pk).update(status="terminated")
    with pytest.raises(Refused, match=r"may not sign in at present\. An admin can add them"):
        actions.add_membership(house.ines.user, house.hollow, actor=house.margo)


def test_nobody_is_at_two_organizations(house: House) -> None:
    court = made.location(made.organization("Cedar Care"), "Cedar Court")
    with pytest.raises(NotAllowed):
        actions.add_membership(house.ines.user, court, actor=house.henry)


def test_a_name_of_one_word_is_a_name(house: House) -> None:
    """It stands as the last name, as where payroll writes it (SPEC §5), and goes on when something else is edited."""
    prince = actions.add_user(house.grove, NewPerson("", "Prince"), actor=house.dana).user
    assert (prince.full_name, prince.username) == ("Prince", "prince")
    with pytest.raises(Refused, match=r"Prince \(prince\) is here already"):
        actions.add_user(house.grove, NewPerson(" ", "PRINCE"), actor=house.dana)
    edit = {"first_name": "", "last_name": "Prince", "phone": "(212) 555-0123"}
    assert actions.edit_user(prince, edit, actor=house.dana).changed == ("phone",)
