"""Client Success's morning letter: one a person over all their customers, once, and none where nothing needs them."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from schedulepop import jobs
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, Issue, Run
from tests import made

pytestmark = pytest.mark.django_db
EIGHT = made.NOON - timedelta(hours=4)  # 8 in the morning of the vendor's New York
READER = {"email": "jonah@schedulepop.example", "password": made.PASSWORD}


def integration(org: Organization, **more: Any) -> Integration:
    values = {"name": "ADP", "slug": "adp", "connector": "file", "state": "active", "last_success_at": EIGHT}
    return Integration.objects.create(organization=org, config={"path": "staff.csv"}, **(values | more))


def issue(one: Integration, code: str = "unmapped_zone", key: str = "x") -> None:
    Issue.objects.create(organization=one.organization, integration=one, code=code, key=key)


def run(one: Integration, state: str, **more: Any) -> Run:
    return Run.objects.create(
        organization=one.organization,
        integration=one,
        number=1,
        trigger="schedule",
        state=state,
        local_date=EIGHT.date(),
        requested_by="schedule",
        **more,
    )


@pytest.fixture
def jonah() -> User:
    """Looks after Maple Health and Cedar Care, which has an HR admin."""
    jonah = made.client_success(made.organization(), "Jonah Pell", **READER)
    cedar = made.organization("Cedar Care")
    made.admin(cedar, "Una Cedar", email="una@cedar.example", password=made.PASSWORD)
    Grant.objects.create(user=jonah, role=Grant.CLIENT_SUCCESS, organization=cedar)
    return jonah


def of(slug: str) -> Integration:
    return integration(Organization.objects.get(slug=slug))


def test_one_letter_over_all_customers_the_gravest_first(jonah: User, mailbox: ModuleType) -> None:
    issue(of("maple-health"))
    run(of("cedar-care"), "held")
    outsider = made.organization("Birch Care")
    run(integration(outsider), "held")
    jobs.give_notice(EIGHT)
    outbox.drain(now=EIGHT)
    (letter,) = [one for one in mailbox.letters() if "customers" in one.subject]
    assert letter.subject == "SchedulePop: two customers need you"
    assert "/customers/?show=mine" in letter.text
    assert letter.text.index("Cedar Care") < letter.text.index("Maple Health")
    for said in ("Changes are on hold and wait for a decision.", "One issue waits for you."):
        assert said in letter.text
        assert said in letter.html
    assert "Birch Care" not in letter.text


def test_once_a_morning_and_again_the_next(jonah: User) -> None:
    issue(of("maple-health"))
    jobs.give_notice(EIGHT - timedelta(hours=2))
    assert not Message.objects.exists(), "six in the morning"
    for hours in (0, 1, 9, 24):
        jobs.give_notice(EIGHT + timedelta(hours=hours))
    assert [one.kind for one in Message.objects.filter(user=jonah, kind="morning")] == ["morning", "morning"]


def test_nothing_when_nothing_needs_them(jonah: User) -> None:
    issue(of("cedar-care"), "id_blank")  # HR's
    jobs.give_notice(EIGHT)
    assert not Message.objects.filter(user=jonah).exists()


def test_what_is_hrs_is_theirs_where_no_hr_can_be_reached(jonah: User) -> None:
    issue(of("maple-health"), "id_blank")
    jobs.give_notice(EIGHT)
    assert "One issue waits for you." in str(Message.objects.get(user=jonah, kind="morning").context)


def test_it_waits_for_the_night_and_not_beyond_noon(jonah: User) -> None:
    issue(of("maple-health"))
    run(Integration.objects.get(), "running")
    jobs.give_notice(EIGHT)
    assert not Message.objects.filter(user=jonah, kind="morning").exists()
    jobs.give_notice(EIGHT + timedelta(hours=4))
    assert Message.objects.filter(user=jonah, kind="morning").count() == 1


def test_who_wants_no_digest_gets_none(jonah: User) -> None:
    issue(of("maple-health"))
    User.objects.filter(pk=jonah.pk).update(wants_digest=False)
    jobs.give_notice(EIGHT)
    assert not Message.objects.filter(user=jonah).exists()
