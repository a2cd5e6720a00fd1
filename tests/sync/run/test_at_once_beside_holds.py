"""Runs at once beside a night that waits: its holds stand, and who is let go one by one counts like one file."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import actions
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import (
    Issue,
    Link,
)
from schedulepop.sync.review.questions import answers
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import runs
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, NOOR, OPERATOR, Maple
from tests.sync.run.between_nights import (
    AGNES_AT_GROVE,
    at_once,
    hired,
    moved,
    new_people,
    of,
)

pytestmark = pytest.mark.django_db


def test_beside_a_held_night_the_hold_stays_and_the_counters_do_not_move(maple: Maple) -> None:
    """Five of six leave and wait for HR; Agnes is answered meanwhile."""
    gone = [row.replace("Active", "Terminated") for row in PEOPLE[:4]]
    night = maple.night(*gone, *PEOPLE[4:], AGNES, AGNES_AT_GROVE)
    assert (night.rest, night.counts["held"]) == ("waiting", 5)
    digest, held = night.plan_hash, Issue.objects.filter(code="on_hold", resolved_at=None).values()
    stands, before = list(held), moved(of(maple))
    agnes = User.objects.get(last_name="Hillman")
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    assert at_once(maple, "021").counts["created"] == 1
    night.refresh_from_db()
    assert (night.state, night.rest, night.plan_hash) == ("held", "waiting", digest)
    assert list(held.all()) == stands
    assert moved(of(maple)) == before
    assert runs.approve(night, plan_hash=digest, actor=OPERATOR).rest == "approved"
    assert Membership.objects.filter(status="terminated").count() == 4


def test_whom_an_open_hold_covers_stays_behind_it(maple: Maple) -> None:
    gone = [row.replace("Active", "Terminated") for row in PEOPLE[:4]]
    night = maple.night(*gone, *PEOPLE[4:], AGNES)
    run = at_once(maple, "001")
    assert (run.state, run.rest, run.counts["held"], run.counts["deactivated"]) == ("applied", "none", 1, 0)
    assert [(one["source_id"], one["held_by"]) for one in run.summary["stopped"]] == [
        ("001", "removals_location")
    ]
    assert not runs.is_waiting(run)
    night.refresh_from_db()
    assert night.rest == "waiting"


def test_a_feed_held_as_a_whole_adds_nobody(maple: Maple) -> None:
    maple.hires(NOOR.replace(",101,CNA,East Wing", ",909,RN,North Hall"))
    night = maple.night(AGNES)
    assert night.state == "held"
    actions.map_code(maple.grove, "909", actor=OPERATOR)
    run = at_once(maple, "007")
    assert (run.counts["held"], run.counts["created"]) == (1, 0)
    assert not User.objects.filter(last_name="Castellane").exists()


def test_single_releases_trip_the_rule_that_one_file_would(maple: Maple) -> None:
    """Thirty hires at a location of six: ten in one file are held, so the tenth that is let go waits as well."""
    night = maple.hires(*(hired(number) for number in range(30)))
    assert (night.rest, night.counts["held"], night.holds[0]["limit"]) == ("waiting", 30, 10.0)
    done = [runs.drive(requests.release(night, str(300 + n), actor=OPERATOR).pk) for n in range(10)]
    assert [run.state for run in done] == ["applied"] * 9 + ["held"]
    (hold,) = done[-1].holds
    assert (hold["rule"], hold["figure"], hold["limit"]) == ("creates_location", 10.0, 10.0)
    assert new_people() == 9
    night.refresh_from_db()
    assert (night.rest, night.counts["held"]) == ("waiting", 21)
    with pytest.raises(Refused, match="waits for an approval of its own"):
        requests.release(night, "309", actor=OPERATOR)
    assert runs.approve(night, plan_hash=night.plan_hash, actor=OPERATOR).rest == "approved"
    assert runs.reload(done[-1]).state == "superseded"
    assert new_people() == 30


def test_who_is_let_go_is_welcomed_and_waits_no_more(maple: Maple) -> None:
    night = maple.hires(*(hired(number) for number in range(12)))
    run = runs.drive(requests.release(night, "300", actor=Actor.of(maple.admin)).pk)
    assert run.counts["created"] == 1
    assert Message.objects.get(kind="welcome").user == Link.objects.get(source_id="300").user
    night.refresh_from_db()
    assert (night.counts["held"], night.counts["unchanged"], night.rest) == (11, 8, "waiting")
    with pytest.raises(Refused, match="Nobody with this payroll ID"):
        requests.release(night, "300", actor=OPERATOR)
    with pytest.raises(NotAllowed):
        requests.release(night, "301", actor=Actor.of(maple.manager))


def test_what_an_at_once_run_holds_is_approved_on_its_own(maple: Maple) -> None:
    night = maple.hires(*(hired(number) for number in range(30)))
    *_, last = [runs.drive(requests.release(night, str(300 + n), actor=OPERATOR).pk) for n in range(10)]
    before = moved(of(maple))
    done = runs.approve(last, plan_hash=last.plan_hash, actor=Actor.of(maple.admin))
    assert (done.state, done.rest) == ("applied", "approved")
    assert new_people() == 10
    assert moved(of(maple)) == before
    night.refresh_from_db()
    assert (night.rest, night.counts["held"]) == ("waiting", 20)
