"""kill -9 at random points of a night, and what stands afterwards; two workers starting at one moment.

A round: a fresh copy of the database after the first sync, the next day's feed, a worker that is killed somewhere,
another one that finds what it left. Then everything must be as if nobody had been killed.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps

from bench import generator, ground
from schedulepop import postgres
from tests.faults import page_of_run, state, victim
from tests.faults.score import Score
from tests.scratch import in_memory

READY = "faults_ready"
PATIENCE = 180.0  # a busy machine is no fault; `max_resume_s` says how long it took


SOME = 100  # letters a round sends when its worker died before there were any


@dataclass
class Night:
    """The database after the first sync, the next day's feed, and what an undisturbed night makes of it."""

    urls: postgres.Urls
    folder: Path
    integration: int
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()
    expected: dict[str, str] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)
    concerned: tuple[str, ...] = ()  # payroll IDs of a run at once in the place of the night's


@contextmanager
def night(people: int, hires: int, say: Any = print) -> Iterator[Night]:
    """A server of its own with `people` synced and `hires` more in today's feed; gone at the end."""
    victim.prepare()
    with ground.server(within=in_memory()) as (urls, folder):  # workers are killed here, never the server
        feed, today = generator.grown(people, hires)
        export = folder / "export.csv"
        export.write_bytes(feed)
        (folder / "first.csv").write_bytes(feed)
        if apps.ready:  # the second night of this process
            victim.point_at(urls.database(ground.TEMPLATE), folder / "first")
        made = ground.make_template(urls, people + hires, export)
        postgres.create_database(urls, READY, template=ground.TEMPLATE)
        ready = urls.database(READY)
        victim.point_at(ready, folder / "first")
        from django.db import connections

        from bench import product
        from schedulepop.sync.models import Integration

        product.sync(made)
        Integration.objects.update(schedule_at=_last_minute(made.integration))  # never due by itself
        connections.close_all()
        ground.settle(ready)
        export.write_bytes(today)
        found = Night(urls, folder, made.integration)
        _undisturbed(found)
        say(
            f"{people:,} people, {hires:,} hires; seconds per step: "
            + ", ".join(f"{name} {value:.2f}" for name, value in found.durations.items())
        )
        yield found


def at_once(of: Night) -> Night:
    """The same day, on which nobody waits for the night: a run at once about five of those who differ."""
    known = set((of.folder / "first.csv").read_text().splitlines())
    today = (of.folder / "export.csv").read_text().splitlines()
    differ = [row.partition(",")[0] for row in today if row not in known]  # the ID comes first
    found = replace(of, concerned=tuple(differ[:2] + differ[-3:]), durations={})
    _undisturbed(found)
    return found


@contextmanager
def _copy(of: Night, name: str) -> Iterator[tuple[postgres.Urls, Path, psycopg.Connection[Any]]]:
    """A copy of the ready database; this process's product works on it."""
    from django.db import connections

    urls, mailbox = of.urls.database(name), of.folder / name
    postgres.create_database(of.urls, name, template=READY)
    mailbox.mkdir()
    try:
        victim.point_at(urls, mailbox)
        with psycopg.connect(urls.app, autocommit=True) as connection:
            yield urls, mailbox, connection
    finally:
        connections.close_all()
        postgres.drop_database(of.urls, name)
        shutil.rmtree(mailbox)


def _last_minute(integration: int) -> clock_time:
    """The hour from which an integration's own offset leads to the last minute of its day."""
    from schedulepop.sync.integrations import schedule

    offset = timedelta(minutes=integration * schedule.STRIDE % schedule.SPREAD_MINUTES)
    return (datetime(2026, 1, 1, 23, 59) - offset).time()


def _undisturbed(of: Night) -> None:
    with _copy(of, "faults_undisturbed") as (urls, mailbox, connection):
        of.before = state.glance(connection)
        run = _request(of)
        here, there = victim.CONTEXT.Pipe(duplex=False)
        process = victim.start(victim.worker, urls, mailbox, there)
        try:
            _finished(connection, run, PATIENCE)
            _all_sent(connection)
        finally:
            process.kill()
            process.join()
        marks = {}
        while here.poll():
            name, at = here.recv()
            marks.setdefault(name, at)
        order = [*marks.items(), ("end", time.time())]
        of.durations = {name: later - at for (name, at), (_, later) in itertools.pairwise(order)}
        of.durations["notify"] = min(of.durations.get("notify", 0.5), 5.0)
        of.after, of.expected = state.glance(connection), state.canonical(connection)


def _request(of: Night) -> int:
    from schedulepop import jobs
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Integration
    from schedulepop.sync.run import at_once_requests

    integration = Integration.objects.select_related("organization").get(pk=of.integration)
    if of.concerned:
        run = at_once_requests.request(
            integration, of.concerned, actor=Actor.operator("faults"), asks_source=True
        )
        assert run is not None
        jobs.queue(run)
        return run.pk
    return jobs.request_run(integration, trigger="manual", actor=Actor.operator("faults")).pk


def _finished(connection: psycopg.Connection[Any], run: int, patience: float) -> bool:
    """Waits until the run is applied."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        row = connection.execute("SELECT state FROM sync_run WHERE id = %s", [run]).fetchone()
        if row and row[0] not in ("queued", "running"):
            return True
        time.sleep(0.02)
    return False


def _all_sent(connection: psycopg.Connection[Any], enough: int | None = None) -> None:
    """Lets this process send what waits, as a worker's minute tick does, until nothing waits any more.

    `enough`: after that many. Who died before the commit had sent nothing, so its letters are an undisturbed night's.
    """
    from schedulepop.messages import outbox

    waiting = (
        "SELECT count(*) FROM outbox_message m JOIN accounts_user u ON u.id = m.user_id WHERE "
        "u.email <> '' AND state IN ('queued', 'sending')"
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        outbox.drain(limit=enough or 1_000)
        row = connection.execute(waiting).fetchone()
        if enough or (row and row[0] == 0):
            return
        time.sleep(0.1)
    raise AssertionError("letters still wait")


class _Reader(threading.Thread):
    """Looks every 50 ms; whatever is neither the old nor the new state is torn."""

    def __init__(self, urls: postgres.Urls) -> None:
        super().__init__(daemon=True)
        self.seen: set[tuple[Any, ...]] = set()
        self.looks = 0
        self._url, self._ended = urls.app, threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self._url, autocommit=True) as connection,
            ):
                while not self._ended.wait(0.05):
                    self.seen.add(state.glance(connection))
                    self.looks += 1

    def stop(self) -> None:
        self._ended.set()
        self.join()


def kill_round(of: Night, score: Score, seed: int, *, pause: bool = False) -> None:
    """One worker killed (or paused) somewhere in one step; another goes on; all is as if nothing had been."""
    chance = random.Random(seed)
    step = victim.STEPS[seed % len(victim.STEPS)]
    delay = chance.uniform(0, of.durations.get(step, 0.05))
    with _copy(of, f"faults_{seed}") as (urls, mailbox, connection):
        run = _request(of)
        reader = _Reader(urls)
        reader.start()
        here, there = victim.CONTEXT.Pipe(duplex=False)
        first = victim.start(victim.worker, urls, mailbox, there)
        _wait_for(here, step)
        time.sleep(delay)
        os.kill(first.pid or 0, signal.SIGSTOP if pause else signal.SIGKILL)
        killed, sent = time.monotonic(), any(mailbox.glob("*.eml"))
        second = victim.start(victim.worker, urls, mailbox, None)
        try:
            done = _finished(connection, run, PATIENCE)
            score.max_resume_s = max(score.max_resume_s, time.monotonic() - killed)
            if pause:
                os.kill(first.pid or 0, signal.SIGCONT)
                time.sleep(1.0)
                os.kill(first.pid or 0, signal.SIGKILL)
            if done:
                _all_sent(connection, None if pause or sent or step in ("apply", "notify") else SOME)
        finally:
            for process in (first, second):
                process.kill()
                process.join()
            reader.stop()
        where = f"seed {seed}, {step} + {delay:.3f} s"
        _judge(of, score, where, connection, mailbox, reader.seen, done)
        if of.concerned and done:
            score.blame(page_of_run.fault(of.integration, of.concerned, run, urls), where)
    score.kills += not pause
    score.paused += pause
    score.steps[step] = score.steps.get(step, 0) + 1


def _wait_for(here: Any, step: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if here.poll(0.5):
            name, _ = here.recv()
            if name == step:
                return
    raise AssertionError(f"the worker never began {step}")


def _judge(
    of: Night,
    score: Score,
    where: str,
    connection: psycopg.Connection[Any],
    mailbox: Path,
    seen: set[tuple[Any, ...]],
    done: bool,
) -> None:
    found = state.canonical(connection)
    differs = sorted(name for name in found if found[name] != of.expected[name])
    if differs or not done:
        score.lost += 1
        score.said.append(f"{where}: finished {done}, differs in {differs}: {[found[n] for n in differs]}")
    arrived = state.letters(mailbox)
    twice = sum(1 for count in arrived.values() if count > 1)
    row = connection.execute("SELECT count(*) FROM outbox_message WHERE state = 'accepted'").fetchone()
    silent = max(0, (row[0] if row else 0) - len(arrived))  # said to have gone out, and did not
    score.doubled += twice
    score.lost += silent
    torn = seen - {of.before, of.after}
    score.torn_reads += len(torn)
    if twice or silent or torn:
        score.said.append(f"{where}: {twice} letters twice, {silent} never, torn {torn}")


def collision(of: Night, score: Score, seed: int) -> None:
    """Two processes start today's run at one moment: it is driven once."""
    with _copy(of, f"faults_double_{seed}") as (urls, mailbox, connection):
        at = time.time() + 0.4
        both = [victim.start(victim.collide, urls, mailbox, of.integration, at) for _ in range(2)]
        for process in both:
            process.join(PATIENCE)
        codes = [process.exitcode for process in both]
        row = connection.execute(
            "SELECT count(*), max(attempt), bool_and(state = 'applied') FROM sync_run WHERE trigger = 'schedule'"
        ).fetchone()
        twice = sum(1 for count in state.letters(mailbox).values() if count > 1)
        if codes != [0, 0] or row != (1, 1, True) or state.glance(connection) != of.after:
            score.lost += 1
            score.said.append(f"double start {seed}: exits {codes}, runs {row}")
        score.doubled += twice
    score.double_starts += 1
