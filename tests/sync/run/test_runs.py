"""Runs, from the request to what a person sees: the first by hand, then every day, one at a time."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Change, Integration, Run
from schedulepop.sync.run import lease, report, runs
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")


def test_a_first_sync_waits_for_client_success(payroll) -> None:
    run = payroll.runs()
    assert (run.state, run.counts["created"], Membership.objects.count()) == ("planned", 6, 0)
    admin = Actor.of(made.admin(payroll.integration.organization))
    with pytest.raises(NotAllowed, match="Only Client Success"):
        runs.approve(run, plan_hash=run.plan_hash, actor=admin)
    joan = Actor.of(made.client_success(payroll.integration.organization))
    assert runs.approve(run, plan_hash=run.plan_hash, actor=joan).state == "applied"
    assert Membership.objects.filter(status="active", payroll_owned=True).count() == 6


def test_activation_before_the_first_sync_is_refused_with_the_reason(payroll) -> None:
    with pytest.raises(Refused, match="first sync has not been approved"):
        lifecycle.activate(payroll.integration, actor=OPERATOR)


def test_the_same_feed_again_writes_nothing_but_the_run(payroll, synced, written) -> None:
    before = written()
    users = list(User.objects.order_by("pk").values())
    members = list(Membership.objects.order_by("pk").values())
    run = payroll.runs()
    assert (run.state, run.counts["unchanged"], run.counts["read"]) == ("applied", 6, 6)
    assert written() == before
    assert list(User.objects.order_by("pk").values()) == users
    assert list(Membership.objects.order_by("pk").values()) == members


def test_a_managers_edit_is_overwritten_and_the_run_says_whose_it_was(payroll, synced) -> None:
    place = Membership.objects.first().location
    manager = made.manager(place, "Marisol Tate")
    ines = User.objects.get(last_name="Calloway")
    from schedulepop.directory import actions

    actions.edit_user(ines, {"email": "ines.private@example.com"}, actor=Actor.of(manager))
    run = payroll.runs()
    ines.refresh_from_db()
    assert (run.counts["updated"], ines.email) == (1, "ines@example.com")
    (field,) = Change.objects.get(run=run).fields
    assert (field["field"], field["old"], field["new"]) == (
        "email",
        "ines.private@example.com",
        "ines@example.com",
    )
    assert (field["why"], field["params"]["editor"]) == ("local_edit", "Marisol Tate")


def test_payroll_brings_nobody_back_to_a_closed_location_until_it_is_open_again(payroll, synced) -> None:
    from schedulepop.directory import actions

    grove = Membership.objects.first().location
    actions.close_location(grove, actor=OPERATOR)
    run = payroll.runs()
    statuses = Membership.objects.filter(location=grove).values_list("status", flat=True)
    assert (run.counts["reactivated"], set(statuses)) == (0, {"inactive"})
    actions.reopen_location(grove, actor=OPERATOR)
    run = payroll.runs()
    assert (run.counts["reactivated"], set(statuses.all())) == (6, {"active"})


def test_an_extra_duty_survives_and_the_primary_one_moves(payroll, synced) -> None:
    luis = Membership.objects.get(user__last_name="Quintanar")
    from schedulepop.directory import actions

    manager = Actor.of(made.manager(luis.location))
    actions.add_extra_duty(luis, made.duty(luis.location, "LPN"), actor=manager)
    payroll.sends(
        *(row.replace("101,CNA,East Wing,Active,2021", "101,RN,East Wing,Active,2021") for row in PEOPLE)
    )
    payroll.runs()
    luis.refresh_from_db()
    assert luis.primary_duty.name == "RN"
    assert sorted(d.duty.name for d in luis.duties.all()) == ["LPN", "RN"]


def test_half_the_building_gone_is_held_and_the_hire_goes_through(payroll, synced) -> None:
    hire = "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"
    payroll.sends(
        *(row.replace("Active", "Terminated") if row[:3] in {"001", "002", "003"} else row for row in PEOPLE),
        hire,
    )
    run = payroll.runs()
    assert (run.state, run.rest, run.counts["created"], run.counts["held"]) == ("applied", "waiting", 1, 3)
    assert not Membership.objects.filter(status="terminated").exists()
    done = runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert (done.rest, Membership.objects.filter(status="terminated").count()) == ("approved", 3)


def test_a_plan_is_refused_when_the_data_moved_since(payroll) -> None:
    run = payroll.runs()
    made.person(
        made.location(payroll.integration.organization, "Oak Hill", "102"),
        "Ines Calloway",
        email="ines@example.com",
    )
    with pytest.raises(Refused, match="look again"):
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    again = runs.reload(run)
    assert (again.state, again.counts["held"]) == ("planned", 1)
    assert again.plan_hash != run.plan_hash
    assert runs.approve(again, plan_hash=again.plan_hash, actor=OPERATOR).state == "applied"
    assert Membership.objects.filter(payroll_owned=True).count() == 5


def test_discard_stores_no_opinion(payroll) -> None:
    run = payroll.runs()
    assert runs.discard(run, actor=OPERATOR).state == "discarded"
    assert payroll.runs().counts["created"] == 6


def test_a_newer_plan_supersedes_the_older(payroll) -> None:
    old = payroll.runs()
    payroll.runs()
    assert runs.reload(old).state == "superseded"
    with pytest.raises(Refused, match="newer run has taken the place of run 1"):
        runs.approve(old, plan_hash=old.plan_hash, actor=OPERATOR)


def test_only_one_run_at_a_time(payroll) -> None:
    runs.request(payroll.integration, trigger="manual", actor=OPERATOR)
    with pytest.raises(Refused, match="already under way"):
        runs.request(payroll.integration, trigger="manual", actor=OPERATOR)


def test_a_run_somebody_else_drives_is_left_alone(payroll) -> None:
    run = runs.request(payroll.integration, trigger="manual", actor=OPERATOR)
    with lease.lock(payroll.integration.pk) as mine:
        assert mine
        assert runs.drive(run.pk).state == "queued"
    assert runs.drive(run.pk).state == "planned"


def test_a_zombie_writes_nothing(payroll) -> None:
    run = runs.request(payroll.integration, trigger="manual", actor=OPERATOR)
    with lease.lock(run.integration_id) as mine:
        zombie = lease.acquire(Run.objects.get(pk=run.pk), mine)
        lease.acquire(Run.objects.get(pk=run.pk), mine)
    with pytest.raises(lease.LeaseLostError):
        lease.report_stage(zombie, "apply")


def test_an_older_file_is_skipped_as_stale(payroll, synced) -> None:
    Integration.objects.update(last_source_time="2036-01-01T00:00Z")
    payroll.sends(PEOPLE[0])
    run = payroll.runs()
    assert (run.state, run.error_code) == ("skipped", "stale")
    assert not Membership.objects.exclude(status="active").exists()


@pytest.mark.parametrize(
    "content", [b"", b"<html><body>Please sign in</body></html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 64]
)
def test_what_is_no_payroll_export_fails_with_a_sentence_and_changes_nobody(
    payroll, synced, content: bytes
) -> None:
    payroll.path.write_bytes(content)
    run = payroll.runs()
    assert run.state == "failed"
    assert run.error
    assert Membership.objects.filter(status="active").count() == 6


def test_every_change_has_its_audit_entry(payroll, synced) -> None:
    entries = AuditEntry.objects.filter(door="sync", subject="membership")
    assert entries.count() == 6
    assert set(entries.values_list("by", flat=True)) == {"sync run 1"}


def test_the_json_of_a_run_is_the_closed_shape(payroll) -> None:
    said = report.of_run(payroll.runs())
    assert list(said) == [
        "run",
        "state",
        "plan",
        "counts",
        "issues",
        "columns",
        "unknown_columns",
        "holds",
        "seconds",
    ]
    assert list(said["counts"]) == [
        "read",
        "created",
        "updated",
        "reactivated",
        "transferred",
        "deactivated",
        "unchanged",
        "held",
        "rejected",
        "excluded",
        "removed_missing",
    ]
    assert list(said["seconds"]) == [
        "read",
        "normalize",
        "match",
        "diff",
        "guard",
        "apply",
        "notify",
        "total",
    ]
