"""What the minute tick says by email: lateness, the morning's issues; and what becomes of a source in trouble."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from schedulepop import jobs
from schedulepop.accounts import invitations
from schedulepop.accounts.actors import Actor
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import lifecycle, notices
from schedulepop.sync.models import Integration, Issue, Run
from tests import made
from tests.saying import because

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # 7:30 in New York
READERS = {"password": made.PASSWORD}


@pytest.fixture
def integration() -> Integration:
    org = made.organization()
    made.admin(org, "Renata Okoye", email="renata@example.com", **READERS)
    return Integration.objects.create(
        organization=org,
        name="Payroll",
        slug="payroll",
        connector="file",
        config={"path": "/feeds/payroll.csv"},
        state="active",
        schedule_at=time(2),
        last_success_at=MONDAY - timedelta(hours=4),
    )


def told(kind: str) -> list[tuple[str, dict]]:
    found = Message.objects.filter(kind=kind).order_by("pk").select_related("user")
    return [(message.user.last_name, message.context) for message in found]


# Late -------------------------------------------------------------------------------------------------------


def test_late_is_told_once_per_lateness(integration) -> None:
    success = integration.last_success_at
    jobs.give_notice(success + timedelta(hours=25, minutes=59))
    assert told("late") == []
    for hours in (26.1, 27, 60):
        jobs.give_notice(success + timedelta(hours=hours))
    ((reader, says),) = told("late")
    assert reader == "Okoye"
    assert says["lead"].startswith("Payroll was last synced on Monday, November 23 at 3:30 AM")
    Integration.objects.update(last_success_at=success + timedelta(days=4))
    jobs.give_notice(success + timedelta(days=4, hours=1))
    assert len(told("late")) == 1
    jobs.give_notice(success + timedelta(days=6))
    assert len(told("late")) == 2


def test_skipped_runs_do_not_count_as_success(payroll, monkeypatch) -> None:
    import os

    from tests.sync.conftest import PEOPLE

    payroll.first_sync()
    payroll.integration.refresh_from_db()
    before = payroll.integration.last_success_at
    payroll.sends(*PEOPLE[:5])
    os.utime(payroll.path, (1_000_000_000, 1_000_000_000))
    assert payroll.runs().state == "skipped"
    payroll.integration.refresh_from_db()
    assert payroll.integration.last_success_at == before
    made.admin(payroll.integration.organization, "Renata Okoye", email="renata@example.com", **READERS)
    jobs.give_notice(before + timedelta(hours=27))
    assert len(told("late")) == 1


def test_paused_for_a_month_and_resumed_is_not_late_at_once(integration, monkeypatch) -> None:
    operator, later = Actor.operator("test"), MONDAY + timedelta(days=30)
    lifecycle.pause(integration, actor=operator)
    monkeypatch.setattr(lifecycle, "clock", lambda: later)
    jobs.give_notice(later)
    lifecycle.activate(integration, actor=operator)
    jobs.give_notice(later + timedelta(hours=1))
    assert told("late") == []
    jobs.give_notice(later + timedelta(hours=27))
    assert len(told("late")) == 1


# Digest -----------------------------------------------------------------------------------------------------


def issue(
    integration: Integration, code: str, *, location=None, days: int = 3, key: str = "x", reasons=()
) -> Issue:
    return Issue.objects.create(
        organization=integration.organization,
        integration=integration,
        code=code,
        key=key,
        location=location,
        reasons=list(reasons),
        first_seen_at=MONDAY - timedelta(days=days),
    )


def test_everybody_gets_what_they_can_fix_and_nothing_else(integration) -> None:
    org = integration.organization
    grove, hill = made.location(org, "Maple Grove"), made.location(org, "Oak Hill")
    made.manager(grove, "Marisol Tate", email="marisol@example.com", **READERS)
    made.manager(hill, "Henrik Sand", email="henrik@example.com", **READERS)
    made.client_success(org, "Jonah Pell", email="jonah@example.com", **READERS)
    issue(
        integration,
        "needs_contact",
        location=grove,
        reasons=because("needs_contact"),
    )
    issue(integration, "id_blank", days=0)
    issue(integration, "id_blank", key="y")
    issue(integration, "unmapped_zone", location=grove)
    issue(integration, "header_not_first")
    jobs.give_notice(MONDAY)
    digests = dict(told("digest"))
    assert set(digests) == {"Okoye", "Tate"}, (
        "Henrik Sand has nothing to do; Client Success has a letter over all"
    )
    assert digests["Tate"]["items"] == [
        {
            "title": "A person has no email address (Maple Grove)",
            "detail": (
                "Payroll has no email for this person: enter one there, or hand over a printed code. "
                "Enter an email in payroll, or hand the person a printed code."
            ),
        }
    ]
    assert digests["Okoye"]["items"] == [
        {"title": "A record has no payroll ID: 2", "detail": "Give the person an ID in payroll."}
    ]
    assert digests["Okoye"]["lead"] == "2 issues wait for you in SchedulePop. 1 of them is new."
    assert dict(told("morning"))["Pell"]["items"] == [
        {"title": "Maple Health", "detail": "One issue waits for you."}
    ]


def test_a_managers_digest_names_nobody_of_another_location(integration) -> None:
    grove = made.location(integration.organization, "Maple Grove")
    made.manager(grove, "Marisol Tate", email="marisol@example.com", **READERS)
    found = issue(
        integration,
        "found_elsewhere",
        location=grove,
        reasons=because(
            "found_elsewhere", name="Noor Bell", source_id="9", some=["Ada Sand (Oak Hill)"], more=0
        ),
    )
    Issue.objects.filter(pk=found.pk).update(rows=[{"name": "Noor Bell", "row": 9}])
    jobs.give_notice(MONDAY)
    (item,) = dict(told("digest"))["Tate"]["items"]
    assert item["detail"].startswith("Noor Bell: a new hire already works at another location.")
    assert "Sand" not in str(item)


def test_the_digest_comes_once_in_the_morning_after_the_night(integration) -> None:
    issue(integration, "id_blank")
    jobs.give_notice(MONDAY - timedelta(hours=1))
    assert told("digest") == [], "half past six"
    run = Run.objects.create(
        organization=integration.organization,
        integration=integration,
        number=1,
        trigger="schedule",
        state="running",
        local_date=MONDAY.date(),
        requested_by="schedule",
    )
    jobs.give_notice(MONDAY)
    assert told("digest") == [], "the night's run is not over"
    Run.objects.filter(pk=run.pk).update(state="applied")
    for minutes in (10, 11, 300):
        jobs.give_notice(MONDAY + timedelta(minutes=minutes))
    assert len(told("digest")) == 1
    jobs.give_notice(MONDAY + timedelta(days=1))
    assert len(told("digest")) == 2, "it is still open"
    Issue.objects.update(resolved_at=MONDAY)
    jobs.give_notice(MONDAY + timedelta(days=2))
    assert len(told("digest")) == 2, "nobody gets an empty one"


def test_whoever_does_not_want_it_or_may_not_sign_in_gets_none(integration) -> None:
    grove = made.location(integration.organization, "Maple Grove")
    made.manager(grove, "Marisol Tate", email="marisol@example.com", wants_digest=False, **READERS)
    made.manager(grove, "Gone Away", email="gone@example.com", status="terminated", **READERS)
    issue(integration, "needs_contact", location=grove)
    jobs.give_notice(MONDAY)
    assert told("digest") == []


def test_a_place_without_a_manager_is_hrs(integration) -> None:
    issue(integration, "needs_contact", location=made.location(integration.organization, "Maple Grove"))
    jobs.give_notice(MONDAY)
    assert [reader for reader, _ in told("digest")] == ["Okoye"]


def test_one_customers_broken_notice_does_not_keep_the_others(integration, monkeypatch) -> None:
    other = made.organization("Other Health")
    made.admin(other, "Ada Other", email="ada@example.com", **READERS)
    second = Integration.objects.create(
        organization=other,
        name="Payroll",
        slug="payroll",
        connector="file",
        config={"path": "/feeds/payroll.csv"},
        state="active",
        last_success_at=MONDAY,
    )
    issue(integration, "id_blank")
    issue(second, "id_blank")
    real = notices.digest.notify
    monkeypatch.setattr(
        notices.digest,
        "notify",
        lambda some, at: 1 / 0 if integration.organization in some else real(some, at),
    )
    jobs.give_notice(MONDAY)
    assert [reader for reader, _ in told("digest")] == ["Other"]


# Not joined -------------------------------------------------------------------------------------------------


def test_who_has_not_joined_is_told_once_to_who_manages_them(integration) -> None:
    org = integration.organization
    grove, hill = made.location(org, "Maple Grove"), made.location(org, "Oak Hill")
    made.manager(grove, "Marisol Tate", email="marisol@example.com", **READERS)
    made.manager(hill, "Henrik Sand", email="henrik@example.com", **READERS)
    for name, days in (("Noor Castellane", 3), ("Ann Early", 2)):
        hire = made.person(grove, name, email=f"{name[:3]}@example.com")
        invitations.create(hire, "set_up", MONDAY - timedelta(days=days), address=hire.email)
    jobs.give_notice(MONDAY)
    ((reader, says),) = told("digest")
    assert reader == "Tate"
    assert says["says"] == "one person has not set up their account"
    assert says["path"] == "/users/invite/?set_up=late"
    assert says["items"] == [
        {
            "title": "Not set up, three days after the invitation: 1 (Maple Grove)",
            "detail": "Noor Castellane. Send the letter again, or print a sheet and hand it over.",
        }
    ]
    jobs.give_notice(MONDAY + timedelta(days=1))
    jobs.give_notice(MONDAY + timedelta(days=2))
    assert [context["items"][0]["detail"][:9] for _, context in told("digest")] == ["Noor Cast", "Ann Early"]
