"""Findings about the feed as a whole: they are true whichever of its records are looked at."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_feed
from schedulepop.sync.plan.frames.feed import FileProfile, ProposedDate
from schedulepop.sync.plan.values.dates import DATE_FIELDS

NAMED = 12  # headers of a file of which no column is known


def about_whole_feed(file: FileProfile) -> list[pl.DataFrame]:
    """Date columns nobody has declared; one finding for all people when the feed has no ID or no email column."""
    columns, dates = file.columns, file.dates
    if not columns:
        names = list(file.unknown)
        params = {"headers": names[:NAMED], "more": max(0, len(names) - NAMED)}
        return [about_feed("id_column_missing", reason="nothing_recognized", key="columns", params=params)]
    found = [
        _undeclared(columns[name], dates[name])
        for name in DATE_FIELDS
        if name in columns and name in dates and dates[name].declared is None
    ]
    if "source_id" not in columns:
        likely = file.likely_id
        likeliest = {"column": likely and likely.name, "per_job": bool(likely and likely.per_job)}
        found.append(about_feed("id_column_missing", key="columns", params=likeliest))
    if "email" not in columns:
        found.append(about_feed("needs_contact", reason="no_email_column", key="email column"))
    return found


def _undeclared(column: str, proposed: ProposedDate) -> pl.DataFrame:
    params = {"why": proposed.why, "by": proposed.by, "format": proposed.format}
    return about_feed("date_format_unknown", key=column, column=column, params=params)
