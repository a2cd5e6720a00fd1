"""What each figure counts, and that it agrees with the rule it is told for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.health import figures
from schedulepop.messages import outbox
from schedulepop.messages.models import MailStop, Message
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Fetch, Integration, Run, RunState
from tests import made

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def read() -> figures.Figures:
    return figures.read(queues=tuple(jobs.QUEUES), run_states=tuple(RunState.values))


def integration(slug: str = "payroll", **more: Any) -> Integration:
    config = {"company": "maple"} if more.get("connector", "bamboohr") == "bamboohr" else {}
    values = {"name": slug, "connector": "bamboohr", "config": config, "state": "active", **more}
    values = {"last_success_at": now(), **values}
    return Integration.objects.create(organization=made.organization(slug.title()), slug=slug, **values)


def finished(of: Integration, number: int, **more: Any) -> Run:
    values = {"trigger": "manual", "state": "applied", "requested_by": "test", **more}
    return Run.objects.create(
        organization=of.organization, integration=of, number=number, local_date=now().date(), **values
    )


def test_an_installation_in_which_nothing_is() -> None:
    told = read()
    assert told.queues == dict.fromkeys(jobs.QUEUES, figures.Queue(0, 0.0))
    assert told.runs == dict.fromkeys(RunState.values, 0)
    assert told.integrations == dict.fromkeys(figures.INTEGRATIONS, 0)
    assert told.letters == dict.fromkeys(figures.LETTERS, 0)
    assert told.mail_stops == {"everybody": 0, "organization": 0}
    assert (told.oldest_letter_seconds, told.dead_jobs, told.fetches) == (0, 0, 0)


class TestQueues:
    def test_a_run_that_waits_and_for_how_long(self) -> None:
        run = jobs.request_run(integration(connector="file"), trigger="manual", actor=OPERATOR)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_events SET at = at - interval '90 seconds'")
        queue = read().queues["fetches" if hasattr(run, "fetch") else "runs"]
        assert queue.jobs == 1
        assert 90 <= queue.oldest_seconds < 120

    @pytest.mark.parametrize(("when", "jobs_told"), [("- interval '1 hour'", 1), ("+ interval '1 hour'", 0)])
    def test_what_may_not_start_yet_does_not_wait(self, when: str, jobs_told: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
                f" VALUES ('letters', 'send_letters', now() {when})"
            )
        queue = read().queues["letters"]
        assert queue.jobs == jobs_told
        assert round(queue.oldest_seconds / 3600) == jobs_told


class TestRuns:
    def test_by_state_of_the_last_day(self) -> None:
        one = integration()
        finished(one, 1)
        finished(one, 2)
        finished(one, 3, state="failed")
        finished(one, 4, state="failed", requested_at=now() - timedelta(hours=25))
        told = read().runs
        assert (told["applied"], told["failed"], told["queued"]) == (2, 1, 0)

    def test_held_integrations_are_counted_once(self) -> None:
        one = integration()
        finished(one, 1, rest="waiting", requested_at=now() - timedelta(days=40))
        finished(one, 2, state="held")
        finished(integration("other"), 1)
        assert read().integrations["held"] == 1


DAY_AGO, TWO_DAYS_AGO = timedelta(hours=25), timedelta(hours=48)


@pytest.mark.parametrize(
    ("more", "late"),
    [
        ({}, False),
        ({"last_success_at": now() - DAY_AGO}, False),
        ({"last_success_at": now() - TWO_DAYS_AGO}, True),
        ({"last_success_at": None}, True),
        ({"last_success_at": now() - TWO_DAYS_AGO, "state": "paused"}, False),
        ({"last_success_at": now() - TWO_DAYS_AGO, "connector": "file"}, False),
        ({"last_success_at": now() - TWO_DAYS_AGO, "connector": "file", "config": {"path": "x.csv"}}, True),
        (
            {
                "last_success_at": now() - TWO_DAYS_AGO,
                "notice_log": {"active_since": (now() - DAY_AGO).isoformat()},
            },
            False,
        ),
        ({"last_success_at": None, "notice_log": {"active_since": (now() - TWO_DAYS_AGO).isoformat()}}, True),
    ],
    ids=[
        "ran",
        "ran yesterday",
        "did not run for two days",
        "never ran",
        "paused",
        "only uploaded",
        "a file that is fetched",
        "resumed since",
        "never ran since its activation",
    ],
)
def test_late_is_what_the_schedule_calls_late(more: dict[str, Any], late: bool) -> None:
    one = integration(**more)
    assert schedule.freshness(one, now())["late"] == late
    assert read().integrations["late"] == int(late)


def test_conditions_of_integrations() -> None:
    for number, state in enumerate(("active", "active", "quarantined", "paused", "draft", "retired")):
        integration(f"number-{number}", state=state)
    told = read().integrations
    assert told == {"active": 2, "late": 0, "held": 0, "failing": 1, "paused": 1}


class TestLetters:
    def test_by_what_they_wait_for(self) -> None:
        place = made.location()
        person = made.person(place, "Ines Calloway", email="ines@example.com")
        queue(person, "queued", 300)
        queue(person, "sending", 60)
        queue(person, "queued", 900, not_before=now() + timedelta(minutes=5))  # to be tried again later
        queue(person, "accepted", 900)
        queue(person, "failed", 900)
        queue(person, "failed", 900, cause="too_old")
        queue(person, "unknown", 900)
        queue(person, "failed", 8 * 86_400)
        queue(made.person(place, "No Address", email=""), "queued", 86_400 * 30)
        told = read()
        assert told.letters == {
            "waiting": 1,
            "sending": 1,
            "stopped": 0,
            "later": 1,
            "without_address": 1,
            "failed": 1,
            "unknown": 1,
        }
        assert 300 <= told.oldest_letter_seconds < 360

    @pytest.mark.parametrize("everybody", [False, True], ids=["of one", "of everybody"])
    def test_what_is_stopped_is_no_delay(self, everybody: bool) -> None:
        here, there = made.location(), made.location(made.organization("Cedar Care"))
        queue(made.person(here, "Ines Calloway", email="ines@example.com"), "queued", 9_000)
        queue(made.person(there, "Paul Stranger", email="paul@example.com"), "queued", 60)
        MailStop.objects.create(organization=here.organization, by="x", reason="x", ended_at=now())
        MailStop.objects.create(organization=None if everybody else here.organization, by="x", reason="x")
        told = read()
        assert told.letters["stopped"] == (2 if everybody else 1)
        assert told.mail_stops == {"everybody": int(everybody), "organization": int(not everybody)}
        assert told.oldest_letter_seconds < 120

    def test_what_waits_is_what_the_outbox_would_send(self) -> None:
        """The figures and the outbox mean the same letters."""
        place = made.location()
        person = made.person(place, "Ines Calloway", email="ines@example.com")
        queue(person, "queued", 300)
        queue(person, "queued", 300, not_before=now() + timedelta(minutes=5))
        queue(made.person(place, "No Address", email=""), "queued", 300)
        MailStop.objects.create(organization=made.organization("Cedar Care"), by="x", reason="x")
        assert read().letters["waiting"] == outbox.waiting(now()).count() == 1


def queue(person: User, state: str, age: int, **more: Any) -> None:
    """A letter of that age in seconds."""
    Message.objects.create(
        organization=person.organization,
        user=person,
        kind="welcome",
        generation=made.next_number(),
        state=state,
        created_at=now() - timedelta(seconds=age),
        **more,
    )


def test_jobs_that_broke_off_with_their_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH gone AS (INSERT INTO procrastinate_workers (last_heartbeat)
                             VALUES (now() - interval '1 minute'), (now()) RETURNING id, last_heartbeat)
               INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)
               SELECT 'runs', 'drive_run', 'doing', id FROM gone"""
        )
    assert read().dead_jobs == 1


def test_figures_of_the_last_seconds_are_told_again(django_assert_num_queries: Any) -> None:
    recent = figures.Recent(seconds=60)
    names: dict[str, Any] = {"queues": tuple(jobs.QUEUES), "run_states": tuple(RunState.values)}
    first = recent.read(**names)
    integration()
    with django_assert_num_queries(0):
        assert recent.read(**names) is first
    recent.forget()
    assert recent.read(**names).integrations["active"] == 1


def test_sources_that_are_being_asked() -> None:
    for number, until in enumerate((now() + timedelta(minutes=1), now() - timedelta(minutes=1), None)):
        one = integration(f"number-{number}")
        Fetch.objects.create(organization=one.organization, integration=one, leased_until=until)
    assert read().fetches == 1


def test_one_statement_whatever_the_size(django_assert_num_queries: Any) -> None:
    for number in range(5):
        integration(f"number-{number}")
    with django_assert_num_queries(4):  # a savepoint, its end, how long it may take, the figures
        read()
