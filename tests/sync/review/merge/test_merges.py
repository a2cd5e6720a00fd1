"""Merging two users of one person and taking it back, on the real tables."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from schedulepop.accounts import access, invitations, sign_in
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Grant, Invitation, User
from schedulepop.directory import reads
from schedulepop.directory.models import Membership, MembershipDuty
from schedulepop.messages.models import Message
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import FieldOverride, IdChange, Link, Merge, Touched
from schedulepop.sync.review.merge import merge
from tests import made
from tests.sync.review.merge.merge_house import OPERATOR, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def test_memberships_links_and_overrides_follow_and_nothing_is_lost(house) -> None:
    house.works(house.kept, house.grove, is_primary=True)
    elsewhere = house.works(house.merged, house.hill, "CNA", is_primary=True)
    house.linked(house.kept, "1")
    house.linked(house.merged, "2")
    FieldOverride.objects.create(
        organization=house.org,
        user=house.merged,
        location=house.hill,
        field="duty",
        kind="override",
        by="Henry",
    )
    house.merge()
    assert {(m.location.name, m.is_primary) for m in house.kept.memberships.all()} == {
        ("Maple Grove", True),
        ("Oak Hill", False),
    }
    assert house.kept.memberships.get(location=house.hill).pk == elsewhere.pk
    assert list(Link.objects.order_by("pk").values_list("source_id", "user", "further")) == [
        ("1", house.kept.pk, False),
        ("2", house.kept.pk, True),
    ]
    assert FieldOverride.objects.get().user_id == house.kept.pk
    assert not house.merged.memberships.exists()
    assert Touched.objects.count() == 2
    assert not IdChange.objects.exists()


def test_at_one_location_local_fields_stay_and_extras_are_united(house) -> None:
    mine = house.works(house.kept, house.grove, payroll_owned=False, notes="Nights only", role="manager")
    theirs = house.works(
        house.merged,
        house.grove,
        "CNA",
        notes="?",
        employee_number="9001",
        hire_date=date(2020, 1, 1),
        cms_code=10,
    )
    MembershipDuty.objects.create(
        membership=theirs, location=house.grove, duty=made.duty(house.grove, "Med Aide"), by_manager=True
    )
    house.merge()
    mine.refresh_from_db()
    assert (mine.notes, mine.role, mine.employee_number, mine.hire_date, mine.payroll_owned) == (
        "Nights only",
        "manager",
        "9001",
        date(2020, 1, 1),
        True,
    )
    assert mine.primary_duty.name == "CNA"
    assert {(d.duty.name, d.by_payroll, d.by_manager) for d in mine.duties.all()} == {
        ("RN", False, True),
        ("CNA", True, False),
        ("Med Aide", False, True),
    }
    assert Membership.objects.filter(location=house.grove).count() == 1


def test_a_new_employment_under_a_new_id_is_one_person_with_an_earlier_employment(house) -> None:
    old = house.works(
        house.kept,
        house.grove,
        status="terminated",
        hire_date=date(2015, 1, 1),
        termination_date=date(2024, 5, 1),
    )
    house.works(house.merged, house.grove, hire_date=date(2026, 2, 1))
    house.linked(house.kept, "1")
    house.linked(house.merged, "2")
    house.merge()
    old.refresh_from_db()
    assert (old.status, old.hire_date, old.termination_date) == ("active", date(2026, 2, 1), None)
    period = old.periods.get()
    assert (period.hire_date, period.ended_on, period.status, period.duty_name) == (
        date(2015, 1, 1),
        date(2024, 5, 1),
        "terminated",
        "RN",
    )
    change = IdChange.objects.get()
    assert (change.old_id, change.new_id, change.user_id) == ("1", "2", house.kept.pk)


def test_a_block_of_either_denies(house) -> None:
    house.works(house.kept, house.grove)
    house.works(
        house.merged,
        house.grove,
        access_blocked_at=made.NOON,
        access_blocked_reason="Badge lost",
        access_blocked_by="Margo",
    )
    house.merge()
    assert house.kept.memberships.get().access_blocked_reason == "Badge lost"
    assert not access.may_sign_in(house.kept)


def test_the_merged_user_cannot_sign_in_by_any_door(house, rf) -> None:
    house.works(house.kept, house.grove)
    house.works(house.merged, house.hill)
    User.objects.filter(pk=house.merged.pk).update(confirmed_email="inez@example.com")
    client = Client()
    client.force_login(house.merged)
    assert client.get("/account/").status_code == 200
    token = invitations.create(house.merged, Invitation.RESET, made.NOON)
    house.merge()
    house.merged.refresh_from_db()
    backend = sign_in.SignInBackend()
    assert not access.may_sign_in(house.merged)
    assert backend.authenticate(None, house.merged.username, made.PASSWORD) is None
    assert backend.authenticate(None, "inez@example.com", made.PASSWORD) is None
    assert backend.get_user(house.merged.pk) is None
    assert client.get("/account/").status_code == 302
    assert invitations.look(token, made.NOON)[0] is invitations.LinkState.REVOKED
    assert backend.authenticate(None, house.kept.username, made.PASSWORD) == house.kept


def test_grants_move_and_never_twice(house) -> None:
    for role_of in (house.merged, house.kept):
        Grant.objects.create(user=role_of, role=Grant.ADMIN, organization=house.org)
    house.merge()
    assert Grant.objects.filter(ended_at=None).count() == 1
    assert Actor.of(house.kept).is_admin(house.org)
    assert not Actor.of(house.merged).is_admin(house.org)


def test_no_mail_is_sent_twice(house, mailbox) -> None:
    house.works(house.merged, house.grove)
    Message.objects.create(organization=house.org, user=house.merged, kind="welcome", state="queued")
    sent = Message.objects.create(organization=house.org, user=house.merged, kind="reset", state="accepted")
    house.merge()
    assert set(Message.objects.values_list("kind", "state", "user")) == {
        ("welcome", "failed", house.merged.pk),
        ("reset", "accepted", house.merged.pk),
    }
    assert "merged" in Message.objects.get(kind="welcome").error
    assert sent.user_id == house.merged.pk


def test_the_user_list_shows_one_person(house) -> None:
    house.works(house.kept, house.grove)
    house.works(house.merged, house.grove)
    house.merge()
    assert [row.user for row in reads.user_list(OPERATOR, house.org)] == [house.kept]


def test_history_stays_with_its_user_and_both_have_an_entry(house) -> None:
    house.merge()
    entries = {
        (entry.user_id, entry.verb): [c["new"] for c in entry.changes] for entry in AuditEntry.objects.all()
    }
    assert entries == {
        (house.kept.pk, "merged"): [house.merged.username, "Hired twice"],
        (house.merged.pk, "merged_away"): [house.kept.username, "Hired twice"],
    }


def test_a_preview_changes_nothing_and_says_what_moves(house) -> None:
    house.works(house.kept, house.grove)
    house.works(house.merged, house.grove)
    house.works(house.merged, house.hill)
    house.linked(house.merged, "2")
    User.objects.filter(pk=house.kept.pk).update(password="!")
    house.kept.refresh_from_db()
    Message.objects.create(organization=house.org, user=house.merged, kind="welcome", state="queued")
    before = house.rows()
    seen = merge.preview(house.kept, house.merged, actor=OPERATOR)
    assert house.rows() == before
    assert [line.split(":")[0].split(" with ")[0] for line in seen.moves] == [
        "Maple Grove",
        "Oak Hill",
        "Payroll ID 2 (Payroll)",
        "Nothing of 1 unsent email",
    ]
    assert seen.look[0] == "First name: Ines stays, Inez goes, until payroll says otherwise."
    assert f"Only {house.merged.username} was set up with a password." in seen.look[1]
    house.merge(digest=seen.digest)


def test_a_merge_of_what_changed_since_the_preview_is_refused(house) -> None:
    seen = merge.preview(house.kept, house.merged, actor=OPERATOR)
    house.works(house.merged, house.hill)
    with pytest.raises(Refused, match="since you looked"):
        house.merge(digest=seen.digest)
    assert not Merge.objects.exists()


def test_who_may(house) -> None:
    boss = made.admin(house.org, "Renata Okoye")
    vendor = Actor.of(made.client_success(house.org))
    for actor in (Actor.of(made.manager(house.grove)), Actor.of(made.admin(made.organization("Oak Care")))):
        with pytest.raises(NotAllowed):
            merge.merge(house.kept, house.merged, reason="?", actor=actor)
    with pytest.raises(NotAllowed, match="only another admin"):
        merge.merge(house.kept, boss, reason="?", actor=vendor)
    with pytest.raises(NotAllowed, match="only another admin"):
        merge.merge(boss, house.merged, reason="?", actor=vendor)
    with pytest.raises(Refused, match="your own account"):
        merge.merge(house.kept, boss, reason="?", actor=Actor.of(boss))
    assert merge.merge(house.kept, house.merged, reason="twice", actor=vendor)


def test_what_cannot_be_merged_is_said(house) -> None:
    stranger = made.user(made.organization("Oak Care"), "Ines Calloway")
    third = made.user(house.org, "I. Calloway")
    for kept, merged, reason, why in (
        (house.kept, house.kept, "x", "one user"),
        (house.kept, stranger, "x", "different organizations"),
        (house.kept, house.merged, " ", "reason is missing"),
    ):
        with pytest.raises(Refused, match=why):
            merge.merge(kept, merged, reason=reason, actor=OPERATOR)
    house.merge()
    for kept, merged, why in (
        (third, house.merged, "merged into another"),
        (house.merged, third, "merged into another"),
        (third, house.kept, "was merged into"),
    ):
        with pytest.raises(Refused, match=why):
            merge.merge(kept, merged, reason="x", actor=OPERATOR)


def test_taken_back_newest_first_and_once(house) -> None:
    third = made.user(house.org, "I. Calloway")
    first = house.merge()
    second = merge.merge(house.kept, third, reason="again", actor=OPERATOR)
    with pytest.raises(Refused, match="merged later"):
        merge.unmerge(first, actor=OPERATOR)
    for done in (second, first):
        assert merge.unmerge(done, actor=OPERATOR).conflicts == []
    with pytest.raises(Refused, match="already"):
        merge.unmerge(first, actor=OPERATOR)
    with pytest.raises(NotAllowed):
        merge.unmerge(first, actor=Actor.of(made.manager(house.grove)))


def test_what_was_written_since_stays_and_is_said(house) -> None:
    house.works(house.kept, house.grove, payroll_owned=False)
    house.works(house.merged, house.grove, "CNA", employee_number="9001")
    done = house.merge()
    house.kept.memberships.update(employee_number="9002")
    result = merge.unmerge(done, actor=OPERATOR)
    assert result.conflicts == ["The place on a location’s list: employee number stays as it is now."]
    assert house.kept.memberships.get().employee_number == "9002"
    assert house.merged.memberships.get().employee_number == "9001"


def test_a_primary_duty_that_was_empty_before_stays(house) -> None:
    made.membership(house.kept, house.grove)
    house.works(house.merged, house.grove)
    result = merge.unmerge(house.merge(), actor=OPERATOR)
    assert "The place on a location’s list: primary duty stays as it is now." in result.conflicts
    assert house.kept.memberships.get().primary_duty.name == "RN"
