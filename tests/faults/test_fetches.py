"""Fetching through real workers: many slow servers at once, a worker that is killed, and secrets nobody can read."""

from __future__ import annotations

import secrets as randoms
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from schedulepop import jobs
from schedulepop.accounts import sealing
from schedulepop.connectors.bamboohr import BAMBOOHR
from schedulepop.connectors.testing import Asked, Reply
from schedulepop.postgres import Urls
from schedulepop.postgres.binaries import program
from schedulepop.sync.integrations import lifecycle, secrets
from schedulepop.sync.models import Fetch, Integration, Run, RunState
from schedulepop.sync.plan.policy import Mapping
from tests import made, started
from tests.connectors.bamboohr.stub import KEY, BambooStub
from tests.connectors.people import people, platform
from tests.faults.test_canaries import worker
from tests.faults.test_worker import OPERATOR, until

pytestmark = pytest.mark.django_db(transaction=True)
BAMBOO = platform("bamboohr")
AT_ONCE = 50


class Gate(BambooStub):
    """Answers nobody before so many have asked at once."""

    def __init__(self, recording: list[Any], opens_at: int) -> None:
        super().__init__(recording)
        self.opens_at, self.waiting, self.open = opens_at, 0, threading.Event()
        self._count = threading.Lock()

    def answered(self, asked: Asked) -> Reply:
        with self._count:
            self.waiting += 1
            if self.waiting >= self.opens_at:
                self.open.set()
        self.open.wait(90)
        return super().answered(asked)


@pytest.fixture
def called(
    environment: dict[str, str], settings: Any, monkeypatch: Any
) -> Iterator[Callable[[Any], dict[str, str]]]:
    """`called(stub)`: the environment of a worker that reaches this stub, with the keys of this process."""
    settings.KEYS = (sealing.new_key(),)
    monkeypatch.setattr(ThreadingHTTPServer, "request_queue_size", 200)

    def reaching(stub: Any) -> dict[str, str]:
        settings.ROUTES, settings.ALLOW_HOSTS = stub.routes, ("127.0.0.1",)
        return environment | {
            "SCHEDULEPOP_STUBS": ",".join(f"{origin}={url}" for origin, url in stub.routes.items()),
            "SCHEDULEPOP_ALLOW_HOSTS": "127.0.0.1",
            "SCHEDULEPOP_KEYS": settings.KEYS[0],
            "SCHEDULEPOP_SILENT_SECONDS": "3",
        }

    return reaching  # type: ignore[return-value]


def integration(number: int, key: str = KEY) -> Integration:
    org = made.organization(f"Maple {number}")
    for home, code in BAMBOO.homes.items():
        made.location(org, home, code)
    one = lifecycle.add(
        org,
        "Payroll",
        connector="bamboohr",
        config=BAMBOO.config,
        mapping=Mapping(columns=dict(BAMBOOHR.proposed)),
        actor=OPERATOR,
    )
    secrets.store(one, {"api_key": key}, actor=OPERATOR)
    return one


def wait(found: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_fifty_wait_for_slow_servers_without_a_transaction(
    called: Any, database_urls: Urls, tmp_path: Path
) -> None:
    with Gate(BAMBOO.records(people(3)), AT_ONCE + 1) as stub:
        asked = [
            jobs.request_run(integration(number), trigger="manual", actor=OPERATOR, preview=True)
            for number in range(AT_ONCE)
        ]
        connection.close()
        with worker(called(stub), tmp_path / "log"):
            wait(lambda: stub.waiting == AT_ONCE)
            with psycopg.connect(database_urls.owner) as session:
                others = session.execute(
                    "SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in%' "
                    "AND state_change < clock_timestamp() - interval '1 s') FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchone()
            assert others is not None
            assert others[0] < AT_ONCE
            assert others[1] == 0
            stub.open.set()
            wait(lambda: not Fetch.objects.exclude(run=None).exists())
    without = Run.objects.filter(pk__in=[run.pk for run in asked], raw=None)
    assert list(without.values_list("state", "error_code", "error_reason")) == []


def test_killed_in_the_middle_another_worker_begins_anew(called: Any, tmp_path: Path) -> None:
    with Gate(BAMBOO.records(people(3)), 10**6) as stub:
        run = jobs.request_run(integration(1), trigger="manual", actor=OPERATOR, preview=True)
        with worker(called(stub), tmp_path / "log"):
            wait(lambda: stub.waiting == 1)
        run.refresh_from_db()
        assert (run.state, run.raw) == (RunState.QUEUED, None)
        stub.open.set()
        with worker(called(stub), tmp_path / "log"):
            assert until(run, RunState.PLANNED, RunState.FAILED).counts.get("read") == 3, run.error
    assert Fetch.objects.get().fencing_token == 2


class Echo(BambooStub):
    """Refuses, and says back what it was sent."""

    def answered(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return Reply(401, {"error": asked.headers.get("authorization", ""), "body": asked.body.decode()})


def test_twenty_canaries_are_read_by_nobody(
    called: Any, database_urls: Urls, tmp_path: Path, capfd: Any
) -> None:
    canaries = [f"canary-{randoms.token_hex(12)}" for _ in range(20)]
    cmdlines = ""
    with Echo([]) as stub:
        environment = called(stub)
        made.organization("Maple 0")
        for number, canary in enumerate(canaries[:10]):
            integration(number + 1, canary)
        for number, canary in enumerate(canaries[10:]):
            words = [
                "integration",
                "add",
                "maple-0",
                f"P{number}",
                "--connector",
                "bamboohr",
                "--set",
                "company=maple",
            ]
            added = subprocess.Popen(
                [sys.executable, "-m", "schedulepop", *words, "--secret", "api_key=-"],
                env=environment,
                stdin=subprocess.PIPE,
                text=True,
            )
            cmdlines += Path(f"/proc/{added.pid}/cmdline").read_text()
            added.communicate(canary)
            assert added.returncode == 0
            if number > 1:
                break
        for canary in canaries[13:]:
            one = Integration.objects.order_by("-pk")[0]
            secrets.store(one, {"api_key": canary}, actor=OPERATOR)
        log = tmp_path / "log"
        runs = [
            jobs.request_run(one, trigger="manual", actor=OPERATOR)
            for one in Integration.objects.select_related("organization")
        ]
        with worker(environment, log):
            for run in runs:
                until(run, RunState.FAILED)
        tested = started.run("integration", "test", "maple-1/payroll", env=environment)
        assert any("Basic" in one.headers.get("authorization", "") for one in stub.asked)
    told = cmdlines + log.read_text() + tested.stdout + tested.stderr + "".join(capfd.readouterr())
    backup = tmp_path / "backup"
    started.run("backup", backup, env=environment).check_returncode()
    restore = [str(program("pg_restore", 15)), "--file=-", str(backup)]
    unpacked = subprocess.run(restore, capture_output=True, check=True).stdout
    assert b"gAAAA".hex().encode() in unpacked  # the sealed ones are in it
    with psycopg.connect(database_urls.owner) as session:
        tables = session.execute("SELECT relid::regclass::text FROM pg_stat_user_tables").fetchall()
        for (table,) in tables:
            told += str(session.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t").fetchone())
    assert b"gAAAA".hex() in told  # the sealed ones were looked at
    key = environment["SCHEDULEPOP_KEYS"]
    for canary in [*canaries, key]:
        for form in (canary, canary.encode().hex()):
            assert form not in told
            assert form.encode() not in backup.read_bytes()
            assert form.encode() not in unpacked
