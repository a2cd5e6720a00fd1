"""The pages of `bench.web`, asked in a process that is bound by row level security as the web server is.

Started with what it needs as JSON in argv; answers with one JSON line.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median, quantiles
from typing import Any

from bench.meter import cpu_of
from bench.web_addresses import LINKED, addresses

READERS, PAUSE = 20, 5  # people, seconds between two pages of one


def measure(work: dict[str, Any]) -> dict[str, Any]:
    """Figures of every page, and of the readers."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "schedulepop.settings"
    django.setup()
    from django.conf import settings
    from django.test import Client

    clients = {}
    for who, session in work["sessions"].items():
        clients[who] = Client(headers={"host": "127.0.0.1:8000"})
        if session:
            clients[who].cookies[settings.SESSION_COOKIE_NAME] = session
    asked = addresses(work["readers"])
    asked |= {
        name: (who, _link(clients[who], asked[page][1], pattern))
        for name, (who, page, pattern) in LINKED.items()
    }
    chosen = {name: one for name, one in asked.items() if not work["only"] or name in work["only"]}
    pages = {name: _page(clients[who], path, work["rounds"]) for name, (who, path) in chosen.items()}
    read = {}
    if work["seconds"]:
        from django.db import connections

        connections.close_all()
        cookie = settings.SESSION_COOKIE_NAME
        read = _read(chosen, work["sessions"], cookie, work["seconds"])
    return {"pages": pages, "first_byte": read}


def _link(client: Any, page: str, pattern: str) -> str:
    """The first address of a kind that a page leads to: what waits, and who, is known to the pages alone."""
    found = re.search(pattern, client.get(page).content.decode())
    if found is None:
        raise SystemExit(f"{page} leads to no {pattern}")
    return found[0]


def _page(client: Any, path: str, rounds: int) -> dict[str, float]:
    """One page, after one request that nobody counts: what a process does once is not of the page."""
    from django.db import connection

    statements = 0

    def counted(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    taken = []
    with connection.execute_wrapper(counted):
        client.get(path)
    backend = connection.connection.info.backend_pid
    work = time.process_time() + cpu_of(backend)
    for _ in range(rounds):
        started = time.perf_counter()
        client.get(path)
        taken.append((time.perf_counter() - started) * 1_000)
    work = time.process_time() + cpu_of(backend) - work
    return {
        "p50_ms": round(median(taken), 1),
        "p95_ms": round(quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0], 1),
        "cpu_ms": round(work / rounds * 1_000, 1),
        "queries": statements,
        "kb": round(len(answer.content) / 1_000, 1),
    }


@contextmanager
def _served() -> Iterator[int]:
    """gunicorn as shipped, with the environment of this process; the port it listens on."""
    from schedulepop.cli.servers import _web_command

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"SCHEDULEPOP_BASE_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(_web_command("127.0.0.1", port), env=env)
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _warm(address: str) -> None:
    """Every process of the server has answered once: what it loads first is not what a reader waits for."""
    for _ in range(20):
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()


def _read(
    pages: dict[str, tuple[str, str]], sessions: dict[str, str], cookie: str, seconds: int
) -> dict[str, float]:
    """20 people, each with a page of their own to begin with, until the time is over."""
    first: list[float] = []
    failed: list[str] = []
    with _served() as port:
        _warm(f"http://127.0.0.1:{port}/sign-in/")
        until = time.monotonic() + seconds

        def read(number: int) -> None:
            turn = cycle([*pages.values()][number:] + [*pages.values()][:number])
            time.sleep(PAUSE * number / READERS)
            while time.monotonic() < until:
                who, path = next(turn)
                headers = {"Cookie": f"{cookie}={sessions[who]}"}
                request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
                started = time.monotonic()
                try:
                    with urllib.request.urlopen(request, timeout=60) as answer:
                        answer.read(1)
                        first.append(time.monotonic() - started)
                        answer.read()
                except OSError:
                    failed.append(path)
                time.sleep(max(0.0, PAUSE - (time.monotonic() - started)))

        people = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
        for one in people:
            one.start()
        for one in people:
            one.join()
    return {
        "pages": len(first),
        "failed": len(failed),
        "p50_ms": round(median(first) * 1_000),
        "p95_ms": round(quantiles(first, n=20)[-1] * 1_000),
    }


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
