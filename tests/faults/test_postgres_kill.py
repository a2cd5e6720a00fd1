"""kill -9 of the embedded server and all its processes under load: what was acknowledged is there afterwards."""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from schedulepop.postgres import running_urls, server
from tests.postgres.processes import children_of, user_of

WRITERS = 4
ENOUGH = 200
"""Acknowledged commits before the kill."""


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="sp-kill-"))
    yield path
    shutil.rmtree(path)


def _write_until_it_breaks(url: str, writer: int, acknowledged: list[tuple[int, int]]) -> None:
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for number in range(1_000_000):
                connection.execute("INSERT INTO written VALUES (%s, %s)", [writer, number])
                acknowledged.append((writer, number))
    except psycopg.OperationalError:
        return


ROUNDS = (None, None, None, "this process", "a process of root")
"""What the pid in postmaster.pid is afterwards: its own, or one that somebody else has now."""


@pytest.mark.parametrize(
    "reused", ROUNDS if os.environ.get("FAULTS") == "whole" else ROUNDS[-1:], ids=lambda who: who or "its own"
)
def test_no_acknowledged_commit_is_lost(home: Path, reused: str | None) -> None:
    acknowledged: list[tuple[int, int]] = []
    with user_of(home) as (supervisor, postmaster):
        urls = running_urls(home)
        assert urls is not None
        with psycopg.connect(urls.migrate) as migrate:
            migrate.execute("CREATE TABLE written (writer int, number int, PRIMARY KEY (writer, number))")
        writers = [
            threading.Thread(target=_write_until_it_breaks, args=(urls.app, n, acknowledged))
            for n in range(WRITERS)
        ]
        for thread in writers:
            thread.start()
        while len(acknowledged) < ENOUGH:
            time.sleep(0.01)
        for pid in (supervisor.pid, postmaster, *children_of(postmaster)):
            os.kill(pid, signal.SIGKILL)
        for thread in writers:
            thread.join()

    if reused is not None:
        pid_file = home / "data" / "postmaster.pid"
        rest = pid_file.read_text().splitlines(keepends=True)[1:]
        pid_file.write_text("".join([f"{os.getpid() if reused == 'this process' else 1}\n", *rest]))
    began = time.monotonic()
    with server(home) as urls, psycopg.connect(urls.app) as app:
        assert time.monotonic() - began < 60
        found = set(app.execute("SELECT writer, number FROM written").fetchall())
    assert set(acknowledged) - found == set()
    assert len(found - set(acknowledged)) <= WRITERS  # committed, and killed before the answer was out
