"""What SchedulePop holds now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from schedulepop.employee import MEMBERSHIP_COLUMNS, USER_FIELDS
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.questions import DISTINCT_PAIR
from schedulepop.sync.plan.frames.records import VALUES, schema_of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What SchedulePop holds now, as far as this feed can touch it (all of it when `whole`)."""

    people: pl.DataFrame  # user_id, first_name, last_name, email, phone, confirmed_email, local, admin
    # membership_id, user_id, location_id, TARGET's VALUES, duty_id, zone_id, ends_on, payroll_owned, role, is_primary
    members: pl.DataFrame
    links: pl.DataFrame  # source_id, user_id
    missing: pl.DataFrame  # what earlier feeds did not carry: people, places of theirs, ids
    edits: pl.DataFrame  # user_id, location_id (null: user), field, editor, at: newest edit per owned field
    # location_id, name, today (Date), first_run (bool), linked_active (links of active, payroll-owned people)
    locations: pl.DataFrame
    location_codes: pl.DataFrame  # code (folded), location_id
    duty_codes: pl.DataFrame  # location_id, code (folded), id, name
    zone_codes: pl.DataFrame
    duty_names: pl.DataFrame  # id, name (for old/new in words)
    zone_names: pl.DataFrame
    first_sync: bool
    accepted_short: frozenset[str] = frozenset()  # source ids that no longer count toward `short`
    other_integrations: frozenset[int] = (
        frozenset()
    )  # memberships that another one of the organization speaks for
    last_blank: dict[str, float] = field(default_factory=dict)  # field → share blank in the last good run
    last_columns: frozenset[str] = frozenset()  # mapped in the last good run
    last_headers: Mapping[str, str] = field(default_factory=dict)  # field → its column in the last good run
    last_status_column: str = ""
    last_status_words: dict[str, int] = field(
        default_factory=dict
    )  # every word seen so far → records of the last good run
    answers: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["answers"]))
    distinct_pairs: pl.DataFrame = field(default_factory=lambda: empty(DISTINCT_PAIR))
    overrides: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["overrides"]))
    extras: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["extras"]))
    next_pays: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["next_pays"]))
    recent_removals: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["recent_removals"]))
    recent_flips: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["recent_flips"]))
    deferrals: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["deferrals"]))
    duty_labor: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["duty_labor"]))
    officers: pl.DataFrame = field(default_factory=lambda: empty(SNAPSHOT_SCHEMAS["officers"]))
    median_read: float | None = None  # records of the last 7 good runs, the median
    in_feed: frozenset[int] = frozenset()  # people whom a record of this feed names by a link
    orphans: frozenset[int] = frozenset()  # people whom no record of this feed carries on
    last_days: Mapping[int, date | None] = field(
        default_factory=dict
    )  # of those orphans whom the feed lists as ended; None: without the day
    erased: frozenset[str] = (
        frozenset()
    )  # payroll IDs of this feed, linked to nobody, of people who were erased
    whole: bool = True


SNAPSHOT_SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "people": {
        "user_id": pl.Int64,
        **{name: VALUES[name] for name in USER_FIELDS},
        "confirmed_email": pl.String,
        "local": pl.Boolean,
        "admin": pl.Boolean,
    },
    "members": {
        "membership_id": pl.Int64,
        "user_id": pl.Int64,
        "location_id": pl.Int64,
        **schema_of(MEMBERSHIP_COLUMNS),
        "pay_rate": pl.Int64,
        "pay_unit": pl.String,
        "pay_currency": pl.String,
        "duty_id": pl.Int64,
        "zone_id": pl.Int64,
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
    # Every duty with its CMS code; needs_code: none yet, and somebody has it. Nothing while the switch is off
    "duty_labor": {
        "id": pl.Int64,
        "location_id": pl.Int64,
        "name": pl.String,
        "cms_code": pl.Int16,
        "needs_code": pl.Boolean,
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
    # Owned fields payroll does not move: kind is one of models.FieldOverride.Kind, value as models.FieldOverride
    # says; run is the number of the run that was taken back as a whole
    "overrides": {
        "override_id": pl.Int64,
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
    "recent_removals": {"location_id": pl.Int64, "user_id": pl.Int64, "on": pl.Date},
    "recent_flips": {"membership_id": pl.Int64, "on": pl.Date},
    # Whom somebody keeps apart today: held, and counted by no quantity rule
    "deferrals": {"source_id": pl.String},
    # Who may act today: admins (location_id null) and managers
    "officers": {"user_id": pl.Int64, "location_id": pl.Int64},
}
