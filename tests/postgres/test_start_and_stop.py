"""Starting, joining, leaving, and who stops the server."""

import os
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from schedulepop.postgres import ServerGoneError, running_pid, running_urls, server
from schedulepop.postgres.home import Home
from schedulepop.postgres.postmaster import has_ended
from tests.postgres.processes import begin, finish, is_running, user_of


def test_a_command_starts_the_server_and_stops_it(home: Path) -> None:
    assert running_urls(home) is None
    with server(home) as urls:
        with psycopg.connect(urls.app) as app:
            assert app.execute("SELECT 1").fetchone() == (1,)
        assert running_urls(home) == urls
        assert running_urls(home) is not None
    assert running_urls(home) is None
    assert not (home / "data" / "postmaster.pid").exists()


def test_starting_again_is_quick(home: Path) -> None:
    def seconds() -> float:
        began = time.monotonic()
        with server(home):
            return time.monotonic() - began

    assert min(seconds() for _ in range(3)) < 0.6


def test_an_error_stops_the_server_too(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), server(home):
        raise ZeroDivisionError
    assert running_urls(home) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_stops_the_server_too(home: Path, number: signal.Signals) -> None:
    with user_of(home) as (child, pid):
        child.send_signal(number)
        assert child.wait(timeout=60) != 0
        assert not is_running(pid)


def test_a_second_command_joins_and_leaves_the_server_running(home: Path) -> None:
    with server(home) as urls:
        with user_of(home) as (child, pid):
            assert pid == running_pid(home)
            assert "left in order" in finish(child)
        assert running_urls(home) == urls


def test_the_first_one_out_leaves_the_server_to_the_others(home: Path) -> None:
    with user_of(home) as (child, pid):
        with server(home) as urls:
            finish(child)
            with psycopg.connect(urls.app) as app:
                assert app.execute("SELECT 1").fetchone() == (1,)
            assert running_pid(home) == pid
        assert not is_running(pid)


def test_threads_share_one_server(home: Path) -> None:
    pids = []

    def use() -> None:
        with server(home):
            pids.append(running_pid(home))
            time.sleep(0.1)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 4
    assert len(set(pids)) == 1
    assert running_urls(home) is None


def test_two_first_starts_at_once_make_one_server(empty_home: Path) -> None:
    with begin(empty_home) as one, begin(empty_home) as two:
        pids = [child.stdout.readline().strip() for child in (one, two)]
        assert pids[0].isdigit(), pids
        assert pids[0] == pids[1]
        assert "left in order" in finish(one)
        assert "left in order" in finish(two)
    assert not is_running(int(pids[0]))


def test_a_server_whose_starter_was_killed_is_adopted(home: Path) -> None:
    with user_of(home) as (child, pid):
        child.kill()
        child.wait()
        assert is_running(pid)
        with server(home):
            assert running_pid(home) == pid
        assert not is_running(pid)


def test_a_server_without_its_pid_file_has_not_ended_before_its_process_has(home: Path) -> None:
    with user_of(home) as (child, pid):
        (home / "data" / "postmaster.pid").rename(home / "aside")
        assert not has_ended(Home.at(home), pid)
        (home / "aside").rename(home / "data" / "postmaster.pid")
        finish(child)
        assert has_ended(Home.at(home), pid)


def test_a_forked_child_does_not_stop_its_parents_server(home: Path) -> None:
    with server(home) as urls:
        fork = (
            "import os, sys\nfrom pathlib import Path\nfrom schedulepop.postgres import server\n"
            "with server(Path(sys.argv[1])):\n"
            "    if os.fork() == 0:\n        sys.exit(0)\n"
            "    os.wait()\n    print('alone', flush=True)\n    sys.stdin.readline()\n"
        )
        with begin(home, fork) as child:
            assert child.stdout.readline() == "alone\n"
            finish(child)
        assert running_urls(home) == urls


def test_a_server_stopped_from_outside_is_said_so(home: Path) -> None:
    def work() -> None:
        with server(home) as urls, psycopg.connect(urls.app) as app:
            os.kill(running_pid(home), signal.SIGINT)
            while True:
                app.execute("SELECT 1")

    with pytest.raises(ServerGoneError, match="was stopped while this was running"):
        work()


def test_an_error_of_the_body_stays_what_it_was(home: Path) -> None:
    with pytest.raises(PermissionError), server(home):
        raise PermissionError("the report cannot be written")
