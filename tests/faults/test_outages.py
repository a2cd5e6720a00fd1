"""The database away, the disk full: one sentence in every command, 503 on every page, and all goes on by itself."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schedulepop import postgres
from tests import started

PATIENCE = 240.0  # seconds; on an idle machine all of it takes ten
PEOPLE = 20_000
COMMANDS = (
    ("org", "add", "Cedar Group", "--timezone", "America/New_York"),
    ("sync", "runs", "birch-group/pay"),
    ("users", "list", "birch-group"),
    ("whereis", "birch-group", "Ines"),
    ("migrate",),
    ("worker",),
    ("web",),
)


def environment_of(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
    return {**kept, "SCHEDULEPOP_HOME": str(home), "SCHEDULEPOP_SWEEP_SECONDS": "0.5"}


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return started.run(*words, env=environment)


def one_sentence(done: subprocess.CompletedProcess[str], begins: str) -> bool:
    """On standard error, with exit 1, and nothing of a traceback."""
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith(begins), done.stderr
    return done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="sp-outage-"))
    path.chmod(0o711)
    yield path / "state"
    shutil.rmtree(path)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_database_that_does_not_answer_is_one_sentence(words: tuple[str, ...]) -> None:
    away = "postgresql://somebody:secret@127.0.0.1:1/nowhere"
    done = run({**os.environ, "DATABASE_URL": away, "DATABASE_MIGRATE_URL": away}, *words)
    assert one_sentence(done, "The database does not answer (")
    assert "secret" not in done.stderr


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`schedulepop up`: the address of its pages."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "schedulepop", "up", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def asked(address: str, **headers: str) -> tuple[int, str, str]:
    """Status, Retry-After and text of a page."""
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, "", answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Retry-After", ""), error.read().decode()
    except OSError:
        return 0, "", ""


def until(address: str, status: int) -> tuple[int, str, str]:
    """The first such answer."""
    end = time.monotonic() + PATIENCE
    while (answer := asked(address))[0] != status:
        assert time.monotonic() < end, answer
        time.sleep(0.1)
    return answer


def test_a_database_that_is_killed_is_503_meanwhile_and_all_goes_on_by_itself(home: Path) -> None:
    environment = environment_of(home)
    with served(environment) as (address, process):
        page = f"{address}/sign-in/?next=/users/"
        until(page, 200)
        assert run(environment, "org", "add", "Birch Group", "--timezone", "America/New_York").returncode == 0
        token = f"{address}/set-up/{'a' * 43}/"
        assert asked(token)[0] == 410
        pid = postgres.running_pid(home)
        assert pid is not None
        os.kill(process.pid, signal.SIGSTOP)  # which would bring it back at once
        os.kill(pid, signal.SIGKILL)
        status, retry, text = until(token, 503)
        assert (status, retry) == (503, "30")
        assert "The database does not answer right now." in text
        assert "<main" in text
        status, _, part = asked(token, HX_Request="true")
        assert (status, "<main" in part) == (503, False)
        assert "The database does not answer right now." in part
        os.kill(process.pid, signal.SIGCONT)
        until(token, 410)
        assert process.poll() is None
        assert worker_ticks(home), "the worker works again"


def worker_ticks(home: Path) -> bool:
    """A letter's job that is put into the queue is taken out of it."""
    import psycopg

    urls = postgres.running_urls(home)
    assert urls is not None
    with psycopg.connect(urls.app, autocommit=True) as queue:
        queue.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
            "VALUES ('letters', 'send_letters', '{\"timestamp\": 0}')"
        )
        end = time.monotonic() + PATIENCE
        while queue.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'letters'"
        ).fetchone() != (0,):
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
    return True


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A file system of its own, of 64 MB."""
    if os.geteuid() != 0:
        pytest.skip("a small file system needs root")
    disk = home.parent / "disk"
    disk.mkdir(mode=0o711)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m,mode=711", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_is_one_sentence_whenever_it_fills(small_disk: Path) -> None:
    environment = environment_of(small_disk / "state")
    add = ("org", "add", "Birch Group", "--timezone", "America/New_York")
    assert one_sentence(run(environment, *add), "The disk is full."), "while the database is made"
    subprocess.run(["mount", "-o", "remount,size=400m", str(small_disk)], check=True)
    assert run(environment, *add).returncode == 0
    assert run(environment, "location", "add", "birch-group", "Birch Point", "--code", "BP").returncode == 0
    rows = [f"{n},Ines,Calloway{n},BP,RN,Active,2019-03-04" for n in range(PEOPLE)]
    feed = small_disk / "export.csv"
    feed.write_text(
        "\n".join(["Employee ID,First Name,Last Name,Facility Code,Job Title,Status,Hire Date", *rows])
    )
    run(
        environment,
        "integration",
        "add",
        "birch-group",
        "pay",
        "--connector",
        "file",
        "--set",
        f"path={feed}",
    )
    filler = small_disk / "filler"
    with postgres.server(small_disk / "state"):
        fill(filler)
        assert one_sentence(run(environment, "sync", "run", "birch-group/pay"), "The disk is full."), (
            "in a run"
        )
        filler.unlink()
    fill(filler)
    assert one_sentence(run(environment, *add), "The disk is full."), "so that the database does not start"
    filler.unlink()
    assert run(environment, "sync", "run", "birch-group/pay").returncode == 3, "and afterwards all is well"


def fill(file: Path) -> None:
    """To the last byte."""
    with file.open("wb", buffering=0) as filler:
        for size in (2**20, 2**10):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                continue
