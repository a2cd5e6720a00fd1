"""What older runs and people left on an integration: most nights nothing, and then its steps are passed over."""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.sync.models import Run
from schedulepop.sync.run import lease


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Whether there is any of it."""

    missing: bool  # people counted as missing, or a short feed that was accepted
    deferred: bool  # people somebody keeps apart
    spare: bool  # kept feeds with columns nobody mapped
    waiting: bool  # older runs of which something waits


def of(run: Run) -> Leftovers:
    """Asked as `lease.confirm` asks, in one statement. Raises LeaseLostError."""
    return Leftovers(*lease.confirm(run, and_ask="run_leftovers"))
