"""The worker as a process of its own: it drives what is requested, and what a killed one left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Run

OPERATOR = Actor.operator("test")
PATIENCE = 60.0  # seconds; a worker starts in two on an idle machine


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`schedulepop worker` on this test's database, in a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "schedulepop", "worker"],
        start_new_session=True,
        env={**environment, "SCHEDULEPOP_SWEEP_SECONDS": "0.2"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(run: Run, *states: str) -> Run:
    """Waits until the run is in one of these states."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        run.refresh_from_db()
        if run.state in states:
            return run
        time.sleep(0.05)
    raise AssertionError(f"run {run.number} is still {run.state} after {PATIENCE} s")


@pytest.mark.django_db(transaction=True)
def test_a_requested_run_is_driven_by_the_worker(environment, payroll) -> None:
    run = jobs.request_run(payroll.integration, trigger="manual", actor=OPERATOR)
    with worker(environment):
        assert until(run, "planned").counts["created"] == 6


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_job_was_lost_is_found_by_the_sweep(environment, payroll) -> None:
    """kill -9 between taking the job and the end leaves a run `running` that nobody holds the lock of."""
    from schedulepop.sync.run import runs

    run = runs.request(payroll.integration, trigger="manual", actor=OPERATOR)
    Run.objects.filter(pk=run.pk).update(state="running", fencing_token=1, requested_at="2026-01-01T00:00Z")
    with worker(environment):
        done = until(run, "planned")
    assert (done.counts["created"], done.fencing_token > 1 or done.attempt > 0) == (6, True)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_a_run_for_the_next(environment, payroll) -> None:
    run = jobs.request_run(payroll.integration, trigger="manual", actor=OPERATOR)
    with worker(environment) as first:
        time.sleep(0.5)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    Run.objects.filter(pk=run.pk).update(requested_at="2026-01-01T00:00Z")
    with worker(environment):
        assert until(run, "planned").counts["created"] == 6


@pytest.mark.django_db(transaction=True)
def test_the_minute_tick_starts_what_is_due(environment, payroll) -> None:
    """A real worker's own tick, at most a minute away: today's scheduled run appears and is applied."""
    from datetime import UTC, datetime
    from datetime import time as wall

    from schedulepop.accounts.models import Organization
    from schedulepop.sync.models import Integration

    ahead = 12 - datetime.now(UTC).hour  # a place where it is about noon, so that the day's time has passed
    Organization.objects.update(timezone=f"Etc/GMT{-ahead:+d}")
    payroll.first_sync()
    Integration.objects.update(schedule_at=wall(0, 0))
    with worker(environment):
        jobs.minute_tick.defer(timestamp=0)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not Run.objects.filter(trigger="schedule").exists():
            time.sleep(0.1)
        run = until(Run.objects.get(trigger="schedule"), "applied")
    assert (run.requested_by, run.counts["unchanged"]) == ("schedule", 6)
