"""Runs at once, beside the nights: who is concerned and nobody else, behind what is on hold, and in their turn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import actions
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import Refused
from schedulepop.sync.models import (
    Answer,
    Integration,
    Issue,
    Link,
    MissingLink,
    Run,
    RunState,
    Trigger,
)
from schedulepop.sync.review.questions import answers
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import cool_downs, lease, runs
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, NOOR, OPERATOR, Maple
from tests.sync.run.between_nights import (
    AGNES_AT_GROVE,
    at_once,
    found_elsewhere,
    moved,
    of,
)

pytestmark = pytest.mark.django_db


def test_an_answer_is_true_at_once_and_nobody_else_is_touched(maple: Maple) -> None:
    agnes = found_elsewhere(maple)
    omar = User.objects.get(last_name="Haddad")
    actions.edit_user(omar, {"phone": "515 555 0000"}, actor=Actor.of(maple.manager))
    before = moved(of(maple))
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    run = at_once(maple, "021")
    assert (run.state, run.trigger, run.counts["read"], run.counts["created"]) == ("applied", "answer", 2, 1)
    assert sorted(agnes.memberships.values_list("location__name", flat=True)) == ["Maple Grove", "Oak Hill"]
    assert Answer.objects.get().applied_at is not None
    omar.refresh_from_db()
    assert omar.phone == "+15155550000", "the edit is overwritten tonight, as the page of that edit says"
    assert moved(of(maple)) == before
    assert answers.open_questions(of(maple), OPERATOR, answered=True) == []
    assert not Issue.objects.filter(code="found_elsewhere", resolved_at=None).exists()


def test_the_night_after_finds_it_done(maple: Maple) -> None:
    agnes = found_elsewhere(maple)
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    at_once(maple, "021")
    night = maple.hires(AGNES_AT_GROVE)
    assert (night.counts["created"], night.counts["held"], night.counts["unchanged"]) == (0, 0, 8)


def test_the_same_answer_twice_does_nothing(maple: Maple, written) -> None:
    agnes = found_elsewhere(maple)
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    first = requests.request(of(maple), ["021"], actor=OPERATOR)
    again = requests.request(of(maple), ["021"], actor=OPERATOR)
    assert first is not None
    assert first == again
    runs.drive(first.pk)
    before = written()
    assert runs.drive(first.pk).attempt == 1
    with pytest.raises(Refused, match="does not wait"):
        answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    repeated = at_once(maple, "021")
    assert (repeated.counts["unchanged"], repeated.counts["created"]) == (2, 0)
    assert written() == before


def test_while_a_run_is_under_way_it_waits_its_turn(maple: Maple) -> None:
    agnes = found_elsewhere(maple)
    night = runs.request(of(maple), trigger=Trigger.MANUAL, actor=OPERATOR)
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    with lease.lock(of(maple).pk) as mine:
        assert mine
        run = requests.request(of(maple), ["021"], actor=OPERATOR)
        assert run is not None
        assert runs.drive(run.pk).state == "queued"
        assert requests.goes_first(run) == night
    runs.drive(night.pk)
    (after,) = requests.drive_next(of(maple).pk)
    assert (after, after.state) == (run, "applied")
    assert requests.goes_first(after) is None


def test_a_run_of_everybody_is_not_refused_for_one_at_once(maple: Maple) -> None:
    maple.hires(AGNES_AT_GROVE)
    waiting = requests.request(of(maple), ["021"], actor=OPERATOR)
    assert runs.request(of(maple), trigger=Trigger.SCHEDULE, actor=OPERATOR).state == "queued"
    assert waiting is not None
    assert runs.drive(waiting.pk).state == "applied"


def test_one_that_lost_its_driver_goes_on_before_the_next(maple: Maple) -> None:
    """Killed in the middle, a run stays `running` until the sweep: another does not begin over it."""
    maple.hires(AGNES_AT_GROVE)
    agnes = User.objects.get(last_name="Hillman")
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    killed = requests.request(of(maple), ["021"], actor=OPERATOR)
    assert killed is not None
    Run.objects.filter(pk=killed.pk).update(state=RunState.RUNNING, stage="apply", fencing_token=1)
    other = requests.request(of(maple), ["001"], actor=OPERATOR)
    assert other is not None
    assert runs.drive(other.pk).state == "queued"
    assert runs.drive(killed.pk).state == "applied"
    assert agnes.memberships.count() == 2
    assert [run.pk for run in requests.drive_next(of(maple).pk)] == [other.pk]


def test_it_supersedes_no_plan_and_speaks_for_nobody(maple: Maple) -> None:
    maple.hires(AGNES_AT_GROVE)
    preview = maple.payroll.runs(preview=True, full=True)
    run = at_once(maple, "001")
    assert runs.reload(preview).state == preview.state
    from schedulepop.sync.run import speaking

    assert speaking.newest(of(maple)) != run
    assert all(one.run != run for one in speaking.heard(of(maple)).speaking)


def test_one_person_is_read_from_the_source_now(maple: Maple) -> None:
    """Payroll corrected a phone and hired somebody since the night: the phone is there at once, the hire tonight."""
    maple.hires()
    changed = PEOPLE[0].replace("555-0101", "555-0199")
    maple.payroll.sends(changed, *PEOPLE[1:], AGNES, NOOR)
    before = moved(of(maple))
    run = at_once(maple, "001", asks_source=True)
    assert (run.state, run.counts["updated"], run.counts["read"]) == ("applied", 1, 1)
    assert User.objects.get(last_name="Calloway").phone == "+15155550199"
    assert not User.objects.filter(last_name="Castellane").exists()
    assert moved(of(maple)) == before
    assert maple.payroll.runs().counts["created"] == 1


def test_a_source_in_doubt_changes_nobody(maple: Maple) -> None:
    """The file that is there now lacks most people: what it says of the one who is in it is not believed either."""
    maple.hires()
    maple.payroll.sends(PEOPLE[0].replace("555-0101", "555-0199"), AGNES)
    run = at_once(maple, "001", asks_source=True)
    assert (run.state, run.rest, run.counts["held"]) == ("applied", "none", 1)
    assert {one["held_by"] for one in run.summary["stopped"]} == {"short"}
    assert User.objects.get(last_name="Calloway").phone == "+15155550101"


def test_a_source_that_cannot_be_read_is_no_trouble_of_the_integration(maple: Maple) -> None:
    before = moved(of(maple))
    maple.payroll.path.unlink()
    run = at_once(maple, "001", asks_source=True)
    assert (run.state, bool(run.error)) == ("failed", True)
    assert moved(of(maple)) == before
    assert not Message.objects.filter(kind="source_trouble").exists()


def test_only_fetching_has_a_cool_down(maple: Maple) -> None:
    at = now()
    Run.objects.update(requested_at=at - timedelta(hours=1))
    assert cool_downs.fetch_allowed_from(of(maple), at) is None
    at_once(maple, "001")
    assert cool_downs.fetch_allowed_from(of(maple), now()) is None
    at_once(maple, "001", asks_source=True)
    until = cool_downs.fetch_allowed_from(of(maple), now())
    assert until is not None
    assert until - now() > timedelta(minutes=9)


def test_what_it_did_is_taken_back(maple: Maple) -> None:
    agnes = found_elsewhere(maple)
    night = Run.objects.full().order_by("-number").first()
    answers.answer(of(maple), "021", kind="add_here", user=agnes, actor=OPERATOR)
    run = at_once(maple, "021")
    done = undo.apply(run, plan_hash=undo.preview(run).digest, actor=Actor.of(maple.admin))
    assert done.undo_of == run
    assert runs.reload(run).state == "undone"
    assert agnes.memberships.get(location=maple.grove).status == "inactive"
    from schedulepop.sync.run import speaking

    assert speaking.newest(of(maple)) == night


def test_nobody_is_missing_by_it(maple: Maple) -> None:
    """Petra is in no file since three nights, and would be removed tonight: a run about her removes nobody."""
    rest = [row for row in PEOPLE if not row.startswith("004")]
    maple.night(*rest, AGNES)
    before = list(MissingLink.objects.values())
    run = at_once(maple, "004")
    assert (run.counts["read"], run.counts["removed_missing"]) == (0, 0)
    assert list(MissingLink.objects.values()) == before


def test_before_the_first_sync_there_is_none(payroll) -> None:
    payroll.runs()
    integration = Integration.objects.select_related("organization").get(pk=payroll.integration.pk)
    assert requests.request(integration, ["001"], actor=OPERATOR) is None


def test_a_recycled_id_ends_the_other_one_and_adds_the_new_person(maple: Maple) -> None:
    """Payroll gave 006 to somebody else: the answer `different` ends Ruth's membership and makes the new one."""
    other = "006,9906,Juno,Vale,juno@example.com,(515) 555-0166,101,RN,East Wing,Active,2026-11-01"
    maple.night(*PEOPLE[:5], other, AGNES)
    answers.answer(of(maple), "006", kind="different", actor=OPERATOR)
    run = at_once(maple, "006")
    assert (run.counts["created"], Membership.objects.get(user__last_name="Bello").status) == (
        1,
        "terminated",
    )
    assert Link.objects.get(source_id="006", retired_at=None).user.last_name == "Vale"
