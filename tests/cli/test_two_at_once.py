"""Two commands on a new database, or after an upgrade: who comes second says so, waits and goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from schedulepop import postgres
from schedulepop.cli.database import UNFINISHED

WAITS = "Another command is bringing this database up to date. Waiting until it is done."
ADD = ("org", "add", "{}", "--timezone", "America/New_York")


@pytest.fixture
def empty(clone, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of commands on an empty database."""
    name = f"{clone._name}_empty"
    urls = postgres.create_database(clone.urls, name)
    yield {
        **os.environ,
        "DATABASE_URL": urls.app,
        "DATABASE_MIGRATE_URL": urls.migrate,
        "SCHEDULEPOP_MAILBOX": str(tmp_path),
    }
    postgres.drop_database(clone.urls, name)


def start(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "schedulepop", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def named(words: tuple[str, ...], name: str) -> list[str]:
    return [word.format(name) for word in words]


@pytest.mark.parametrize("other", [ADD, ("migrate",)], ids=lambda words: words[0])
def test_two_commands_on_an_empty_database(empty: dict[str, str], other: tuple[str, ...]) -> None:
    one, two = start(empty, *named(ADD, "One")), start(empty, *named(other, "Two"))
    said, complained = one.communicate(timeout=120)
    also = two.communicate(timeout=120)
    assert (one.returncode, two.returncode) == (0, 0), complained + also[1]
    assert said == "Added One as one.\n"
    assert WAITS in complained + also[1]
    assert "Traceback" not in complained + also[1]


def test_two_commands_that_start_the_embedded_server(tmp_path_factory, monkeypatch) -> None:
    home = Path(os.environ["SCHEDULEPOP_HOME"]) / "two-at-once"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
    environment["SCHEDULEPOP_HOME"] = str(home)
    both = [start(environment, *named(ADD, name)) for name in ("One", "Two")]
    said = [one.communicate(timeout=120) for one in both]
    assert [out for out, _ in said] == ["Added One as one.\n", "Added Two as two.\n"], said


@pytest.mark.parametrize("words", [named(ADD, "One"), ["migrate"]], ids=lambda words: words[0])
def test_whoever_comes_while_the_schema_changes_waits_and_says_so(
    environment: dict[str, str], words: list[str]
) -> None:
    told: list[str] = []
    with postgres.turns(
        environment["DATABASE_MIGRATE_URL"], postgres.Turn.MIGRATION, lambda: told.append("waited")
    ) as mine:
        mine.change()
        command = start(environment, *words)
        assert command.stderr is not None
        assert command.stderr.readline() == WAITS + "\n"
        assert command.poll() is None
    command.communicate(timeout=60)
    assert (told, command.returncode) == ([], 0)


def test_a_migration_that_is_killed_is_done_by_the_next_command(empty: dict[str, str]) -> None:
    killed = start(empty, "migrate")
    with psycopg.connect(empty["DATABASE_MIGRATE_URL"], autocommit=True) as looks:
        while looks.execute(f"SELECT to_regclass('{UNFINISHED}')").fetchone() == (None,):
            time.sleep(0.01)
        time.sleep(0.3)
        killed.kill()
        killed.communicate()
        next_one = start(empty, *named(ADD, "One"))
        said = next_one.communicate(timeout=120)
        assert said[0] == "Added One as one.\n", said
        assert looks.execute(f"SELECT to_regclass('{UNFINISHED}')").fetchone() == (None,)


def test_one_that_is_killed_before_the_rights_were_given_is_finished_too(environment: dict[str, str]) -> None:
    """Every migration is there, but the application may not read what they made."""
    with psycopg.connect(environment["DATABASE_MIGRATE_URL"], autocommit=True) as migrate:
        migrate.execute("REVOKE ALL ON accounts_organization FROM schedulepop_app")
        migrate.execute(f"CREATE TABLE {UNFINISHED} ()")
    said = start(environment, *named(ADD, "One")).communicate(timeout=120)
    assert said[0] == "Added One as one.\n", said
