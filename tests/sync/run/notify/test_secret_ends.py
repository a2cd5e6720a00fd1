"""Credentials that end: a letter 30, 7 and 1 days before and one at the end, each once, to those who can renew them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import lifecycle, notices, secrets
from schedulepop.sync.models import Integration
from tests import made

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
ENDS = datetime(2027, 3, 31, 17, 0, tzinfo=UTC)
CANARY = "canary-9f2c4e"


@pytest.fixture
def integration() -> Integration:
    """An active one whose key ends on the last of March."""
    org = made.organization()
    made.admin(org, email="henry@maplehealth.example")
    one = lifecycle.add(
        org, "Payroll", connector="bamboohr", config={"company": "maplehealth"}, actor=OPERATOR
    )
    secrets.store(one, {"api_key": CANARY}, actor=OPERATOR, expires_at=ENDS)
    Integration.objects.update(state="active", last_success_at=ENDS)
    return one


def letters() -> list[Message]:
    return list(Message.objects.filter(kind="source_trouble").order_by("pk"))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(days=31), ""),
        (timedelta(days=30), "end soon"),
        (timedelta(days=7), "end soon"),
        (timedelta(days=1), "end soon"),
        (timedelta(0), "have ended"),
        (-timedelta(days=3), "have ended"),
    ],
    ids=["31 days", "30 days", "7 days", "1 day", "the moment", "3 days after"],
)
def test_when_a_letter_goes_out(integration: Integration, before: timedelta, said: str) -> None:
    notices.give(ENDS - before)
    found = [one for one in letters() if "credentials" in str(one.context)]
    assert bool(found) == bool(said)
    assert all(said in str(one.context) for one in found)


def test_each_goes_out_once_however_often_somebody_looks(integration: Integration) -> None:
    for days in (29, 28, 8, 6, 5, 2, 1, 0.5):
        notices.give(ENDS - timedelta(days=days))
    told = [one for one in letters() if "credentials end soon" in str(one.context)]
    people = {one.user_id for one in told}
    assert people
    assert len(told) == 3 * len(people)


def test_a_letter_names_the_day_and_no_secret(integration: Integration) -> None:
    notices.give(ENDS - timedelta(days=5))
    (told,) = {str(one.context) for one in letters() if "credentials" in str(one.context)}
    assert "March 31, 2027" in told
    assert CANARY not in told


def test_new_credentials_end_the_letters(integration: Integration) -> None:
    secrets.store(integration, {"api_key": "another"}, actor=OPERATOR, expires_at=ENDS + timedelta(days=365))
    notices.give(ENDS - timedelta(days=1))
    assert not [one for one in letters() if "credentials" in str(one.context)]
