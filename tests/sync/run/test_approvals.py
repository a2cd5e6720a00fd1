"""What a person may do with what the guard holds: approve, discard, add one new person alone. And what is audited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.models import Change, Integration, Issue, Link, Run
from schedulepop.sync.run import approvals, lease, runs
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.wording import holds as hold_words
from tests import made, standing
from tests.saying import refusing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

TAKEN_AWAY = [
    (lease.LeaseLostError("run 2"), runs.TAKEN_OVER),
    (OperationalError("terminating"), runs.LOST),
]
OPERATOR = Actor.operator("test")
HIRE = "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"
ALIKE = "008,9008,Nora,Calder,nora@example.com,(515) 555-0101,101,RN,East Wing,Active,2026-03-04"


def leaving(*ids: str) -> list[str]:
    return [row.replace("Active", "Terminated") if row[:3] in ids else row for row in PEOPLE]


@standing.made_once
def held(payroll) -> Run:
    """Three of six leave, Noor is new, and Nora Calder has the phone of Ines who leaves."""
    payroll.first_sync()
    payroll.sends(*leaving("001", "002", "003"), HIRE, ALIKE)
    return payroll.runs()


def test_each_rule_that_tripped_is_audited_once_by_the_run(held) -> None:
    trips = list(AuditEntry.objects.filter(verb="held").values_list("by", "door", "run_id", "changes"))
    assert [(by, door, run) for by, door, run, _ in trips] == [
        (f"sync run {held.number}", "sync", held.pk)
    ] * 2
    assert [told[0]["field"] for *_, told in trips] == ["removals_location", "resembles_leaver"]
    assert trips[0][3][0] | {"why": ""} == {"field": "removals_location", "old": 3.0, "new": 3.0, "why": ""}
    runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    assert AuditEntry.objects.filter(verb="held").count() == 2
    approved = AuditEntry.objects.get(verb="approved", run_id=held.pk)
    assert (approved.by, approved.subject_id) == ("cli:test", held.pk)


def test_an_approval_keeps_the_runs_whole_story(held) -> None:
    assert (held.counts["created"], held.counts["held"]) == (1, 4)
    done = runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    assert (done.counts["created"], done.counts["deactivated"], done.counts["held"]) == (2, 3, 0)
    plan = runs.stored_plan(done)
    assert plan is not None
    assert plan.changes.height == 5
    assert plan.held.is_empty()
    assert (done.state, done.rest, done.plan_hash, done.decided_by) == ("applied", "approved", "", "cli:test")
    assert Change.objects.filter(run=done).count() == 5
    assert Change.objects.filter(run=done, removal=True).count() == 3


def test_the_night_after_an_approval_nothing_is_left(payroll, held) -> None:
    runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    after = payroll.runs()
    assert (after.state, after.rest, after.counts["unchanged"], after.holds) == ("applied", "none", 8, [])
    assert not Issue.objects.filter(code="on_hold", resolved_at=None).exists()


def test_one_new_person_is_added_alone(payroll, held) -> None:
    alone = runs.drive(requests.release(held, "008", actor=OPERATOR).pk)
    assert (alone.state, alone.counts["created"]) == ("applied", 1)
    done = runs.reload(held)
    assert (done.rest, done.counts["held"]) == ("waiting", 3)
    assert [hold["rule"] for hold in done.holds] == ["removals_location"]
    assert not Issue.objects.filter(key="person:008", resolved_at=None).exists()
    assert Membership.objects.filter(status="terminated").count() == 0
    entry = AuditEntry.objects.get(verb="released")
    assert (entry.by, entry.subject_id, entry.run_id) == ("cli:test", held.pk, alone.pk)
    assert entry.changes == [{"field": "source_id", "old": None, "new": "008"}]
    rest = runs.approve(done, plan_hash=done.plan_hash, actor=OPERATOR)
    assert (rest.rest, rest.counts["created"], rest.counts["deactivated"]) == ("approved", 1, 3)
    assert payroll.runs().counts["unchanged"] == 8


def test_only_a_new_person_can_be_added_alone(held) -> None:
    with pytest.raises(Refused, match="Only a new person"):
        requests.release(held, "001", actor=OPERATOR)
    with pytest.raises(Refused, match="Nobody with this payroll ID"):
        requests.release(held, "007", actor=OPERATOR)
    assert runs.reload(held).state == "applied"
    manager = made.manager(Membership.objects.first().location)
    with pytest.raises(NotAllowed, match="Only an admin"):
        requests.release(held, "008", actor=Actor.of(manager))


def test_a_first_sync_is_approved_as_a_whole(payroll) -> None:
    with pytest.raises(Refused, match="approve it as a whole"):
        requests.release(payroll.runs(), "001", actor=OPERATOR)


def test_the_last_new_person_added_ends_the_waiting(payroll, synced) -> None:
    payroll.integration.policy = {"creates_location": {"floor": 2, "share": 0.2}}
    payroll.integration.save()
    payroll.sends(*PEOPLE, HIRE, ALIKE.replace("0101", "0109"))
    run = payroll.runs()
    assert (run.state, run.counts["held"]) == ("held", 2)
    Integration.objects.update(policy={})
    runs.drive(requests.release(run, "007", actor=OPERATOR).pk)
    one = runs.reload(run)
    assert (one.rest, one.counts["held"]) == ("waiting", 1)
    runs.drive(requests.release(run, "008", actor=OPERATOR).pk)
    both = runs.reload(run)
    assert (both.rest, both.counts["held"]) == ("approved", 0)
    assert not Issue.objects.filter(code="on_hold", resolved_at=None).exists()


def test_a_rest_that_has_changed_is_planned_again_with_its_differences(held) -> None:
    hash_seen = held.plan_hash
    ines = Membership.objects.get(user__first_name="Ines")
    ines.status = "terminated"
    ines.save()
    with pytest.raises(Refused, match="look again"):
        runs.approve(held, plan_hash=hash_seen, actor=OPERATOR)
    now = runs.reload(held)
    assert (now.state, now.rest, now.counts["created"], now.counts["held"]) == ("applied", "waiting", 1, 3)
    told = now.summary["differences"]
    assert (told["people"], told["first"][0]["name"]) == (1, "Ines Calloway")
    assert told["first"][0] | {"location_id": 0, "fields": []} == {
        "source_id": "001",
        "location_id": 0,
        "name": "Ines Calloway",
        "was": "deactivate",
        "now": None,
        "fields": [],
    }
    assert told["first"][0]["fields"] == [{"field": "status", "old": "terminated", "new": None}]
    with pytest.raises(Refused, match="not the plan that waits now"):
        runs.approve(held, plan_hash=hash_seen, actor=OPERATOR)
    done = runs.approve(now, plan_hash=now.plan_hash, actor=OPERATOR)
    assert (done.rest, done.counts["deactivated"], done.counts["created"]) == ("approved", 2, 2)


def test_approving_on_a_later_day_plans_anew(payroll, synced, monkeypatch) -> None:
    today = timezone.localdate()
    last_day = (today + timedelta(days=1)).isoformat()
    header = ",Termination Date"
    rows = [row + ("," + last_day if row[:3] in {"001", "002", "003"} else ",") for row in PEOPLE]
    payroll.path.write_text(
        "\n".join(
            [
                "Employee ID,Employee Number,First Name,Last Name,Email,Phone,Facility Code,"
                f"Job Title,Department,Status,Hire Date{header}",
                *rows,
                "",
            ]
        )
    )
    run = payroll.runs()
    assert run.counts["held"] == 3  # staged ends count when they are staged
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("schedulepop.sync.run.planner.clock", lambda: later)
    with pytest.raises(Refused, match="the day has changed"):
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    now = runs.reload(run)
    assert now.summary["differences"]["people"] == 3
    assert {(one["was"], one["now"]) for one in now.summary["differences"]["first"]} == {
        ("update", "deactivate")
    }
    runs.approve(now, plan_hash=now.plan_hash, actor=OPERATOR)
    assert Membership.objects.filter(status="terminated").count() == 3


def test_approving_a_short_feed_accepts_it_and_deactivates_nobody(payroll, synced) -> None:
    payroll.sends(*PEOPLE[3:], HIRE)
    run = payroll.runs()
    assert (run.state, run.counts["held"]) == ("held", 1)
    done = runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert (done.counts["created"], done.counts["deactivated"], done.counts["removed_missing"]) == (1, 0, 0)
    accepted = Link.objects.filter(short_accepted=True).values_list("source_id", flat=True)
    assert sorted(accepted) == ["001", "002", "003"]
    payroll.sends(*PEOPLE[3:], HIRE, ALIKE)
    assert payroll.runs().holds == []
    payroll.sends(*PEOPLE, HIRE)
    payroll.runs()
    assert not Link.objects.filter(short_accepted=True).exists()


def test_a_doubted_column_that_was_approved_is_the_new_normal(payroll, synced) -> None:
    without = [",".join(part for n, part in enumerate(row.split(",")) if n != 8) for row in PEOPLE]
    payroll.path.write_text(
        "\n".join(
            [
                "Employee ID,Employee Number,First Name,Last Name,Email,Phone,Facility Code,"
                "Job Title,Status,Hire Date",
                *without,
                "",
            ]
        )
    )
    run = payroll.runs()
    assert [hold["rule"] for hold in run.holds] == ["column_gone"]
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert payroll.runs().holds == []


def test_a_run_whose_plan_or_file_is_gone_says_so(held) -> None:
    Run.objects.filter(pk=held.pk).update(raw=None)
    with refusing(NeedsAdmin, "not kept any more"):
        runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    Run.objects.filter(pk=held.pk).update(plan=None)
    with refusing(NeedsAdmin, "plan of this run is not kept"):
        requests.release(held, "008", actor=OPERATOR)
    assert runs.reload(held).state == "applied"


def test_removals_of_several_days_add_up_but_not_what_somebody_approved(payroll, synced) -> None:
    Integration.objects.update(
        policy={
            "removals_location": {"floor": 2, "share": 0.03},
            "removals_week": {"floor": 3, "share": 0.03},
        }
    )
    payroll.sends(*leaving("001", "002"))
    run = payroll.runs()
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    for gone in (("001", "002", "003"), ("001", "002", "003", "004")):
        payroll.sends(*leaving(*gone))
        assert payroll.runs().counts["deactivated"] == 1
    payroll.sends(*leaving("001", "002", "003", "004", "005"))
    third = payroll.runs()
    assert [hold["rule"] for hold in third.holds] == ["removals_week"]
    assert "3 people" in hold_words.reasons(third.holds)[0]


def test_the_last_admin_and_the_last_manager_stay(payroll) -> None:
    from schedulepop.accounts.models import Grant

    payroll.first_sync()
    ines, luis = (
        Membership.objects.get(user__first_name="Ines"),
        Membership.objects.get(user__first_name="Luis"),
    )
    Grant.objects.create(user=ines.user, role="admin", organization=ines.organization)
    Membership.objects.filter(pk=luis.pk).update(role="manager")
    payroll.sends(*leaving("001", "002"))
    run = payroll.runs()
    assert [hold["rule"] for hold in run.holds] == ["last_admin", "last_manager"]
    made.admin(ines.organization)
    made.manager(luis.location)
    assert payroll.runs().counts["deactivated"] == 2


def test_whoever_leaves_and_is_back_within_a_week_waits(payroll, synced) -> None:
    payroll.sends(*leaving("001"))
    payroll.runs()
    payroll.sends(*PEOPLE)
    run = payroll.runs()
    assert [hold["rule"] for hold in run.holds] == ["flapping"]
    assert "Ines Calloway is back" in hold_words.reasons(run.holds)[0]


def test_far_fewer_records_than_usual_are_told_and_nothing_waits(payroll, synced) -> None:
    payroll.integration.refresh_from_db()
    assert payroll.integration.last_good["reads"] == [6]
    payroll.integration.last_good["reads"] = [10, 10, 11]
    payroll.integration.save()
    run = payroll.runs()
    assert run.holds == []
    assert Issue.objects.get(code="rows_unusual", resolved_at=None).message.startswith(
        "The payroll file has 6 records"
    )


@pytest.mark.parametrize(("ends", "told"), TAKEN_AWAY)
def test_whoever_decides_is_told_calmly_when_somebody_else_drives_on(held, monkeypatch, ends, told) -> None:
    def taken(*args: object) -> None:
        raise ends

    monkeypatch.setattr(approvals, "approve", taken)
    with pytest.raises(Refused, match=told):
        runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    assert runs.is_waiting(runs.reload(held)), "it waits as before"
