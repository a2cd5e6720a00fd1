"""Fetching: one at a time per source, nothing half read, and accounts that are not locked by us."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.connectors import get
from schedulepop.connectors.testing import Fault, Stub
from schedulepop.sync.errors import RetryLater
from schedulepop.sync.integrations import lifecycle, schedule, secrets
from schedulepop.sync.models import Credential, Fetch, Integration, RawFeed, Run, RunState
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import fetching, runs, secret_values, source_lease, sources
from schedulepop.sync.run.lease import LeaseLostError
from tests import made
from tests.connectors.people import people, platform
from tests.saying import refusing

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
BAMBOO = platform("bamboohr")


def integration(source: Any = BAMBOO, name: str = "Payroll", org: Any = None) -> Integration:
    org = org or made.organization()
    for home, code in source.homes.items():
        if not org.locations.filter(name=home).exists():
            made.location(org, home, code)
    one = lifecycle.add(
        org,
        name,
        connector=source.kind,
        config=source.config,
        actor=OPERATOR,
        mapping=Mapping(columns=dict(get(source.kind).proposed), create_codes=["duty", "zone"]),
        policy={"pay": True},
    )
    secrets.store(one, source.secrets, actor=OPERATOR)
    return one


@pytest.fixture
def stub(settings: Any) -> Any:
    with BAMBOO.up(settings, people(30)) as up:
        yield up


def requested(one: Integration, **more: Any) -> Run:
    return runs.request(one, trigger="manual", actor=OPERATOR, **more)


def active() -> Integration:
    one = integration()
    run = runs.drive(requested(one).pk)
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    lifecycle.activate(one, actor=OPERATOR)
    one.refresh_from_db()
    return one


def test_the_feed_is_handed_over_before_the_run_starts(stub: Stub) -> None:
    run = requested(integration())
    assert fetching.is_waited_for(run)
    handed: list[Run] = []
    assert fetching.fetch(run, hand_over=handed.append)
    run.refresh_from_db()
    assert (run.state, run.raw is not None, handed) == (RunState.QUEUED, True, [run])
    asked = len(stub.asked)
    assert runs.drive(run.pk).state == RunState.PLANNED
    assert len(stub.asked) == asked  # the run itself asks nobody


def test_one_at_a_time_asks_a_source(stub: Stub) -> None:
    one = integration()
    run = requested(one)
    lease = source_lease.acquire(one, seconds=60)
    assert lease is not None
    assert not fetching.fetch(run)
    assert runs.drive(run.pk).state == RunState.QUEUED
    with refusing(RetryLater, "is being asked right now"), sources.opened(one):
        pass
    assert not lifecycle.test(one, actor=OPERATOR).ok
    assert stub.asked == []
    source_lease.give_back(lease)
    assert fetching.fetch(run)


def test_one_that_was_paused_hands_nothing_over(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    one = integration()
    run = requested(one)
    real = fetching.feeds.ask

    def overtaken(integration: Integration, lease: Any, *_: Any) -> Any:
        answer = real(integration, lease)
        Fetch.objects.update(leased_until=now() - timedelta(seconds=1))
        assert source_lease.acquire(integration, seconds=60, run=run) is not None
        return answer

    monkeypatch.setattr(fetching.feeds, "ask", overtaken)
    assert not fetching.fetch(run)
    run.refresh_from_db()
    assert (run.state, run.raw, fetching.is_waited_for(run)) == (RunState.QUEUED, None, True)
    assert Fetch.objects.get().leased_until is not None  # the other one's lease is not given back


def test_broken_off_in_the_middle_nothing_is_kept(stub: Stub) -> None:
    one = active()
    kept = RawFeed.objects.count()
    stub.faults = (Fault("cut_json"),)
    run = runs.drive(requested(one).pk)
    assert (run.state, run.error_code) == (RunState.FAILED, "source_busy")
    assert RawFeed.objects.count() == kept
    assert not Fetch.objects.exclude(run=None).exists()


def test_a_list_that_came_in_part_is_told_as_such(stub: Stub) -> None:
    one = active()
    stub.faults = (Fault("nobody", at=stub.data_requests + 2),)
    run = runs.drive(requested(one).pk)
    assert (run.state, run.error_code) == (RunState.FAILED, "page_missing")


def test_the_retry_comes_when_the_source_said(stub: Stub) -> None:
    one = active()
    stub.faults = (Fault("too_many_for_an_hour"),)
    run = runs.drive(jobs.request_run(one, trigger="schedule", actor=jobs.SCHEDULER).pk)
    one.refresh_from_db()
    named = fetching.retry_at(one)
    assert (run.state, run.error_code) == (RunState.FAILED, "source_busy")
    assert named is not None
    assert timedelta(minutes=50) < named - now() < timedelta(minutes=70)
    assert not schedule.retry_is_due(one, run, named - timedelta(minutes=1))
    assert schedule.retry_is_due(one, run, named)
    assert schedule.next_due(one, now()) == named
    stub.faults, asked = (), len(stub.asked)
    tested = lifecycle.test(one, actor=OPERATOR)  # a person does not ask before that, either
    assert (tested.ok, "asked not to be called before" in tested.sentence) == (False, True)
    assert len(stub.asked) == asked


def test_three_refused_sign_ins_then_nobody_tries(stub: Stub) -> None:
    one = integration()
    secrets.store(one, {"api_key": "wrong"}, actor=OPERATOR)
    assert "refused" in lifecycle.test(one, actor=OPERATOR).sentence
    assert runs.drive(requested(one, preview=True).pk).state == RunState.FAILED
    second = integration(name="Second", org=one.organization)  # of the same account
    secrets.store(second, {"api_key": "wrong as well"}, actor=OPERATOR)
    lifecycle.test(second, actor=OPERATOR)
    asked = len(stub.asked)
    assert asked == 3
    secrets.store(one, BAMBOO.secrets, actor=OPERATOR)
    tested = lifecycle.test(one, actor=OPERATOR)
    assert (tested.ok, "3 times within 10 minutes" in tested.sentence) == (False, True)
    assert runs.drive(requested(second).pk).error_code == "source_busy"
    assert len(stub.asked) == asked
    later = (now() - timedelta(minutes=11)).isoformat()
    for row in Credential.objects.exclude(tries=[]):
        row.tries = [later] * 3
        row.save()
    Credential.objects.update(next_at=None)
    assert lifecycle.test(one, actor=OPERATOR).ok
    assert not Credential.objects.exclude(tries=[]).exists()


def test_a_source_that_is_away_counts_as_no_refusal(stub: Stub) -> None:
    one = integration()
    stub.faults = (Fault("server_error"),)
    for _ in range(5):
        lifecycle.test(one, actor=OPERATOR)
    stub.faults = ()
    assert lifecycle.test(one, actor=OPERATOR).ok


def test_a_permission_that_is_taken_away_is_a_column_that_is_gone(stub: Stub) -> None:
    one = active()
    stub.recording = [stub.without(record, "Compensation") for record in stub.recording]
    run = runs.drive(requested(one).pk)
    assert "column_gone" in {hold["rule"] for hold in run.holds}
    assert run.counts["updated"] == 0


def test_turns_of_an_account_are_taken_by_all(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    from schedulepop.sync.run.account import Account

    slept: list[float] = []
    first, second = Account.of(integration()), Account.of(integration(name="Second", org=None or stub_org()))
    first.per_minute = second.per_minute = 6
    second.pace_key = first.pace_key
    for account in (first, second, first):
        account.turn(slept.append)
    assert [round(one) for one in slept] == [10, 20]


def stub_org() -> Any:
    return made.organization("Oak Health")


def test_a_replaced_token_is_stored_before_it_is_used_and_never_over_a_newer_one(stub: Stub) -> None:
    one = integration()
    held, late = secret_values.Opened(one), secret_values.Opened(one)
    held.keep("api_key", "second")
    held.keep("api_key", "third")
    assert secrets.opened(one) == {"api_key": "third"}
    with pytest.raises(LeaseLostError):
        late.keep("api_key", "of a paused worker")
    assert secrets.opened(one) == {"api_key": "third"}
