"""After the commit: what the outbox holds goes out. A letter that fails never fails the run."""

from __future__ import annotations

from django.utils.timezone import now as clock

from schedulepop.messages import outbox
from schedulepop.sync.models import Run
from schedulepop.sync.run import returned_letters

AT_ONCE = 500  # letters a run sends itself; the worker's tick sends what is left


def deliver(run: Run) -> int:
    """Sends the queued letters; returns how many were accepted."""
    return send_waiting(AT_ONCE)


def send_waiting(limit: int = 200) -> int:
    """Sends what waits, and settles the issues about addresses that were refused; returns how many were accepted."""
    sent = outbox.drain(limit=limit)
    returned_letters.renew(sent.addressees, clock())
    return sent.accepted
