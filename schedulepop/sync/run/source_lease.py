"""One at a time asks an integration's source, for a run or to test it: a lease on its row, with a fencing token.

Nobody holds a transaction or a run's lock meanwhile. A lease is renewed while its holder lives and runs out by itself,
so a killed worker never blocks the next one; one that was paused finds another token and writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from schedulepop.sync.models import Fetch, Integration, Run
from schedulepop.sync.run import queries
from schedulepop.sync.run.database_turns import Turn
from schedulepop.sync.run.lease import LeaseLostError

TEST_SECONDS = (
    150.0  # a lease for a test, which is not renewed: longer than `sources.QUICK` allows one to take
)
log = structlog.get_logger("sources")
stopping = threading.Event()  # this process is told to end: fetches under way are given back


@dataclass(slots=True)
class SourceLease:
    """The right to ask a source. `lost`: somebody else has it by now."""

    integration_id: int
    organization_id: int
    token: int
    attempt: int = 0
    run_id: int | None = None  # for the log; None: a test, or everybody is read for the set-up
    lost: threading.Event = field(default_factory=threading.Event)
    turn: Turn = field(default_factory=lambda: Turn(limited=False))

    def check(self) -> None:
        """Raises LeaseLostError when it is lost, or this process has to end."""
        if self.lost.is_set() or (stopping.is_set() and self.attempt):
            raise LeaseLostError(f"the source of integration {self.integration_id} is asked by somebody else")

    def confirm(self) -> Fetch:
        """Inside a transaction: the row, locked, if the lease is still ours. Raises LeaseLostError."""
        found = Fetch.objects.select_for_update().filter(
            integration=self.integration_id, fencing_token=self.token, leased_until__isnull=False
        )
        if (row := found.first()) is None:
            self.lost.set()
            self.check()
            raise LeaseLostError
        return row


def acquire(integration: Integration, *, seconds: float, run: Run | None = None) -> SourceLease | None:
    """The lease, for so many seconds; None while somebody else has it, or the run does not wait for a feed any more.

    Raises RuntimeError inside a transaction: others have to see it.
    """
    with transaction.atomic(durable=True):
        Fetch.objects.get_or_create(
            integration=integration, defaults={"organization_id": integration.organization_id}
        )
        rows = queries.rows(
            "fetch_take",
            integration=integration.pk,
            organization=integration.organization_id,
            run=run.pk if run else None,
            seconds=seconds,
        )
    if not rows:
        return None
    token, attempt = rows[0]
    return SourceLease(
        integration.pk, integration.organization_id, token, attempt if run else 0, run.pk if run else None
    )


def give_back(lease: SourceLease) -> None:
    """Nobody asks any more; nothing when it is lost."""
    Fetch.objects.filter(integration=lease.integration_id, fencing_token=lease.token).update(
        leased_until=None, began_at=None
    )


class Renewal:
    """A thread that renews every lease of this process, over a connection of its own, while there are any."""

    def __init__(self) -> None:
        self._leases: dict[int, SourceLease] = {}
        self._guard = threading.Lock()

    @contextmanager
    def of(self, lease: SourceLease) -> Iterator[None]:
        """Renews this one for the length of the block."""
        with self._guard:
            first, self._leases[lease.integration_id] = not self._leases, lease
        if first:
            threading.Thread(target=self._renew, name="leases", daemon=True).start()
        try:
            yield
        finally:
            with self._guard:
                self._leases.pop(lease.integration_id, None)

    def _renew(self) -> None:
        pause = threading.Event()
        try:
            while not pause.wait(min(5.0, settings.SILENT_SECONDS / 6)):
                with self._guard:
                    leases = list(self._leases.values())
                if not leases:
                    return
                try:
                    self._renew_once(leases)
                except DatabaseError as error:  # it is away; a lease that runs out meanwhile is lost
                    log.warning("leases_wait", error=type(error).__name__)
                    connection.close()
        finally:
            connection.close()

    def _renew_once(self, leases: list[SourceLease]) -> None:
        renewed = queries.rows(
            "fetch_renew",
            integrations=[one.integration_id for one in leases],
            organizations=[one.organization_id for one in leases],
            tokens=[one.token for one in leases],
            seconds=settings.SILENT_SECONDS,
        )
        mine = {integration for (integration,) in renewed}
        for one in leases:
            if one.integration_id not in mine:
                one.lost.set()


renewal = Renewal()
