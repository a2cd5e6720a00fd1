"""Where payroll is read from each night: a file it writes, or a platform's stub on this machine."""

from __future__ import annotations

import csv
import io
import os
import threading
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.cli.demo import build
from schedulepop.cli.demo import maple_health as maple
from schedulepop.connectors import get
from schedulepop.connectors.testing import Fault
from schedulepop.sync.integrations import lifecycle, secrets
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import feed_folders, source_lease
from simulation.bad_feeds import BAD_FEEDS, BAD_PULLS, BadFeed
from simulation.dialects import DIALECTS, Employee


class Source(Protocol):
    """What the year needs of one."""

    bad_feeds: tuple[BadFeed, ...]

    def connect(self, organization: Organization, officer: Actor) -> Integration:
        """The integration as Client Success sets it up, without its first sync."""

    def tell(self, feed: bytes, at: datetime, bad: BadFeed | None = None) -> None:
        """What payroll says from now on. `feed`: the export, as payroll writes it."""

    def new_ids(self, keys: set[int]) -> dict[int, str]:
        """When everybody moves here: whose key → the ID here."""

    def go_out(self) -> None:
        """It cannot be read any more, until it tells something again."""

    def close(self) -> None:
        """The end of the year."""


class FileSource:
    """A CSV file in a folder."""

    bad_feeds = BAD_FEEDS

    def __init__(self, folder: Path) -> None:
        self.path = folder / "payroll.csv"

    def connect(self, organization: Organization, officer: Actor) -> Integration:
        feed_folders.allow_file(organization, str(self.path), actor=build.BUILDER)
        return lifecycle.add(
            organization,
            "Payroll",
            connector="file",
            config={"path": str(self.path)},
            actor=officer,
            mapping=Mapping.model_validate(maple.MAPPING),
            policy=maple.POLICY,
        )

    def tell(self, feed: bytes, at: datetime, bad: BadFeed | None = None) -> None:
        self.path.write_bytes(feed)
        os.utime(self.path, (at.timestamp(), at.timestamp()))

    def new_ids(self, keys: set[int]) -> dict[int, str]:
        return {key: f"W{50_000 + 7 * key}" for key in sorted(keys)}

    def go_out(self) -> None:
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        pass


class PlatformSource:
    """A platform's stub, asked for everybody every night. Out of order it answers 503."""

    bad_feeds = BAD_PULLS

    def __init__(self, kind: str) -> None:
        self.dialect = DIALECTS[kind]
        self._up = ExitStack()
        self.stub = self._up.enter_context(self.dialect.stub())
        settings.ROUTES = {**settings.ROUTES, **self.stub.routes}
        settings.ALLOW_HOSTS = ("127.0.0.1",)
        source_lease.stopping = NoWait()

    def connect(self, organization: Organization, officer: Actor) -> Integration:
        connector = get(self.dialect.kind)
        integration = lifecycle.add(
            organization,
            connector.title,
            connector=connector.kind,
            config=dict(self.dialect.config),
            actor=officer,
            mapping=Mapping(columns=dict(connector.proposed)),
            policy=maple.POLICY,
        )
        secrets.store(integration, dict(self.dialect.secrets), actor=build.BUILDER)
        return integration

    def tell(self, feed: bytes, at: datetime, bad: BadFeed | None = None) -> None:
        told = [Employee.of(record, at.date()) for record in csv.DictReader(_text(feed))]
        records = self.dialect.records(told)
        if bad is not None and bad.withdrawn:
            records = [self.stub.without(one, self.dialect.permission) for one in records]
        self.stub.tells(records)
        self.stub.faults = ()

    def new_ids(self, keys: set[int]) -> dict[int, str]:
        """The ID that this platform gives to whom it takes over."""
        return {key: self.dialect.id_of(key) for key in sorted(keys)}

    def go_out(self) -> None:
        self.stub.faults = (Fault("unavailable"),)

    def close(self) -> None:
        self._up.close()


class NoWait(threading.Event):
    """On a fake clock nobody waits between two tries."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def sources(folder: Path, platforms: tuple[str, ...]) -> list[Source]:
    """The sources of a year, one after the other: the platforms, or without any the file."""
    return [PlatformSource(kind) for kind in platforms] or [FileSource(folder)]


def _text(feed: bytes) -> io.StringIO:
    return io.StringIO(feed.decode("utf-8-sig"))
