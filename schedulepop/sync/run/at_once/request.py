"""Whom a run at once is about, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from schedulepop.sync.models import Run


@dataclass(frozen=True, slots=True)
class AtOnceRequest:
    """What makes a run one about some people."""

    people: Collection[str]  # payroll IDs
    asks_source: bool = False
    release_of: Run | None = None
