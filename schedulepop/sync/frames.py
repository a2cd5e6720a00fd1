"""The shapes that travel between the steps: what `read` gives, what `match` adds, what a plan is.

Every frame is a polars DataFrame with exactly the columns of its schema here, so that a step can be read,
tested and replaced by its input and output alone. Nothing here knows Django or a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from schedulepop.sync.outcome_frames import BUCKETS as BUCKETS
from schedulepop.sync.outcome_frames import HOLD as HOLD
from schedulepop.sync.outcome_frames import RECORD as RECORD
from schedulepop.sync.outcome_frames import RELEASED as RELEASED
from schedulepop.sync.outcome_frames import SITUATIONS as SITUATIONS
from schedulepop.sync.outcome_frames import WEIGHT as WEIGHT
from schedulepop.sync.outcome_frames import empty as empty
from schedulepop.sync.question_frames import ANSWERED, APART, ID_CHANGE, QUESTION, RETIRED, SUGGESTION

PROBLEM = {
    "code": pl.String,  # one of issue_codes.CODES
    "row": pl.UInt32,  # the spreadsheet's row number; null: the feed as a whole
    "source_id": pl.String,  # the record's payroll id, null when unreadable
    "location_id": pl.Int64,
    "column": pl.String,  # the source's own column name
    "value": pl.String,  # masked already when personal
    "key": pl.String,  # what makes two sightings one issue: the code for unmapped codes, else the source id
    "message": pl.String,  # one sentence for the person who reads it, with what to do
}
"""One finding about a row, a column or the feed. `code` + `key` names the issue it belongs to."""

VALUES: dict[str, pl.DataType | type[pl.DataType]] = {
    "employee_number": pl.String,
    "first_name": pl.String,
    "last_name": pl.String,
    "email": pl.String,
    "phone": pl.String,  # E.164
    "status": pl.String,
    "hire_date": pl.Date,
    "original_hire_date": pl.Date,
    "termination_date": pl.Date,
    "leave_end": pl.Date,  # the first day back from a leave
    "cms_code": pl.Int16,
    "pay_rate": pl.Int64,  # ten-thousandths of the currency unit
    "pay_unit": pl.String,
    "pay_currency": pl.String,
}
"""The owned values as read, null = no opinion (absent, blank that keeps, or unreadable)."""

NORMALIZED: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,
    "source_id": pl.String,
    **VALUES,
    "location_code": pl.String,  # folded; null when the feed has no location column
    "location_id": pl.Int64,  # null: unmapped
    "duty_code": pl.String,  # as written, cleaned; null: no opinion
    "duty_id": pl.Int64,  # null: no opinion, unmapped, or to be created (then duty_new is set)
    "duty_new": pl.String,  # name of the duty that apply creates for duty_code at location_id
    "zone_code": pl.String,
    "zone_id": pl.Int64,
    "zone_new": pl.String,
    "status_raw": pl.String,  # the source's word, for issues; null when blank or absent
    "status_known": pl.Boolean,  # False: a status column exists and its word could not be understood
    "pay_effective_date": pl.Date,  # first day of the pay rate; null: it is in force
    "primary_flag": pl.Boolean,
    "end_blank": pl.Boolean,  # a column of last days is there, and this record's is blank: a staged end is withdrawn
    "leave_blank": pl.Boolean,  # the same of the first day back
    "clears": pl.List(pl.String),  # fields whose blank clears the current value
    "clean": pl.Boolean,  # no problem of any kind with this record
    "wake_on": pl.Date,  # next day on which the same record plans differently; null: never
}
"""One row per readable record. Rejected and excluded records are in their own frames."""

REJECTED = {
    "row": pl.UInt32,
    "source_id": pl.String,
    "employee_number": pl.String,
    "email": pl.String,
    "name": pl.String,
}
"""Records whose identity is unusable, with whatever of them could be read: it shields people (SPEC §5)."""

EXCLUDED = {"row": pl.UInt32, "source_id": pl.String, "rule": pl.String}

MATCHED = NORMALIZED | {
    "situation": pl.String,  # linked, found, found_elsewhere, new, ambiguous, id_changed, unreadable
    "user_id": pl.Int64,  # the person it is, null when nobody yet or nobody certain
    "membership_id": pl.Int64,  # that person's membership at location_id, null when there is none
    "candidates": pl.List(pl.Int64),  # user ids a person should look at
    "waits": pl.String,  # issue code that makes this record wait, "already_left": left out, null: it goes on
    "answer": pl.String,  # what a person answered and this run acts on: a models.Answer.Kind
}

TARGET: dict[str, pl.DataType | type[pl.DataType]] = {
    **VALUES,
    "duty_id": pl.Int64,
    "duty_code": pl.String,
    "duty_new": pl.String,
    "zone_id": pl.Int64,
    "zone_code": pl.String,
    "zone_new": pl.String,
    "ends_on": pl.Date,  # a staged termination date, null when none
    "next_pay_rate": pl.Int64,
    "next_pay_unit": pl.String,
    "next_pay_currency": pl.String,
    "next_pay_on": pl.Date,  # the day on which the rate dated ahead comes into force
}

CHANGE: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_no": pl.UInt32,  # position in the plan, from 0
    "verb": pl.String,  # create, update, deactivate, reactivate, transfer
    "source_id": pl.String,
    "row": pl.UInt32,  # null for removals of missing people
    "user_id": pl.Int64,  # null: a new user
    "membership_id": pl.Int64,  # the membership changed; null: a new one
    "from_membership_id": pl.Int64,  # the one a transfer ends
    "location_id": pl.Int64,
    "situation": pl.String,
    "removal": pl.Boolean,  # ends sign-in at a location or a membership (SPEC §2 Removal)
    "primary_location": pl.Boolean,  # the location becomes the person's primary one
    **TARGET,  # the whole state after the change, so that apply never has to look back
    "held_by": pl.String,  # the guard rule that holds it, null: goes through
    "held_scope": pl.String,  # "organization", "location:<id>" or "person:<source id>"
}
"""One row per person and location that would change."""

FIELD = {
    "change_no": pl.UInt32,
    "field": pl.String,  # canonical field name
    "old": pl.String,
    "new": pl.String,
    "why": pl.String,  # payroll, override of a local edit ("edited by … on …"), override, dates, missing, missing here
}
"""Field-level old and new of every change that is not a create (a create's fields are its target)."""

EXTRA: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_no": pl.UInt32,
    "kind": pl.String,  # "duty" or "zone"
    "id": pl.Int64,  # null: apply creates it for `code`, named `new`
    "code": pl.String,
    "new": pl.String,
    "gone": pl.Boolean,  # payroll dropped it
    "pay_rate": pl.Int64,
    "pay_unit": pl.String,
    "pay_currency": pl.String,  # of a duty
    "next_pay_rate": pl.Int64,
    "next_pay_unit": pl.String,
    "next_pay_currency": pl.String,
    "next_pay_on": pl.Date,
}
"""Further duties and zones of payroll at a change's location that appear, go, or whose pay moves (SPEC §5 Match)."""

FINGERPRINT = {
    "source_id": pl.String,
    "hash": pl.UInt64,
    "clean": pl.Boolean,  # its last outcome leaves nothing to do
    "wake_on": pl.Date,
    "excluded": pl.Boolean,  # it was left out, so that passing it over counts as excluded again
}

TOLD = {"hash": pl.UInt64, **PROBLEM, "name": pl.String}  # of the record; who it is, as RECORD had it
"""Findings of records at rest, kept beside their fingerprints: they stay true while the record is passed over."""


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
    notes: tuple[str, ...] = ()  # what a reader may want to know: encoding, dialect, header row
    seal: str = ""  # of the file as it came, to know it again (feeds.seal)


@dataclass(frozen=True, slots=True)
class Normalized:
    """What `normalize` understood."""

    records: pl.DataFrame  # NORMALIZED
    rejected: pl.DataFrame  # REJECTED
    excluded: pl.DataFrame  # EXCLUDED
    problems: pl.DataFrame  # PROBLEM
    codes: pl.DataFrame  # kind ("location"|"duty"|"zone"|"status"), location_id, code, count, known (bool)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What SchedulePop holds now, as far as this feed can touch it (all of it when `whole`)."""

    people: pl.DataFrame  # user_id, first_name, last_name, email, phone, confirmed_email, local, admin
    members: pl.DataFrame  # membership_id, user_id, location_id, TARGET's VALUES, duty_id, zone_id, ends_on, payroll_owned, role, is_primary
    links: pl.DataFrame  # source_id, user_id
    missing: pl.DataFrame  # what earlier feeds did not carry: people, places of theirs, ids
    edits: pl.DataFrame  # user_id, location_id (null: user), field, editor, at: newest edit per owned field
    locations: pl.DataFrame  # location_id, name, today (Date), first_run (bool), linked_active (links of active, payroll-owned people)
    location_codes: pl.DataFrame  # code (folded), location_id
    duty_codes: pl.DataFrame  # location_id, code (folded), id, name
    zone_codes: pl.DataFrame
    duty_names: pl.DataFrame  # id, name (for old/new in words)
    zone_names: pl.DataFrame
    first_sync: bool
    accepted_short: frozenset[str] = frozenset()  # source ids that no longer count toward `short`
    foreign: frozenset[int] = (
        frozenset()
    )  # memberships that another integration of the organization speaks for
    last_blank: dict[str, float] = field(default_factory=dict)  # field → share blank in the last good run
    last_columns: frozenset[str] = frozenset()  # mapped in the last good run
    answers: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["answers"]))
    apart: pl.DataFrame = field(default_factory=lambda: empty(APART))
    keeps: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["keeps"]))
    extras: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["extras"]))
    next_pays: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["next_pays"]))
    removed: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["removed"]))
    flips: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["flips"]))
    duty_labor: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["duty_labor"]))
    officers: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["officers"]))
    median_read: float | None = None  # records of the last 7 good runs, the median
    gone: frozenset[int] = frozenset()  # people whom no record of this feed carries on (`matching.gone`)
    whole: bool = True


SNAPSHOT_SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "people": {
        "user_id": pl.Int64,
        "first_name": pl.String,
        "last_name": pl.String,
        "email": pl.String,
        "phone": pl.String,
        "confirmed_email": pl.String,
        "local": pl.Boolean,
        "admin": pl.Boolean,
    },
    "members": {
        "membership_id": pl.Int64,
        "user_id": pl.Int64,
        "location_id": pl.Int64,
        **{k: v for k, v in VALUES.items() if k not in ("first_name", "last_name", "email", "phone")},
        "duty_id": pl.Int64,
        "zone_id": pl.Int64,
        "ends_on": pl.Date,
        "payroll_owned": pl.Boolean,
        "role": pl.String,
        "is_primary": pl.Boolean,
    },
    "links": {"source_id": pl.String, "user_id": pl.Int64},
    # about: person (nowhere in the feed), place (one location of somebody who is in it), id (one of their several ids)
    "missing": {
        "source_id": pl.String,
        "feeds": pl.Int32,
        "since": pl.Date,
        "counted_sha": pl.String,
        "about": pl.String,
        "place": pl.Int64,
    },
    "edits": {
        "user_id": pl.Int64,
        "location_id": pl.Int64,
        "field": pl.String,
        "editor": pl.String,
        "at": pl.Date,
    },
    "locations": {
        "location_id": pl.Int64,
        "name": pl.String,
        "today": pl.Date,
        "first_run": pl.Boolean,
        "linked_active": pl.Int64,
    },
    "location_codes": {"code": pl.String, "location_id": pl.Int64},
    "duty_codes": {"location_id": pl.Int64, "code": pl.String, "id": pl.Int64, "name": pl.String},
    "zone_codes": {"location_id": pl.Int64, "code": pl.String, "id": pl.Int64, "name": pl.String},
    "duty_names": {"id": pl.Int64, "name": pl.String},
    "zone_names": {"id": pl.Int64, "name": pl.String},
    # Every duty with its CMS code; waits: none yet, and somebody has it. Nothing while the switch is off
    "duty_labor": {
        "id": pl.Int64,
        "location_id": pl.Int64,
        "name": pl.String,
        "cms_code": pl.Int16,
        "waits": pl.Boolean,
    },
    # What people answered to "who is this record?": kind is one of models.Answer.Kind
    # and not true yet; name: the record's folded name then, null: whatever the name
    "answers": {
        "answer_id": pl.Int64,
        "source_id": pl.String,
        "kind": pl.String,
        "user_id": pl.Int64,
        "denied": pl.List(pl.Int64),
        "name": pl.String,
        "by": pl.String,
    },
    # Owned fields payroll does not move: kind is one of models.Keep.Kind, value as models.Keep says; run is the
    # number of the run that was taken back as a whole
    "keeps": {
        "keep_id": pl.Int64,
        "user_id": pl.Int64,
        "location_id": pl.Int64,
        "field": pl.String,
        "kind": pl.String,
        "value": pl.String,
        "until": pl.Date,
        "run": pl.Int64,
    },
    # Duties and zones beside the primary ones; exactly one of duty_id and zone_id is given
    "extras": {
        "membership_id": pl.Int64,
        "duty_id": pl.Int64,
        "zone_id": pl.Int64,
        "by_payroll": pl.Boolean,
        "by_manager": pl.Boolean,
        "pay_rate": pl.Int64,
        "pay_unit": pl.String,
        "pay_currency": pl.String,
    },
    # Pay rates dated ahead, of the primary duty and of payroll's further ones; none while the pay switch is off
    "next_pays": {
        "membership_id": pl.Int64,
        "duty_id": pl.Int64,
        "pay_rate": pl.Int64,
        "pay_unit": pl.String,
        "pay_currency": pl.String,
        "on": pl.Date,
    },
    # Removals and flips of status (ended or not) applied within the guard's days
    "removed": {"location_id": pl.Int64, "user_id": pl.Int64, "on": pl.Date},
    "flips": {"membership_id": pl.Int64, "on": pl.Date},
    # Who may act today: admins (location_id null) and managers
    "officers": {"user_id": pl.Int64, "location_id": pl.Int64},
}


@dataclass(frozen=True, slots=True)
class Delta:
    """Which records need a look, and which linked people the feed does not carry."""

    look_at: pl.DataFrame  # the feed's table, only the rows to look at
    skipped: int  # records skipped as unchanged
    absent: tuple[str, ...]  # linked source ids without a record in this feed
    fingerprints: pl.DataFrame  # FINGERPRINT of the whole feed; clean and wake_on are filled in by the plan
    blank: dict[str, float]  # canonical field → share of blank values in the whole feed
    read: int  # records in the feed, broken rows included
    skipped_excluded: int = 0  # of `skipped`: left out by a rule, or of people who had left
    told: pl.DataFrame = field(default_factory=lambda: empty(TOLD))  # of skipped records, by today's rows
    complete: bool = True  # a feed that names everybody; False: who is not in it is not missing


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
