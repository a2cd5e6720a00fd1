"""`python -m bench.fleet 2000`: that many homes of 50 people (`--people`), and their nights through real workers.

One home has its first sync through the product; the others are copies of its rows, made by the database. Then three
nights, each queued at once for everybody: nobody changed; one person changed in each home, and every tenth hired
somebody, who gets a letter; nobody changed, by two workers. A rate is of the time from the first run's start to the
last one's end. On a shared machine compare the CPU: that of the workers and of the server, per run. The last line is
one JSON object for scripts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from bench import generator, ground
from bench.meter import cpu_of, cpu_of_children, metered
from schedulepop import postgres

PEOPLE, HIRES_EVERY = 50, 10
GOALS = {"unchanged": 2_000, "changed": 700}  # runs a minute, of one worker on two quiet cores
STALLED = 120.0  # seconds without a run that ends: whoever is left is dead
LETTER_WAIT = 70.0
NOT_COPIED = {"accounts_auditentry", "accounts_invitation", "outbox_message", "sync_change", "sync_run"}
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Night:
    """What a night took: runs a minute, milliseconds of CPU a run, what was left undone, the latest letter."""

    per_min: float
    worker_ms: float
    server_ms: float
    left: int
    letter_s: float | None


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.fleet", description=__doc__)
    parser.add_argument("homes", nargs="?", type=int, default=2_000, help="organizations")
    parser.add_argument("--people", type=int, default=PEOPLE, help="in each of them")
    asked = parser.parse_args()
    homes, people = asked.homes, asked.people
    console = Console(width=None if sys.stdout.isatty() else 110)
    with ground.server() as (urls, folder):
        there = ground.make_empty(urls)
        started = time.perf_counter()
        empty = _bytes()
        build(there, folder, homes, people)
        console.print(f"{homes:,} homes of {people} people, built in {time.perf_counter() - started:.0f} s")
        ground.settle(there)
        before = _bytes()
        console.print(f"{(before - empty) / homes:,.0f} bytes each")
        nights = {"unchanged": night(there, folder, "schedule", 1)}
        ground.settle(there)
        grown = (_bytes() - before) / homes
        _send(folder, homes, people, changed=True)
        nights["changed"] = night(there, folder, "push", 1)
        ground.settle(there)
        nights["two workers"] = night(there, folder, "push", 2)
        tick_s, tick_queries = _tick()
    console.print(_table(nights))
    dead = sum(one.left for one in nights.values())
    rates = {name: round(one.per_min) for name, one in nights.items()}
    said = {
        "organizations": homes,
        "unchanged_per_min": rates["unchanged"],
        "changed_per_min": rates["changed"],
        "two_workers_per_min": rates["two workers"],
        "dead_jobs": dead,
        "tick_queries": tick_queries,
        "tick_s": tick_s,
        "bytes_per_unchanged_night": round(grown),
    }
    print(json.dumps(said))
    return 0 if dead == 0 else 1


def build(urls: postgres.Urls, folder: Path, homes: int, people: int) -> None:
    """One home by the product, the others as copies of its rows; each with its own file, which was applied last."""
    from bench import product

    first = folder / "home-0.csv"
    first.write_bytes(generator.feed(people))
    made = ground.make(people, first, name="Home")
    for _ in range(3):  # the second night finds duties with people, the third what that left
        product.sync(made)
    _send(folder, homes, people, changed=False)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(
            "SET session_replication_role = replica"
        )  # rows that were checked once, copied as they are
        for statement in _copies(folder, homes, made.integration):
            owner.execute(statement)  # type: ignore[call-overload]
    _know_again()


def _send(folder: Path, homes: int, people: int, *, changed: bool) -> None:
    """Payroll writes everybody's file: `changed`, somebody has another phone, and every tenth home hired somebody."""
    from bench.generator import COLUMNS

    plain = generator.feed(people)
    header, *records = plain.decode().splitlines()
    at = list(COLUMNS).index("phone")
    cells = records[0].split(",")
    cells[at] = "(515) 555-0199"
    other = "\n".join([header, ",".join(cells), *records[1:], ""]).encode()
    hired = generator.feed(people + 1)
    for number in range(homes):
        content = plain if not changed else hired if number % HIRES_EVERY == 0 else other
        (folder / f"home-{number}.csv").write_bytes(content)


def _copies(folder: Path, homes: int, integration: int) -> Iterator[str]:
    """A statement per table of an organization: every key moved by as much as the copy's number says."""
    from django.apps import apps

    from schedulepop.postgres.row_security import TENANT_TABLES

    models = [
        one for one in apps.get_models(include_auto_created=True) if one._meta.db_table in TENANT_TABLES
    ]
    stride = 1 + max(one.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for one in models)
    own = {
        ("accounts_organization", "name"): "name || ' ' || k",
        ("accounts_organization", "slug"): "slug || '-' || k",
        ("accounts_user", "username"): "username || '.' || k",
        (
            "sync_integration",
            "config",
        ): f"jsonb_set(config, '{{path}}', to_jsonb('{folder}/home-' || k || '.csv'))",
    }
    for model in models:
        table, fields = model._meta.db_table, model._meta.concrete_fields
        if table in NOT_COPIED:
            continue
        values = [
            own.get((table, field.column))
            or (f"{field.column} + k * {stride}" if _is_key(field, models) else f'"{field.column}"')
            for field in fields
        ]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        yield (
            f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {', '.join(values)}"
            f" FROM {table}, generate_series(1, {homes - 1}) AS k"
        )
        if model._meta.pk is not None and model._meta.pk.get_internal_type() == "BigAutoField":
            yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
    yield "UPDATE sync_issue SET first_run_id = NULL"


def _is_key(field: Any, models: list[Any]) -> bool:
    return bool(field.primary_key and not field.is_relation) or field.related_model in models


def _know_again() -> None:
    """What the last run left is about rows of other numbers in a copy: said anew, as that run would have said it."""
    from schedulepop.sync.models import Fingerprints, Integration
    from schedulepop.sync.plan import fingerprints
    from schedulepop.sync.plan.policy import Mapping
    from schedulepop.sync.plan.unchanged_file import unpack
    from schedulepop.sync.run import feeds
    from schedulepop.sync.run.snapshot.probe import probe_changes

    formats: Any = None
    for one in Integration.objects.select_related("organization"):
        probe = probe_changes(one, same=True)
        formats = formats or unpack(probe.blob or b"").file.formats
        rules = fingerprints.rules_hash(Mapping(**one.mapping), feeds.policy_of(one), probe.codes, formats)
        Fingerprints.objects.filter(integration=one).update(rules_hash=rules, people=probe.people_now)


def night(urls: postgres.Urls, folder: Path, trigger: str, workers: int) -> Night:
    """A run of every integration, queued at once and driven by that many workers."""
    from schedulepop.sync.models import Run

    last = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _queue(trigger)
    runs = Run.objects.filter(pk__gt=last)
    server = _postmaster()
    with _working(urls, folder, workers) as pids:
        while not runs.exclude(state="queued").exists():
            time.sleep(0.05)
        spent_there, spent_here = cpu_of_children(server), sum(map(cpu_of, pids))
        left = _until_done(runs)
        spent_there, spent_here = cpu_of_children(server) - spent_there, sum(map(cpu_of, pids)) - spent_here
        letter_s = _last_letter(last)
    count = runs.filter(state="applied").count()
    times = runs.exclude(finished_at=None).values_list("started_at", "finished_at")
    seconds = (max(end for _, end in times) - min(start for start, _ in times)).total_seconds()
    return Night(
        60 * count / seconds, 1_000 * spent_here / count, 1_000 * spent_there / count, left, letter_s
    )


def _queue(trigger: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO sync_run (organization_id, integration_id, number, trigger, preview, state, stage,
              fencing_token, attempt, local_date, requested_by, requested_at, plan_hash, counts, holds, summary, rest,
              decided_by, error_code, error_reason, error_params)
            SELECT i.organization_id, i.id,
                   (SELECT coalesce(max(number), 0) + 1 FROM sync_run r WHERE r.integration_id = i.id),
                   %s, false, 'queued', '', 0, 0, (now() AT TIME ZONE o.timezone)::date, 'bench', now(), '', '{}', '[]',
                   '{}', 'none', '', '', '', '{}'
              FROM sync_integration i JOIN accounts_organization o ON o.id = i.organization_id
            """,
            [trigger],
        )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)"
            " SELECT 'runs', 'drive_run', 0, jsonb_build_object('run_id', id) FROM sync_run WHERE state = 'queued'"
        )


@contextmanager
def _working(urls: postgres.Urls, folder: Path, workers: int) -> Iterator[list[int]]:
    """Workers as shipped, each a process of its own, until the block ends."""
    places = {"SCHEDULEPOP_MAILBOX": str(folder / "mailbox"), "PYTHONPATH": str(ROOT)}
    environment = os.environ | places | {"DATABASE_URL": urls.app, "DATABASE_MIGRATE_URL": urls.migrate}
    command = [sys.executable, "-m", "schedulepop", "worker"]
    with (folder / "workers.log").open(
        "ab"
    ) as log:  # what they say of each run is no part of the measurement
        begun = [
            subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
            for _ in range(workers)
        ]
    try:
        yield [one.pid for one in begun]
    finally:
        for one in begun:
            one.terminate()
        for one in begun:
            one.wait(timeout=60)


def _until_done(runs: Any) -> int:
    """How many runs are left when none ends any more; 0 when all have ended."""
    under_way = runs.filter(state__in=["queued", "running"])
    left, since = under_way.count(), time.monotonic()
    while left and time.monotonic() - since < STALLED:
        time.sleep(0.2)
        if (now := under_way.count()) != left:
            left, since = now, time.monotonic()
    return int(left)


def _last_letter(after: int) -> float | None:
    """Seconds between a run's end and its last letter, the longest of all; None: there was none."""
    from schedulepop.messages.models import Message
    from schedulepop.sync.models import Run

    letters, until = Message.objects.filter(run_id__gt=after), time.monotonic() + LETTER_WAIT
    while letters.filter(sent_at=None).exists() and time.monotonic() < until:
        time.sleep(0.5)
    ends = dict(Run.objects.filter(pk__gt=after).values_list("pk", "finished_at"))
    waits = [
        (sent - ends[run]).total_seconds() if sent else LETTER_WAIT
        for run, sent in letters.values_list("run_id", "sent_at")
    ]
    return max(waits, default=None)


def _postmaster() -> int:
    """The process of the server, whose children serve."""
    home = Path(os.environ["SCHEDULEPOP_HOME"])
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def _bytes() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _tick() -> tuple[float, int]:
    """Seconds and statements of the minute's job afterwards, when nothing is due any more; the best of some."""
    from django.utils.timezone import now

    from bench import ticks

    costs = []
    for _ in range(4):
        with metered() as cost:
            ticks.tick(now())
        costs.append(cost)
    return round(min(one.wall_s for one in costs[1:]), 3), costs[-1].queries


def _table(nights: dict[str, Night]) -> Table:
    table = Table(
        "", "runs a minute", "goal", "CPU ms a run: worker", "server", "left", "last letter after s"
    )
    for name, one in nights.items():
        goal, letter = GOALS.get(name), one.letter_s
        table.add_row(
            name,
            f"{one.per_min:,.0f}",
            f"≥ {goal:,}" if goal else "",
            f"{one.worker_ms:.1f}",
            f"{one.server_ms:.1f}",
            str(one.left),
            f"{letter:.1f}" if letter is not None else "",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
