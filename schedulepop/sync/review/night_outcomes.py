"""What a run's night comes to, in one word: the same on every strip of nights."""

from __future__ import annotations

from typing import Literal

from schedulepop.sync.models import Run, RunState

Outcome = Literal["applied", "held", "failed", "skipped"]
_NEVER_HELD = (Run.Rest.NONE, Run.Rest.APPROVED)


def outcome_of(state: str, rest: str, *, doubted: bool) -> Outcome | None:
    """What a run's night shows; None while it is under way, and of a preview that nobody applied.

    On hold is also what was held and then replaced or discarded: that night somebody was asked. What was approved
    later counts as applied. `doubted`: a guard spoke and nobody decided, even if there was nobody to hold.
    """
    if state == RunState.FAILED:
        return "failed"
    if state == RunState.SKIPPED:
        return "skipped"
    if state in (RunState.HELD, RunState.SUPERSEDED, RunState.DISCARDED):
        return "held"
    if state in (RunState.APPLIED, RunState.UNDONE):
        held = rest not in _NEVER_HELD or (rest == Run.Rest.NONE and doubted)
        return "held" if held else "applied"
    return None
