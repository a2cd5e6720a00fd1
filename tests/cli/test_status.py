"""`schedulepop status`: the same figures as `/metrics`, for who is at the machine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from schedulepop.cli.status import _age
from schedulepop.sync.models import Integration
from tests import made


def a_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_of_all_organizations_as_json(cli: Any) -> None:
    a_worker()
    for name in ("Maple Health", "Birch Care"):
        Integration.objects.create(organization=made.organization(name), slug="payroll", state="paused")
    done = cli("status", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (told["ready"], told["database"], told["migrations"], told["worker"]) == (True, "ok", "ok", "ok")
    assert told["figures"]["integrations"]["paused"] == 2
    assert told["figures"]["queues"]["runs"] == {"jobs": 0, "oldest_seconds": 0.0}
    assert "aple" not in done.stdout


def test_as_a_table(cli: Any) -> None:
    a_worker()
    told = " ".join(cli("status").stdout.split())
    assert "database ok migrations ok worker ok" in told
    assert "worker's last beat 0 s ago" in told
    assert "queue runs 0" in told
    assert "runs in 24 hours" not in told, "a state nobody is in has no line"


def test_without_a_worker_it_fails(cli: Any) -> None:
    done = cli("status")
    assert done.exit_code == 1
    assert "worker silent" in " ".join(done.stdout.split())
    assert "worker's last beat never" in " ".join(done.stdout.split())


def test_a_schema_that_is_behind_says_what_to_do(cli: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sync' AND name = '0001_initial'")
    done = cli("status")
    assert done.exit_code == 1
    assert "Run `schedulepop migrate` first" in " ".join(done.stdout.split())
    assert json.loads(cli("status", "--json").stdout)["figures"] is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (119, "119 s"), (120, "2 min"), (3 * 3600, "3 h"), (2 * 86_400, "2 days")],
)
def test_ages(seconds: float, words: str) -> None:
    assert _age(seconds) == words
