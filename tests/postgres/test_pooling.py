"""A pooler may keep a session for each client; one that hands them round is refused. With PgBouncer, where it is."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest

from schedulepop.postgres import Urls
from schedulepop.postgres.pooling import reason_against, shares_sessions

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed")


@contextmanager
def pooled(url: str, mode: str, folder: Path) -> Iterator[str]:
    """The same database behind PgBouncer."""
    parts = urlsplit(url)
    there, port = parse_qs(parts.query)["host"][0], _free_port()
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    (folder / "users").write_text(f'"{user}" "{password}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{parts.path[1:]} = host={there} port=5432\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\n"
        f"auth_file = {folder / 'users'}\npool_mode = {mode}\nignore_startup_parameters = options,extra_float_digits\n"
    )
    as_user = []
    if os.getuid() == 0:  # it does not run as root, and the server's socket is its account's alone
        account = pwd.getpwuid(os.stat(there).st_uid)
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        as_user = ["-u", account.pw_name]
    process = subprocess.Popen([str(PGBOUNCER), "-q", *as_user, str(folder / "pgbouncer.ini")])
    try:
        _wait_for(port)
        yield f"postgresql://{parts.username}:{parts.password}@127.0.0.1:{port}{parts.path}"
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_the_server_itself_keeps_a_session(urls: Urls) -> None:
    assert not shares_sessions(urls.app)
    assert reason_against(urls.app, "DATABASE_URL") == ""


@needs_pgbouncer
@pytest.mark.parametrize(("mode", "shared"), [("session", False), ("transaction", True), ("statement", True)])
def test_a_pooler_that_hands_sessions_round_is_told(
    urls: Urls, tmp_path: Path, mode: str, shared: bool
) -> None:
    with pooled(urls.app, mode, _open(tmp_path)) as through:
        assert shares_sessions(through) is shared


@needs_pgbouncer
@pytest.mark.parametrize(("command", "variable"), [("web", "DATABASE_WEB_URL"), ("worker", "DATABASE_URL")])
def test_nothing_is_served_or_driven_over_it(urls: Urls, tmp_path: Path, command: str, variable: str) -> None:
    given = {"DATABASE_URL": urls.app, "DATABASE_MIGRATE_URL": urls.migrate, "DATABASE_WEB_URL": urls.web}
    made = subprocess.run(
        [sys.executable, "-m", "schedulepop", "migrate"],
        env=os.environ | given,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    with pooled(given[variable], "transaction", _open(tmp_path)) as through:
        with psycopg.connect(through) as answers:
            answers.execute("SELECT 1")
        done = subprocess.run(
            [sys.executable, "-m", "schedulepop", command],
            env=os.environ | given | {variable: through},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert "pool_mode = session" in done.stderr.replace("\n", " ")
    assert variable in done.stderr.replace("\n", " ")


def _open(folder: Path) -> Path:
    """A folder that PgBouncer's account may enter, though pytest's own is closed."""
    for one in (folder, *folder.parents[:2]):
        one.chmod(one.stat().st_mode | 0o055)
    return folder
