"""What the guard's rules counted, and how often another limit would have held: for the page that sets limits. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from schedulepop.sync.plan.policy import Limit


@dataclass(frozen=True, slots=True)
class GuardCount:
    """One rule's figure in one scope of one run."""

    rule: str
    location_id: int | None  # None: the organization
    figure: int  # people; of `rejects` records
    base: int  # what the share is a share of
    always: bool = False  # trips whatever the limit: everybody there is concerned

    def trips(self, limit: Limit) -> bool:
        """Whether a rule with this limit holds its scope (SPEC §5 Guard)."""
        return self.figure > 0 and (self.always or self.figure >= limit.of(self.base))

    def row(self) -> list[object]:
        """As a run's row keeps it: JSON, a few bytes a scope."""
        return [self.rule, self.location_id, self.figure, self.base, self.always]


def largest(counts: Iterable[GuardCount]) -> list[GuardCount]:
    """One per rule and scope: of several, such as one per field, the largest. Scopes nobody counts in are left out."""
    found: dict[tuple[str, int | None], GuardCount] = {}
    for one in counts:
        key = (one.rule, one.location_id)
        if one.figure and (key not in found or one.figure > found[key].figure):
            found[key] = one
    return sorted(found.values(), key=lambda one: (one.rule, one.location_id or 0))


def would_hold(nights: Iterable[Collection[GuardCount]], rule: str, limit: Limit) -> int:
    """In how many of these nights the rule would have held a scope, had this been its limit.

    Each rule is asked by itself: what another one held first was not counted by it that night.
    """
    return sum(any(one.rule == rule and one.trips(limit) for one in night) for night in nights)
