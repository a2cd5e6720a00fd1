"""Fetching is a job of its own, without a transaction or the run's lock; the run starts when all is there.

What a run waits for stands on `Fetch`; the feed that was received, kept in the database, is the hand-over, so that any
worker on any machine may drive the run. Killed in the middle nothing is half read: the next one begins anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from schedulepop.connectors import get
from schedulepop.sync.errors import NeedsAdmin, RetryLater
from schedulepop.sync.models import Fetch, Integration, Run, RunState
from schedulepop.sync.run import feeds, outcome, source_lease, trouble
from schedulepop.sync.run.database_turns import Turn
from schedulepop.sync.run.lease import SESSION_ERRORS, LeaseLostError
from schedulepop.sync.run.source_lease import SourceLease

MOST_ATTEMPTS = 12  # of one fetch whose workers die
INTERRUPTED = NeedsAdmin("fetch_interrupted", code="interrupted")
BROKEN = NeedsAdmin("broken_inside")
log = structlog.get_logger("sources")
_reading = threading.BoundedSemaphore(2)  # many wait for slow servers at once; few read what came


def is_fetched(integration: Integration) -> bool:
    """Whether its source is asked by a job of its own, not read by the run."""
    return not get(integration.connector).local and feeds.can_fetch(integration)


def want(run: Run) -> None:
    """This run waits for its feed from now on; in the transaction of its row."""
    Fetch.objects.update_or_create(
        integration=run.integration,
        defaults={"organization_id": run.organization_id, "run": run, "attempt": 0},
    )


def must_wait(run: Run) -> bool:
    """Whether a run at once that asks its source has no turn yet; where it has, it waits for its feed from now on."""
    if not (run.is_at_once and run.asks_source and run.state == RunState.QUEUED and run.raw_id is None):
        return False
    if not is_fetched(run.integration) or is_waited_for(run):
        return False
    if Fetch.objects.filter(integration=run.integration).exclude(run=None).exists():
        return True
    want(run)
    return False


def is_waited_for(run: Run) -> bool:
    """Whether the run still waits for its feed."""
    return Fetch.objects.filter(run=run).exists()


def since(run: Run) -> datetime | None:
    """Since when the run's source is being asked; None: nobody asks right now."""
    return (
        Fetch.objects.filter(run=run, leased_until__isnull=False).values_list("began_at", flat=True).first()
    )


def retry_at(integration: Integration) -> datetime | None:
    """From when on the source wants to be asked again, where it said so."""
    return Fetch.objects.filter(integration=integration).values_list("retry_at", flat=True).first()


def fetch(run: Run, *, hand_over: Callable[[Run], None] = lambda run: None, turn: Turn | None = None) -> bool:
    """Fetches what the run waits for; whether it has its feed now. `hand_over`: called in the transaction that says so.

    Safe to call any number of times: nothing happens while somebody else asks the source.
    """
    turn = turn or Turn()
    with turn.taken():
        lease = source_lease.acquire(run.integration, seconds=settings.SILENT_SECONDS, run=run)
        if lease is None:
            return False
        lease.turn = turn
        try:
            with source_lease.renewal.of(lease):
                return _fetch(run, lease, hand_over)
        except LeaseLostError as error:
            log.info("fetch_given_up", run=run.pk, why=str(error))
            return False
        finally:
            source_lease.give_back(lease)


def _fetch(run: Run, lease: SourceLease, hand_over: Callable[[Run], None]) -> bool:
    try:
        if lease.attempt > MOST_ATTEMPTS:
            _end(run, lease, INTERRUPTED)
            return False
        last = feeds.applied_last(run.integration)
        came = feeds.ask(run.integration, lease, feeds.cursor_of(run.integration, last))
        with _reading:
            lease.check()
            raw = feeds.keep(run.integration, came)[0] if came is not None else last
    except (RetryLater, NeedsAdmin) as error:
        _end(run, lease, error)
        return False
    except (LeaseLostError, *SESSION_ERRORS):  # the run goes on waiting; somebody begins anew
        raise
    except Exception:
        _end(run, lease, BROKEN)
        raise
    assert raw is not None  # noqa: S101 (a source has nothing new only beside what we said we have)
    with transaction.atomic():
        lease.confirm()
        Run.objects.filter(pk=run.pk, state=RunState.QUEUED).update(raw=raw, source_time=raw.source_time)
        _waits_no_more(run, None)
        hand_over(run)
    return True


def _end(run: Run, lease: SourceLease, error: NeedsAdmin | RetryLater) -> None:
    """The run ends without a feed, and says why; tried again at the time that the source named."""
    at = error.retry_at if isinstance(error, RetryLater) else None
    with transaction.atomic():
        lease.confirm()
        _waits_no_more(run, at)
        queued = trouble.fail(run, error)
    if queued:
        outcome.deliver(run)


def _waits_no_more(run: Run, at: datetime | None) -> None:
    Fetch.objects.filter(run=run).update(run=None, attempt=0, retry_at=at)
