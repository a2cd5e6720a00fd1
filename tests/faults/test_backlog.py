"""A backlog of runs: nothing dead is left of it, letters do not wait behind it, and the next night starts at once.

`make faults` asks for 915 runs; an ordinary test run for fewer, by the same steps.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, Run
from tests import made
from tests.faults.test_worker import worker
from tests.sync.conftest import PEOPLE

MANY = 915 if os.environ.get("FAULTS") == "whole" else 40
OPERATOR = Actor.operator("test")
NIGHT_SECONDS, LETTER_SECONDS, BACKLOG_SECONDS = 5.0, 60.0, 2.0 * MANY + 60


def waited(until: Callable[[], bool], at_most: float) -> float:
    """Seconds until it is so."""
    began = time.monotonic()
    while not until():
        assert time.monotonic() - began < at_most, f"not so after {at_most} s"
        time.sleep(0.05)
    return time.monotonic() - began


def jobs_left() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'drive_run'")
        return int(cursor.fetchone()[0])


def nights(payroll: object, count: int) -> list[Integration]:
    """That many payrolls, each the same file; all of them previewed by the operator."""
    first = payroll.integration  # type: ignore[attr-defined]
    more = [
        lifecycle.add(
            first.organization, f"Payroll {n}", connector="file", config=first.config, actor=OPERATOR
        )
        for n in range(count - 1)
    ]
    return [first, *more]


@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_with_one_worker(environment, payroll, capsys) -> None:
    payroll.sends(*PEOPLE)
    every = nights(payroll, MANY)
    place = made.location(payroll.integration.organization, "Oak Hill", "102")
    person = made.person(place, "Noor Castellane", email="noor@example.com")
    with worker(environment):
        for one in every:
            jobs.request_run(one, trigger="manual", actor=OPERATOR)
        for _ in range(5):
            jobs.sweep(now() + timedelta(minutes=1))
        most = jobs_left()
        assert most <= MANY
        outbox.queue_welcome(person)
        if MANY < 100:  # the real tick is up to a minute away, and this night is shorter
            jobs.send_letters.defer(timestamp=0)
        letter = waited(lambda: not Message.objects.filter(state="queued").exists(), LETTER_SECONDS)
        behind = Run.objects.filter(state="queued").count()
        assert behind, "the letter did not wait for the last run"
        backlog = waited(
            lambda: not Run.objects.filter(state__in=["queued", "running"]).exists(), BACKLOG_SECONDS
        )
        gone = waited(lambda: jobs_left() == 0, NIGHT_SECONDS)
        tomorrow = datetime.now(UTC)
        night = jobs.request_run(payroll.integration, trigger="manual", actor=OPERATOR)
        started = waited(
            lambda: Run.objects.filter(pk=night.pk, started_at__gte=tomorrow).exists(), NIGHT_SECONDS
        )
    with capsys.disabled():
        print(
            f"\n{MANY} runs at once: {most} jobs at most, letter after {letter:.1f} s with {behind} runs behind, "
            f"backlog after {letter + backlog:.1f} s, last job gone {gone:.1f} s later, the next run started after "
            f"{started:.2f} s"
        )
