"""What is due, asked of everybody at once: the same as the rules say of each, in as many statements as for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schedulepop import jobs
from schedulepop.connectors import REGISTRY
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import due, notices, schedule
from schedulepop.sync.models import Fetch, Integration, Issue, Run
from schedulepop.sync.run import feeds
from tests import made

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # 8:00 in New York


def payroll(name: str = "Payroll", timezone: str = "America/New_York", **values: object) -> Integration:
    values = {"config": {"path": "/feeds/payroll.csv"}, "state": "active", "schedule_at": time(2), **values}
    organization = made.organization(name, timezone=timezone)
    return Integration.objects.create(
        organization=organization, name=name, slug="payroll", connector="file", **values
    )


def scheduled(integration: Integration, day: date, state: str, **values: object) -> Run:
    return Run.objects.create(
        organization=integration.organization,
        integration=integration,
        number=integration.runs.count() + 1,
        trigger="schedule",
        local_date=day,
        requested_by="schedule",
        state=state,
        **values,
    )


def test_a_start_late_in_the_evening_keeps_its_day() -> None:
    """An offset that passes midnight goes on from the same day's start: no day is without its run."""
    evening = payroll(schedule_at=time(23, 30))
    for day in (date(2026, 11, 23), date(2026, 11, 24)):
        assert schedule.due_at(evening, day).date() == day


@pytest.mark.parametrize(
    "timezone", ["America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/St_Johns"]
)
@pytest.mark.parametrize(
    "at", [time(0), time(2, 30), time(23, 59)], ids=["midnight", "half past two", "evening"]
)
def test_nobody_is_missed_across_a_day_the_clocks_change(timezone: str, at: time) -> None:
    """Every half hour of the day of a change and of the night after it: the statement says what the rule does."""
    one = payroll(timezone=timezone, schedule_at=at)
    for change in (date(2026, 11, 1), date(2027, 3, 14), date(2026, 9, 27)):
        moment = datetime.combine(change, time(0), ZoneInfo(timezone)).astimezone(UTC)
        for _ in range(30 * 2):
            moment += timedelta(minutes=30)
            is_due = moment >= schedule.due_at(one, one.local_date(moment))
            assert due.starts(moment) == ([one] if is_due else []), moment


@pytest.mark.parametrize(
    ("state", "hours", "found"),
    [
        ("applied", 9, False),
        ("held", 9, False),
        ("failed", 5, False),
        ("failed", 6, True),
        ("failed", 12.5, True),
    ],
)
def test_a_day_that_had_its_run_is_asked_again_only_when_a_retry_is_due(
    state: str, hours: float, found: bool
) -> None:
    began = datetime(2026, 11, 23, 9, tzinfo=UTC)
    one = payroll(state="quarantined" if state == "failed" else "active", failing_since=began)
    scheduled(one, date(2026, 11, 23), state, finished_at=began)
    at = began + timedelta(hours=hours)
    assert due.starts(at) == ([one] if found else [])


def test_a_source_that_named_a_time_is_asked_then() -> None:
    began = datetime(2026, 11, 23, 9, tzinfo=UTC)
    one = payroll(state="quarantined", failing_since=began)
    run = scheduled(one, date(2026, 11, 23), "failed", finished_at=began)
    named = began + timedelta(hours=1)
    Fetch.objects.create(organization=one.organization, integration=one, retry_at=named)
    assert due.starts(named - timedelta(minutes=1)) == []
    assert due.starts(named) == [one]
    assert schedule.retry_is_due(one, run, named)


@pytest.mark.parametrize("config", [{}, {"path": ""}], ids=["no setting", "an empty one"])
def test_what_is_only_uploaded_never_starts_by_itself_and_is_never_late(config: dict) -> None:
    payroll(config=config)
    assert due.starts(MONDAY) == []
    assert due.late(MONDAY) == []


@pytest.mark.parametrize("many", [1, 25])
def test_a_minute_costs_the_same_for_many_as_for_one(many: int) -> None:
    """Nothing is due: the day's runs went through, payroll's data is of this night."""
    for number in range(many):
        one = payroll(f"Home {number}", last_success_at=MONDAY, last_source_time=MONDAY)
        scheduled(one, one.local_date(MONDAY), "applied", finished_at=MONDAY)
        one.notice_log = {"digest": f"{one.local_date(MONDAY)}"}
        one.save()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        jobs.start_due(MONDAY)
        jobs.start_arrived(MONDAY)
        jobs.apply_due(MONDAY)
        notices.give(MONDAY, spread=True)
    assert len(asked) <= 12, "\n".join(query["sql"] for query in asked)


def test_within_an_hour_everybody_has_been_asked() -> None:
    """Old data, uploads, credentials and digests are asked of a sixtieth every minute."""
    uploaded = [payroll(f"Home {number}", config={}) for number in range(7)]
    Integration.objects.update(notice_log={"active_since": (MONDAY - timedelta(days=9)).isoformat()})
    found = [one for minute in range(60) for one, _ in due.reminders(minute)]
    assert sorted(found, key=lambda one: one.pk) == uploaded
    assert [one for one, _ in due.reminders(None)] == uploaded


def test_digests_spread_over_an_hour_and_nobody_is_left_out() -> None:
    homes = [payroll(f"Home {number}") for number in range(7)]
    seven = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert due.digests(seven - timedelta(minutes=1), spread=False) == []
    assert {one.pk for one in due.digests(seven, spread=False)} == {one.organization_id for one in homes}
    assert len(due.digests(seven + timedelta(minutes=59), spread=True)) == len(homes)
    some = due.digests(seven + timedelta(minutes=10), spread=True)
    assert {one.pk for one in some} == {o for one in homes if (o := one.organization_id) % 60 <= 10}


def with_an_issue(number: int) -> Integration:
    """A customer whose HR has something to fix this morning."""
    one = payroll(f"Home {number}", last_success_at=MONDAY, last_source_time=MONDAY)
    email = f"ada{number}@example.com"
    made.admin(one.organization, f"Ada Home{number}", email=email, password=made.PASSWORD)
    Issue.objects.create(organization=one.organization, integration=one, code="id_blank", key="x")
    return one


def told() -> set[int]:
    """The organizations whose digest is queued."""
    return set(Message.objects.filter(kind="digest").values_list("organization", flat=True))


@pytest.mark.parametrize("many", [1, 25])
def test_many_digests_cost_as_much_as_one(many: int) -> None:
    homes = [with_an_issue(number) for number in range(many)]
    with CaptureQueriesContext(connection) as asked:
        assert notices.give(MONDAY) == many
    assert len(asked) <= 22, "\n".join(query["sql"] for query in asked)
    assert told() == {one.organization_id for one in homes}
    assert notices.give(MONDAY) == 0


@pytest.mark.django_db(transaction=True)
def test_a_customer_whose_row_is_written_right_now_keeps_nobody_elses_digest() -> None:
    """The others' go out in this minute, its own in the next."""
    free, written = with_an_issue(1), with_an_issue(2)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT FROM sync_integration WHERE id = %s FOR UPDATE", [written.pk])
            assert notices.give(MONDAY) == 1
        assert told() == {free.organization_id}
    finally:
        other.close()
    assert notices.give(MONDAY) == 1
    assert told() == {free.organization_id, written.organization_id}


@pytest.mark.parametrize("kind", sorted(REGISTRY))
@pytest.mark.parametrize("filled", [False, True], ids=["nothing set", "source set"])
def test_whose_files_are_uploaded_is_known_to_the_database_as_to_the_registry(
    kind: str, filled: bool
) -> None:
    setting = REGISTRY[kind].source_setting
    config = {setting: "payroll.csv"} if setting and filled else {}
    one = payroll(config=config)
    Integration.objects.filter(pk=one.pk).update(connector=kind)
    one.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_uploaded(connector, config) FROM sync_integration WHERE id = %s", [one.pk])
        assert cursor.fetchone() == (not feeds.can_fetch(one),)
