"""What grants let somebody do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from schedulepop.accounts import audit, support
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Grant
from tests import made

pytestmark = pytest.mark.django_db


def rights(actor: Actor, org: object) -> tuple[bool, bool, bool, bool]:
    return (
        actor.is_admin(org),
        actor.is_client_success(org),
        actor.runs_syncs(org),
        actor.approves_first_sync(org),
    )  # type: ignore[arg-type]


def test_each_role() -> None:
    place = made.location()
    org, other = place.organization, made.organization("Cedar Care")
    vendor_staff = made.client_success(org)
    who = {
        "staff": Actor.of(made.person(place)),
        "manager": Actor.of(made.manager(place)),
        "admin": Actor.of(made.admin(org)),
        "client success": Actor.of(vendor_staff),
        "operator": Actor.operator("root"),
    }
    assert {name: rights(actor, org) for name, actor in who.items()} == {
        "staff": (False, False, False, False),
        "manager": (False, False, False, False),
        "admin": (True, False, True, False),
        "client success": (False, True, True, True),
        "operator": (True, True, True, True),
    }
    assert {name for name, actor in who.items() if any(rights(actor, other))} == {"operator"}
    assert [set(actor.organizations()) for actor in who.values()][:4] == [{org}] * 4
    assert {org, other, vendor_staff.organization} == set(who["operator"].organizations())


def test_a_grant_is_worth_nothing_to_who_may_not_sign_in() -> None:
    place = made.location()
    hr = made.admin(place.organization)
    made.membership(hr, place, status="terminated")
    assert not Actor.of(hr).is_admin(place.organization)


def test_admins_of_their_own_and_client_success_of_the_vendor_only() -> None:
    one, two = made.organization("One"), made.organization("Two")
    stray = made.user(one)
    Grant.objects.create(user=stray, role=Grant.ADMIN, organization=two)
    Grant.objects.create(user=stray, role=Grant.CLIENT_SUCCESS, organization=two)
    assert not any(rights(Actor.of(stray), two))


def test_the_web_has_no_actor_without_a_user() -> None:
    with pytest.raises(ValueError, match="has to be a user"):
        Actor(user=None, by="", door="web")
    with pytest.raises(ValueError, match="no door"):
        Actor(user=None, by="", door="window")


def test_the_trail_says_who_when_what_and_by_which_door() -> None:
    place = made.location()
    ines, margo = made.person(place), made.manager(place)
    before = timezone.now()
    audit.record(
        Actor.of(margo, door="cli"),
        place.organization,
        "edited",
        ("user", ines.pk),
        user=ines,
        location_id=place.pk,
        changes=[audit.change("hire_date", None, made.NOON.date()), audit.change("local", False, True)],
    )
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.actor, entry.door, entry.verb) == ("Margo Lindqvist", margo, "cli", "edited")
    assert entry.changes == [
        {"field": "hire_date", "old": None, "new": "2026-11-16"},
        {"field": "local", "old": False, "new": True},
    ]
    assert entry.at >= before


def test_whom_to_ask() -> None:
    org = made.organization()
    assert support.contact(org).sentence == "Ask Dana Whitfield (dana@schedulepop.example, +1 555 010 0100)."
    org.support_name = org.support_email = org.support_phone = ""
    assert support.contact(org).sentence == "Ask HR at Maple Health."
    made.client_success(org, "Priya Raman", email="priya@schedulepop.example")
    assert support.contact(org).sentence == "Ask Priya Raman (priya@schedulepop.example)."
