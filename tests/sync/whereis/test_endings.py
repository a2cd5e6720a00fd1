"""Who is off the list although payroll did not end them: where-is says what is so, and never that they have left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration
from schedulepop.sync.review.undo import undo
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, NOOR, OPERATOR

pytestmark = pytest.mark.django_db

TAKEN_BACK = (
    "taken_back",
    "Noor Castellane was taken off the list of Maple Grove again by an undo, and the payroll file that counts does "
    "not name the person there.",
)


def taken_back(run) -> None:
    undo.apply(run, plan_hash=undo.preview(run).digest, actor=OPERATOR)


def test_after_an_undo_of_somebody_payroll_no_longer_sends(maple) -> None:
    taken_back(maple.hires(NOOR))
    assert maple.told("Noor Castellane") == TAKEN_BACK
    maple.hires()
    assert maple.told("Noor Castellane") == TAKEN_BACK
    reply = maple.asks(maple.admin, "Noor Castellane")
    assert reply.answer.step == (
        "If they work there after all, have payroll enter the person, and release the status on the profile."
    )
    assert [stage.title for stage in reply.stages] == ["On the list of Maple Grove"]


def test_an_undone_hire_who_had_not_started(maple) -> None:
    start = (now() + timedelta(days=20)).date().isoformat()
    taken_back(maple.hires(NOOR.replace("2026-11-20", start)))
    assert Membership.objects.get(user__last_name="Castellane").status == "canceled"
    assert maple.told("Noor Castellane") == TAKEN_BACK


def test_who_was_taken_back_and_leaves_in_payroll_has_left(maple) -> None:
    taken_back(maple.hires(NOOR))
    maple.hires(NOOR.replace("Active", "Terminated"))
    assert maple.told("Noor Castellane")[0] == "left"


def test_an_undone_leaver_is_on_the_list(maple) -> None:
    run = maple.night(*PEOPLE[:-1], AGNES, PEOPLE[-1].replace("Active", "Terminated"))
    assert maple.told("Ruth Bello")[0] == "left"
    taken_back(run)
    assert maple.told("Ruth Bello")[0] == "on_list"
    maple.night(*PEOPLE[:-1], AGNES)
    assert maple.told("Ruth Bello")[0] == "missing"


def test_withdrawn_before_day_one(maple) -> None:
    start = (now() + timedelta(days=20)).date().isoformat()
    upcoming = NOOR.replace("2026-11-20", start)
    maple.hires(upcoming)
    maple.hires(upcoming.replace("Active", "Terminated"))
    assert maple.told("Noor Castellane") == (
        "never_started",
        "Noor Castellane was to start at Maple Grove, and that was withdrawn before the first day.",
    )


def test_payroll_stopped_naming_the_person(maple) -> None:
    Integration.objects.update(policy={"missing_feeds": 1, "missing_days": 0})
    maple.hires(NOOR)
    maple.hires()
    assert Membership.objects.get(user__last_name="Castellane").status == "terminated"
    assert maple.told("Noor Castellane") == (
        "no_longer_named",
        "Noor Castellane was at Maple Grove, and payroll’s files stopped naming the person, so the place ended.",
    )
