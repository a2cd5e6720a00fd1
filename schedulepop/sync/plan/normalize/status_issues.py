"""What could not be understood of who works and who has left: words, last days, columns that nothing reads."""

from __future__ import annotations

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.normalize.leaves import of_returns
from schedulepop.sync.plan.normalize.readers import Source


def of_status(records: pl.DataFrame, source: Source, file: FileProfile) -> list[pl.DataFrame]:
    """What is to be said of the status, the dates and the columns behind it; `records`: with their status."""
    end = source.columns.get("termination_date")
    column = source.columns.get("status")
    folded = pl.col("status_raw").map_elements(text.fold, return_dtype=pl.String)
    unknown = records.filter(pl.col("status_doubt") == "unmapped_status")
    spoken = unknown.filter(pl.col("status_raw").is_not_null()).with_columns(shown="status_raw", key=folded)
    silent = unknown.filter(pl.col("status_raw").is_null()).with_columns(key=pl.lit(""))
    return [
        *of_returns(records, source.columns),
        *_of_unread(records, source, file),
        about_rows(spoken, "unmapped_status", column=column, value="shown", key="key"),
        about_rows(
            silent if column else silent.clear(),
            "unmapped_status",
            reason="status_blank",
            column=column,
            key="key",
        ),
        about_rows(
            records.filter(pl.col("dates_contradict")),
            "dates_contradict",
            column=end,
        ),
        about_rows(
            records.filter(pl.col("status_late")).with_columns(shown="status_raw"),
            "status_contradicts",
            column=column,
            value="shown",
        ),
    ]


def _of_unread(records: pl.DataFrame, source: Source, file: FileProfile) -> list[pl.DataFrame]:
    """Who may have left: by a last day that could not be read, or by a column that nothing reads."""
    end = source.columns.get("termination_date", "")
    lost = records.filter(pl.col("status_doubt") == "last_day_unread")
    dated = file.dates.get("termination_date")
    declare = pl.struct(pl.lit(dated.format if dated else None, pl.String).alias("format"))
    given = source.raw("termination_date")
    found = []
    if given is not None:
        shown = records.select("row").with_columns(shown=given)
        lost = lost.join(shown, on="row", how="left", maintain_order="left")
        found.append(about_rows(lost, "last_day_unread", column=end, value="shown", params=declare))
    hinted = records.filter(pl.col("status_doubt") == "status_unread").with_columns(shown="hint")
    for (column,), rows in hinted.group_by("hint_column", maintain_order=True):
        rows = rows.with_columns(key=pl.lit(str(column)))
        found.append(about_rows(rows, "status_unread", column=str(column), value="shown", key="key"))
    return found
