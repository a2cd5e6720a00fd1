"""One job per run, whoever asks for it and however often: the run's row is the truth, the job only says its number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from procrastinate.exceptions import UniqueViolation

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.run import lease
from tests import made

pytestmark = pytest.mark.django_db
SPARE = timedelta(minutes=1)


@pytest.fixture
def integration() -> Integration:
    return made_integration("payroll")


def made_integration(slug: str) -> Integration:
    return Integration.objects.create(
        organization=made.organization(slug=f"org-{slug}"),
        name="Payroll",
        slug=slug,
        connector="file",
        state="active",
    )


def requested(integration: Integration, number: int = 1, state: str = "queued", **more: Any) -> Run:
    """A run as whoever asked for it died before its job was there."""
    return Run.objects.create(
        organization=integration.organization,
        integration=integration,
        number=number,
        trigger="push",
        state=state,
        local_date=datetime(2026, 11, 23).date(),
        requested_by="test",
        requested_at=now() - SPARE,
        **more,
    )


def queue() -> list[tuple[str, str, int]]:
    """Task, status and run of every job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text, (args ->> 'run_id')::int FROM procrastinate_jobs ORDER BY id"
        )
        return list(cursor.fetchall())


def a_worker_takes(run: Run | None = None, *, task: str = "drive_run", ago: int, beat: int) -> int:
    """The job is being done since so many seconds by a worker whose heart beat so many seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) "
            "RETURNING id",
            [beat],
        )
        worker = cursor.fetchone()[0]
        if run is None:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('ticks', %s)", [task]
            )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = %s "
            "AND (%s::text IS NULL OR args ->> 'run_id' = %s::text)",
            [worker, task, run and str(run.pk), run and str(run.pk)],
        )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(secs => %s) WHERE type = 'started'",
            [ago],
        )
        return int(worker)


def test_a_requested_run_has_one_job_however_often_it_is_swept(integration) -> None:
    run = jobs.request_run(integration, trigger="schedule", actor=jobs.SCHEDULER)
    later = now() + SPARE
    assert [jobs.sweep(later) for _ in range(3)] == [[], [], []]
    assert queue() == [("drive_run", "todo", run.pk)]


def test_a_run_whose_job_was_lost_has_one_again(integration) -> None:
    run = requested(integration)
    assert (jobs.sweep(now()), jobs.sweep(now())) == ([run.pk], [])
    assert queue() == [("drive_run", "todo", run.pk)]


def test_a_run_just_queued_is_left_to_whoever_asked_for_it(integration) -> None:
    """The command line drives its own runs, without a job."""
    run = requested(integration)
    assert jobs.sweep(run.requested_at + timedelta(seconds=4)) == []


def test_the_database_takes_no_second_job_of_a_run(integration) -> None:
    run = jobs.request_run(integration, trigger="schedule", actor=jobs.SCHEDULER)
    with pytest.raises(UniqueViolation) as taken:
        jobs.drive_run.defer(run_id=run.pk)
    assert taken.value.constraint_name == "job_of_run"


@pytest.mark.parametrize(("beat", "whose"), [(3600, "a worker long dead"), (1, "a worker that lost its run")])
def test_a_job_that_somebody_took_and_nobody_does_goes_back_into_the_queue(
    integration, beat: int, whose: str
) -> None:
    run = requested(integration, state="running")
    jobs.sweep(now())
    a_worker_takes(run, ago=6, beat=beat)
    assert jobs.sweep(now()) == [run.pk], whose
    assert queue() == [("drive_run", "todo", run.pk)]


def test_a_job_just_taken_is_left_alone(integration) -> None:
    run = requested(integration)
    jobs.sweep(now())
    a_worker_takes(run, ago=1, beat=1)
    assert jobs.sweep(now()) == []
    assert queue() == [("drive_run", "doing", run.pk)]


@pytest.mark.parametrize("beat", [1, 45], ids=["beats", "is slow to say so"])
def test_a_job_whose_run_is_driven_is_left_alone_however_long_it_takes(integration, beat: int) -> None:
    run = requested(integration, state="running", heartbeat_at=now())
    jobs.sweep(now())
    a_worker_takes(run, ago=3600, beat=beat)
    with lease.lock(integration.pk) as mine:
        assert mine
        assert jobs.sweep(now()) == []
    assert queue() == [("drive_run", "doing", run.pk)]


def test_what_a_dead_worker_left_of_a_run_that_is_over_and_of_a_tick_goes(integration) -> None:
    run = jobs.request_run(integration, trigger="schedule", actor=jobs.SCHEDULER)
    a_worker_takes(run, ago=60, beat=31)
    a_worker_takes(task="minute_tick", ago=60, beat=31)
    a_worker_takes(task="send_letters", ago=60, beat=1)
    Run.objects.filter(pk=run.pk).update(state="applied")
    assert jobs.sweep(now()) == []
    assert queue() == [("send_letters", "doing", None)]


def test_a_further_attempt_of_a_run_has_one_job_too(integration) -> None:
    run = requested(integration, state="failed")
    assert jobs._again(run) == jobs._again(run)
    assert queue() == [("drive_run", "todo", run.pk)]


def test_what_a_person_asked_for_is_driven_before_the_night(integration) -> None:
    night = jobs.request_run(made_integration("night"), trigger="schedule", actor=jobs.SCHEDULER)
    asked = jobs.request_run(integration, trigger="manual", actor=Actor.operator("test"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT (args ->> 'run_id')::int FROM procrastinate_jobs ORDER BY priority DESC, id")
        assert [pk for (pk,) in cursor.fetchall()] == [asked.pk, night.pk]


def test_a_backlog_costs_the_sweep_as_many_queries_as_one_run() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            jobs.sweep(now())
        return len(seen)

    one = requested(made_integration("one"))
    of_one = queries()
    with connection.cursor() as cursor:  # 5,000 more at once; at most one a customer is under way in truth
        cursor.execute(
            "INSERT INTO sync_run SELECT (jsonb_populate_record(r, jsonb_build_object('id', r.id + n, "
            "'number', n + 1))).* FROM sync_run r, generate_series(1, 5000) n WHERE r.id = %s",
            [one.pk],
        )
    assert queries() == of_one == 4
    assert len(queue()) == 5001
    assert queries() == of_one
    assert len(queue()) == 5001


def test_ticks_and_letters_never_wait_behind_a_run() -> None:
    """A queue each, and each queue has a worker of its own."""
    queues = {name: task.queue for name, task in jobs.app.tasks.items() if "." not in name}
    assert queues == {
        "drive_run": "runs",
        "erase_person": "upkeep",
        "fetch_feed": "fetches",
        "hourly_tick": "ticks",
        "hourly_upkeep": "upkeep",
        "minute_tick": "ticks",
        "read_everybody": "fetches",
        "send_letters": "letters",
    }
    assert set(jobs.QUEUES) == set(queues.values())
