"""One row per readable record: what it says, and who it is."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schedulepop.employee import VALUE_KINDS, Kind

Schema = dict[str, pl.DataType | type[pl.DataType]]
_TYPES: Schema = {Kind.DATE: pl.Date, Kind.LABOR: pl.Int16, Kind.MONEY: pl.Int64}


def schema_of(kinds: Mapping[str, Kind]) -> Schema:
    """Columns of a frame by the kind of their field; money in ten-thousandths of the currency unit."""
    return {name: _TYPES.get(kind, pl.String) for name, kind in kinds.items()}


VALUES: Schema = schema_of(VALUE_KINDS)
"""The owned values as read, null = no opinion (absent, blank that keeps, or unreadable)."""

NORMALIZED: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,
    "source_id": pl.String,
    **VALUES,
    "nameless": pl.Boolean,  # no usable name: a new person waits
    "location_code": pl.String,  # folded; null when the feed has no location column
    "location_id": pl.Int64,  # null: unmapped
    "duty_code": pl.String,  # as written, cleaned; null: no opinion
    "duty_id": pl.Int64,  # null: no opinion, unmapped, or to be created (then duty_new is set)
    "duty_new": pl.String,  # name of the duty that apply creates for duty_code at location_id
    "zone_code": pl.String,
    "zone_id": pl.Int64,
    "zone_new": pl.String,
    "status_raw": pl.String,  # the source's word, for issues; null when blank or absent
    "status_doubt": pl.String,  # issue code a new person waits with: nobody is added past an unread status
    "says_hours": pl.Boolean,  # the word says how much somebody works: it lifts no leave and no suspension
    "pay_effective_date": pl.Date,  # first day of the pay rate; null: it is in force
    "primary_flag": pl.Boolean,
    "end_blank": pl.Boolean,  # a column of last days is there, and this record's is blank: a staged end is withdrawn
    "leave_blank": pl.Boolean,  # the same of the first day back
    "clears": pl.List(pl.String),  # fields whose blank clears the current value
    "clean": pl.Boolean,  # no problem of any kind with this record
    "recheck_on": pl.Date,  # next day on which the same record plans differently; null: never
}
"""One row per readable record. Rejected and excluded records are in their own frames."""

MATCHED = NORMALIZED | {
    "situation": pl.String,  # linked, found, found_elsewhere, new, ambiguous, id_changed, unreadable
    "user_id": pl.Int64,  # the person it is, null when nobody yet or nobody certain
    "membership_id": pl.Int64,  # that person's membership at location_id, null when there is none
    "candidates": pl.List(pl.Int64),  # user ids a person should look at
    "stop_reason": pl.String,  # issue code it waits with, or ALREADY_LEFT; null: it goes on
    "answer": pl.String,  # what a person answered and this run acts on: a models.Answer.Kind
}

ALREADY_LEFT = "already_left"
"""Why a record is left out: the employment has ended, and nobody here is theirs."""
WAITS = pl.col("stop_reason").is_not_null() & (pl.col("stop_reason") != ALREADY_LEFT)
"""A matched record waits for an answer, or for the mapping of its location or status."""
GOES_ON = pl.col("stop_reason").is_null()
PERSON_KEY = pl.coalesce(pl.format("user {}", "user_id"), pl.format("id {}", "source_id"))
"""Who a record or a change is about: the user, however many payroll IDs they have, else the ID."""
