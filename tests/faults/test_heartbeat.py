"""Epoch, heartbeat, take-over and sweep, line by line (DESIGN, Runs and jobs)."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.postgres import Urls
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import Run
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import driver as drive
from schedulepop.sync.run import heartbeat, lease, runs
from tests.faults import victim
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db(transaction=True)
HIRE = "007,9007,Noor,Castellane,noor@example.com,(515) 555-0107,101,CNA,East Wing,Active,2026-01-05"


@pytest.fixture
def run(payroll) -> Run:
    """A run that somebody began to drive."""
    made = runs.request(payroll.integration, trigger="manual", actor=Actor.operator("test"))
    return taken(made)


def taken(run: Run) -> Run:
    """By a driver that holds the lock at that moment."""
    with lease.lock(run.integration_id) as mine:
        assert mine
        return lease.acquire(run, mine)


def last_beat(run: Run, ago: timedelta) -> None:
    Run.objects.filter(pk=run.pk).update(heartbeat_at=now() - ago)


@contextmanager
def elsewhere(url: str, run: Run, space: int = heartbeat.LOCK_SPACE) -> Iterator[psycopg.Connection]:
    """Another process's session that holds the lock."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [space, run.integration_id])
        yield other


def test_a_free_lock_is_taken_over_at_the_next_sweep_whatever_the_heartbeats_age(run) -> None:
    last_beat(run, timedelta(0))
    assert jobs.sweep(now()) == [run.pk]


def test_a_lock_still_held_is_left_alone_while_the_heart_beats(run, database_urls) -> None:
    with elsewhere(database_urls.app, run) as other:
        last_beat(run, timedelta(seconds=55))
        assert jobs.sweep(now()) == []
        assert other.execute("SELECT 1").fetchone() == (1,)


def test_a_silent_drivers_session_is_ended_and_its_run_taken_over(run, database_urls) -> None:
    with elsewhere(database_urls.app, run) as other:
        last_beat(run, timedelta(seconds=61))
        assert jobs.sweep(now()) == [run.pk]
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")
    assert runs.drive(run.pk).state == "planned"


def test_a_driver_that_has_just_got_the_lock_of_a_run_long_dead_is_left_alone(run) -> None:
    """Between its lock and its first word on the row another worker's sweep looks: found by `make faults`."""
    last_beat(run, timedelta(hours=1))
    with lease.lock(run.integration_id) as mine:
        assert mine
        assert jobs.sweep(now()) == []
        assert mine.execute("SELECT 1").fetchone() == (1,)


def test_losing_the_session_of_the_lock_does_not_fail_the_run(run, monkeypatch) -> None:
    def ended(row: Run) -> None:
        raise psycopg.errors.AdminShutdown("terminating connection due to administrator command")

    monkeypatch.setattr(drive, "execute", ended)
    with pytest.raises(psycopg.OperationalError):
        runs.drive(run.pk)
    run.refresh_from_db()
    assert run.state == "running"


def test_a_driver_whose_row_is_locked_by_its_own_long_step_still_beats(run, database_urls, settings) -> None:
    """The applying transaction has the row for minutes; the session that holds the lock goes on beating."""
    settings.SILENT_SECONDS = 0.6
    with lease.lock(run.integration_id) as mine:
        assert mine
        with heartbeat.beating(run, mine), transaction.atomic():
            lease.confirm(run)
            connection.cursor().execute("SELECT pg_sleep(1.2)")
            with psycopg.connect(database_urls.app, autocommit=True) as other:
                said = other.execute(
                    "SELECT heartbeat_at < clock_timestamp() - interval '0.6 seconds' FROM sync_run"
                )
                assert said.fetchone() == (True,), "the row cannot be written"
            assert jobs.sweep(now()) == []


def test_the_heart_beats_into_the_row_during_a_long_pure_step(run, settings) -> None:
    settings.SILENT_SECONDS = 0.6
    last_beat(run, timedelta(hours=1))
    with lease.lock(run.integration_id) as mine, heartbeat.beating(run, mine):
        time.sleep(0.5)
    run.refresh_from_db()
    assert now() - run.heartbeat_at < timedelta(seconds=2)


@contextmanager
def paused_driver(urls: Urls, mailbox: Path, run: Run, statement: str) -> Iterator[BaseProcess]:
    """A process that drives the run and is stopped before it sends that statement.

    Never a fork of the test's own process: its copy has no threads of polars, and a step that needs one waits for ever.
    """
    victim.prepare()
    hears, says = victim.CONTEXT.Pipe(duplex=False)
    driver = victim.start(victim.paused, urls, mailbox, run.pk, statement, says)
    try:
        assert hears.poll(30), "it never came to that statement"
        yield driver
    finally:
        driver.kill()
        driver.join()
        hears.close()
        says.close()


@pytest.mark.parametrize("statement", ["UPDATE sync_integration", 'UPDATE "sync_run"'])
def test_a_driver_paused_while_it_takes_the_run(
    run, settings, database_urls, tmp_path, statement: str
) -> None:
    """Before its first word it holds the lock, between its two words the integration's row too: the next driver ends
    both its sessions, and when it wakes up it writes nothing. A pause round of `make faults` waited there for ever.
    """
    settings.SILENT_SECONDS = 0.6
    with paused_driver(database_urls, tmp_path / "mailbox", run, statement) as zombie:
        time.sleep(0.7)
        assert jobs.sweep(now()) == [run.pk]
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '10s'")
        done = runs.drive(run.pk)
        assert done.state == "planned"
        os.kill(zombie.pid, signal.SIGCONT)
        zombie.join(10)  # it has nothing left to do
        assert zombie.exitcode == 0
    run.refresh_from_db()
    assert (run.state, run.fencing_token, run.attempt) == (done.state, done.fencing_token, done.attempt)


def test_an_undo_says_that_it_writes(payroll, database_urls, monkeypatch) -> None:
    """So that one that was paused is ended by whoever takes the lock from it, like a driver."""
    payroll.first_sync()
    payroll.sends(*PEOPLE, HIRE)
    done, by, seen = payroll.runs(), Actor.operator("test"), []
    digest, preview = undo.preview(done).digest, undo.preview

    def looks(*about):
        with psycopg.connect(database_urls.app) as other:
            writers = (
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            seen.extend(other.execute(writers, [heartbeat.WRITE_SPACE, done.integration_id]).fetchall())
        return preview(*about)

    monkeypatch.setattr(undo, "preview", looks)
    undo.apply(done, plan_hash=digest, actor=by)
    assert seen == [(1,)]


def _take(run: Run) -> None:
    try:
        taken(run)
    finally:
        connection.close()


def test_taking_over_ends_a_session_that_still_writes(run, database_urls) -> None:
    """A paused zombie in the middle of its transaction would keep the rows for ever."""
    with psycopg.connect(database_urls.app) as zombie:
        zombie.execute("SELECT pg_advisory_xact_lock(%s, %s)", [heartbeat.WRITE_SPACE, run.integration_id])
        zombie.execute("SELECT 1 FROM sync_run WHERE id = %s FOR UPDATE", [run.pk])
        taken = threading.Thread(target=_take, args=(Run.objects.get(pk=run.pk),))
        taken.start()
        taken.join(10)
        assert not taken.is_alive()
        with pytest.raises(psycopg.OperationalError):
            zombie.execute("SELECT 1")


def test_the_sweep_ends_whoever_keeps_others_waiting_in_silence(run, database_urls, settings) -> None:
    """A worker paused in its minute tick has the integration's row: `make faults` found a run that could not be
    taken.
    """
    settings.SILENT_SECONDS = 0.6
    with psycopg.connect(database_urls.app) as zombie, psycopg.connect(database_urls.app) as reader:
        zombie.execute("SELECT FROM sync_integration FOR NO KEY UPDATE")
        reader.execute("SELECT FROM sync_integration")
        taken = threading.Thread(target=_take, args=(Run.objects.get(pk=run.pk),))
        taken.start()
        time.sleep(0.3)
        assert heartbeat.terminate_blockers() == 0, "it may still be at work"
        time.sleep(0.4)
        jobs.sweep(now())
        taken.join(10)
        assert not taken.is_alive()
        assert reader.execute("SELECT 1").fetchone() == (1,), "nobody waits for it"
        with pytest.raises(psycopg.OperationalError):
            zombie.execute("SELECT 1")


def test_a_zombie_writes_nothing(payroll) -> None:
    """It planned, was taken over, wakes up: neither people nor the run's row nor the integration are touched."""
    payroll.first_sync()
    payroll.sends(*PEOPLE, HIRE)
    payroll.integration.refresh_from_db()
    made = runs.request(payroll.integration, trigger="manual", actor=Actor.operator("test"))
    zombie = taken(made)
    taken(Run.objects.get(pk=made.pk))
    for ends in (
        lambda: drive.execute(zombie),
        lambda: drive._fail(zombie, NeedsAdmin("feed_gone")),
        lambda: drive._skip(zombie),
    ):
        with pytest.raises(lease.LeaseLostError):
            ends()
    made.refresh_from_db()
    payroll.integration.refresh_from_db()
    assert (made.state, payroll.integration.state, payroll.integration.failing_since) == (
        "running",
        "active",
        None,
    )
    assert runs.drive(made.pk).counts["created"] == 1


def test_without_its_database_a_run_is_not_failed_but_goes_on_later(run, monkeypatch) -> None:
    def gone(row: Run) -> None:
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(drive, "execute", gone)
    with pytest.raises(OperationalError):
        runs.drive(run.pk)
    run.refresh_from_db()
    assert run.state == "running"
    monkeypatch.undo()
    assert runs.drive(run.pk).state == "planned"


def test_a_run_that_ends_every_driver_is_given_up(run) -> None:
    Run.objects.filter(pk=run.pk).update(attempt=runs.MOST_ATTEMPTS)
    done = runs.drive(run.pk)
    assert (done.state, done.error_code) == ("failed", "interrupted")
    assert jobs.sweep(now()) == []
