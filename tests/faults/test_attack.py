"""Large bodies and slow clients against the real web process: nobody waits for them, and nothing of them stays."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import attack
from tests.faults.attack import memory_mb, web
from tests.web.world import maple

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[int, int, str]]:
    """Port, process and the cookie of an admin; its state folder is a file's own place."""
    maple(people=20)
    with web({**environment, "SCHEDULEPOP_HOME": str(tmp_path / "home")}) as (port, pid):
        yield port, pid, attack.session_of_an_admin()


def test_readers_go_on_while_it_lasts(server: tuple[int, int, str]) -> None:
    """`make attack` has the figures; here every page comes, while threads alone would serve none."""
    port, pid, cookie = server
    with ThreadPoolExecutor(1) as alone:  # a browser's test may have left a loop in this thread
        attacked = attack.attack(port, pid, cookie, seconds=8, sizes=(20, 100), people=5)
        score = alone.submit(asyncio.run, attacked).result()
    assert score.failed == 0, score.line()
    assert set(score.refused) == {"413"}, score.line()
    assert score.peak_mb < attack.MEMORY_MB, score.line()


def said(port: int, head: bytes, body: bytes = b"") -> bytes:
    """What comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as own:
        own.sendall(head + body)
        return own.recv(65536)


def request(method: str, path: str, **headers: object) -> bytes:
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    return attack._head(method, path, named)


def test_what_is_too_large_is_refused(server: tuple[int, int, str]) -> None:
    """By its headers, when not one byte of the body was sent, nor asked for; without a length, by its count."""
    port, _, cookie = server
    large = {"Content_Type": attack.FORM, "Content_Length": 200 * 2**20}
    for more in ({}, {"Expect": "100-continue"}):
        for path, who in (("/sign-in/", {}), ("/runs/sync/", {}), ("/account/", {"Cookie": cookie})):
            answer = said(port, request("POST", path, **large, **more, **who))
            assert answer.startswith(b"HTTP/1.1 413 "), answer[:60]
            assert b"connection: close" in answer.lower()
    asked = said(port, request("POST", "/runs/sync/", **large, Cookie=cookie, Expect="100-continue"))
    assert asked.startswith(b"HTTP/1.1 100 ")
    head = request("POST", "/sign-in/", Content_Type=attack.FORM, Transfer_Encoding="chunked")
    assert said(port, head, b"10000\r\n" + b"x" * 65536 + b"\r\n1\r\nx\r\n").startswith(b"HTTP/1.1 413 ")
    assert said(port, head, b"3\r\na=b\r\n0\r\n\r\n").startswith(b"HTTP/1.1 403 "), (
        "read whole: no CSRF token"
    )


def test_a_file_on_its_way_is_gone_after_a_kill(server: tuple[int, int, str], tmp_path: Path) -> None:
    port, pid, cookie = server
    uploads = tmp_path / "home/uploads"
    head = request(
        "POST", "/runs/sync/", Content_Type=attack.MULTIPART, Content_Length=50 * 2**20, Cookie=cookie
    )
    with socket.create_connection(("127.0.0.1", port)) as own:
        before = memory_mb(pid)
        own.sendall(head + b"x" * 30 * 2**20)
        until = time.monotonic() + 30
        while (
            not (held := [one for one in files_of(pid) if one.parent == uploads]) and time.monotonic() < until
        ):
            time.sleep(0.1)
        assert [one.name.endswith("(deleted)") for one in held] == [True]
        assert memory_mb(pid) < before + 25
        for one in below(pid):
            os.kill(one, signal.SIGKILL)
    assert list(uploads.iterdir()) == []


def below(pid: int) -> list[int]:
    """The process and all it has begun."""
    own = [
        int(one)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for one in (task / "children").read_text().split()
    ]
    return [pid, *(two for one in own for two in below(one))]


def files_of(pid: int) -> list[Path]:
    return [
        file.readlink()
        for one in below(pid)
        for file in Path(f"/proc/{one}/fd").iterdir()
        if file.is_symlink()
    ]
