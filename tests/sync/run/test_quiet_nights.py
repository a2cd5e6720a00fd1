"""A night on which nothing happened costs little: statements, commits that wait for the disk, bytes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from bench import generator, ground, product
from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.run import lease, report, runs

PEOPLE, MOST_STATEMENTS, MOST_DURABLE, MOST_BYTES = 50, 15, 2, 1_024
OPERATOR = Actor.operator("test")
SAID = re.compile(
    r'^F\t\d+\t(?:Query|Parse)\t (?:"" )?"(.*?)"[^"]*?(?=^[FB]\t\d+\t|\Z)', re.MULTILINE | re.DOTALL
)
"""What libpq's trace says of a statement, which may have many lines."""
WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|COPY)\b")


@pytest.fixture
def payroll(transactional_db: None, tmp_path: Path) -> Iterator[Integration]:
    """A home of 50 people after its first nights, in a process that keeps its sessions as a worker does."""
    export = tmp_path / "export.csv"
    export.write_bytes(generator.feed(PEOPLE))
    made = ground.make(PEOPLE, export, name="Quiet Home")
    product.sync(made)
    with lease.sessions_kept():
        one = Integration.objects.select_related("organization").get(pk=made.integration)
        for _ in range(2):  # duties have people now, so that some lack a CMS code
            night(one)
        yield one


def night(one: Integration) -> Run:
    run = jobs.request_run(one, trigger="manual", actor=OPERATOR)
    jobs.drive_run(run.pk)
    run = runs.with_id(run.pk)
    assert (run.state, run.counts["unchanged"]) == ("applied", PEOPLE)
    return run


@contextmanager
def traced() -> Iterator[list[str]]:
    """Every statement of the connections of this process, in the order they were sent."""
    said: list[str] = []
    with tempfile.TemporaryFile() as file:
        sessions = [connection.connection, *(lease._spare or ())]
        for session in sessions:
            session.pgconn.trace(file.fileno())
            session.pgconn.set_trace_flags(1)  # without the time
        try:
            yield said
        finally:
            for session in sessions:
                session.pgconn.untrace()
        file.seek(0)
        said += SAID.findall(file.read().decode())


def durable(said: list[str]) -> list[str]:
    """Those whose end waits for the disk: commits, and what writes outside of a transaction."""
    inside, found = False, []
    for one in said:
        inside = one == "BEGIN" or (inside and one != "COMMIT")
        if one == "COMMIT" or (not inside and WRITES.search(re.sub(r"--.*", "", one))):
            found.append(one)
    return found


def test_it_takes_few_statements_and_waits_for_the_disk_twice(payroll: Integration) -> None:
    run = jobs.request_run(payroll, trigger="manual", actor=OPERATOR)
    with traced() as said:
        jobs.drive_run(run.pk)
    assert runs.with_id(run.pk).state == "applied"
    assert 10 < len(said) <= MOST_STATEMENTS, "\n".join(said)
    assert len(durable(said)) == MOST_DURABLE, "\n".join(durable(said))


def test_its_row_is_small_and_says_what_it_said(payroll: Integration) -> None:
    run = night(payroll)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_column_size(r.*) FROM sync_run r WHERE id = %s", [run.pk])
        (size,) = cursor.fetchone()
    assert size <= MOST_BYTES
    said = report.of_run(run)
    assert said["columns"] == generator.COLUMNS
    assert [one["code"] for one in said["issues"]] == ["cms_unmapped"]
    plan = runs.stored_plan(run)
    assert plan is not None
    assert (plan.counts["read"], plan.changes.height, plan.problems["code"].to_list()) == (
        PEOPLE,
        0,
        ["cms_unmapped"],
    )


def test_a_second_session_that_the_server_ended_is_left(payroll: Integration) -> None:
    """A server that is started anew between two nights costs no run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s",
            [lease.heartbeat.SESSION_NAME],
        )
        assert cursor.fetchone()[0] >= 1
    night(payroll)
