"""Renaming, closing and reopening a location."""

from __future__ import annotations

import pytest

from schedulepop.accounts import access
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Location
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def org() -> Organization:
    return made.organization()


@pytest.fixture
def grove(org: Organization) -> Location:
    return made.location(org, "Maple Grove", "MG")


@pytest.fixture
def hr(org: Organization) -> Actor:
    return Actor.of(made.admin(org))


def test_what_closing_does_is_known_first(org: Organization, grove: Location) -> None:
    hill = made.location(org, "Oak Hill")
    alone, both = made.person(grove, "Cora Lund"), made.person(grove, "Delphine Arsenault")
    made.membership(both, hill)
    made.person(grove, "Gone Away", status="terminated")
    made.person(grove, "Sus Pended", status="suspended")
    found = actions.closing(grove)
    assert (found.people, found.losing, found.staying) == (3, (alone,), 2)


def test_closing_ends_sign_in_and_keeps_the_history(org: Organization, grove: Location, hr: Actor) -> None:
    hill = made.location(org, "Oak Hill")
    alone, both = made.person(grove, "Cora Lund"), made.person(grove, "Delphine Arsenault")
    made.membership(both, hill)
    actions.close_location(grove, actor=hr, now=made.NOON)
    grove.refresh_from_db()
    assert grove.closed_at == made.NOON
    ended = alone.memberships.get()
    assert (ended.status, ended.termination_date, ended.changed_what) == (
        "inactive", made.NOON.date(), "Location closed",
    )  # fmt: skip
    assert not access.may_sign_in(alone)
    assert access.may_sign_in(both)
    assert both.memberships.get(location=hill).status == "active"
    entry = AuditEntry.objects.get(user=alone, verb="edited")
    assert entry.changes == [{"field": "status", "old": "active", "new": "inactive"}]
    assert AuditEntry.objects.get(subject="location", verb="closed").changes == [
        {"field": "people", "old": 2, "new": 0}
    ]
    with pytest.raises(Refused, match="closed already"):
        actions.close_location(grove, actor=hr)


def test_reopening_brings_nobody_back_by_itself(grove: Location, hr: Actor) -> None:
    cora = made.person(grove, "Cora Lund")
    actions.close_location(grove, actor=hr)
    actions.reopen_location(grove, actor=hr)
    grove.refresh_from_db()
    assert grove.closed_at is None
    assert cora.memberships.get().status == "inactive"
    assert AuditEntry.objects.filter(subject="location", verb="reopened").count() == 1


def test_the_last_admin_and_oneself_are_not_shut_out(org: Organization, grove: Location) -> None:
    from schedulepop.accounts.models import Grant

    boss = made.person(grove, "Bo Boss")
    Grant.objects.create(user=boss, role=Grant.ADMIN, organization=org)
    with pytest.raises(Refused, match="shut yourself out"):
        actions.close_location(grove, actor=Actor.of(boss))
    with pytest.raises(Refused, match="No admin of Maple Health could sign in"):
        actions.close_location(grove, actor=Actor.operator("ann"))
    assert AuditEntry.objects.count() == 0


def test_renaming(org: Organization, grove: Location, hr: Actor) -> None:
    made.location(org, "Oak Hill")
    assert actions.rename_location(grove, " Maple  Grove East ", actor=hr).name == "Maple Grove East"
    with pytest.raises(Refused, match="already has a location named Oak Hill"):
        actions.rename_location(grove, "Oak Hill", actor=hr)
    assert list(grove.codes.values_list("code", flat=True)) == ["mg"]
    entry = AuditEntry.objects.get(verb="renamed")
    assert entry.changes == [{"field": "name", "old": "Maple Grove", "new": "Maple Grove East"}]


def test_managers_do_neither(grove: Location) -> None:
    manager = Actor.of(made.manager(grove))
    for deed in (actions.close_location, actions.reopen_location):
        with pytest.raises(NotAllowed):
            deed(grove, actor=manager)
    with pytest.raises(NotAllowed):
        actions.rename_location(grove, "Mine", actor=manager)
