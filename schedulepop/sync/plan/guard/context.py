"""What the guard's rules look at, and what a rule says when it trips."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.missing import MISSING
from schedulepop.sync.plan.frames.outcomes import AT_ONCE, empty
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard.counts import GuardCount
from schedulepop.sync.plan.names import name_params
from schedulepop.sync.plan.policy import Limit, Policy

REMOVAL = pl.col("removal")


CONTACT = {"source_id": pl.String, "email": pl.String, "phone": pl.String}


def _no_contacts(ids: list[str]) -> pl.DataFrame:
    """Of a feed whose records are not at hand."""
    return pl.DataFrame(schema=CONTACT)


@dataclass(frozen=True, slots=True)
class FeedFigures:
    """What the guard looks at of the feed itself."""

    read: int  # records
    rejected: int
    mapped: frozenset[str]  # canonical fields the feed has
    blank: dict[str, float]  # canonical field → share blank in the whole feed
    not_at_hand: frozenset[str] = frozenset()  # fields whose column the feed had, with no value of it kept
    unread: tuple[str, ...] = ()  # headers that nothing reads
    unread_values: Callable[[], pl.DataFrame] = (
        pl.DataFrame
    )  # their values, with source_id where the feed has it
    status_column: str = ""
    status_words: dict[str, int] = field(default_factory=dict)  # as payroll writes them → records
    contacts: Callable[[list[str]], pl.DataFrame] = (
        _no_contacts  # payroll ids → CONTACT: what their records carry
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """People whom runs at once have added or removed already, and how many of them changed the base."""

    people: int
    counted: int


@dataclass(frozen=True)
class GuardContext:
    """One run as the guard sees it."""

    changes: Changes
    snapshot: Snapshot
    policy: Policy
    feed: FeedFigures | None = None  # None: no feed was read, so none is doubted
    missing: pl.DataFrame = field(default_factory=lambda: empty(MISSING))  # people and places
    records: pl.DataFrame = field(default_factory=lambda: empty(MATCHED))  # every one that was looked at
    counts: list[GuardCount] = field(default_factory=list)  # what the rules have counted so far: `exceeds`
    at_once: pl.DataFrame = field(default_factory=lambda: empty(AT_ONCE))  # since the last full run

    def exceeds(
        self, rule: str, figure: int, base: int, location_id: int | None = None, *, always: bool = False
    ) -> float | None:
        """The rule's limit where it trips at this figure, else None. Either way the figure is written down in `counts`.

        `always`: it trips whatever the limit. Rules with a `Limit` in the policy ask this and nothing else.
        """
        limit: Limit = getattr(self.policy, rule)
        count = GuardCount(rule, location_id, figure, base, always)
        self.counts.append(count)
        return limit.of(base) if count.trips(limit) else None

    @property
    def stopped(self) -> pl.DataFrame:
        """Records that wait for somebody, or are left out."""
        return self.records.filter(pl.col("stop_reason").is_not_null())

    @property
    def read(self) -> int:
        """Records of the feed; none without one."""
        return self.feed.read if self.feed else 0

    @cached_property
    def _places(self) -> dict[int, tuple[str, bool, int]]:
        """Location → its name, whether this is its first run, its linked active people."""
        rows = self.snapshot.locations.select("location_id", "name", "first_run", "linked_active").iter_rows()
        return {pk: (name, first, count) for pk, name, first, count in rows}

    def place(self, location_id: int | None) -> str | None:
        """The location's name; None for the organization."""
        if location_id is None:
            return None
        found = self._places.get(location_id)
        return found[0] if found else ""

    def base(self, location_id: int | None = None) -> int:
        """Linked active people before the run: of one location, or of the organization."""
        if location_id is None:
            return sum(count for _, _, count in self._places.values())
        found = self._places.get(location_id)
        return found[2] if found else 0

    def earlier(self, kind: str, location_id: int | None, now: pl.Series) -> Earlier:
        """Who came or left at once since the last full run, there or anywhere, besides those of `now` (payroll IDs)."""
        found = self.at_once.filter((pl.col("kind") == kind) & ~pl.col("source_id").is_in(now.implode()))
        if location_id is not None:
            found = found.filter(pl.col("location_id") == location_id)
        people = found.unique("source_id")
        return Earlier(people.height, int(people["counted"].sum()))

    def skips_quantity(self, location_id: int) -> bool:
        """A first sync, or a location's first run, has nothing to compare with."""
        found = self._places.get(location_id)
        return self.snapshot.first_sync or bool(found and found[1])

    @cached_property
    def left_location(self) -> pl.Series:
        """Where each change counts: the location a transfer leaves, else the change's own."""
        members = self.snapshot.members.select(
            pl.col("membership_id").alias("from_membership_id"), pl.col("location_id").alias("left")
        )
        joined = self.changes.rows.select("from_membership_id", "location_id").join(
            members, on="from_membership_id", how="left", maintain_order="left"
        )
        return joined.select(pl.coalesce("left", "location_id").alias("left_location")).to_series()


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule's verdict: what was measured, the limit, what is to be said, and the scope (nothing: the organization)."""

    rule: str
    figure: float
    limit: float
    params: Mapping[str, Any]
    location_id: int | None = None
    source_id: str | None = None

    @property
    def scope(self) -> str:
        """What it stops: one person, one location, or everything."""
        if self.source_id is not None:
            return "person"
        return "organization" if self.location_id is None else "location"

    def row(self) -> tuple[object, ...]:
        """As a row of HOLD."""
        params = json.dumps(self.params, ensure_ascii=False)
        return self.rule, self.scope, self.location_id, self.source_id, self.figure, self.limit, params


def some_names(names: pl.Series) -> dict[str, object]:
    """A few of the people concerned, in the order of the alphabet, and how many more there are."""
    return name_params(names.drop_nulls().unique().sort().to_list())
