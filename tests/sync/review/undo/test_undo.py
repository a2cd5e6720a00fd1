"""A run taken back, whole or for one person: what returns, what stays, and that the same feed leaves it so."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Invitation, User
from schedulepop.directory import actions
from schedulepop.directory.actions import rights
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Change, FieldOverride, Issue, RunState
from schedulepop.sync.review import overrides
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
MOVED = [row.replace("555-01", "555-07").replace(",CNA,", ",LPN,") for row in PEOPLE]
HIRE = "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"


def take_back(run, source_id=None, actor=OPERATOR):
    return undo.apply(run, source_id, plan_hash=undo.preview(run, source_id).digest, actor=actor)


def everybody() -> list[tuple[object, ...]]:
    """The User List's owned values."""
    rows = Membership.objects.order_by("user__last_name", "location__name")
    return list(
        rows.values_list(
            "user__first_name",
            "user__last_name",
            "user__email",
            "user__phone",
            "location__name",
            "status",
            "hire_date",
            "termination_date",
            "ends_on",
            "employee_number",
            "cms_code",
            "primary_duty__name",
            "primary_zone__name",
            "is_primary",
        )
    )


def test_a_whole_run_goes_back_and_the_same_feed_leaves_it_so(payroll, synced) -> None:
    before = everybody()
    payroll.sends(*MOVED)
    payroll.integration.policy = {"field_change": {"floor": 99, "share": 1.0}}
    payroll.integration.save()
    run = payroll.runs()
    assert everybody() != before
    done = take_back(run)
    assert everybody() == before
    run.refresh_from_db()
    assert (run.state, done.undo_of, done.counts["updated"]) == (RunState.UNDONE, run, 6)
    again = payroll.runs()
    assert everybody() == before
    assert (again.counts["held"], again.counts["updated"]) == (6, 0)
    assert Issue.objects.filter(code="undone", resolved_at=None).count() == 1
    assert FieldOverride.objects.filter(kind="pin", released_at=None).count() == 9  # six phones, three duties


def test_a_corrected_feed_releases_the_pins(payroll, synced) -> None:
    payroll.sends(MOVED[0], *PEOPLE[1:])
    take_back(payroll.runs())
    payroll.runs()
    payroll.sends(PEOPLE[0].replace("0101", "0166"), *PEOPLE[1:])
    run = payroll.runs()
    assert User.objects.get(last_name="Calloway").phone == "+15155550166"
    override = FieldOverride.objects.get(field="phone")
    assert (override.released_why, override.released_by) == ("superseded", f"sync run {run.number}")
    assert not Issue.objects.filter(code="undone", resolved_at=None).exists()


def test_an_admin_releases_a_pin_and_payrolls_value_returns(payroll, synced) -> None:
    payroll.sends(MOVED[0], *PEOPLE[1:])
    take_back(payroll.runs())
    ines = User.objects.get(last_name="Calloway")
    overrides.release(ines, None, "phone", actor=OPERATOR)
    payroll.runs()
    ines.refresh_from_db()
    assert ines.phone == "+15155550701"


def test_one_person_of_a_run(payroll, synced) -> None:
    payroll.sends(MOVED[0], MOVED[1], *PEOPLE[2:])
    run = payroll.runs()
    done = take_back(run, "001")
    run.refresh_from_db()
    assert (run.state, done.summary["person"]) == (RunState.APPLIED, "001")
    assert User.objects.get(last_name="Calloway").phone == "+15155550101"
    assert User.objects.get(last_name="Quintanar").phone == "+15155550702"
    payroll.runs()
    assert Issue.objects.get(code="undone", resolved_at=None).key == "001"
    with pytest.raises(Refused, match="did not change the person"):
        undo.preview(run, "004")
    whole = take_back(run)
    assert User.objects.get(last_name="Quintanar").phone == "+15155550102"
    assert whole.counts["read"] == 1, "who went back before does not go back twice"


def test_what_somebody_changed_since_is_kept_and_reported(payroll, synced) -> None:
    payroll.sends(MOVED[1], *PEOPLE[:1], *PEOPLE[2:])
    run = payroll.runs()
    luis = User.objects.get(last_name="Quintanar")
    actions.edit_user(luis, {"phone": "(515) 555-0999"}, actor=OPERATOR)
    shown = undo.preview(run)
    assert shown.conflicts.select("field", "now", "outcome").rows() == [("phone", "+15155550999", "changed")]
    take_back(run)
    luis.refresh_from_db()
    assert luis.phone == "+15155550999"
    assert luis.memberships.get().primary_duty.name == "CNA"


def test_a_hire_that_is_undone_ends_deactivated_uninvited_and_linked(payroll, synced, mailbox) -> None:
    payroll.sends(*PEOPLE, HIRE)
    run = payroll.runs()
    noor = User.objects.get(last_name="Castellane")
    mails = Message.objects.count()
    take_back(run)
    one = noor.memberships.get()
    assert (one.status, noor.links.count(), Message.objects.count()) == ("inactive", 1, mails)
    assert not Invitation.objects.filter(user=noor, revoked_at=None, used_at=None).exists()
    again = payroll.runs()
    one.refresh_from_db()
    assert (one.status, again.counts["held"], again.counts["created"]) == ("inactive", 1, 0)


def test_a_hire_who_had_not_started_is_canceled(payroll, synced) -> None:
    payroll.sends(*PEOPLE, HIRE.replace("2026-01-05", "2099-01-05"))
    take_back(payroll.runs())
    assert User.objects.get(last_name="Castellane").memberships.get().status == "canceled"
    payroll.runs()
    assert User.objects.get(last_name="Castellane").memberships.get().status == "canceled"


def test_a_wrong_termination_goes_back_without_a_word(payroll, synced) -> None:
    before = everybody()
    payroll.sends(PEOPLE[0].replace("Active", "Terminated"), *PEOPLE[1:])
    run = payroll.runs()
    assert Membership.objects.get(user__last_name="Calloway").status == "terminated"
    mails = Message.objects.count()
    done = take_back(run)
    assert (everybody(), Message.objects.count(), done.counts["reactivated"]) == (before, mails, 1)
    one = Membership.objects.get(user__last_name="Calloway")
    assert (one.periods.count(), one.extras_to_review) == (0, False)
    payroll.runs()
    assert everybody() == before


def test_roles_that_ended_with_an_employment_return_with_it(payroll, synced) -> None:
    ines, luis = (User.objects.get(last_name=name) for name in ("Calloway", "Quintanar"))
    for one in (ines, luis):
        rights.grant(one, "admin", one.organization, actor=OPERATOR)
    payroll.sends(PEOPLE[0].replace("Active", "Terminated"), *PEOPLE[1:])
    run = payroll.runs()
    assert not ines.grants.filter(ended_at=None).exists()
    take_back(run)
    assert ines.grants.filter(ended_at=None, role="admin").count() == 1
    assert AuditEntry.objects.filter(verb="granted", user=ines).count() == 2


def test_a_transfer_goes_back_with_the_primary_location(payroll, synced) -> None:
    before = everybody()
    creek = made.location(payroll.integration.organization, "Maple Creek", "102")
    made.duty(creek, "RN", "RN")
    payroll.sends(PEOPLE[0].replace(",101,", ",102,").replace("9001", "9901"), *PEOPLE[1:])
    run = payroll.runs()
    assert run.counts["transferred"] == 1
    shown = undo.preview(run)
    assert ("location", "Maple Creek", "Maple Grove") in shown.plan.fields.select(
        "field", "old", "new"
    ).rows()
    take_back(run)
    now = everybody()
    assert [row for row in now if row[4] == "Maple Grove"] == before
    assert [(row[5], row[13]) for row in now if row[4] == "Maple Creek"] == [("inactive", False)]
    again = payroll.runs()
    assert (everybody(), again.counts["held"], again.counts["transferred"]) == (now, 1, 0)
    payroll.sends(*PEOPLE)
    payroll.runs()
    assert everybody() == now
    assert not FieldOverride.objects.filter(field="location", released_at=None).exists()


def test_a_transfer_whose_past_is_not_told_is_a_conflict(payroll, synced) -> None:
    made.location(payroll.integration.organization, "Maple Creek", "102")
    payroll.sends(PEOPLE[0].replace(",101,", ",102,"), *PEOPLE[1:])
    run = payroll.runs()
    Change.objects.filter(run=run).update(images=[])
    assert "not_recorded" in undo.preview(run).conflicts["outcome"].to_list()


def test_a_first_primary_stays(payroll) -> None:
    payroll.sends(*(row.replace(",RN,", ",WHO,") for row in PEOPLE))
    payroll.first_sync()
    payroll.sends(*PEOPLE)
    run = payroll.runs()
    shown = undo.preview(run)
    assert set(shown.conflicts.select("field", "outcome").rows()) == {("duty", "stays")}
    assert shown.plan.changes.is_empty()


def test_who_may_and_what_is_refused(payroll, synced) -> None:
    payroll.sends(*MOVED[:1], *PEOPLE[1:])
    run = payroll.runs()
    manager = Actor.of(made.manager(Membership.objects.first().location))
    with pytest.raises(NotAllowed):
        take_back(run, actor=manager)
    with pytest.raises(Refused, match="has changed since you looked"):
        undo.apply(run, plan_hash="another", actor=OPERATOR)
    done = take_back(run)
    assert AuditEntry.objects.get(verb="undid").run_id == done.pk
    run.refresh_from_db()
    with pytest.raises(Refused, match="undone already"):
        undo.preview(run)
    with pytest.raises(Refused, match="An undo is not undone"):
        undo.preview(done)
    with pytest.raises(Refused, match="changed nobody"):
        undo.preview(payroll.runs(preview=True))
    assert runs.is_waiting(run) is False
