"""What a plan is made from, and what it is: all a run would do, and why.

Every frame is a polars DataFrame with exactly the columns of its schema in `frames`, so that a step can be read,
tested and replaced by its input and output alone. Nothing here knows Django or a database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from schedulepop.sync.plan.frames.changes import DEFERRED, EXTRA
from schedulepop.sync.plan.frames.feed import CARRIED, Delta, FileProfile
from schedulepop.sync.plan.frames.missing import SHORT
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty
from schedulepop.sync.plan.frames.questions import ANSWERED, ID_CHANGE, QUESTION, RETIRED, SUGGESTION
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.policy import Mapping, Policy


@dataclass(frozen=True, slots=True)
class PlanInput:
    """All a plan depends on: the same input gives the same plan, for ever."""

    file: FileProfile
    delta: Delta
    snapshot: Snapshot
    mapping: Mapping
    policy: Policy
    source_time: datetime | None = None
    day: date | None = None  # the organization's day; None: the earliest of its locations' days

    @property
    def today(self) -> date:
        """The day every location has reached; without locations the day of the source."""
        days: list[date] = self.snapshot.locations["today"].drop_nulls().to_list()
        by_source = self.source_time.date() if self.source_time else date.min
        return self.day or min(days, default=by_source)

    @property
    def is_unchanged(self) -> bool:
        """No record needs a look, and nobody is gone."""
        look_at, broken = self.delta.look_at, self.file.feed.broken_rows
        return look_at.is_empty() and not self.delta.missing_ids and broken.is_empty()


@dataclass(frozen=True, slots=True)
class Plan:
    """All a run would do, and why. Same input, same plan; `digest` is what an approval names."""

    records: pl.DataFrame  # RECORD
    changes: pl.DataFrame  # CHANGE, in a stable order
    fields: pl.DataFrame  # FIELD
    problems: pl.DataFrame  # PROBLEM
    holds: pl.DataFrame  # HOLD
    missing: pl.DataFrame  # SNAPSHOT_SCHEMAS["missing"]: the counters after this run
    links: pl.DataFrame  # LINK: links to make for existing people, found or answered
    codes: pl.DataFrame  # what Normalized.codes says
    fingerprints: pl.DataFrame  # FINGERPRINT after this run
    counts: dict[str, int]  # read, BUCKETS, removed_missing
    columns: dict[str, str]  # canonical field → source column
    unknown_columns: tuple[str, ...]
    blank: dict[str, float]
    today: date  # the organization's day
    source_time: datetime | None = None
    carried: pl.DataFrame = field(
        default_factory=lambda: empty(CARRIED)
    )  # findings of records at rest after this run
    seconds: dict[str, float] = field(default_factory=dict, compare=False)
    extras: pl.DataFrame = field(default_factory=lambda: empty(EXTRA))
    retired: pl.DataFrame = field(default_factory=lambda: empty(RETIRED))
    id_changes: pl.DataFrame = field(default_factory=lambda: empty(ID_CHANGE))
    answered: pl.DataFrame = field(default_factory=lambda: empty(ANSWERED))
    questions: pl.DataFrame = field(default_factory=lambda: empty(QUESTION))
    suggestions: pl.DataFrame = field(default_factory=lambda: empty(SUGGESTION))
    short: pl.DataFrame = field(default_factory=lambda: empty(SHORT))
    released: pl.DataFrame = field(default_factory=lambda: empty(RELEASED))
    status_words: dict[str, int] = field(default_factory=dict)  # payroll's words for the status → records
    guard_counts: list[list[object]] = field(
        default_factory=list
    )  # GuardCount.row of every scope with a figure

    @property
    def applicable(self) -> pl.DataFrame:
        """Changes that no hold stops."""
        return self.changes.filter(pl.col("held_by").is_null())

    @property
    def named_columns(self) -> frozenset[str]:
        """Columns nobody mapped that a hold, or a finding about the feed, names."""
        about_feed = self.problems.filter(pl.col("row").is_null())
        said = [
            value
            for one in (*self.holds["params"], *about_feed["params"])
            if one
            for value in json.loads(one).values()
        ]
        return frozenset(self.unknown_columns) & {value for value in said if isinstance(value, str)}

    @property
    def held(self) -> pl.DataFrame:
        """Changes that wait for an approval."""
        return self.stopped.filter(pl.col("held_by") != DEFERRED)

    @property
    def deferred(self) -> pl.DataFrame:
        """Changes of people somebody keeps apart: they wait for their day, and no run asks about them."""
        return self.stopped.filter(pl.col("held_by") == DEFERRED)

    @property
    def stopped(self) -> pl.DataFrame:
        """Changes that do not go through: the held and the deferred ones."""
        return self.changes.filter(pl.col("held_by").is_not_null())
