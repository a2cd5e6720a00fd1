"""How much a source may take: of our time, of our memory, of requests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a source may take. Seconds, bytes, requests."""

    per_minute: int | None = None  # for the pacing that is shared by all workers
    tries: int = 4
    wait: float = 30  # of silence
    answer: float = 120  # one answer, however it drips
    total: float = 3 * 3600  # a whole fetch
    body: int = 50 * 2**20  # one answer, unpacked
    pages: int = 50_000
