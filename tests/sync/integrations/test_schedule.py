"""Who runs by itself and when, how old payroll's data may be, and who is reminded to upload."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.messages.models import Message
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle, notices, schedule
from schedulepop.sync.models import Integration, Issue, Run
from schedulepop.sync.run import cool_downs, runs
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")


@pytest.fixture
def integration(payroll, synced) -> Integration:
    found = Integration.objects.select_related("organization").get()
    made.admin(found.organization, "Renata Okoye", email="renata@example.com", password="a long password")
    return found


@pytest.fixture
def uploaded(integration) -> Integration:
    """The same without a source of its own."""
    integration.config = {"path": ""}
    integration.save()
    return integration


def last_source(integration: Integration) -> datetime:
    assert integration.last_source_time is not None
    return integration.last_source_time


def letters(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


# Upload only ------------------------------------------------------------------------------------------------


def test_what_is_only_uploaded_never_runs_by_itself_and_is_never_late(uploaded) -> None:
    later = last_source(uploaded) + timedelta(days=40)
    assert schedule.next_due(uploaded, later) is None
    assert jobs.start_due(later) == []
    fresh = schedule.freshness(uploaded, later)
    assert (fresh["late"], fresh["old_since"]) == (False, None)
    notices.give(later)
    assert letters("late") == letters("source_trouble") == 0


@pytest.mark.parametrize(("days", "reminders"), [(3, [2, 4, 6]), (7, [6, 13]), (None, [])])
def test_a_reminder_after_each_interval_without_an_upload(uploaded, days, reminders) -> None:
    """`reminders`: the days before which each goes out."""
    lifecycle.set_policy(uploaded, {"upload_reminder": str(days or "")}, actor=OPERATOR)
    said = dict.fromkeys(range(1, 15), 0)
    start = lifecycle.activated_at(Integration.objects.get())
    assert start is not None
    for day in said:
        notices.give(start + timedelta(days=day, minutes=1))
        notices.give(start + timedelta(days=day, minutes=2))
        said[day] = letters("upload_reminder")
    expected = {day: day // days if days else 0 for day in said}
    assert said == expected


def test_an_upload_starts_the_interval_anew(uploaded) -> None:
    start = lifecycle.activated_at(uploaded)
    assert start is not None
    notices.give(start + timedelta(days=8))
    assert letters("upload_reminder") == 1
    uploaded.feeds.update(source_time=start + timedelta(days=9))
    notices.give(start + timedelta(days=15))
    assert letters("upload_reminder") == 1
    notices.give(start + timedelta(days=17))
    assert letters("upload_reminder") == 2


def test_an_upload_that_cannot_be_read_puts_no_source_in_trouble(uploaded) -> None:
    run = runs.drive(runs.request(uploaded, trigger="manual", actor=OPERATOR).pk)
    uploaded.refresh_from_db()
    assert (run.state, uploaded.state, uploaded.failing_since) == ("failed", "active", None)


# When it runs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-1, 0, 5, 20])
def test_the_next_run_is_always_ahead(integration, hours) -> None:
    Run.objects.filter(trigger="schedule").delete()
    at = schedule.due_at(integration, date(2027, 3, 1)) + timedelta(hours=hours)
    due = schedule.next_due(integration, at)
    assert due is not None
    assert due > at


def test_only_a_fetch_that_succeeded_has_a_cool_down(integration, payroll) -> None:
    Run.objects.update(requested_at=integration.created_at - timedelta(hours=1))
    payroll.path.unlink()
    failed = payroll.runs()
    assert failed.state == "failed"
    assert cool_downs.cool_down_left(integration, failed.requested_at) <= timedelta(0)
    payroll.laid_out()
    good = payroll.runs()
    assert cool_downs.cool_down_left(integration, good.requested_at) == cool_downs.COOL_DOWN
    integration.config = {"path": ""}
    assert cool_downs.cool_down_left(integration, good.requested_at) <= timedelta(0)


# Old data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "old_after"), [(1, 26), (24, 48), (72, 144)], ids=["hourly", "daily", "third day"]
)
def test_data_older_than_twice_its_usual_interval_alarms_once(integration, every, old_after) -> None:
    newest = last_source(integration)
    run = Run.objects.order_by("-number").first()
    assert run is not None
    for n in range(1, 6):
        Run.objects.create(
            organization=integration.organization,
            integration=integration,
            number=100 + n,
            trigger="schedule",
            state="applied",
            local_date=date(2026, 1, n),
            requested_by="test",
            source_time=newest - timedelta(hours=every * n),
        )
    integration.notice_log = {}
    for hours, old in ((old_after - 1, False), (old_after + 1, True)):
        integration.last_success_at = newest + timedelta(hours=hours)
        integration.save()
        fresh = schedule.freshness(integration, newest + timedelta(hours=hours))
        assert (fresh["late"], fresh["old_since"]) == (False, newest if old else None)
    for _ in range(2):
        notices.give(newest + timedelta(hours=old_after + 1))
    assert letters("source_trouble") == 1


# Previews ---------------------------------------------------------------------------------------------------


def test_a_preview_that_would_change_nothing_waits_for_nobody(payroll, integration) -> None:
    run = payroll.runs(preview=True)
    assert (run.state, runs.is_waiting(run)) == ("planned", False)
    assert list(runs.waiting(integration.organization)) == []
    assert not Issue.objects.filter(code="on_hold", resolved_at=None).exists()
    with pytest.raises(Refused, match="nothing of it waits"):
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)


def test_it_takes_the_place_of_no_feed_that_waits(payroll, integration) -> None:
    payroll.sends(*PEOPLE[:3])
    held = payroll.runs()
    payroll.sends(*PEOPLE)
    payroll.runs(preview=True)
    assert list(runs.waiting(integration.organization)) == [held]


def test_a_preview_with_a_change_waits(payroll, integration) -> None:
    payroll.sends(*PEOPLE[1:], PEOPLE[0].replace("0101", "0109"))
    run = payroll.runs(preview=True)
    assert list(runs.waiting(integration.organization)) == [run]
    assert runs.is_waiting(run)


def test_a_first_sync_that_would_create_nobody_is_refused_with_the_way_out(payroll) -> None:
    payroll.sends(*(row.replace(",101,", ",999,") for row in PEOPLE))
    run = payroll.runs()
    assert not runs.is_waiting(run)
    with pytest.raises(Refused, match="would create nobody"):
        runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
