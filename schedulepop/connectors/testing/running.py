"""A connector in front of its stub: what comes of it, what is logged and slept, and what each fault has to become."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedulepop.connectors.contract import (
    Checked,
    Connector,
    ConnectorError,
    NotFoundError,
    NotGrantedError,
    SignInRefusedError,
    Source,
    SourceBusyError,
    UnreadableAnswerError,
)
from schedulepop.connectors.spool import Collected, collect
from schedulepop.connectors.testing.stub import Stub
from schedulepop.lib.http import Limits
from schedulepop.lib.http.errors import RefusedAddressError, TooLargeError

QUICK = Limits(wait=10, answer=20, total=60, tries=3, body=8 * 2**20, pages=400)
IMPATIENT = {"silent", "drip", "drip_head"}
MANY = 20_000
FEW = 400
KEPT = 1_000  # bytes that may be kept of each person: an ID and a digest are 150, the shortest row is 1,300

OUTCOMES: dict[str, type[Exception]] = {
    "cut_json": SourceBusyError,
    "broken_off": SourceBusyError,
    "login_page": UnreadableAnswerError,
    "no_json": UnreadableAnswerError,
    "other_shape": UnreadableAnswerError,
    "deep_json": UnreadableAnswerError,
    "bad_request": ConnectorError,
    "unauthorized": SignInRefusedError,
    "forbidden": NotGrantedError,
    "not_found": NotFoundError,
    "not_enabled": NotGrantedError,
    "too_many": SourceBusyError,
    "too_many_for_an_hour": SourceBusyError,
    "server_error": SourceBusyError,
    "unavailable": SourceBusyError,
    "silent": SourceBusyError,
    "drip": SourceBusyError,
    "drip_head": SourceBusyError,
    "oversize": TooLargeError,
    "redirect": RefusedAddressError,
    "endless": ConnectorError,
    "changed": ConnectorError,
}


def recorded(path: Path) -> list[dict[str, Any]]:
    """A recording: records of invented people in the platform's true shape."""
    rows = json.loads(path.read_text("utf-8"))
    assert isinstance(rows, list)
    return rows


@dataclass(slots=True)
class Run:
    """A stub that is up, what leads to it, and what was logged and slept on the way."""

    stub: Stub
    source: Source
    connector: Connector
    logged: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def collected(self) -> Collected:
        return collect(self.connector, self.source)

    def rows(self) -> list[dict[str, str]]:
        """What the spool says."""
        (file,) = self.collected().files
        with file.path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def checked(self) -> Checked:
        return self.connector.check(self.source)


def chain(error: BaseException | None) -> str:
    """Everything that hangs on an error, with what its parts hold."""
    told = ""
    while error is not None:
        told += repr(error) + repr(getattr(error, "__dict__", {})) + repr(error.args)
        error = error.__cause__ or error.__context__
    return told


def rss() -> int:
    """Bytes of memory that this process uses now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096
