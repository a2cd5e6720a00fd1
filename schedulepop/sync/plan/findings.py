"""Builds rows of PROBLEM: one finding, as codes and values, the personal ones masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty

_LONGEST = 80


def about_feed(
    code: str,
    *,
    key: str,
    reason: str | None = None,
    column: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> pl.DataFrame:
    """A finding about the feed or one of its columns. `reason`: one of `reasons.REASONS`, the code unless given."""
    said = json.dumps(params, ensure_ascii=False) if params else None
    row = {"code": code, "reason": reason or code, "column": column, "key": key, "params": said}
    return pl.DataFrame([{name: row.get(name) for name in PROBLEM}], schema=PROBLEM)


def about_people(
    rows: pl.DataFrame,
    code: str | pl.Expr,
    *,
    reason: str | pl.Expr | None = None,
    column: str | None = None,
    value: pl.Expr | None = None,
    key: str | pl.Expr = "source_id",
    params: pl.Expr | None = None,
) -> pl.DataFrame:
    """One finding per row of `rows`: columns row, source_id and location_id as far as it has them.

    `params`: a struct of what the reason declares. The key is the source id unless given.
    """
    what = pl.lit(code) if isinstance(code, str) else code
    given: dict[str, pl.Expr] = {
        "code": what,
        "reason": pl.lit(reason) if isinstance(reason, str) else what if reason is None else reason,
        "column": pl.lit(column, pl.String),
        "value": pl.lit(None, pl.String) if value is None else value,
        "key": pl.col(key) if isinstance(key, str) else key,
        "params": pl.lit(None, pl.String) if params is None else params.struct.json_encode(),
    }
    known = {name: pl.col(name) if name in rows.columns else pl.lit(None) for name in PROBLEM}
    return rows.select(
        expression.cast(PROBLEM[name]).alias(name) for name, expression in {**known, **given}.items()
    )


def about_rows(
    rows: pl.DataFrame,
    code: str,
    *,
    reason: str | None = None,
    column: str | None = None,
    value: str | None = None,
    key: str = "source_id",
    masked: bool = False,
    params: pl.Expr | None = None,
) -> pl.DataFrame:
    """One finding per row of `rows`, with the value it is about: cut to 80 characters, masked when personal.

    `value` and `key` name columns of `rows`.
    """
    if rows.is_empty():
        return empty(PROBLEM)
    if value is not None:
        shown = [_show(one, masked) for one in rows[value].to_list()]
        rows = rows.with_columns(pl.Series(value, shown, dtype=pl.String))
    return about_people(
        rows,
        code,
        reason=reason,
        column=column,
        value=None if value is None else pl.col(value),
        key=pl.col(key).fill_null("") if key in rows.columns else pl.lit(""),
        params=params,
    )


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All findings in the order of the file; those about the feed come first."""
    frames = [part for part in parts if part.height]
    if not frames:
        return empty(PROBLEM)
    return pl.concat(frames).sort("row", "code", "column", nulls_last=False, maintain_order=True)


def is_cut(value: str | None) -> bool:
    """Whether a finding's value is only the beginning of what was written."""
    return value is not None and len(value) == _LONGEST and value.endswith("…")


def _show(value: str | None, masked: bool) -> str | None:
    if value is None:
        return None
    return text.mask(value) if masked else value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
