"""Add user: who is or will be here is named instead of doubled; by hand only with a reason, and marked local."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.whereis.add_user import AlreadyHereError, add_by_hand
from tests import made
from tests.sync.plan.asking import NOOR, Maple

pytestmark = pytest.mark.django_db

ZOE = NewPerson("Zoe", "Ng", email="zoe@agency.example")
REASON = "agency nurse until March"


def add(maple: Maple, who: NewPerson, **more: object) -> Membership:
    given = {"reason": REASON, "actor": Actor.of(maple.admin), **more}
    return add_by_hand(maple.grove, who, **given)  # type: ignore[arg-type]


def test_a_stranger_is_added_with_the_reason_and_marked_local(maple: Maple) -> None:
    zoe = add(maple, ZOE)
    assert (zoe.user.local, zoe.location, zoe.payroll_owned) == (True, maple.grove, False)
    entry = AuditEntry.objects.get(verb="added_user")
    assert {"field": "reason", "old": None, "new": REASON} in entry.changes
    assert {"field": "local", "old": None, "new": True} in entry.changes
    assert entry.by == "Renata Okoye"
    before = User.objects.count()
    maple.hires()
    assert User.objects.count() == before  # no sync matches, doubles or removes them
    zoe.refresh_from_db()
    assert zoe.status == "active"


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nobody_is_added(maple: Maple, reason: str) -> None:
    with pytest.raises(Refused, match="Say why this person is not in payroll"):
        add(maple, ZOE, reason=reason)


def test_managers_cannot_add_strangers(maple: Maple) -> None:
    with pytest.raises(NotAllowed, match="Only an admin or Client Success can add one by hand"):
        add(maple, ZOE, actor=Actor.of(maple.manager))


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (NewPerson("Ines", "Calloway"), "on_list"),
        (NewPerson("Calloway", "Ines"), "on_list"),
        (NewPerson("Inés", "Calloway"), "on_list"),
        (NewPerson("Somebody", "Else", email="INES@example.com"), "on_list"),
        (NewPerson("Somebody", "Else", phone="515 555 0101"), "on_list"),
        (NewPerson("Somebody", "Else", employee_number="9001"), "on_list"),
        (NewPerson("Agnes", "Hillman"), "on_another_list"),
        (NewPerson("Noor", "Castellane"), "unmapped_location"),
    ],
)
def test_who_is_or_will_be_here_is_refused_with_the_sentence(maple: Maple, who: NewPerson, code: str) -> None:
    maple.hires(NOOR.replace(",101,", ",909,"))
    with pytest.raises(AlreadyHereError) as refused:
        add(maple, who)
    assert refused.value.answer.code == code
    assert str(refused.value).startswith(refused.value.answer.found.sentence)


def test_who_left_is_revived_rather_than_added(maple: Maple) -> None:
    Membership.objects.filter(user__last_name="Bello").update(status="terminated")
    with pytest.raises(AlreadyHereError, match="has left"):
        add(maple, NewPerson("Ruth", "Bello"))


def test_another_person_of_the_same_name_after_looking(maple: Maple) -> None:
    twin = add(maple, NewPerson("Ines", "Calloway"), different_person=True)
    assert twin.user.username == "ines.calloway2"


def test_people_payroll_will_name_later_are_not_local(maple: Maple) -> None:
    assert add(maple, ZOE, local=False).user.local is False


def test_people_of_other_organizations_are_no_lookalikes(maple: Maple) -> None:
    made.person(made.location(made.organization("Cedar Care"), "Cedar Point"), "Zoe Ng")
    assert add(maple, ZOE).pk
