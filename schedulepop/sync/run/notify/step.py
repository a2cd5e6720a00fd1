"""After the commit: what the outbox holds goes out. A letter that fails never fails the run."""

from __future__ import annotations

from schedulepop.messages import outbox
from schedulepop.sync.models import Run

AT_ONCE = 500  # letters a run sends itself; the worker's tick sends what is left


def deliver(run: Run) -> int:
    """Sends the queued letters; returns how many were accepted."""
    return outbox.drain(limit=AT_ONCE).accepted
