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
        found.append(about_feed("needs_contact", reason="no_email_column", key="email column"))
    return found


def _undeclared(column: str, proposed: ProposedDate) -> pl.DataFrame:
    params = {"why": proposed.why, "by": proposed.by, "format": proposed.format}
    return about_feed("date_format_unknown", key=column, column=column, params=params)
