"""Builds rows of PROBLEM: one finding, with a sentence that says what to do and personal values masked."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty

_LONGEST = 80


def about_feed(
    code: str, message: str, *, key: str, column: str | None = None, value: str | None = None
) -> pl.DataFrame:
    """A finding about the feed or one of its columns."""
    row = (code, None, None, None, column, value, key, message)
    return pl.DataFrame([row], schema=PROBLEM, orient="row")


def about_rows(
    rows: pl.DataFrame,
    code: str,
    message: str,
    *,
    column: str | None = None,
    value: str | None = None,
    key: str | None = None,
    masked: bool = False,
) -> pl.DataFrame:
    """One finding per row of `rows` (columns row, source_id, location_id and those named here).

    `value` and `key` name columns of `rows`; the key is the source id unless given. `{value}` in the message
    becomes the value, cut to 80 characters and masked when personal.
    """
    if rows.is_empty():
        return empty(PROBLEM)
    shown: list[str | None] = [None] * rows.height
    if value is not None:
        shown = [_show(v, masked) for v in rows[value].to_list()]
    names = rows.columns
    return pl.DataFrame(
        {
            "code": [code] * rows.height,
            "row": rows["row"],
            "source_id": rows["source_id"] if "source_id" in names else [None] * rows.height,
            "location_id": rows["location_id"] if "location_id" in names else [None] * rows.height,
            "column": [column] * rows.height,
            "value": shown,
            "key": rows[key or "source_id"].fill_null("")
            if (key or "source_id") in names
            else [""] * rows.height,
            "message": [message.replace("{value}", s or "") for s in shown],
        },
        schema=PROBLEM,
    )


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All findings in the order of the file; those about the feed come first."""
    frames = [part for part in parts if part.height]
    if not frames:
        return empty(PROBLEM)
    return pl.concat(frames).sort("row", "code", "column", nulls_last=False, maintain_order=True)


def _show(value: str | None, masked: bool) -> str | None:
    if value is None:
        return None
    return text.mask(value) if masked else value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
