"""A stored file planned again: the same as before, or by other rules, and nothing is written."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.review import replay
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def test_a_run_that_has_not_moved_on_plans_the_same_again(payroll, synced, written) -> None:
    payroll.sends(PEOPLE[0].replace("0101", "0199"), *PEOPLE[1:3])
    for run in (payroll.runs(preview=True), payroll.runs()):
        before = written()
        done = replay.replay(run, actor=OPERATOR)
        if run.preview:
            assert (done.same, done.digest) == (True, run.plan_hash)
        assert written() == before
    assert not done.before.holds.is_empty()


def test_another_mapping_says_person_by_person_what_would_differ(payroll, synced) -> None:
    run = payroll.runs()
    other = Mapping(statuses={"Active": "furlough"})
    done = replay.replay(run, actor=OPERATOR, mapping=other)
    told = done.people()
    assert {(one["name"], one["was"], one["now"]) for one in told} >= {("Ines Calloway", None, "update")}
    assert {"field": "status", "old": None, "new": "furlough"} in told[0]["fields"]
    assert replay.as_json(done)["people"] == 6
    assert set(Membership.objects.values_list("status", flat=True)) == {"active"}


def test_another_policy_says_what_would_be_held(payroll, synced) -> None:
    payroll.sends(*(row.replace("Active", "Terminated") if n < 2 else row for n, row in enumerate(PEOPLE)))
    run = payroll.runs(preview=True)
    done = replay.replay(run, actor=OPERATOR, policy={"removals_location": {"floor": 1, "share": 0.0}})
    assert {field["new"] for one in done.people() for field in one["fields"]} == {"removals_location"}
    with pytest.raises(Refused):
        replay.replay(run, actor=OPERATOR, policy={"flips": "many"})


def test_who_may_and_what_cannot_be_replayed(payroll, synced) -> None:
    run = payroll.runs()
    with pytest.raises(NotAllowed):
        replay.replay(run, actor=Actor.of(made.manager(Membership.objects.first().location)))
    run.raw = None
    with pytest.raises(Refused, match="nothing to replay"):
        replay.replay(run, actor=OPERATOR)
