"""Inviting many: who gets a letter, who a sheet, who neither; each once, whoever presses how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType

import pytest
from django.db import connection
from django.utils.timezone import now

from schedulepop.accounts import invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Invitation, Organization, User
from schedulepop.directory import account_state
from schedulepop.directory.actions import bulk_invitations
from schedulepop.directory.actions.bulk_invitations import Why
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def grove(db: None) -> Location:
    return made.location(made.organization(), "Maple Grove")


def names(people: list[User]) -> list[str]:
    return [one.first_name for one in people]


def whys(people: list[tuple[User, Why]]) -> dict[str, Why]:
    return {one.first_name: why for one, why in people}


def everybody(place: Location) -> list[int]:
    return list(User.objects.filter(memberships__location=place).values_list("pk", flat=True))


def state_of(user: User, at: object = None) -> str:
    rows = account_state.with_set_up(Membership.objects.filter(user=user), at or now())  # type: ignore[arg-type]
    return str(rows.get().set_up)  # type: ignore[attr-defined]


def test_who_gets_what(grove: Location) -> None:
    margo = Actor.of(made.manager(grove, password=made.PASSWORD))
    made.person(grove, "Ann Letter", email="ann@example.com")
    made.person(grove, "Bea Paper")
    ben = made.person(grove, "Ben Back", email="ben@example.com")
    back = {"state": "failed", "outcome": "bounced", "address": ben.email, "sending_at": now()}
    Message.objects.create(organization=ben.organization, user=ben, kind="reset", **back)
    for name in ("Cid Mother", "Dee Daughter"):
        made.person(grove, name, email="family@example.com")
    made.person(grove, "Eve Ended", email="eve@example.com", status="terminated")
    made.person(grove, "Flo Done", email="flo@example.com", password=made.PASSWORD)
    boss = made.manager(grove, "Gil Above", membership_more={"may_see_pay": True})
    waiting = made.person(grove, "Hal Waiting", email="hal@example.com")
    outbox.queue_welcome(waiting)
    often = made.person(grove, "Ivy Often", email="ivy@example.com")
    for _ in range(outbox.AGAIN_LIMIT):
        outbox.queue_next(often, "welcome")
    Message.objects.filter(user=often).update(state="accepted")
    plan = bulk_invitations.plan(grove.organization, everybody(grove), actor=margo, at=now())
    assert names(plan.letters) == ["Ann"]
    assert whys(plan.sheets) == {
        "Bea": Why.NO_EMAIL,
        "Ben": Why.RETURNED,
        "Cid": Why.SHARED,
        "Dee": Why.SHARED,
    }
    assert whys(plan.left_out) == {
        "Eve": Why.MAY_NOT_SIGN_IN,
        "Flo": Why.DONE,
        "Margo": Why.DONE,
        boss.first_name: Why.RANK,
        "Hal": Why.INVITED_NOW,
        "Ivy": Why.TOO_MANY,
    }
    assert not AuditEntry.objects.exists(), "a plan writes nothing"


def test_forty_are_invited_once_and_audited(grove: Location, mailbox: ModuleType) -> None:
    margo = Actor.of(made.manager(grove, password=made.PASSWORD))
    ids = [made.person(grove, f"N{n} New", email=f"n{n}@example.com").pk for n in range(40)]
    shown = now()
    first = bulk_invitations.send(grove.organization, ids, actor=margo, at=now(), since=shown)
    assert len(first.letters) == 40
    assert AuditEntry.objects.filter(verb="sent_invitation").count() == 40
    assert outbox.drain().accepted == 40
    again = bulk_invitations.send(grove.organization, ids, actor=margo, at=now(), since=shown)
    assert (again.letters, {why for _, why in again.left_out}) == ([], {Why.INVITED_NOW})
    anew = bulk_invitations.send(grove.organization, ids[:1], actor=margo, at=now(), since=now())
    assert len(anew.letters) == 1
    assert Message.objects.filter(user=ids[0]).count() == 2


def test_a_welcome_that_waits_for_the_first_day_goes_out_now(grove: Location) -> None:
    hire = made.person(grove, "Uma Upcoming", email="uma@example.com", status="upcoming")
    outbox.queue_welcome(hire, not_before=now() + timedelta(days=20))
    assert state_of(hire) == "no_invitation"
    bulk_invitations.send(grove.organization, [hire.pk], actor=Actor.operator("root"), at=now())
    assert Message.objects.get().not_before is None
    assert state_of(hire) == "invited"


def test_sheets_by_rank(grove: Location) -> None:
    margo = Actor.of(made.manager(grove, password=made.PASSWORD))
    bea, boss = (
        made.person(grove, "Bea Paper"),
        made.manager(grove, "Gil Above", membership_more={"may_see_pay": True}),
    )
    printed, left_out = bulk_invitations.print_sheets(
        grove.organization, [bea.pk, boss.pk], actor=margo, at=now()
    )
    assert [one.user for one in printed] == [bea]
    assert whys(left_out) == {"Gil": Why.RANK}
    assert not Invitation.objects.filter(user=boss).exists()
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.user, entry.by) == ("printed_sheet", bea, "Margo Lindqvist")


def test_only_whom_one_looks_after(grove: Location) -> None:
    hill = made.location(grove.organization, "Oak Hill")
    margo = Actor.of(made.manager(grove, password=made.PASSWORD))
    theirs = made.person(hill, "Ben Hill")
    for deed in (bulk_invitations.plan, bulk_invitations.send, bulk_invitations.print_sheets):
        with pytest.raises(NotAllowed):
            deed(grove.organization, [theirs.pk], actor=margo, at=now())


def test_a_hundred_sheets_at_once(grove: Location) -> None:
    ids = [made.person(grove, f"N{n} New").pk for n in range(bulk_invitations.MOST_SHEETS + 1)]
    with pytest.raises(Refused, match="At most 100"):
        bulk_invitations.print_sheets(grove.organization, ids, actor=Actor.operator("root"), at=now())
    assert not Invitation.objects.exists()


def test_the_states_of_an_account(grove: Location, mailbox: ModuleType) -> None:
    ann = made.person(grove, "Ann Letter", email="ann@example.com")
    assert state_of(ann) == "no_invitation"
    outbox.queue_welcome(ann)
    assert state_of(ann) == "invited"
    outbox.drain()
    assert state_of(ann) == "invited"
    invitations.note_opened(Invitation.objects.get(), now())
    assert state_of(ann) == "opened"
    assert state_of(ann, now() + timedelta(days=8)) == "no_invitation", "it ran out"
    Invitation.objects.update(used_at=now())
    User.objects.filter(pk=ann.pk).update(password="md5$a$b")
    assert state_of(ann) == "done"


def test_late_is_three_days_after_the_newest_invitation(grove: Location) -> None:
    ann = made.person(grove, "Ann Letter", email="ann@example.com")

    def late(days: float) -> bool:
        at = made.NOON + timedelta(days=days)
        return account_state.narrowed(Membership.objects.all(), account_state.LATE, at).exists()

    assert not late(9), "nobody invited them"
    invitations.create(ann, "set_up", made.NOON, address=ann.email)
    assert (late(2.9), late(3), late(9)) == (False, True, True)
    invitations.create(ann, "set_up", made.NOON + timedelta(days=4), address=ann.email)
    assert (late(5), late(7)) == (False, True)
    ann.memberships.update(status="terminated")
    assert not late(7)


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_one_letter() -> None:
    place = made.location(
        Organization.objects.create(name="Maple", slug="maple", timezone="America/New_York")
    )
    ids = [made.person(place, f"N{n} New", email=f"n{n}@example.com").pk for n in range(5)]
    shown = now()

    def press(number: int) -> int:
        try:
            made_plan = bulk_invitations.send(
                place.organization, ids, actor=Actor.operator("root"), at=now(), since=shown
            )
            return len(made_plan.letters)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(press, range(3))) == 5
    assert Message.objects.count() == 5
