"""What each step hands on: one frozen value, made of frames."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD, IN_FORCE, OVERRIDE_OUTCOME, PIN
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.missing import LEAVING, MISSING, SHORT, Subject
from schedulepop.sync.plan.frames.outcomes import HOLD, empty
from schedulepop.sync.plan.frames.questions import ANSWERED, ID_CHANGE, LINK, QUESTION, RETIRED, SUGGESTION
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot


@dataclass(frozen=True, slots=True)
class Normalized:
    """What `normalize` understood."""

    records: pl.DataFrame  # NORMALIZED
    rejected: pl.DataFrame  # REJECTED, lines that could not be split included
    excluded: pl.DataFrame  # EXCLUDED
    problems: pl.DataFrame  # PROBLEM
    codes: pl.DataFrame  # kind ("location"|"duty"|"zone"|"status"), location_id, code, count, known (bool)


@dataclass(frozen=True, slots=True)
class ResolvedLinks:
    """What the answers of people make of links in this run."""

    links: pl.DataFrame = field(default_factory=lambda: empty(LINK))
    retired: pl.DataFrame = field(default_factory=lambda: empty(RETIRED))
    id_changes: pl.DataFrame = field(default_factory=lambda: empty(ID_CHANGE))
    answered: pl.DataFrame = field(default_factory=lambda: empty(ANSWERED))


@dataclass(frozen=True, slots=True)
class Matched:
    """Who the records are."""

    snapshot: Snapshot  # as if the answers that count were true already
    missing_ids: tuple[str, ...]  # linked source ids without a record, without those an answer ends
    records: pl.DataFrame = field(default_factory=lambda: empty(MATCHED))
    resolved: ResolvedLinks = field(default_factory=ResolvedLinks)
    reassigned: pl.DataFrame = field(
        default_factory=lambda: empty(LEAVING)
    )  # memberships of people whose id is somebody else's now
    questions: pl.DataFrame = field(default_factory=lambda: empty(QUESTION))
    suggestions: pl.DataFrame = field(default_factory=lambda: empty(SUGGESTION))
    problems: pl.DataFrame = field(default_factory=lambda: empty(PROBLEM))

    @property
    def stopped(self) -> pl.DataFrame:
        """Records that wait for somebody, or are left out."""
        return self.records.filter(pl.col("stop_reason").is_not_null())


@dataclass(frozen=True, slots=True)
class Missing:
    """Whom the feed no longer carries, since when, and who is due to leave."""

    rows: pl.DataFrame = field(default_factory=lambda: empty(MISSING))
    counters: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["missing"]))
    leaving: pl.DataFrame = field(default_factory=lambda: empty(LEAVING))
    retired: pl.DataFrame = field(default_factory=lambda: empty(RETIRED))
    id_changes: pl.DataFrame = field(default_factory=lambda: empty(ID_CHANGE))
    problems: pl.DataFrame = field(default_factory=lambda: empty(PROBLEM))

    @property
    def people(self) -> pl.DataFrame:
        """MISSING of people and of their places, without single ids of theirs."""
        return self.rows.filter(pl.col("about") != Subject.ID)


@dataclass(frozen=True, slots=True)
class Changes:
    """What would change."""

    rows: pl.DataFrame = field(default_factory=lambda: empty(CHANGE))
    fields: pl.DataFrame = field(default_factory=lambda: empty(FIELD))
    extras: pl.DataFrame = field(default_factory=lambda: empty(EXTRA))
    overrides: pl.DataFrame = field(default_factory=lambda: empty(OVERRIDE_OUTCOME))
    problems: pl.DataFrame = field(default_factory=lambda: empty(PROBLEM))

    @property
    def pinned_rows(self) -> list[int]:
        """Rows of the feed with a value that was taken back: their records are held (SPEC §5 Undo)."""
        pins = self.overrides.filter((pl.col("kind") == PIN) & (pl.col("outcome") == IN_FORCE))
        return pins["row"].drop_nulls().unique().sort().to_list()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The changes with what the guard holds of them."""

    changes: Changes
    holds: pl.DataFrame = field(default_factory=lambda: empty(HOLD))
    feed_holds: pl.DataFrame = field(
        default_factory=lambda: empty(HOLD)
    )  # of them, those of rules that doubt the feed
    problems: pl.DataFrame = field(default_factory=lambda: empty(PROBLEM))
    short: pl.DataFrame = field(default_factory=lambda: empty(SHORT))
    counts: list[list[object]] = field(default_factory=list)  # GuardCount.row of every scope with a figure

    @property
    def doubted_places(self) -> list[int]:
        """Locations where the feed or its status words are in doubt: their records are looked at again until somebody
        accepts them.
        """
        words = self.holds.filter(pl.col("rule") == "status_words")
        doubted: list[int] = (
            pl.concat([words["location_id"], self.feed_holds["location_id"]]).drop_nulls().to_list()
        )
        return doubted
