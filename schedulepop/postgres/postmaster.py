"""One postmaster process: find it, start it, wait for it, stop it."""

import atexit
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from schedulepop.postgres import locks
from schedulepop.postgres.account import Account
from schedulepop.postgres.binaries import Binaries
from schedulepop.postgres.errors import ServerError
from schedulepop.postgres.home import Home
from schedulepop.postgres.sockets import remove_socket
from schedulepop.postgres.tuning import server_options

RECOVERY_SECONDS = 300.0
ANSWER_SECONDS = 30.0
FAST_STOP_SECONDS = 60.0
IMMEDIATE_STOP_SECONDS = 20.0
LOG_LIMIT = 10 * 1024 * 1024
"""Bytes above which the log is put aside at a start."""

_children: dict[int, "subprocess.Popen[bytes]"] = {}
"""Postmasters this process started, kept so that whichever thread stops one can also reap it."""


@atexit.register
def _leave_them_to_others() -> None:
    """A server that other processes still use outlives this one; Popen would warn that it was forgotten."""
    for child in _children.values():
        child.returncode = child.poll() or 0


@dataclass(frozen=True)
class PidFile:
    """What `postmaster.pid` says; written by the server, stale after a kill -9."""

    pid: int
    ready: bool


def read_pid_file(data: Path) -> PidFile | None:
    """Read `postmaster.pid`; None if there is none, or it is still being written."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        return PidFile(pid=abs(int(lines[0])), ready=len(lines) >= 8 and lines[7].strip() == "ready")
    except (FileNotFoundError, IndexError, ValueError):
        return None


def living_pid(home: Home) -> int | None:
    """Return the process id of this state folder's postmaster, if it lives.

    A pid alone proves nothing: after a crash or a container's restart another program may have it.
    The command line does, and unlike /proc/PID/cwd it can be read without special rights.
    """
    found = read_pid_file(home.data)
    return found.pid if found is not None and _is_postmaster(home, found.pid) else None


def _is_postmaster(home: Home, pid: int) -> bool:
    program, _, arguments = _command_line(pid).partition(" -D ")
    return program.endswith("/postgres") and arguments.startswith(f"{home.data} ")


def _command_line(pid: int) -> str:
    """Return how a process was called; empty if there is no such process, or only a zombie of it."""
    if Path("/proc/self").exists():
        try:
            called = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return os.fsdecode(called.replace(b"\0", b" "))
    asked = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout


def start(home: Home, binaries: Binaries, account: Account, socket: Path) -> int:
    """Start the postmaster and return its process id; it is not yet ready then.

    The server and all its processes inherit a locked descriptor of `alive.lock`. As long as it is
    locked one of them lives, whatever the pid file says; once it is free none does, so a pid file that
    is left names a stranger. PG_GRANDPARENT_PID makes PostgreSQL look past that one pid only; its own
    check for shared memory still in use stays. The socket's lock file, with a pid too, is removed.
    """
    stale = read_pid_file(home.data)
    environment = {k: v for k in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if (v := os.environ.get(k))}
    if stale is not None:
        environment["PG_GRANDPARENT_PID"] = str(stale.pid)
    alive = locks.open_lock(home.alive)
    try:
        _wait_for_the_dead(home, alive)
        remove_socket(socket)
        _put_aside_large_log(home.log)
        with open(os.open(home.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as log:
            child = subprocess.Popen(
                [str(binaries.bin / "postgres"), "-D", str(home.data), *server_options(socket)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                umask=0o077,
                start_new_session=True,  # Ctrl-C in a terminal is for us; we stop the server in order
                pass_fds=[alive],
                **account.run_as(),
            )
    finally:
        os.close(alive)
    _children[child.pid] = child
    return child.pid


def _wait_for_the_dead(home: Home, alive: int) -> None:
    """Wait until the processes of a killed server are gone; they notice its death by themselves."""
    deadline = time.monotonic() + FAST_STOP_SECONDS
    while not locks.take(alive):
        if time.monotonic() > deadline:
            raise ServerError(
                f"Processes of an earlier server still work in {home.data}, in this or in another container. "
                "End them (ps -ef | grep postgres), then try again."
            )
        time.sleep(locks.POLL_SECONDS)


def wait_until_ready(home: Home, url: str, pid: int) -> bool:
    """Wait until a query is answered; False if the postmaster ended instead.

    Recovery after a crash may take minutes, so it gets them. A server that calls itself ready is past
    that, and has less time to prove it.
    """
    began = time.monotonic()
    ready_since: float | None = None
    pause = 0.01
    while not has_ended(home, pid):
        now = time.monotonic()
        ready_since = (ready_since or now) if is_ready(home) else None
        if ready_since and answers(home, url):
            return True
        if ready_since and now - ready_since > ANSWER_SECONDS:
            raise ServerError(
                f"PostgreSQL (process {pid}) is up but takes no connection at its socket. Stop it "
                f"(kill -INT {pid}) and try again. Its log is {home.log}."
            )
        if now - began > RECOVERY_SECONDS:
            raise ServerError(
                f"PostgreSQL (process {pid}) is not ready after {RECOVERY_SECONDS:.0f} seconds. It may still "
                f"be recovering after a crash: wait and try again. Its log is {home.log}."
            )
        time.sleep(pause)
        pause = min(pause * 1.2, 0.25)
    return False


def serves(home: Home, pid: int) -> bool:
    """Say whether the postmaster still lives and is not about to stop."""
    return not has_ended(home, pid) and is_ready(home)


def is_ready(home: Home) -> bool:
    """Say whether the server calls itself ready; to ask it earlier would only fill its log."""
    found = read_pid_file(home.data)
    return found is not None and found.ready


def answers(home: Home, url: str) -> bool:
    """Say whether the server answers a real query."""
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise ServerError(
                f"The passwords in {home.passwords} are not those of the server in {home.data}. "
                "Restore both from the same backup."
            ) from error
        return False
    return True


def has_ended(home: Home, pid: int) -> bool:
    """Say whether the postmaster is gone; reaps it if it is our child.

    Its pid file is not asked: PostgreSQL removes that a moment before its process ends.
    """
    child = _children.get(pid)
    if child is None:
        return not _is_postmaster(home, pid)
    if child.poll() is None:
        return False
    _children.pop(pid, None)
    return True


def stop(home: Home, pid: int) -> None:
    """Stop the postmaster: fast (open transactions are rolled back), and if that hangs, at once.

    Both are safe; after the second the next start recovers from the log.
    """
    for number, seconds in (
        (signal.SIGINT, FAST_STOP_SECONDS),
        (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS),
    ):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if _ends_within(home, pid, seconds):
            return
    raise ServerError(f"PostgreSQL (process {pid}) does not stop. Its log is {home.log}.")


def _ends_within(home: Home, pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not has_ended(home, pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(locks.POLL_SECONDS)
    return True


def last_words(home: Home) -> str:
    """Return the end of the server's log, for an error message."""
    try:
        lines = home.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(f"  {line}" for line in lines[-8:])


def _put_aside_large_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
