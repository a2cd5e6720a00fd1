"""`python -m bench.year 200 365`: that many homes in one database for that many nights, on a fake clock.

Payroll writes its files (`bench.year_truth`), the minute's job starts what is due, workers drive it from the queue,
the upkeep drops what is past its time. The server's own vacuum, which has a day between two nights elsewhere, is done
after each as its thresholds say. Told every 30 nights: what is stored of each kind, as `doctor` says it. At the end
everything is compared with what payroll told. The last line is one JSON object for scripts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import psycopg
import structlog
import time_machine
from rich.console import Console

from bench import fleet, ground, year_truth
from schedulepop import postgres

ROOT = Path(__file__).resolve().parent.parent
ZONE = ZoneInfo(ground.TIMEZONE)
START = date.today() + timedelta(days=1)  # files that are written while building are older than all nights
WRITTEN, NIGHT, DATES, UPKEEP = wall(1, 50), wall(5, 0), wall(5, 5), wall(6, 23)
BASE, EVERY = 100, 30
FLAT = ("plans", "files", "jobs")
SLACK = 1.15  # of a kind that is flat: pages that a table took and goes on using
DUE_FOR_VACUUM = """
SELECT DISTINCT coalesce(p.oid, s.relid)::regclass::text
  FROM pg_stat_all_tables s JOIN pg_class c ON c.oid = s.relid LEFT JOIN pg_class p ON p.reltoastrelid = s.relid
 WHERE s.schemaname IN ('public', 'pg_toast')
   AND (s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
        OR s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0))
"""
Sizes = dict[str, int]


def main() -> int:
    """Live the year, print and judge."""
    parser = argparse.ArgumentParser(prog="bench.year", description=__doc__)
    parser.add_argument("organizations", nargs="?", type=int, default=200)
    parser.add_argument("days", nargs="?", type=int, default=365)
    parser.add_argument("--people", type=int, default=fleet.PEOPLE, help="in each organization")
    parser.add_argument("--workers", type=int, default=1, help="processes that drive runs")
    parser.add_argument("--drives", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.drives:
        return drive_nights()
    said = live(asked.organizations, asked.days, asked.people, asked.workers)
    print(json.dumps(said))
    return 0 if said["lost"] == 0 and said["ok"] else 1


def live(organizations: int, days: int, people: int, workers: int) -> dict[str, Any]:
    """The whole of it; returns the figures."""
    began, told = time.perf_counter(), Console(width=None if sys.stdout.isatty() else 130)
    with ground.server() as (urls, folder), time_machine.travel(_at(START, wall(0)), tick=True) as traveller:
        there = ground.make_empty(urls)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        empty = sizes()["database"]
        fleet.build(there, folder, organizations, people)
        ground.settle(there)
        homes = year_truth.homes(folder, organizations, people, days)
        seen = {0: sizes()}
        _say(told, 0, seen[0], began)
        with driving(there, folder, workers) as drivers:
            for number in range(1, days + 1):
                night(number, homes, drivers, traveller)
                vacuum(there)
                if number % EVERY == 0 or number in (BASE, days):
                    seen[number] = sizes()
                    _say(told, number, seen[number], began)
        lost = year_truth.lost(homes, days, START + timedelta(days=days))
        for one in lost[:20]:
            told.print(one)
    return _figures(organizations, days, people, empty, seen, len(lost), time.perf_counter() - began)


def night(number: int, homes: list[year_truth.Home], drivers: Drivers, traveller: Any) -> None:
    """One night, from payroll's files to the upkeep; every job of the product at its hour."""
    from schedulepop import jobs
    from schedulepop.sync.models import Run

    today = START + timedelta(days=number)
    traveller.move_to(_at(today, WRITTEN))
    for home in homes:
        year_truth.write_night(home, number, _at(today, WRITTEN))
    traveller.move_to(_at(today, NIGHT))
    jobs.minute_tick(timestamp=0)
    drivers.drive(_at(today, NIGHT))
    traveller.move_to(_at(today, DATES))
    jobs.hourly_tick(timestamp=0)
    if Run.objects.filter(state="queued").exists():
        drivers.drive(_at(today, DATES))
    jobs.send_letters(timestamp=0)
    traveller.move_to(_at(today, UPKEEP))
    jobs.hourly_upkeep(timestamp=0)


def vacuum(urls: postgres.Urls) -> None:
    """What the server's own vacuum would have done by the next night, by its own thresholds."""
    with psycopg.connect(urls.migrate, autocommit=True) as migrate:
        migrate.execute("SET client_min_messages = error")
        for (table,) in migrate.execute(DUE_FOR_VACUUM).fetchall():
            migrate.execute(f"VACUUM (ANALYZE) {table}")  # type: ignore[call-overload]


def sizes() -> Sizes:
    """Bytes of each kind as the product tells them, of all the rest, and of the whole database."""
    from schedulepop.health import figures

    told = figures.read(queues=(), run_states=())
    kinds = {name: one.bytes for name, one in told.sizes.items()}
    return kinds | {"rest": told.database_bytes - sum(kinds.values()), "database": told.database_bytes}


class Drivers:
    """Processes that take runs from the queue until it is empty, each time at another moment."""

    def __init__(self, begun: list[subprocess.Popen[str]]) -> None:
        self.begun = begun

    def drive(self, at: datetime) -> None:
        """All of them at that moment; returns when the queue of runs is empty."""
        for one in self.begun:
            _pipe(one.stdin).write(at.isoformat() + "\n")
            _pipe(one.stdin).flush()
        for one in self.begun:
            if _pipe(one.stdout).readline().strip() != "done":
                raise RuntimeError("a worker died")


def _pipe(one: IO[str] | None) -> IO[str]:
    assert one is not None
    return one


@contextmanager
def driving(urls: postgres.Urls, folder: Path, workers: int) -> Iterator[Drivers]:
    """That many of them, until the block ends."""
    places = {"SCHEDULEPOP_MAILBOX": str(folder / "mailbox"), "PYTHONPATH": str(ROOT)}
    environment = os.environ | places | {"DATABASE_URL": urls.app, "DATABASE_MIGRATE_URL": urls.migrate}
    command = [sys.executable, "-m", "bench.year", "--drives"]
    pipe = subprocess.PIPE
    begun = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        for _ in range(workers)
    ]
    try:
        yield Drivers(begun)
    finally:
        for one in begun:
            _pipe(one.stdin).close()
        for one in begun:
            one.wait(timeout=60)


def drive_nights() -> int:
    """A worker of the year: a moment a line on standard input; then the queue, until it is empty; then a word."""
    import django

    django.setup()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    from schedulepop.sync.run import lease

    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    with time_machine.travel(_at(START, wall(0)), tick=True) as traveller, lease.sessions_kept():
        for line in sys.stdin:
            traveller.move_to(datetime.fromisoformat(line.strip()))
            loop.run_until_complete(_empty_queue())
            print("done", flush=True)
    return 0


async def _empty_queue() -> None:
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.periodic import PeriodicRegistry

    from schedulepop import jobs

    own = app.with_connector(PsycopgConnector(kwargs=connector_params()))
    own.periodic_registry = PeriodicRegistry()  # the year does every job at its hour itself
    async with own.open_async():
        await own.run_worker_async(
            queues=[jobs.RUNS],
            wait=False,
            concurrency=1,
            delete_jobs="always",
            install_signal_handlers=False,
        )


def _figures(
    organizations: int, days: int, people: int, empty: int, seen: dict[int, Sizes], lost: int, seconds: float
) -> dict[str, Any]:
    last, base = seen[days], seen.get(BASE)
    flat = {name: round(last[name] / base[name], 3) for name in last} if base and days > BASE else {}
    late = (last["database"] - base["database"]) / organizations / (days - BASE) if flat and base else None
    grown = (last["database"] - seen[0]["database"]) / organizations / days
    return {
        "organizations": organizations,
        "days": days,
        "people": people,
        "bytes_per_organization": round((last["database"] - empty) / organizations),
        "bytes_per_organization_night": round(grown),
        "bytes_per_organization_night_after_day_100": None if late is None else round(late),
        "flat_after_day_90": flat,
        "lost": lost,
        "ok": all(flat.get(name, 1) <= SLACK for name in FLAT),
        "seconds": round(seconds),
    }


def _say(told: Console, number: int, found: Sizes, began: float) -> None:
    parts = "  ".join(f"{name} {size / 1e6:,.1f}" for name, size in found.items())
    told.print(f"night {number:>3} ({time.perf_counter() - began:,.0f} s), MB:  {parts}", highlight=False)


def _at(day: date, moment: wall) -> datetime:
    return datetime.combine(day, moment, ZONE)


if __name__ == "__main__":
    sys.exit(main())
