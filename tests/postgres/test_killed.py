"""What a killed process leaves behind, and the next start that makes it good."""

import os
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from schedulepop.postgres import running_pid, server
from tests.postgres.processes import user_of


def _kill_everything(home: Path) -> None:
    with user_of(home) as (child, pid):
        child.kill()
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("stranger", ["this process", "a process of root", "nobody"])
def test_a_stale_pid_that_somebody_else_has_now(home: Path, stranger: str) -> None:
    _kill_everything(home)
    reused = {"this process": os.getpid(), "a process of root": 1, "nobody": 2**22 - 1}[stranger]
    pid_file = home / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines(keepends=True)
    pid_file.write_text("".join([f"{reused}\n", *lines[1:]]))
    assert running_pid(home) is None
    with server(home) as urls, psycopg.connect(urls.app) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)


def test_processes_of_a_killed_server_are_waited_for(home: Path) -> None:
    """A busy backend notices late that its postmaster is gone; a second server beside it would be ruin."""
    with (
        user_of(home) as (child, pid),
        server(home) as urls,
        psycopg.connect(urls.owner, autocommit=True) as busy,
    ):
        backend = busy.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        child.kill()
        os.kill(pid, signal.SIGKILL)
        wake = threading.Timer(1, os.kill, (backend, signal.SIGCONT))
        wake.start()
        began = time.monotonic()
        with server(home) as again, psycopg.connect(again.app) as app:
            assert app.execute("SELECT 1").fetchone() == (1,)
        assert time.monotonic() - began > 0.5
        wake.join()


def test_a_killed_initdb_is_done_over(empty_home: Path) -> None:
    (empty_home / "data.unfinished").mkdir()
    (empty_home / "data.unfinished" / "PG_VERSION").write_text("18\n")
    with server(empty_home) as urls:
        psycopg.connect(urls.app).close()
    assert not (empty_home / "data.unfinished").exists()


def test_a_first_start_killed_before_the_database_was_there(home: Path) -> None:
    with server(home) as urls, psycopg.connect(urls.database("postgres").owner, autocommit=True) as owner:
        owner.execute("DROP DATABASE schedulepop")
        owner.execute("CREATE DATABASE schedulepop_unfinished OWNER schedulepop_migrate")
    with server(home) as urls:
        with psycopg.connect(urls.migrate) as migrate:
            migrate.execute("CREATE TABLE person (name text)")
        with psycopg.connect(urls.app) as app:
            app.execute("INSERT INTO person VALUES ('Ana')")
