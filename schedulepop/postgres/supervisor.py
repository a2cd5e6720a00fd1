"""Start, join and leave the server.

Whoever comes first starts it, everybody else joins, and the last one out stops it: so a short command
that happened to be first never pulls the server away under a longer one. Nothing here relies on a
process ending in order: after a kill -9 the locks are free, and the next one in adopts the server that
still runs, or starts it again.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from schedulepop.postgres import binaries as programs
from schedulepop.postgres import cluster, locks, postmaster, sockets
from schedulepop.postgres.account import Account, server_account
from schedulepop.postgres.errors import ServerError, ServerGoneError
from schedulepop.postgres.home import Home, prepare, readable, user_name
from schedulepop.postgres.urls import Urls, build_urls, read_passwords

TURN_SECONDS = postmaster.RECOVERY_SECONDS + postmaster.FAST_STOP_SECONDS


@contextmanager
def server(home: Path | None = None) -> Iterator[Urls]:
    """Give the addresses of this state folder's server for the length of the block: join it, or start it.

    SIGTERM and SIGHUP leave in order too (in the main thread, where nobody else handles them).
    Raises ServerError with what to do; ServerGoneError if the server was stopped from outside meanwhile.
    """
    place = Home.at(home)
    process = os.getpid()
    with ExitStack() as on_leaving:
        on_leaving.enter_context(_signals_raise())
        with readable(place):
            if postmaster.living_pid(place) is None:
                prepare(place, server_account())
            mine = locks.open_lock(place.users)
            on_leaving.callback(_leave, place, mine, process)
            with locks.alone(place.turn, TURN_SECONDS):
                locks.take(mine, shared=True)
                urls, pid = _join(place) or _start(place)
        try:
            yield urls
        except Exception as error:
            if os.getpid() == process and not postmaster.serves(place, pid):
                raise ServerGoneError(
                    f"The database in {place.data} (process {pid}) was stopped while this was running. "
                    "What was saved is safe; what was being saved is rolled back. Run this again. "
                    f"Its log is {place.log}."
                ) from error
            raise


def running_urls(home: Path | None = None) -> Urls | None:
    """Return the addresses of the server if it runs and answers, without starting or keeping it."""
    place = Home.at(home)
    with readable(place):
        if postmaster.living_pid(place) is None or not postmaster.is_ready(place):
            return None
        urls = _urls(place)
        return urls if urls and postmaster.answers(place, urls.database("postgres").owner) else None


def is_embedded(host: str, home: Path | None = None) -> bool:
    """Say whether this is where the server of this state folder is reached; starts nothing."""
    socket = sockets.known_folder(Home.at(home))
    return socket is not None and host == str(socket)


def running_pid(home: Path | None = None) -> int | None:
    """Return the process id of the server if it runs; starts nothing, changes nothing."""
    place = Home.at(home)
    with readable(place):
        return postmaster.living_pid(place)


def _urls(place: Home) -> Urls | None:
    socket = sockets.known_folder(place)
    return None if socket is None else build_urls(read_passwords(place), socket)


def _join(place: Home) -> tuple[Urls, int] | None:
    """Join a server that runs, also one whose starter was killed; None if there is none, or it is stopping."""
    pid = postmaster.living_pid(place)
    urls = _urls(place) if pid is not None else None
    if pid is None or urls is None:
        return None
    if not postmaster.wait_until_ready(place, urls.database("postgres").owner, pid):
        return None
    cluster.create_roles_and_database(urls, read_passwords(place))
    return urls, pid


def _start(place: Home) -> tuple[Urls, int]:
    account = server_account()
    prepare(place, account)
    chosen = programs.reachable(programs.choose(place.data), place, account)
    cluster.create_data_folder(place, chosen, account)
    _require_same_owner(place, account)
    passwords = read_passwords(place)
    socket = sockets.socket_folder(place, account)
    urls = build_urls(passwords, socket)
    pid = postmaster.start(place, chosen, account, socket)
    try:
        if not postmaster.wait_until_ready(place, urls.database("postgres").owner, pid):
            words = postmaster.last_words(place)
            raise ServerError(f"PostgreSQL did not start. Its log ({place.log}) ends:\n{words}")
        cluster.create_roles_and_database(urls, passwords)
    except BaseException:
        postmaster.stop(place, pid)
        raise
    return urls, pid


def _require_same_owner(place: Home, account: Account) -> None:
    """Refuse a data folder of another user before PostgreSQL does, with what to do about it."""
    owner = place.data.stat().st_uid
    if owner != account.uid:
        raise ServerError(
            f"The data in {place.data} belongs to {user_name(owner)}, but the server would run as "
            f"{account.name}. Run this as the user who created it, or: chown -R {account.name} {place.data}"
        )


def _leave(place: Home, mine: int, process: int) -> None:
    """Let go of the server, and stop it if nobody else uses it."""
    if os.getpid() != process:
        return  # a forked child unwinding its parent's stack
    locks.release(mine)
    with locks.alone(place.turn, TURN_SECONDS):
        others = locks.open_lock(place.users)
        try:
            pid = postmaster.living_pid(place)
            if pid is not None and locks.take(others):
                postmaster.stop(place, pid)
                sockets.remove_socket_folder(place)
        finally:
            os.close(others)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Make SIGTERM and SIGHUP unwind the stack, where they would end the process without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is _exit:
                signal.signal(number, signal.SIG_DFL)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
