"""The shapes of a question about who somebody is, and of what an answer does to links.

Part of `frames`: every frame is a polars DataFrame with exactly these columns.
"""

from __future__ import annotations

import polars as pl

LINK = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "further": pl.Boolean,  # a second id of a person whose first one goes on
}
"""A link to make for somebody who exists."""

RETIRED = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "for_id": pl.String,  # the record whose answer ends it: the new id, or the same id that names somebody else now
}
"""A link that is over."""

ID_CHANGE = {"user_id": pl.Int64, "old_id": pl.String, "new_id": pl.String, "by": pl.String}
"""A person's payroll id was replaced, and who said so: CMS counts an unlinked new id as turnover (SPEC §8)."""

QUESTION = {
    "source_id": pl.String,
    "row": pl.UInt32,
    "code": pl.String,  # one of QUESTIONS
    "location_id": pl.Int64,
    "first_name": pl.String,
    "last_name": pl.String,
    "email": pl.String,
    "phone": pl.String,
    "employee_number": pl.String,
    "hire_date": pl.Date,
    "duty_code": pl.String,
}
"""A record that waits until a person says who it is, with what payroll says of it."""

SUGGESTION = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "score": pl.Int16,  # 0 to 100
    "why": pl.String,  # codes of what speaks for it, joined by commas (wording.similarity): "email,last_alike"
}
"""Who a record that waits may be, likeliest first."""

DISTINCT_PAIR: dict[str, pl.DataType | type[pl.DataType]] = {"one": pl.Int64, "other": pl.Int64}
"""Users whom somebody called different people; every pair stands both ways round."""

ANSWERED = {"source_id": pl.String, "answer_id": pl.Int64}
"""Answers this run makes true."""

QUESTIONS = ("id_changed", "recycled_id", "ambiguous", "found_elsewhere", "possible_match")
"""Issue codes that ask who somebody is (SPEC §5 Match)."""
ANSWERABLE = frozenset({*QUESTIONS, "matched_by_email"})
"""Issue codes of records a person may say something about: those that ask, and who was matched by email."""
