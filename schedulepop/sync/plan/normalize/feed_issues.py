"""Findings about the feed as a whole: they are true whichever of its records are looked at."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

import polars as pl

from schedulepop.sync.plan.findings import about_feed
from schedulepop.sync.plan.frames.feed import ProposedDate
from schedulepop.sync.plan.values.dates import DATE_FIELDS


def about_whole_feed(
    columns: Dictionary[str, str], dates: Dictionary[str, ProposedDate]
) -> list[pl.DataFrame]:
    """Date columns nobody has declared; one finding for all people when the feed has no email column."""
    found = [
        _undeclared(columns[name], dates[name])
        for name in DATE_FIELDS
        if name in columns and name in dates and dates[name].declared is None
    ]
    if "email" not in columns:
        message = "The file has no email column, so nobody gets a welcome email: add it to the export, or hand out codes."
        found.append(about_feed("needs_contact", message, key="email column"))
    return found


def _undeclared(column: str, proposed: ProposedDate) -> pl.DataFrame:
    guess = f" It may be {_in_words(proposed.format)}." if proposed.format else ""
    message = f"The column {column} is not read yet: {proposed.why}.{guess} Declare its date format."
    return about_feed("date_format_unknown", message, key=column, column=column)


def _in_words(declared: str) -> str:
    """A format as people write it: MM/DD/YYYY."""
    words = {"%m": "MM", "%d": "DD", "%Y": "YYYY", "%y": "YY", "%b": "MON"}
    for sign, word in words.items():
        declared = declared.replace(sign, word)
    return declared
