"""The connector in front of a server, and what lies on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schedulepop.connectors import source_of
from schedulepop.connectors.contract import (
    Checked,
    Limits,
)
from schedulepop.connectors.sftp import SFTP
from schedulepop.connectors.spool import Collected, collect
from schedulepop.lib.http import Door
from tests.connectors.sftp.servers import Server

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
STAFF = "Employee ID,First Name\n00412,Rosa\n"


class Visit:
    """The connector in front of a server."""

    def __init__(self, server: Server, slept: Callable[[float], None] = lambda seconds: None) -> None:
        self.server, self.slept = server, slept
        self.logged: list[str] = []

    @contextmanager
    def source(
        self, secrets: dict[str, str] | None = None, limits: Limits | None = None, **config: Any
    ) -> Iterator[Any]:
        door = Door(
            allowed=("127.0.0.1",),
            sleep=self.slept,
            now=lambda: NOW,
            log=lambda event, **fields: self.logged.append(f"{event} {fields}"),
        )
        given = {"private_key": self.server.private_key} if secrets is None else secrets
        connector = replace(SFTP, limits=limits or SFTP.limits)
        with source_of(connector, self.server.config(**config), given, door=door) as source:
            yield source

    def collected(self, cursor: dict[str, str] | None = None, **more: Any) -> tuple[Collected, list[str]]:
        with self.source(**more) as source:
            found = collect(SFTP, source, cursor)
            return found, [file.path.read_text("utf-8") for file in found.files]

    def checked(self, **more: Any) -> Checked:
        with self.source(**more) as source:
            return SFTP.check(source)


def put(server: Server, name: str, text: str = STAFF, *, hours: float = 1) -> Path:
    """A file that was written so many hours ago."""
    path = server.folder / name
    path.write_text(text)
    then = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))
    return path
