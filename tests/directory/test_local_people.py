"""People no payroll knows: a last day is staged, comes by itself, and leaves its entry."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from schedulepop.accounts.access import may_sign_in
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.actions import local_people
from schedulepop.directory.errors import Refused
from tests import made

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
DATES = Actor(user=None, by="dates", door="sync")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture
def member():
    place = made.location(made.organization(timezone="America/Chicago"), "Maple Grove", "MG")
    return made.person(place, "Ada Gency").memberships.get()


def test_the_last_day_is_worked_and_sign_in_ends_at_the_midnight_after(member) -> None:
    local_people.edit_local(member, {"last_day": "2026-11-20"}, actor=OPERATOR, now=at(17))
    assert local_people.apply_due(at(20, 23), actor=DATES) == 0
    assert local_people.apply_due(at(21, 0), actor=DATES) == 1
    member.refresh_from_db()
    told = (member.status, member.termination_date, member.ends_on)
    assert told == ("terminated", date(2026, 11, 20), None)
    assert not may_sign_in(member.user)
    assert AuditEntry.objects.latest("pk").by == "dates"
    assert local_people.apply_due(at(21, 1), actor=DATES) == 0


def test_a_day_that_is_over_ends_at_once_and_another_status_takes_it_back(member) -> None:
    local_people.edit_local(member, {"last_day": "2026-11-10"}, actor=OPERATOR, now=at(17))
    member.refresh_from_db()
    assert member.status == "terminated"
    with pytest.raises(Refused, match="has a last day"):
        local_people.edit_local(member, {"last_day": ""}, actor=OPERATOR, now=at(17))
    local_people.edit_local(member, {"status": "active"}, actor=OPERATOR, now=at(17))
    member.refresh_from_db()
    assert (member.status, member.termination_date) == ("active", None)


def test_who_starts_later_is_active_on_the_first_day(member) -> None:
    given = {"status": "upcoming", "hire_date": "2026-11-19"}
    local_people.edit_local(member, given, actor=OPERATOR, now=at(17))
    assert local_people.apply_due(at(18), actor=DATES) == 0
    assert local_people.apply_due(at(19, 0), actor=DATES) == 1
    member.refresh_from_db()
    assert member.status == "active"


def test_payrolls_people_are_payrolls(member) -> None:
    type(member).objects.filter(pk=member.pk).update(payroll_owned=True)
    with pytest.raises(Refused, match="comes from payroll"):
        local_people.edit_local(member, {"status": "quit"}, actor=OPERATOR, now=at(17))
