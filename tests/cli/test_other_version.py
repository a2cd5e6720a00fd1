"""A development database of before is refused in one sentence at every door that opens it."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connections

from schedulepop.cli.database import OTHER_VERSION
from tests import started

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def before(environment) -> dict[str, str]:
    """The environment of a command on a database whose migrations had other names."""
    with psycopg.connect(environment["DATABASE_MIGRATE_URL"]) as migrate:
        migrate.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('sync', '0003_decisions', now())"
        )
    connections.close_all()
    return environment


@pytest.mark.parametrize("words", [("migrate",), ("org", "add", "Cedar", "--timezone", "UTC"), ("web",)])
def test_a_database_of_before_is_refused(before: dict[str, str], words: tuple[str, ...]) -> None:
    said = started.run(*words, env=before)
    assert said.returncode == 1
    assert " ".join(said.stderr.split()) == OTHER_VERSION


def test_doctor_names_it(before: dict[str, str]) -> None:
    said = started.run("doctor", env=before)
    assert OTHER_VERSION[:60] in " ".join(said.stdout.split())
