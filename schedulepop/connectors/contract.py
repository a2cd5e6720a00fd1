"""What a connector is: a value with settings, what it provides, a check and a fetch (DESIGN, connectors)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel


class ConnectorError(Exception):
    """The source answered, and a person has to do something; the text says what."""


class SourceBusyError(Exception):
    """The source cannot be read right now; trying again later may work."""


@dataclass(frozen=True, slots=True)
class Page:
    """One part of a feed as it came. `source_time` is the platform's own (UTC), for files their modification time."""

    data: bytes
    name: str
    source_time: datetime


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How much of the truth one fetch carries: everyone, only what changed, or pushed single people."""

    snapshot: Literal["full", "delta", "push"] = "full"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of the Test button: one sentence, and whether it works."""

    ok: bool
    sentence: str
    page: Page | None = None  # what was read, where the columns are for a person to see


@dataclass(frozen=True, slots=True)
class Connector:
    """One kind of payroll platform. Adding one is a file and a line in the registry."""

    kind: str
    title: str
    config: type[BaseModel]
    provides: frozenset[str]  # canonical fields it can give; the rest is shown as not available
    check: Callable[[Any], Checked]
    fetch: Callable[[Any, datetime | None], Iterator[Page]]
    capabilities: Capabilities = field(default_factory=Capabilities)
    columns: dict[str, str] = field(default_factory=dict)  # canonical field → source column; empty: by header
