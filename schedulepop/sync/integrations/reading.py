"""Everybody of a source, read for the set-up by a job: its first preview may take long, and no page waits for it.

How far it is stands in the row of the source's lease: counts and a reason, no value of anybody's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import NeedsAdmin, Refused, RetryLater
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Fetch, Integration
from schedulepop.sync.run import feeds, queries, source_lease
from schedulepop.sync.run.lease import LeaseLostError
from schedulepop.sync.run.source_lease import SourceLease
from schedulepop.wording import refusals

SILENT = timedelta(
    minutes=2
)  # without a word it has died with its worker; a word comes with each answer, or each beat
EVERY = 1.0  # seconds between two words
log = structlog.get_logger("sources")


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the newest one came. `heard`: when it said something last."""

    by: str
    at: datetime
    heard: datetime
    began: bool = False  # a worker has taken it
    answers: int = 0  # requests that were answered
    finished: bool = False
    reason: str = ""  # why nothing was read, with its parameters
    params: dict[str, Any] = field(default_factory=dict)
    records: int = 0
    dropped: dict[str, str] = field(default_factory=dict)  # columns that are never kept → what they were

    @property
    def error(self) -> str:
        """Why nothing was read, in the words of whoever reads it."""
        return refusals.sentence(self.reason, self.params) if self.reason else ""

    @property
    def ok(self) -> bool:
        return self.finished and not self.reason

    def is_under_way(self, at: datetime) -> bool:
        """Whether it goes on, or waits for a worker."""
        return not self.finished and (not self.began or at - self.heard < SILENT)


def of(integration: Integration) -> Reading | None:
    """The newest one; None where nobody has read everybody yet."""
    kept: dict[str, Any] | None = (
        Fetch.objects.filter(integration=integration).values_list("reading", flat=True).first()
    )
    if not kept:
        return None
    times = {name: datetime.fromisoformat(kept[name]) for name in ("at", "heard")}
    return Reading(**kept | times)


def want(integration: Integration, *, actor: Actor, queue: str) -> None:
    """Says that everybody is to be read, and makes the job. Raises NotAllowed, or Refused while it is under way."""
    lifecycle.must_set_up(actor, integration.organization)
    with transaction.atomic():
        Fetch.objects.get_or_create(
            integration=integration, defaults={"organization_id": integration.organization_id}
        )
        Fetch.objects.select_for_update().get(integration=integration)
        at, before = clock(), of(integration)
        if before is not None and before.is_under_way(at) and at - before.at < timedelta(hours=1):
            raise Refused(f"{before.by} is having everybody read right now.")
        _say(integration, Reading(actor.by, at, at))
        queries.rows("reading_queue", integration=integration.pk, queue=queue)


def read(integration: Integration) -> None:
    """Reads everybody and keeps the feed; what goes wrong stands in its row. Nothing where nobody wants it."""
    wanted = of(integration)
    if wanted is None or wanted.finished or wanted.began:
        return
    lease = source_lease.acquire(integration, seconds=settings.SILENT_SECONDS)
    if lease is None:
        _say(integration, replace(wanted, finished=True, reason="reading_waits"))
        return
    try:
        with source_lease.renewal.of(lease):
            _say(integration, _read(integration, lease, replace(wanted, began=True)))
    except LeaseLostError as error:
        log.info("reading_given_up", integration=integration.pk, why=str(error))
    finally:
        source_lease.give_back(lease)


def _read(integration: Integration, lease: SourceLease, reading: Reading) -> Reading:
    progress = _Progress(integration, reading)
    progress.say()
    try:
        came = feeds.ask(integration, lease, watch=progress.heard)
        lease.check()
        assert came is not None  # noqa: S101 (a source that was told of nothing has nothing to compare with)
        _, feed = feeds.keep(integration, came)
    except (NeedsAdmin, RetryLater) as error:
        return replace(progress.reading, finished=True, reason=error.reason, params=error.params)
    except LeaseLostError:
        raise
    except Exception:
        _say(integration, replace(progress.reading, finished=True, reason="broken_inside"))
        raise
    return replace(progress.reading, finished=True, records=feed.table.height, dropped=dict(feed.dropped))


class _Progress:
    """Counts answers, and writes how far it is once a second."""

    def __init__(
        self, integration: Integration, reading: Reading, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.reading = reading
        self._integration, self._timer, self._said = integration, timer, 0.0

    def heard(self, event: str, **fields: Any) -> None:
        """What the door says: no values, no secrets."""
        if event == "door.answer":
            self.reading = replace(self.reading, answers=self.reading.answers + 1)
        if self._timer() - self._said >= EVERY:
            self.say()

    def say(self) -> None:
        """Now."""
        self.reading, self._said = replace(self.reading, heard=clock()), self._timer()
        _say(self._integration, self.reading)


def _say(integration: Integration, reading: Reading) -> None:
    told = asdict(reading) | {"at": reading.at.isoformat(), "heard": reading.heard.isoformat()}
    Fetch.objects.filter(integration=integration).update(reading=told)
