"""Other processes for these tests: some that use a server, and the ones a server consists of."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

STAY = """
import signal
import sys
from pathlib import Path
from schedulepop.postgres import running_pid, server

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # these tests may run under nohup, which has it ignored
with server(Path(sys.argv[1])):
    print(running_pid(Path(sys.argv[1])), flush=True)
    sys.stdin.readline()
print("left in order", flush=True)
"""
"""Joins or starts the server, says its pid, and leaves when told to."""


def child_environment() -> dict[str, str]:
    """An environment in which the package is found; without the database of the other tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_")}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}


def begin(home: Path, script: str = STAY, **options: Any) -> "subprocess.Popen[str]":
    """Run a script with the state folder as its argument."""
    return subprocess.Popen(
        [sys.executable, "-c", script, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env=child_environment(),
        **options,
    )


@contextmanager
def user_of(home: Path) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """Another process that uses the server, and the server's pid; killed at the end if it still lives."""
    with begin(home) as child:
        try:
            assert child.stdout is not None
            said = child.stdout.readline()
            assert said.strip().isdigit(), said + child.stdout.read()
            yield child, int(said)
        finally:
            child.kill()


def finish(child: "subprocess.Popen[str]") -> str:
    """Tell a child to leave, and return the rest of what it says."""
    return child.communicate("leave\n", timeout=60)[0]


def children_of(pid: int) -> list[int]:
    """The processes a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found.append(int(stat.parent.name))
    return found


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has given its memory back, as a zombie has, does not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False
