"""The shapes that travel between the steps: what `read` gives, what `match` adds, what a plan is.

Every frame is a polars DataFrame with exactly the columns of its schema here, so that a step can be read,
tested and replaced by its input and output alone. Nothing here knows Django or a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from schedulepop.sync.plan.frames.changes import EXTRA
from schedulepop.sync.plan.frames.feed import TOLD
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty
from schedulepop.sync.plan.frames.questions import ANSWERED, ID_CHANGE, QUESTION, RETIRED, SUGGESTION


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
    told: pl.DataFrame = field(default_factory=lambda: empty(TOLD))  # of records at rest after this run
    seconds: dict[str, float] = field(default_factory=dict, compare=False)
    extras: pl.DataFrame = field(default_factory=lambda: empty(EXTRA))
    retired: pl.DataFrame = field(default_factory=lambda: empty(RETIRED))
    id_changes: pl.DataFrame = field(default_factory=lambda: empty(ID_CHANGE))
    answered: pl.DataFrame = field(default_factory=lambda: empty(ANSWERED))
    questions: pl.DataFrame = field(default_factory=lambda: empty(QUESTION))
    suggestions: pl.DataFrame = field(default_factory=lambda: empty(SUGGESTION))
    released: pl.DataFrame = field(default_factory=lambda: empty(RELEASED))

    @property
    def going(self) -> pl.DataFrame:
        """Changes that no hold stops."""
        return self.changes.filter(pl.col("held_by").is_null())

    @property
    def held(self) -> pl.DataFrame:
        """Changes that wait for an approval."""
        return self.changes.filter(pl.col("held_by").is_not_null())
