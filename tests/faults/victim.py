"""Worker processes that can be killed: forked from a clean process that has the product loaded, so that a start is
cheap.

A worker here is the product's own (`worker.work`, sweeping every 0.2 s), which says on a pipe which step it begins.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from schedulepop.postgres.urls import Urls

STEPS = ("read", "normalize", "match", "diff", "guard", "apply", "notify")
SILENT = 1.5  # seconds after which a paused driver is given up here; 60 in production
CONTEXT = multiprocessing.get_context("forkserver")


def prepare() -> None:
    """Load the product into the process that workers are forked from. It never opens the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schedulepop.settings")
    CONTEXT.set_forkserver_preload(["tests.faults.loaded"])


def start(target: Callable[..., None], *args: Any) -> BaseProcess:
    """A process of its own, which ends with this one."""
    process = CONTEXT.Process(target=target, args=args, daemon=True)
    process.start()
    return process


def worker(urls: Urls, mailbox: Path, says: Connection | None) -> None:
    """A worker on that database, until it is killed; with a pipe it says its steps."""
    point_at(urls, mailbox)
    if says is not None:
        say_steps(says)
    from schedulepop import worker

    worker.work()


def collide(urls: Urls, mailbox: Path, integration: int, at: float) -> None:
    """Start today's run and drive it, at this very moment, as another process does too."""
    point_at(urls, mailbox)
    from schedulepop import jobs
    from schedulepop.sync.errors import Refused
    from schedulepop.sync.models import Integration, Run
    from schedulepop.sync.run import runs

    one = Integration.objects.select_related("organization").get(pk=integration)
    time.sleep(max(0.0, at - time.time()))
    with contextlib.suppress(Refused):
        jobs.request_run(one, trigger="schedule", actor=jobs.SCHEDULER)
    runs.drive(Run.objects.filter(integration=one).order_by("-number").values_list("pk", flat=True)[0])


def paused(urls: Urls, mailbox: Path, run: int, statement: str, says: Connection) -> None:
    """Drive a run, stopped before the first such statement, which it says; what goes wrong after it wakes up is its
    exit.
    """
    point_at(urls, mailbox)
    from django.db import connection

    from schedulepop.sync.run import lease, runs

    ahead = [statement]

    def stop(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if ahead and ahead[0] in sql:
            says.send(ahead.pop())
            os.kill(os.getpid(), signal.SIGSTOP)
        return execute(sql, *rest)

    with connection.execute_wrapper(stop), contextlib.suppress(*lease.SESSION_ERRORS):
        runs.drive(run)


def point_at(urls: Urls, mailbox: Path) -> None:
    """This process's product works on that database, keeps letters there, and is as impatient as a test.

    What a letter says is not what dies here: five hundred a round are a line each, with the Message-ID they have.
    """
    from django.conf import settings
    from django.db import connections

    from schedulepop.messages import given_up, letters
    from schedulepop.settings import database

    for alias, url in (("default", urls.app), ("migrate", urls.migrate)):
        connections[alias].close()
        connections.settings[alias].update(database(url))
    settings.MAILBOX_DIR, settings.EMAIL_BACKEND = str(mailbox), "schedulepop.messages.mailbox.MailboxBackend"
    settings.SWEEP_SECONDS, settings.SILENT_SECONDS = 0.2, SILENT
    given_up.DIED_AFTER = timedelta(seconds=1)
    letters.write = _one_line


def _one_line(message: Any, *, address: str, link: str, until: datetime | None) -> Any:
    from django.core.mail import EmailMultiAlternatives

    return EmailMultiAlternatives(
        "Welcome", link, to=[address], headers={"Message-ID": f"<message-{message.pk}@faults>"}
    )


def say_steps(says: Connection) -> None:
    """Every step says its name before it begins; `read` begins when the run is taken."""
    from schedulepop.sync.run import driver, lease, notify, outcome, planner

    def spoken(name: str) -> None:
        says.send((name, datetime.now().timestamp()))

    acquire, throttled_progress, begin, deliver = (
        lease.acquire,
        lease.throttled_progress,
        driver._begin,
        notify.deliver,
    )

    def took(run: Any, holder: Any) -> Any:
        spoken("read")
        return acquire(run, holder)

    def pure(run: Any) -> Callable[[str], None]:
        say = throttled_progress(run)

        def step(name: str) -> None:
            spoken(name)
            say(name)

        return step

    def applies(*about: Any) -> datetime:
        spoken("apply")
        return begin(*about)

    def sends(run: Any) -> int:
        spoken("notify")
        return deliver(run)

    lease.acquire = took
    planner.lease.throttled_progress = pure
    driver._begin = applies
    outcome.notify.deliver = sends
