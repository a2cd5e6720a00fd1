"""What a connector may touch when it asks for an integration: settings, secrets, folders, and the door."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from django.conf import settings

from schedulepop.connectors import door_of, get, source_of
from schedulepop.connectors.contract import (
    Connector,
    ConnectorError,
    Cursor,
    Limits,
    SignInRefusedError,
    Source,
    SourceBusyError,
)
from schedulepop.connectors.spool import Collected, collect
from schedulepop.sync.errors import SOURCE_BUSY, NeedsAdmin, RetryLater
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.run import arrivals, feed_folders, secret_values, source_lease
from schedulepop.sync.run.account import Account
from schedulepop.sync.run.database_turns import Turn
from schedulepop.sync.run.lease import LeaseLostError
from schedulepop.sync.run.source_lease import SourceLease

log = structlog.get_logger("sources")
QUICK = Limits(tries=2, wait=20, answer=30, total=90)  # of somebody who waits in front of a page


Watch = Callable[..., None]  # (event, **fields), as the door logs: no values, no secrets


@contextmanager
def opened(
    integration: Integration, lease: SourceLease | None = None, *, watch: Watch | None = None
) -> Iterator[Source]:
    """The integration's source, for the length of the block, which nobody else asks meanwhile.

    Without a `lease` it is a test, which has less patience; `watch` hears what the door says. Raises
    NeedsAdmin or RetryLater by what the source says, LeaseLostError, and RuntimeError inside a transaction.
    """
    connector = get(integration.connector)
    try:
        if connector.local:
            with _made(connector, integration, None, None) as source:
                yield source
        elif lease is not None:
            with _signed_in(connector, integration, lease) as source:
                yield _watched(source, watch)
        else:
            lease = source_lease.acquire(integration, seconds=source_lease.TEST_SECONDS)
            if lease is None:
                raise RetryLater("source_asked_by_others", {"title": connector.title})
            try:
                with _signed_in(connector, integration, lease) as source:
                    limits = replace(QUICK, body=connector.limits.body, pages=connector.limits.pages)
                    yield _watched(replace(source, http=replace(source.http, limits=limits)), watch)
            finally:
                source_lease.give_back(lease)
    except ConnectorError as error:
        raise NeedsAdmin("source_says", {"text": str(error)}, code=_code(error, "feed_unreadable")) from error
    except SourceBusyError as error:
        raise RetryLater(
            "source_says", {"text": str(error)}, retry_at=error.retry_at, code=_code(error, SOURCE_BUSY)
        ) from error


def _code(error: ConnectorError | SourceBusyError, usual: str) -> str:
    """The connector's own code where it is one that people know; else the usual one."""
    return error.code if error.code in CODES else usual


def collected(integration: Integration, source: Source, cursor: Cursor | None = None) -> Collected:
    """All that it gives now, as files in its workdir; none: it has what the cursor says that it gave last time."""
    return collect(get(integration.connector), source, cursor)


@contextmanager
def _signed_in(connector: Connector, integration: Integration, lease: SourceLease) -> Iterator[Source]:
    """A source that is signed in to: its account's tries count, and a time it names is kept by everybody."""
    account = Account.of(integration)
    account.begin()
    try:
        with _made(connector, integration, lease, account) as source, lease.turn.given_up():
            yield source
    except SignInRefusedError:
        account.refused()
        raise
    except BaseException as error:
        account.unknown()
        if isinstance(error, SourceBusyError) and error.retry_at is not None:
            error.retry_at = account.wait_until(error.retry_at)
        raise
    else:
        account.succeeded()


@contextmanager
def _made(
    connector: Connector, integration: Integration, lease: SourceLease | None, account: Account | None
) -> Iterator[Source]:
    secrets = secret_values.Opened(integration)
    turn = lease.turn if lease is not None else Turn(limited=False)

    def keep_secret(name: str, value: str) -> None:
        with turn.taken():
            secrets.keep(name, value)

    requests: Counter[int] = Counter()
    about = {"integration": integration.pk, "run": lease.run_id if lease is not None else None}
    started = time.monotonic()
    door = door_of(
        allowed=settings.ALLOW_HOSTS,
        routes=settings.ROUTES,
        log=partial(_logged, about, requests),
        **_paced(lease, account),
    )
    try:
        with source_of(
            connector,
            integration.config,
            secrets.values,
            folders=feed_folders.places(integration.organization),
            door=door,
            keep_secret=keep_secret,
            arrived=arrivals.of(integration) if connector.dropped else (),
        ) as source:
            yield source
    finally:
        if requests:
            log.info(
                "source.asked",
                **about,
                seconds=round(time.monotonic() - started, 1),
                answers={str(status): count for status, count in sorted(requests.items())},
            )


def _paced(lease: SourceLease | None, account: Account | None) -> dict[str, Callable[..., None]]:
    """How the door waits: in its account's turn, and never after the lease was lost or this process has to end."""
    if lease is None or account is None:
        return {}

    def sleep(seconds: float) -> None:
        with lease.turn.given_up():
            source_lease.stopping.wait(seconds)
        lease.check()

    def pace() -> None:
        lease.check()
        with lease.turn.taken():
            account.turn(sleep)

    return {"pace": pace, "sleep": sleep}


def _logged(about: dict[str, int | None], requests: Counter[int], event: str, **fields: Any) -> None:
    """What the door says, without addresses: a path may name a person. Only what went wrong has a line of its own."""
    if event == "door.answer":
        status = int(fields["status"])
        requests[status] += 1
        if 0 < status < 400:
            return
    fields.pop("url", None)
    log.info(event, **about, **fields)


def _watched(source: Source, watch: Watch | None) -> Source:
    if watch is None:
        return source
    return replace(source, http=replace(source.http, log=partial(_heard, source.http.log, watch)))


def _heard(log: Watch, watch: Watch, event: str, **fields: Any) -> None:
    log(event, **fields)
    watch(event, **fields)


__all__ = ["LeaseLostError", "collected", "opened"]
