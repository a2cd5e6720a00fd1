"""A location closed, two duties merged, a run at once and undos in one history: each finds what the others left."""

from __future__ import annotations

import pytest

from schedulepop.accounts import access
from schedulepop.accounts.models import User
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Run
from schedulepop.sync.review.merge import parts
from schedulepop.sync.review.undo import undo
from tests.sync.conftest import PEOPLE
from tests.sync.plan.asking import AGNES, NOOR, OPERATOR, Maple
from tests.sync.run.between_nights import at_once

pytestmark = pytest.mark.django_db
LUIS, OMAR = PEOPLE[1], PEOPLE[4]


def take_back(run: Run, source_id: str | None = None) -> Run:
    return undo.apply(run, source_id, plan_hash=undo.preview(run, source_id).digest, actor=OPERATOR)


def of(first_name: str) -> Membership:
    return Membership.objects.select_related("user", "primary_duty").get(user__first_name=first_name)


def duty(maple: Maple, name: str) -> Duty:
    return Duty.objects.select_related("organization", "location").get(location=maple.grove, name=name)


def test_a_run_at_once_undone_after_its_duty_was_merged_and_its_location_closed(maple: Maple) -> None:
    sent = (PEOPLE[0], LUIS.replace(",CNA,", ",LPN,"), *PEOPLE[2:], AGNES)
    maple.payroll.sends(*sent)
    luis_at_once = at_once(maple, "002", asks_source=True)
    merge = parts.merge(duty(maple, "RN"), duty(maple, "CNA"), actor=OPERATOR)
    night = maple.night(*sent, NOOR)
    assert night.counts["created"] == 1
    actions.close_location(maple.grove, actor=OPERATOR)
    take_back(luis_at_once)  # his duty of before was merged away; it is put back all the same
    assert (of("Luis").primary_duty, of("Luis").status) == (duty(maple, "CNA"), "inactive")
    take_back(night)
    assert of("Noor").status == "inactive"
    assert parts.undo(merge, actor=OPERATOR) == []
    assert of("Omar").primary_duty == duty(maple, "CNA")
    actions.reopen_location(maple.grove, actor=OPERATOR)
    back = maple.night(*sent, NOOR)
    assert (back.counts["reactivated"], back.counts["held"]) == (
        5,
        2,
    )  # Luis’s duty and Noor stay as taken back
    assert (of("Luis").status, of("Luis").primary_duty.name) == ("active", "CNA")
    assert of("Noor").status == "inactive", "what was taken back stays out while payroll sends it"
    kinds = Message.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        "welcome",
        *["welcome_back"] * 6,
    ]  # Noor’s of the night that was taken back comes first


def test_an_undo_brings_nobody_back_to_a_closed_location(maple: Maple) -> None:
    left = maple.night(*PEOPLE[:4], OMAR.replace("Active", "Terminated"), PEOPLE[5], AGNES)
    assert of("Omar").status == "terminated"
    actions.close_location(maple.grove, actor=OPERATOR)
    seen = undo.preview(left)
    assert seen.conflicts["field"].to_list() == ["status"]
    take_back(left)
    omar = of("Omar")
    assert omar.status == "terminated"
    assert not access.may_sign_in(omar.user)


def test_an_undone_transfer_goes_back_to_no_closed_location(maple: Maple) -> None:
    moved = maple.night(
        *PEOPLE[:4], OMAR.replace(",101,CNA,East Wing,", ",202,RN,North Hall,"), PEOPLE[5], AGNES
    )
    omar = User.objects.get(first_name="Omar")
    working = omar.memberships.filter(status="active").values_list("location__name", flat=True)
    assert list(working) == ["Oak Hill"]
    actions.close_location(maple.grove, actor=OPERATOR)
    seen = undo.preview(moved)
    assert seen.conflicts["field"].to_list() == ["location"]
    take_back(moved)
    assert list(working.all()) == ["Oak Hill"]
    assert access.may_sign_in(omar)


def test_a_run_at_once_about_somebody_of_a_closed_location_changes_nobody(maple: Maple) -> None:
    actions.close_location(maple.grove, actor=OPERATOR)
    run = at_once(maple, "002", asks_source=True)
    assert (run.counts["updated"], run.counts["reactivated"]) == (0, 0)
    assert of("Luis").status == "inactive"
