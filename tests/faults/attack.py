"""An attack on the real web process over loopback, while people read: what they wait for, and what it costs.

`make attack` builds the demo's customer in a folder of its own, attacks for a minute, and ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import IO

PIECE = b"x" * 65536
PATIENCE = 60  # seconds a reader waits for a page
P95_MS, MEMORY_MB = 250, 600
"""What an attack may cost: time to the first byte, and all processes of the web server."""


@dataclass
class Score:
    """What was seen."""

    first_bytes: list[float] = field(default_factory=list)  # seconds
    before: list[float] = field(default_factory=list)  # the same readers, without an attack
    failed: int = 0  # pages that did not come
    refused: dict[str, int] = field(default_factory=dict)  # first lines of answers to what was too large
    peak_mb: float = 0.0

    @property
    def p95_ms(self) -> float:
        """Milliseconds to the first byte that 95 of 100 pages needed at most."""
        return 1000 * quantiles(self.first_bytes, n=20)[-1]

    @property
    def good(self) -> bool:
        """Nobody waited, nothing grew, and whatever was too large was refused."""
        return (
            self.failed == 0
            and self.p95_ms <= P95_MS
            and self.peak_mb < MEMORY_MB
            and set(self.refused) <= {"413", "reset"}
        )

    def line(self) -> str:
        """One line of JSON."""
        said = {
            "pages": len(self.first_bytes),
            "p95_before_ms": round(1000 * quantiles(self.before, n=20)[-1]),
            "failed": self.failed,
            "p50_ms": round(1000 * quantiles(self.first_bytes, n=2)[0]),
            "p95_ms": round(self.p95_ms),
            "max_ms": round(1000 * max(self.first_bytes)),
            "peak_mb": round(self.peak_mb),
            "refused": self.refused,
            "good": self.good,
        }
        return json.dumps(said)


@contextlib.contextmanager
def web(environment: Mapping[str, str], log: IO[bytes] | None = None) -> Iterator[tuple[int, int]]:
    """The product's own web process: its port and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "schedulepop", "web", "--port", str(port)]
    process = subprocess.Popen(command, env={**environment}, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/").close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


async def readers(port: int, score: Score, cookie: str, seconds: float, people: int) -> list[float]:
    """Seconds to each first byte, of people who open a page every 5 seconds."""
    waits: list[float] = []
    starts = (5 * one / people for one in range(people))
    await asyncio.gather(*(_read(port, score, waits, cookie, seconds, start) for start in starts))
    return waits


async def attack(
    port: int,
    pid: int,
    cookie: str,
    *,
    seconds: float,
    sizes: tuple[int, int] = (200, 1024),
    people: int = 20,
) -> Score:
    """Readers for so long, under everything at once. `sizes`: MB of the form and of the multipart body."""
    score, ended = Score(), asyncio.Event()
    score.before = await readers(port, score, cookie, seconds / 4, people)
    form, parts = (size * 2**20 for size in sizes)
    signed_in = {"Cookie": cookie}
    slow = [
        *(_again(ended, lambda: _drip_headers(port, ended)) for _ in range(8)),
        *(_again(ended, lambda: _drip_body(port, ended)) for _ in range(8)),
        *(_again(ended, lambda: _read_nothing(port, cookie, ended)) for _ in range(8)),
    ]
    large = [
        _again(ended, lambda: _send(port, score, "/sign-in/", form, {"Content-Type": FORM})),
        _again(ended, lambda: _send(port, score, "/account/", form, {"Content-Type": FORM, **signed_in})),
        _again(ended, lambda: _send(port, score, "/runs/sync/", parts, {"Content-Type": MULTIPART})),
        _again(
            ended, lambda: _send(port, score, "/runs/sync/", parts, {"Content-Type": MULTIPART}, chunked=True)
        ),
    ]
    attackers = [asyncio.create_task(one) for one in (*slow, *large, _watch(pid, score, ended))]
    await asyncio.sleep(1)
    score.first_bytes = await readers(port, score, cookie, seconds, people)
    ended.set()
    for one in attackers:
        one.cancel()
    await asyncio.gather(*attackers, return_exceptions=True)
    return score


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=part"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def _connection(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _again(ended: asyncio.Event, one: Callable[[], Awaitable[None]]) -> None:
    while not ended.is_set():
        with contextlib.suppress(OSError):
            await one()
        await asyncio.sleep(0.5)


async def _read(
    port: int, score: Score, waits: list[float], cookie: str, seconds: float, start: float
) -> None:
    await asyncio.sleep(start)
    until = time.monotonic() + seconds - start
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE), _connection(port) as (reader, writer):
                writer.write(_head("GET", "/users/", {"Cookie": cookie, "Connection": "close"}))
                status = await reader.readuntil(b"\r\n")
                waits.append(time.monotonic() - began)
                whole = await reader.read()
                score.failed += b" 200 " not in status or b"</html>" not in whole
        except (OSError, EOFError):
            waits.append(time.monotonic() - began)
            score.failed += 1
        await asyncio.sleep(max(0.0, 5 - (time.monotonic() - began)))


async def _send(
    port: int, score: Score, path: str, size: int, headers: dict[str, str], *, chunked: bool = False
) -> None:
    """So many bytes without looking up, as a browser does; the answer is read at the end, or when it breaks off."""
    length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(size)}
    piece = b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    async with _connection(port) as (reader, writer):
        writer.write(_head("POST", path, {**headers, **length}))
        answer = asyncio.create_task(reader.readline())
        with contextlib.suppress(OSError):
            for _ in range(size // len(PIECE)):
                writer.write(piece)
                await writer.drain()
                if answer.done():
                    break
        try:
            async with asyncio.timeout(20):
                said = (await answer).split(b" ")[1].decode()
        except (OSError, IndexError):
            said = "reset"
        except TimeoutError:
            said = "nothing"
    score.refused[said] = score.refused.get(said, 0) + 1


async def _drip_headers(port: int, ended: asyncio.Event) -> None:
    async with _connection(port) as (_, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        while not ended.is_set():
            writer.write(b"X-Slow: 1\r\n")
            await writer.drain()
            await asyncio.sleep(1)


async def _drip_body(port: int, ended: asyncio.Event) -> None:
    async with _connection(port) as (_, writer):
        writer.write(_head("POST", "/sign-in/", {"Content-Type": FORM, "Content-Length": "60000"}))
        while not ended.is_set():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(1)


async def _read_nothing(port: int, cookie: str, ended: asyncio.Event) -> None:
    """Asks for pages and lets them lie."""
    with socket.socket() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        own.setblocking(False)
        await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
        await asyncio.get_running_loop().sock_sendall(own, 3 * _head("GET", "/users/", {"Cookie": cookie}))
        while not ended.is_set():
            await asyncio.sleep(1)


async def _watch(pid: int, score: Score, ended: asyncio.Event) -> None:
    while not ended.is_set():
        score.peak_mb = max(score.peak_mb, memory_mb(pid))
        await asyncio.sleep(0.25)


def memory_mb(pid: int) -> float:
    """Resident memory of a process and all below it, in MB; shared pages count each time."""
    total, left = 0, [pid]
    while left:
        one = left.pop()
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1])
            for task in Path(f"/proc/{one}/task").iterdir():
                left += map(int, (task / "children").read_text().split())
    return total * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    """Exit 0 when nobody waited."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.attack")
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="sp-attack-") as home:
        os.environ |= {"SCHEDULEPOP_HOME": home, "SCHEDULEPOP_SECRET_KEY": "for-attacks-only-" + "0" * 50}
        subprocess.run(
            [sys.executable, "-m", "schedulepop", "demo", "--no-serve"], check=True, stdout=subprocess.DEVNULL
        )
        from schedulepop.cli.database import database

        with database(), web(os.environ) as (port, pid):
            score = asyncio.run(attack(port, pid, session_of_an_admin(), seconds=seconds))
    sys.stdout.write(f"{score.line()}\n")
    return 0 if score.good else 1


def session_of_an_admin() -> str:
    """The cookie of somebody signed in who may open every page."""
    from django.test import Client

    from schedulepop.accounts.models import User

    client = Client()
    client.force_login(User.objects.filter(grants__role="admin")[0])
    return "; ".join(f"{one.key}={one.value}" for one in client.cookies.values())


if __name__ == "__main__":
    sys.exit(main())
