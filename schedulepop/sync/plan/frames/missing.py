"""People the feed does not carry, places of theirs, and ids of theirs."""

from __future__ import annotations

from enum import StrEnum

import polars as pl


class Subject(StrEnum):
    """What is missing."""

    PERSON = "person"  # nowhere in the feed
    PLACE = "place"  # one location of somebody who is in it
    ID = "id"  # one of their several ids


MISSING: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "name": pl.String,
    "active": pl.Boolean,  # works there today: neither upcoming nor suspended
    "protected": pl.Boolean,  # a broken record could be theirs
    "has_open_question": pl.Boolean,  # a record that waits could be theirs: not missing, yet short
    "about": pl.String,  # a Subject
    "place": pl.Int64,  # the location of a place
}
"""One row per live, payroll-owned membership of a person or place no record names; one per id."""

SHORT: dict[str, pl.DataType | type[pl.DataType]] = {
    "location_id": pl.Int64,
    "source_id": pl.String,
    "user_id": pl.Int64,
    "name": pl.String,
}
"""Whom `short` holds named, at each location of theirs: those an approval no longer expects."""

LEAVING = {"source_id": pl.String, "membership_id": pl.Int64, "about": pl.String}
"""Memberships that end because nobody names them any more."""
