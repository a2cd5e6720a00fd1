"""The database restarts at once, with recovery, while a worker drives a night: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import time

import psycopg
from django.db import connections

from schedulepop import postgres
from tests.faults import rounds, victim
from tests.faults.score import Score


def restart_round(of: rounds.Night, score: Score, seed: int) -> None:
    """One restart somewhere in one step; the worker goes on by itself, or the next one does."""
    chance = random.Random(seed)
    step = victim.STEPS[seed % len(victim.STEPS)]
    delay = chance.uniform(0, of.durations.get(step, 0.05))
    with rounds._copy(of, f"faults_restart_{seed}") as (urls, mailbox, connection):
        run = rounds._request(of)
        reader = rounds._Reader(urls)
        reader.start()
        here, there = victim.CONTEXT.Pipe(duplex=False)
        workers = [victim.start(victim.worker, urls, mailbox, there)]
        rounds._wait_for(here, step)
        time.sleep(delay)
        began = time.monotonic()
        os.kill(
            connection.info.backend_pid, signal.SIGKILL
        )  # one session dies badly: the server ends all and recovers
        connections.close_all()
        with _again(urls) as there_again:
            try:
                while not (done := rounds._finished(there_again, run, 1.0)):
                    if time.monotonic() - began > rounds.PATIENCE:
                        break
                    if not workers[-1].is_alive():
                        workers.append(victim.start(victim.worker, urls, mailbox, None))
                score.max_resume_s = max(score.max_resume_s, time.monotonic() - began)
                if done:
                    rounds._all_sent(there_again)
            finally:
                for process in workers:
                    process.kill()
                    process.join()
                reader.stop()
            where = f"restart {seed}, {step} + {delay:.3f} s"
            rounds._judge(of, score, where, there_again, mailbox, reader.seen, done)
    score.restarts += 1


def _again(urls: postgres.Urls) -> psycopg.Connection[tuple[object, ...]]:
    """As soon as the server takes sessions again."""
    end = time.monotonic() + rounds.PATIENCE
    while True:
        try:
            connection = psycopg.connect(urls.app, autocommit=True)
            connection.execute("SELECT 1")
            return connection
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
