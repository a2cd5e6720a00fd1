"""Apply: leaving, coming back, moving, a new address."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schedulepop.accounts.models import AuditEntry, Grant, Invitation, User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from tests import made
from tests.sync.run.apply.apply_house import ANN, TODAY, House, change, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Maple Grove and Maple Creek, with an integration that has run before."""
    return House()


def invite(user: User, purpose: str = "set_up") -> Invitation:
    return Invitation.objects.create(
        user=user, purpose=purpose, token_hash=f"{user.pk}{purpose}", expires_at=made.NOON + timedelta(days=7)
    )


def test_leaving_ends_sign_in_sessions_links_letters_and_grants_and_keeps_duties(house: House) -> None:
    member = house.member()
    invitation = invite(member.user)
    grant = Grant.objects.create(user=member.user, role="admin", organization=house.org)
    letter = Message.objects.create(organization=house.org, user=member.user, kind="welcome")
    told = {"status": ("active", "terminated"), "termination_date": (None, "2026-11-15")}
    house.apply(
        plan(
            change(
                member,
                "deactivate",
                told=told,
                status="terminated",
                termination_date=date(2026, 11, 15),
                removal=True,
            )
        )
    )
    for row in (member, invitation, grant, letter, member.user):
        row.refresh_from_db()
    assert (member.status, member.termination_date, member.changed_what) == (
        "terminated",
        date(2026, 11, 15),
        "Left",
    )
    assert member.user.must_end_sessions_before == invitation.revoked_at == grant.ended_at == made.NOON
    assert (letter.state, member.primary_duty, member.duties.count()) == ("failed", house.rn, 1)


def test_a_suspended_persons_grant_stays_and_work_elsewhere_keeps_sign_in(house: House) -> None:
    member = house.member()
    grant = Grant.objects.create(user=member.user, role="admin", organization=house.org)
    house.apply(plan(change(member, told={"status": ("active", "suspended")}, status="suspended")))
    member.user.refresh_from_db()
    grant.refresh_from_db()
    assert (member.user.must_end_sessions_before, grant.ended_at) == (made.NOON, None)

    other = house.member(source_id="002")
    made.membership(other.user, house.creek, payroll_owned=True)
    told = {"status": ("active", "quit")}
    house.apply(plan(change(other, "deactivate", told=told, status="quit", source_id="002")))
    other.user.refresh_from_db()
    assert other.user.must_end_sessions_before is None


def test_coming_back_is_welcomed_back_each_time(house: House) -> None:
    member = house.member(status="terminated", termination_date=date(2026, 1, 31))
    for times in (1, 2):
        member.refresh_from_db()
        told = {"status": ("terminated", "active"), "termination_date": ("2026-01-31", None)}
        house.apply(plan(change(member, "reactivate", told=told, status="active", termination_date=None)))
        member.refresh_from_db()
        assert (member.status, member.termination_date, member.changed_what) == ("active", None, "Back")
        letters = Message.objects.filter(kind="welcome_back").order_by("generation")
        assert [letter.generation for letter in letters] == list(range(1, times + 1))
        house.apply(plan(change(member, "deactivate", told={"status": ("active", "quit")}, status="quit")))


def test_a_transfer_moves_the_primary_location_and_ends_the_other_today(house: House) -> None:
    member = house.member()
    moved = {
        **ANN,
        "verb": "transfer",
        "user_id": member.user_id,
        "from_membership_id": member.pk,
        "location_id": house.creek.pk,
        "duty_id": house.creek_rn.pk,
        "removal": True,
        "told": {"location": ("Maple Grove", "Maple Creek")},
    }
    house.apply(plan(moved))
    member.refresh_from_db()
    there = Membership.objects.get(location=house.creek)
    assert (member.status, member.termination_date, member.is_primary, member.changed_what) == (
        "inactive",
        TODAY,
        False,
        "Transferred",
    )
    assert (there.status, there.is_primary, there.changed_what) == ("active", True, "Transferred here")
    assert User.objects.get().must_end_sessions_before is None
    assert set(AuditEntry.objects.values_list("verb", "location_id")) == {
        ("transfer", house.creek.pk),
        ("leave", house.grove.pk),
    }

    back = change(
        member,
        "transfer",
        told={"location": ("Maple Creek", "Maple Grove")},
        status="active",
        termination_date=None,
        from_membership_id=there.pk,
    )
    house.apply(plan(back))
    member.refresh_from_db()
    there.refresh_from_db()
    assert (member.status, member.is_primary, there.status, there.is_primary) == (
        "active",
        True,
        "inactive",
        False,
    )


def test_a_new_address_voids_the_open_link_and_a_new_welcome_follows(house: House) -> None:
    member = house.member()
    invitation = invite(member.user)
    Message.objects.create(organization=house.org, user=member.user, kind="welcome", state="accepted")
    told = {"email": ("ann@example.com", "ann@new.example")}
    done = house.apply(plan(change(member, told=told, email="ann@new.example")))
    invitation.refresh_from_db()
    assert invitation.revoked_at == made.NOON
    assert done.queued == 1
    assert list(Message.objects.order_by("generation").values_list("generation", "state")) == [
        (1, "accepted"),
        (2, "queued"),
    ]


def test_a_queued_welcome_goes_to_the_new_address_by_itself(house: House) -> None:
    member = house.member()
    Message.objects.create(organization=house.org, user=member.user, kind="welcome")
    house.apply(
        plan(change(member, told={"email": ("ann@example.com", "a@new.example")}, email="a@new.example"))
    )
    assert Message.objects.get().state == "queued"
