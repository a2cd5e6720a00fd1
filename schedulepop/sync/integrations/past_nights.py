"""What the guard counted in the last nights, as its runs keep it: how often another limit would have held."""

from __future__ import annotations

from schedulepop.sync.models import Integration, RunState, Trigger
from schedulepop.sync.plan.guard import GuardCount

NIGHTS = 30
_OVER = [RunState.APPLIED, RunState.HELD, RunState.SUPERSEDED, RunState.DISCARDED, RunState.UNDONE]
_READS = [Trigger.SCHEDULE, Trigger.MANUAL, Trigger.PUSH]


def guard_counts(integration: Integration) -> list[list[GuardCount]]:
    """The figures of the last 30 days on which a feed was read to its end, the newest first; of all runs of a day."""
    mine = integration.runs.filter(
        state__in=_OVER, trigger__in=_READS, preview=False, undo_of=None, guard_counts__isnull=False
    )
    nights: dict[object, list[GuardCount]] = {}
    for day, kept in mine.order_by("-number").values_list("local_date", "guard_counts").iterator():
        if day not in nights and len(nights) == NIGHTS:
            break
        nights.setdefault(day, []).extend(GuardCount(*row) for row in kept or ())
    return list(nights.values())
