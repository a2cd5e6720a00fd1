"""Which feed speaks where: per scope the last one applied in it (SPEC §5 Guard, "What was applied is the truth").

Before the first sync is approved the newest preview speaks. A feed that a rule doubts speaks nowhere in that rule's
scope until a person approves it; one that only waits with some of its changes is not in doubt. Previews, and feeds
that failed or were skipped, superseded, discarded or undone, speak nowhere. So does a run of the dates: it reads none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from schedulepop.sync.models import Integration, Run, RunState, Trigger
from schedulepop.sync.plan.guard import FEED_RULE_NAMES


@dataclass(frozen=True, slots=True)
class Doubted:
    """Where a feed is in doubt."""

    everywhere: bool = False
    places: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.places)

    def covers(self, location_id: int | None) -> bool:
        """Whether the feed is in doubt there; what is at no location is the organization's."""
        return self.everywhere or location_id in self.places

    def touches(self, places: Collection[int] | None) -> bool:
        """Whether the feed is in doubt at one of these locations; None: in any."""
        return bool(self) if places is None else self.everywhere or not self.places.isdisjoint(places)


NOWHERE = Doubted()


def doubt_of(holds: Iterable[Mapping[str, Any]], rules: Collection[str] = FEED_RULE_NAMES) -> Doubted:
    """Where these holds (HOLD) doubt the feed; a hold of one kind of change, or of one person, doubts none."""
    scopes = [hold["location_id"] for hold in holds if hold["rule"] in rules]
    return Doubted(None in scopes, frozenset(place for place in scopes if place is not None))


def doubt_of_run(run: Run) -> Doubted:
    """Where a run's feed is in doubt by now: nowhere once somebody approved it."""
    approved = run.rest == Run.Rest.APPROVED or (run.rest == Run.Rest.NONE and bool(run.decided_by))
    return NOWHERE if approved else doubt_of(run.holds)


@dataclass(frozen=True, slots=True)
class Speaking:
    """A run whose feed speaks: everywhere but `without`, or only in the locations `only`."""

    run: Run
    without: frozenset[int] = frozenset()
    only: frozenset[int] | None = None

    def about(self, location_id: int | None) -> bool:
        """Whether it speaks of a record there; what is at no location is left to the newest of them."""
        return location_id not in self.without if self.only is None else location_id in self.only


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of an integration's feeds: who speaks, the newest first, and a newer feed that does not."""

    speaking: tuple[Speaking, ...] = ()
    newer: Run | None = None  # in doubt where `doubt` says, or discarded
    doubt: Doubted = NOWHERE

    @property
    def waits(self) -> bool:
        """Whether the newer feed waits for a decision."""
        return self.newer is not None and (
            self.newer.state == RunState.HELD or self.newer.rest == Run.Rest.WAITING
        )


def heard(integration: Integration) -> Heard:
    """Which feeds speak now. Runs come without their plan and the content of their feed."""
    read = _read(integration)
    if not integration.first_sync_done:
        newest = read.first()
        return Heard((Speaking(newest),)) if newest else Heard()
    speaking: list[Speaking] = []
    newer, doubt, left = None, NOWHERE, None
    for run in _ended(read).exclude(state=RunState.UNDONE).iterator(chunk_size=20):
        here = Doubted(everywhere=True) if run.state == RunState.DISCARDED else doubt_of_run(run)
        if here and not speaking and newer is None:
            newer, doubt = run, here
        if here.everywhere:
            continue
        if left is None:
            speaking.append(Speaking(run, without=here.places))
            left = None if run.state == RunState.HELD else here.places  # nothing of it was applied so far
        elif told := left - here.places:
            speaking.append(Speaking(run, only=told))
            left -= told
        if left is not None and not left:
            break
    return Heard(tuple(speaking), newer, doubt)


def newest(integration: Integration) -> Run | None:
    """The newest run that had payroll's word and came to an end, whether its feed speaks or not; without its plan."""
    return _ended(_of_feeds(integration)).defer("plan", "summary").order_by("-number").first()


def _ended(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Those applied, on hold, decided against or undone; previews that nobody approved apart."""
    discarded = Q(state=RunState.DISCARDED, preview=False)
    return runs.filter(Q(state__in=[RunState.HELD, RunState.APPLIED, RunState.UNDONE]) | discarded)


def _of_feeds(integration: Integration) -> QuerySet[Run]:
    return integration.runs.full().filter(undo_of=None).exclude(trigger=Trigger.EFFECTIVE)


def _read(integration: Integration) -> QuerySet[Run]:
    """Runs that read a feed and made a plan of it, the newest first."""
    runs = _of_feeds(integration).filter(plan__isnull=False)
    return runs.select_related("integration__organization").defer("plan").order_by("-number")
