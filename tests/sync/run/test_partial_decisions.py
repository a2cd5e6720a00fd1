"""A part of a hold: some people approved, some kept apart, the others go on waiting (ADR 0022)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Change, Deferral, Issue, Link, Run
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import deferrals, partial_decisions, runs
from schedulepop.sync.whereis import whereis
from tests import made, standing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
HIRE = "007,9007,Noor,Castellane,n@example.com,,101,CNA,East Wing,Active,2026-01-05"
GONE = ("001", "002", "003")


def leaving(*ids: str) -> list[str]:
    return [row.replace("Active", "Terminated") if row[:3] in ids else row for row in PEOPLE]


@standing.made_once
def held(payroll) -> Run:
    """Three of six leave, which is the limit."""
    payroll.first_sync()
    payroll.sends(*leaving(*GONE))
    return payroll.runs()


def approve(run: Run, *people: str, **more) -> Run:
    return partial_decisions.approve(run, plan_hash=run.plan_hash, actor=OPERATOR, people=people, **more)


def defer(run: Run, *people: str, reason: str = "HR asks payroll") -> Run:
    return partial_decisions.defer(run, plan_hash=run.plan_hash, actor=OPERATOR, people=people, reason=reason)


def ended() -> list[str]:
    return sorted(Membership.objects.filter(status="terminated").values_list("user__first_name", flat=True))


def test_one_of_a_hold_is_approved_and_the_others_go_on_waiting(held) -> None:
    done = approve(held, "002")
    assert ended() == ["Luis"]
    assert (done.state, done.rest, done.counts["deactivated"], done.counts["held"]) == (
        "applied",
        "waiting",
        1,
        2,
    )
    assert [hold["rule"] for hold in done.holds] == ["removals_location"]
    entry = AuditEntry.objects.get(verb="approved", run_id=done.pk)
    assert (entry.by, entry.user.first_name, entry.changes[0]["new"]) == ("cli:test", "Luis", "002")
    with pytest.raises(Refused, match="not the plan that waits"):
        approve(held, "001")  # the hash that was looked at names a plan of three


def test_a_hold_decided_person_by_person_waits_for_nobody(payroll, held) -> None:
    one = defer(held, "001")
    assert (one.rest, one.decided_by, one.counts["held"]) == ("waiting", "", 3)
    two = approve(one, "002")
    three = approve(two, "003")
    assert (three.rest, three.decided_by, three.plan_hash) == ("approved", "cli:test", "")
    assert not runs.is_waiting(three)
    assert ended() == ["Delia", "Luis"]
    assert not Issue.objects.filter(code="on_hold", resolved_at=None).exists()
    night = payroll.runs()
    assert (night.state, night.rest, night.holds, night.counts["held"]) == ("applied", "none", [], 1)


def test_who_is_kept_apart_is_outside_the_count_and_asked_about_after_a_week(
    payroll, held, monkeypatch
) -> None:
    defer(held, "001")
    kept = Deferral.objects.get()
    assert (kept.name, kept.removal, kept.verb) == ("Ines Calloway", True, "deactivate")
    assert kept.until == payroll.integration.local_date(timezone.now()) + timedelta(days=7)
    night = payroll.runs()
    assert (night.rest, night.holds) == ("none", [])  # two are below the limit
    assert ended() == ["Delia", "Luis"]
    later = timezone.now() + timedelta(days=7, hours=1)
    monkeypatch.setattr("schedulepop.sync.run.planner.clock", lambda: later)
    payroll.sends(*leaving("001", "002", "003", "004", "005"))
    week = payroll.runs()
    assert week.rest == "waiting"
    assert runs.stored_plan(week).held["source_id"].sort().to_list() == ["001", "004", "005"]


def test_approving_the_rest_leaves_out_whom_somebody_keeps_apart(held) -> None:
    part = defer(held, "001")
    done = runs.approve(part, plan_hash=part.plan_hash, actor=OPERATOR)
    assert ended() == ["Delia", "Luis"]
    assert (done.rest, done.counts["held"], done.counts["deactivated"]) == ("approved", 1, 2)
    assert Deferral.objects.get().ended_at is None


def test_all_kept_apart_ends_the_waiting_and_changes_nobody(payroll, held) -> None:
    done = defer(held, *GONE)
    assert (done.state, runs.is_waiting(done), ended()) == ("applied", False, [])
    night = payroll.runs()
    assert (night.rest, ended()) == ("none", [])


def test_who_is_kept_apart_can_be_approved_by_name_while_the_run_waits(held) -> None:
    part = defer(held, "001")
    approve(part, "001")
    assert ended() == ["Ines"]
    assert Deferral.objects.get().ended_why == "approved"


def test_a_deferral_ends_when_payroll_takes_its_word_back_or_somebody_ends_it(payroll, held) -> None:
    defer(held, "001", "002")
    payroll.sends(*leaving("002", "003"))
    payroll.runs()
    assert dict(Deferral.objects.values_list("source_id", "ended_why")) == {"001": "settled", "002": ""}
    deferrals.end(Deferral.objects.get(source_id="002"), actor=OPERATOR)
    assert AuditEntry.objects.filter(verb="ended_deferral").count() == 1
    with pytest.raises(Refused, match="not kept apart any more"):
        deferrals.end(Deferral.objects.get(source_id="002"), actor=OPERATOR)
    payroll.runs()
    assert ended() == ["Delia", "Luis"]


def test_keeping_apart_needs_a_reason_and_somebody_who_waits(held) -> None:
    with pytest.raises(Refused, match="Say why"):
        defer(held, "001", reason="  ")
    with pytest.raises(Refused, match="None of these people waits"):
        defer(held, "004")
    with pytest.raises(Refused, match="None of these people waits"):
        approve(held, "004")
    assert (runs.reload(held).state, ended()) == ("held", [])


def test_a_manager_decides_about_nobody(held) -> None:
    manager = Actor.of(made.manager(Membership.objects.first().location))
    for decide in (
        lambda: partial_decisions.approve(held, plan_hash=held.plan_hash, actor=manager, people=["001"]),
        lambda: partial_decisions.defer(
            held, plan_hash=held.plan_hash, actor=manager, people=["001"], reason="x"
        ),
    ):
        with pytest.raises(NotAllowed, match="Only an admin"):
            decide()
    kept = defer(held, "001")
    with pytest.raises(NotAllowed):
        deferrals.end(Deferral.objects.get(), actor=manager)
    assert kept.rest == "waiting"


def test_a_part_is_refused_once_a_newer_plan_exists_and_when_it_would_be_another(payroll, held) -> None:
    Membership.objects.filter(user__first_name="Ines").update(status="terminated")
    with pytest.raises(Refused, match="look again"):
        approve(held, "001")
    now = runs.reload(held)
    assert (now.counts["held"], now.rest) == (2, "waiting")
    payroll.sends(*leaving(*GONE, "004"))
    payroll.runs()
    with pytest.raises(Refused, match="taken the place"):
        approve(now, "002")


def test_undoing_the_run_takes_partial_approvals_back(held) -> None:
    part = approve(held, "002")
    assert ended() == ["Luis"]
    done = runs.approve(part, plan_hash=part.plan_hash, actor=OPERATOR)
    assert Change.objects.filter(run=done, removal=True).count() == 3
    undo.apply(done, plan_hash=undo.preview(done).digest, actor=OPERATOR)
    assert ended() == []


def test_a_location_is_approved_as_a_whole_with_its_short_file(payroll) -> None:
    oak = made.location(payroll.integration.organization, "Oak Hill", "102")
    others = [f"1{n:02d},91{n:02d},Ann{n},Lee{n},,,102,,,Active,2020-01-06" for n in range(40)]
    payroll.sends(*PEOPLE, *others)
    payroll.first_sync()
    payroll.sends(*PEOPLE[3:], HIRE, *(row.replace("Lee1,", "Ray1,") for row in others))
    run = payroll.runs()
    assert [hold["rule"] for hold in run.holds] == ["short"]
    alone = approve(run, "007")
    assert (alone.rest, [hold["rule"] for hold in alone.holds]) == ("waiting", ["short"])
    assert not Link.objects.filter(short_accepted=True).exists()
    grove = Membership.objects.exclude(location=oak).first().location_id
    done = approve(alone, locations=[grove])
    assert (done.rest, done.holds) == ("approved", [])
    assert Link.objects.filter(short_accepted=True).count() == 3
    assert ended() == []


def test_the_figures_of_the_guard_stay_with_the_run_and_a_quiet_night_keeps_none(payroll, held) -> None:
    place = Membership.objects.first().location_id
    assert [row[:4] for row in held.guard_counts] == [
        ["removals_location", place, 3, 6],
        ["removals_organization", None, 3, 6],
    ]
    runs.approve(held, plan_hash=held.plan_hash, actor=OPERATOR)
    assert payroll.runs().guard_counts == []


def test_where_is_says_of_a_hire_who_is_kept_apart_that_hr_looks_again(payroll, synced) -> None:
    payroll.integration.policy = {"creates_location": {"floor": 1, "share": 0.01}}
    payroll.integration.save()
    payroll.sends(*PEOPLE, HIRE)
    defer(payroll.runs(), "007")
    manager = Actor.of(made.manager(Membership.objects.first().location))
    told = whereis.ask(payroll.integration.organization, "Noor Castellane", actor=manager)
    assert "looks again within a week" in str(told.answer)
