"""The worker's process: one worker per queue, the sweep beside them, and a database that may go away."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from django.conf import settings
from django.utils.timezone import now as clock
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from schedulepop import jobs
from schedulepop.sync.run import lease

log = structlog.get_logger("worker")

RECONNECT_SECONDS = 1.0


def work() -> None:
    """The worker: jobs, ticks, letters and the sweep, until the process is told to stop.

    A database that goes away is waited for: that is logged, and work goes on when it answers again.
    """
    # What matters of these libraries is said here, without a traceback.
    for library in ("procrastinate", "psycopg.pool"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    ended = threading.Event()
    threading.Thread(target=_sweep_for_ever, args=(ended,), name="sweep", daemon=True).start()
    try:
        with lease.sessions_kept():
            asyncio.run(_work())
    finally:
        ended.set()


async def _work() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    # A thread for each job that may be under way: asyncio's own pool has a handful, and fetches wait in theirs.
    loop.set_default_executor(ThreadPoolExecutor(sum(jobs.QUEUES.values()) + 4))

    def end() -> None:
        stop.set()
        jobs.give_back_fetches()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    while not stop.is_set():
        why = "ended"
        try:
            await _work_while_connected(stop)
        except Exception as error:
            why = type(error).__name__
        if not stop.is_set():
            log.error("database_away", error=why, again_in_seconds=RECONNECT_SECONDS)
            await asyncio.sleep(RECONNECT_SECONDS)


async def _work_while_connected(stop: asyncio.Event) -> None:
    """One worker per queue, until one loses the database or `stop` is set; jobs under way end in order."""
    # Not replace_connector: it would also move what tasks and the sweep defer to the worker's own pool, out of
    # Django's transaction, so that a job could start before its run row is there.
    own = app.with_connector(PsycopgConnector(kwargs=_connection()))
    async with own.open_async():
        workers = [
            asyncio.create_task(
                own.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=at_once,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=min(5.0, settings.SWEEP_SECONDS),
                )
            )
            for queue, at_once in jobs.QUEUES.items()
        ]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([*workers, stopping], return_when=asyncio.FIRST_COMPLETED)
        for one in (*workers, stopping):
            one.cancel()
        await asyncio.gather(*workers, stopping, return_exceptions=True)


def _connection() -> dict[str, Any]:
    """For taking and ending jobs. Those commits wait for no disk: what a server that dies loses of them, the sweep does
    again, and the run's row is the truth.
    """
    params = connector_params()
    return {**params, "options": f"{params.get('options', '')} -c synchronous_commit=off".strip()}


def _sweep_for_ever(ended: threading.Event) -> None:
    every: float = settings.SWEEP_SECONDS
    while not ended.is_set():
        with jobs.a_job("sweep_broke"):
            jobs.sweep(clock())
        ended.wait(every)
