"""The pages of `bench.web`, asked in a process that is bound by row level security as the web server is.

Started with what it needs as JSON in argv; answers with one JSON line.
"""

from __future__ import annotations

import json
import os
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

READERS, PAUSE = 20, 5  # people, seconds between two pages of one


def addresses(readers: dict[str, int]) -> dict[str, tuple[str, str]]:
    """Name → (who, address), every page that shows people, nights or what waits; the others are no larger here."""
    at = "/integrations/bench-health/payroll/"
    run, person = f"/runs/{readers['held_run']}/", f"/users/{readers['person']}/{readers['location']}/"
    admins = {
        "home": "/",
        "users": "/users/",
        "users-last": "/users/?page=99999",
        "users-search": "/users/?q=ma",
        "users-filtered": "/users/?status=leave_of_absence",
        "users-not-set-up": "/users/?set_up=none",
        "profile": person,
        "profile-zones": person + "zones/",
        "profile-duties": person + "duties/",
        "profile-history": person + "history/",
        "profile-pay": person + "pay/",
        "profile-account": person + "account/",
        "add-user": "/users/add/",
        "duplicates": "/users/duplicates/",
        "held-values": "/users/held/",
        "whereis": "/where/",
        "whereis-name": "/where/?q=maria",
        "whereis-id": "/where/?q=00100003",
        "issues": "/issues/",
        "questions": "/questions/",
        "decisions": "/decisions/",
        "runs": "/runs/",
        "run": run,
        "run-decide": run + "decide/",
        "cms": "/cms/",
        "cms-ids": "/cms/ids/2026Q4/",
        "cms-employees": f"/cms/employees/{readers['location']}/2026Q4/",
        "headcount": "/headcount/",
        "activity": "/activity/",
        "integrations": "/integrations/",
        "integration": at,
        "limits": at + "limits/",
        "crosswalk": at + "crosswalk/",
        "settings": at + "settings/",
        "received": at + "received/",
        "versions": at + "versions/",
        "organization": "/organization/",
        "grants": "/organization/grants/",
        "duties": "/organization/duties/",
        "locations": "/organization/locations/",
        "location": f"/organization/locations/{readers['location']}/",
        "location-close": f"/organization/locations/{readers['location']}/close/",
        "mail": "/organization/mail/",
        "letters": "/organization/mail/letters/",
        "how-it-works": "/how-it-works/",
        "account": "/account/",
    }
    offices = {
        "customers": "/customers/",
        "customers-on-hold": "/customers/?show=on_hold",
        "customers-search": "/customers/?q=home",
        "customer": "/customers/of/home-7/",
        "home": "/",
    }
    leads = {
        "customers": "/customers/",
        "customer": "/customers/of/bench-health/",
        "operations": "/operations/",
    }
    managers = {
        "home": "/",
        "users": "/users/",
        "invite": "/users/invite/",
        "whereis-name": "/where/?q=maria",
        "issues": "/issues/",
    }
    others = {"manager": managers, "client_success": offices, "lead": leads}
    return {name: ("admin", path) for name, path in admins.items()} | {
        f"{who}-{name}": (who, path) for who, pages in others.items() for name, path in pages.items()
    }


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
        clients[who].cookies[settings.SESSION_COOKIE_NAME] = session
    asked = addresses(work["readers"])
    chosen = {name: one for name, one in asked.items() if not work["only"] or name in work["only"]}
    pages = {name: _page(clients[who], path, work["rounds"]) for name, (who, path) in chosen.items()}
    read = {}
    if work["seconds"]:
        from django.db import connections

        connections.close_all()
        cookie = settings.SESSION_COOKIE_NAME
        read = _read(chosen, work["sessions"], cookie, work["seconds"])
    return {"pages": pages, "first_byte": read}


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


def _read(
    pages: dict[str, tuple[str, str]], sessions: dict[str, str], cookie: str, seconds: int
) -> dict[str, float]:
    """20 people, each with a page of their own to begin with, until the time is over."""
    first: list[float] = []
    failed: list[str] = []
    with _served() as port:
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
