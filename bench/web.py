"""`make bench-web N=50000`: what every page costs in a large organization, and what 20 readers wait for.

The organization is `bench.lived_in`'s, beside 499 small ones of `bench.many_customers`. First each page alone, as the
role that serves pages, in a process of its own:
milliseconds of the server per request (median and 95th of 100), milliseconds of CPU in both processes (which other
work on the machine changes less), statements, and kilobytes of HTML. Then the web server as shipped, with 20 people who
open a page every 5 seconds: how long the first byte takes. Prints a table; the last line is JSON for scripts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import ground, lived_in, many_customers
from schedulepop import postgres

ROOT = Path(__file__).resolve().parent.parent
P95_MS, QUERIES, KB, FIRST_BYTE_MS = 100, 25, 150, 250


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.web", description=__doc__)
    parser.add_argument("--n", type=int, default=50_000, help="people in the feed")
    parser.add_argument("--rounds", type=int, default=20, help="requests of each page")
    parser.add_argument("--seconds", type=int, default=60, help="how long the 20 read; 0: not at all")
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    parser.add_argument("--home", type=Path, help="a folder that keeps the database: built once, read again")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 110)
    with ground.kept_server(options.home) if options.home else ground.server() as (urls, folder):
        there = urls.database(ground.TEMPLATE)
        kept = folder / "readers.json"
        if not kept.exists():
            kept.write_text(json.dumps(_build(urls, folder, options.n)))
            ground.settle(there)
        readers = json.loads(kept.read_text())
        ground.set_up_django(there)
        readers |= _looked_at(readers)
        sessions = {name: _session(readers[name]) for name in ("admin", "manager", "client_success", "lead")}
        sessions["signed_out"] = ""
        _disconnect()
        work = {
            "readers": readers,
            "sessions": sessions,
            "rounds": options.rounds,
            "seconds": options.seconds,
            "only": [name for name in options.only.split(",") if name],
        }
        found = _measured(there, work)
    pages = found["pages"]
    console.print(_table(options.n, pages))
    worst = max(one["p95_ms"] for one in pages.values())
    told: dict[str, Any] = {"people": options.n, "pages": pages, "worst_p95_ms": worst}
    if found["first_byte"]:
        console.print(f"20 readers, a page every 5 s each: {found['first_byte']}", highlight=False)
        told["readers"] = found["first_byte"]
    print(json.dumps(told))
    return 0


def _build(urls: postgres.Urls, folder: Path, n: int) -> dict[str, int]:
    """500 customers, one of them large; who reads what, by name."""
    there = ground.make_empty(urls)
    many_customers.build(there, folder)
    export = folder / "export.csv"
    export.touch()
    readers = lived_in.build(ground.make(n, export), n, lambda: ground.settle(there))
    _disconnect()
    return asdict(readers) | asdict(many_customers.assign())


def _looked_at(readers: dict[str, int]) -> dict[str, int]:
    """The first sync, which created everybody; and a run at once, about somebody whom it knows."""
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Link, Run
    from schedulepop.sync.run import at_once_requests, runs

    integration = Run.objects.get(pk=readers["held_run"]).integration
    known = Link.objects.filter(integration=integration, user=readers["person"]).earliest("pk").source_id
    at_once = integration.runs.at_once().first()
    if at_once is None:
        at_once = at_once_requests.request(integration, [known], actor=Actor.operator("bench"))
        assert at_once is not None
        runs.drive(at_once.pk)
    return {"first_run": integration.runs.earliest("number").pk, "run_at_once": at_once.pk}


def _session(user: int) -> str:
    """The cookie of somebody who has just signed in."""
    from django.conf import settings
    from django.test import Client

    from schedulepop.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(pk=user))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _measured(urls: postgres.Urls, work: dict[str, Any]) -> dict[str, Any]:
    """By a process that knows the web role's address only, as the one that serves (ADR 0013)."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.web_side", json.dumps(work)],
        cwd=ROOT,
        env={**env, "DATABASE_URL": urls.web, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit("The pages could not be measured; the message is above.")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _table(n: int, pages: dict[str, dict[str, float]]) -> Table:
    table = Table(
        f"{n:,} people", "p50 ms", "p95 ms", "CPU ms", "statements", "kB", title="the slowest first"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for name, one in sorted(pages.items(), key=lambda item: -item[1]["p95_ms"]):
        cells = (("p50_ms", None), ("p95_ms", P95_MS), ("cpu_ms", None), ("queries", QUERIES), ("kb", KB))
        table.add_row(
            name,
            *(
                f"[red]{one[key]:g}[/]" if most is not None and one[key] > most else f"{one[key]:g}"
                for key, most in cells
            ),
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
