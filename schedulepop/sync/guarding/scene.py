"""What the guard's rules look at, and what a rule says when it trips."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schedulepop.sync.folding import listed
from schedulepop.sync.frames import Snapshot
from schedulepop.sync.policy import Policy

ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Scene:
    """One run as the guard sees it."""

    changes: pl.DataFrame  # CHANGE
    absent: pl.DataFrame  # absence.ABSENT
    rejects: int
    read: int
    mapped: frozenset[str]  # canonical fields this feed has
    blank: dict[str, float]  # canonical field → share blank in the whole feed
    snapshot: Snapshot
    policy: Policy

    def place(self, location_id: int) -> str:
        """The location's name."""
        found = self.snapshot.locations.filter(pl.col("location_id") == location_id)["name"]
        return str(found[0]) if len(found) else "a location"

    def base(self, location_id: int | None = None) -> int:
        """Linked active people before the run: of one location, or of the organization."""
        places = self.snapshot.locations
        if location_id is not None:
            places = places.filter(pl.col("location_id") == location_id)
        return int(places["linked_active"].sum())

    def skips_quantity(self, location_id: int) -> bool:
        """A first sync, or a location's first run, has nothing to compare with."""
        first = self.snapshot.locations.filter(pl.col("location_id") == location_id)["first_run"]
        return self.snapshot.first_sync or bool(first.any())


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule's verdict: the scope, what was measured, the limit, and why in plain words."""

    rule: str
    scope: str
    location_id: int | None
    figure: float
    limit: float
    reason: str

    def row(self) -> tuple[str, str, int | None, float, float, str]:
        """As a row of HOLD."""
        return self.rule, self.scope, self.location_id, self.figure, self.limit, self.reason


def at_location(location_id: int) -> str:
    """The scope of one location."""
    return f"location:{location_id}"


def of_person(source_id: str) -> str:
    """The scope of one person."""
    return f"person:{source_id}"


def people(count: int) -> str:
    """`1 person`, `3 people`."""
    return "1 person" if count == 1 else f"{count:,} people"


def named(names: pl.Series) -> str:
    """Up to five names, in the order of the alphabet."""
    return listed(names.drop_nulls().unique().sort().to_list())
