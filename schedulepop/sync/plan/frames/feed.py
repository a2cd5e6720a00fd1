"""What `read` gives: the feed as text, findings about it, and what of it is new since last time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.outcomes import empty

PROBLEM = {
    "code": pl.String,  # one of issue_codes.CODES
    "reason": pl.String,  # one of reasons.REASONS: what is to be said, often the code itself
    "row": pl.UInt32,  # the spreadsheet's row number; null: the feed as a whole
    "source_id": pl.String,  # the record's payroll id, null when unreadable
    "location_id": pl.Int64,
    "column": pl.String,  # the source's own column name
    "value": pl.String,  # masked already when personal
    "key": pl.String,  # what makes two sightings one issue: the code for unmapped codes, else the source id
    "params": pl.String,  # JSON object of what the reason declares, personal values masked; null: nothing
}
"""One finding about a row, a column or the feed. `code` + `key` names the issue it belongs to."""

REJECTED = {
    "row": pl.UInt32,
    "source_id": pl.String,
    "employee_number": pl.String,
    "email": pl.String,
    "name": pl.String,
}
"""Records whose identity is unusable, with whatever of them could be read: it protects people (SPEC §5)."""

EXCLUDED = {"row": pl.UInt32, "source_id": pl.String, "rule": pl.String}

CODES_FOUND: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,  # location, duty, zone or status
    "location_id": pl.Int64,
    "code": pl.String,
    "count": pl.UInt32,
    "known": pl.Boolean,
}
"""A code of payroll's, and how many records have it."""

FINGERPRINT = {
    "source_id": pl.String,
    "hash": pl.UInt64,
    "clean": pl.Boolean,  # its last outcome leaves nothing to do
    "recheck_on": pl.Date,
    "excluded": pl.Boolean,  # it was left out, so that passing it over counts as excluded again
}

CARRIED = {"hash": pl.UInt64, **PROBLEM, "name": pl.String}  # of the record; who it is, as RECORD had it
"""Findings of records at rest, kept beside their fingerprints: they stay true while the record is passed over."""


Note = tuple[str, dict[str, Any]]
"""What a reader of the file may want to know: one of `reasons.NOTES`, with its parameters."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as `read` hands it on: text in columns, every sensitive column gone."""

    table: pl.DataFrame  # "row": UInt32 then one String column per source column, header names as in the file
    stored: bytes  # what is kept: the file as it was, or rewritten without the dropped columns
    sha256: str  # of `stored`
    kind: str  # "csv"
    problems: pl.DataFrame  # PROBLEM: ragged rows, repeated headers, replaced characters…
    broken_rows: pl.DataFrame  # REJECTED: lines that cannot be split into columns
    dropped: dict[str, str]  # source column → what it is ("birth date", "SSN", "bank data", "pay")
    notes: tuple[Note, ...] = ()  # encoding, dialect, header row
    encoding_doubted: bool = False  # some letters could be others
    content_hmac: str = ""  # of the file as it came, to recognize it (feeds.content_hmac)
    not_kept: dict[str, int] = field(default_factory=dict)  # columns nobody mapped and let go → their values
    spare: tuple[str, ...] = ()  # columns nobody mapped that are in it all the same

    @property
    def names(self) -> list[str]:
        """Its columns, and behind them those of which no value is kept."""
        kept = [name for name in self.table.columns if name != "row"]
        return kept + [name for name in self.not_kept if name not in kept]

    @property
    def identity(self) -> str:
        """What tells one feed from another: its bytes as they came, or, where nobody knows them, what is kept."""
        return self.content_hmac or self.sha256


@dataclass(frozen=True, slots=True)
class ProposedDate:
    """The format a date column seems to have; it is read only when `proven`."""

    format: str | None  # None: no format a mapping could declare fits
    proven: bool
    why: str  # declared, by_column, values, day_numbers, unknown, short_year, above_12, unproven, contradict
    by: str | None = None  # the column that proves it

    @property
    def declared(self) -> str | None:
        """The format to read by; None: the column is not read until somebody declares one (SPEC §4)."""
        return self.format if self.proven else None


@dataclass(frozen=True, slots=True)
class UnreadColumn:
    """A column that nothing reads, and that may say who has left."""

    name: str
    reads: bool  # its values are usual status words, an ended one among them
    usual: frozenset[str] = frozenset()  # values of nearly all who work: they say nothing


@dataclass(frozen=True, slots=True)
class LikelyId:
    """A column that may be the payroll ID, by its values."""

    name: str
    per_job: bool  # it names positions or assignments: somebody with two jobs would be two people


@dataclass(frozen=True, slots=True)
class FileProfile:
    """A feed and what its columns are."""

    feed: Feed
    columns: dict[str, str]  # canonical field → source column
    unknown: tuple[str, ...]  # columns that nothing reads
    dates: dict[str, ProposedDate]  # canonical date field → what its values prove
    unread: tuple[UnreadColumn, ...] = ()  # columns that may say who has left
    likely_id: LikelyId | None = None  # where no column is known as the payroll ID

    def words(self, field: str) -> list[str]:
        """The different values of a field's column in the whole feed, sorted; none without the column."""
        return sorted(self.counts(field))

    def counts(self, field: str) -> dict[str, int]:
        """The same values with how many records have each."""
        if field not in self.columns or self.columns[field] not in self.feed.table.columns:
            return {}
        counted = self.feed.table[self.columns[field]].drop_nulls().value_counts(sort=True, name="records")
        return dict(counted.sort("records", self.columns[field], descending=[True, False]).iter_rows())

    @property
    def formats(self) -> dict[str, str]:
        """Date field → its format: only those that are declared or proven, the others are not read (SPEC §4)."""
        return {name: date.declared for name, date in self.dates.items() if date.declared}


@dataclass(frozen=True, slots=True)
class Delta:
    """Which records need a look, and which linked people the feed does not carry."""

    look_at: pl.DataFrame  # the feed's table, only the rows to look at
    skipped: int  # records skipped as unchanged
    missing_ids: tuple[str, ...]  # linked source ids without a record in this feed
    fingerprints: (
        pl.DataFrame
    )  # FINGERPRINT of the whole feed; clean and recheck_on are filled in by the plan
    blank: dict[str, float]  # canonical field → share of blank values in the whole feed
    read: int  # records in the feed, broken rows included
    skipped_excluded: int = 0  # of `skipped`: left out by a rule, or of people who had left
    carried: pl.DataFrame = field(
        default_factory=lambda: empty(CARRIED)
    )  # of skipped records, by today's rows
    complete: bool = True  # a feed that names everybody; False: who is not in it is not missing
