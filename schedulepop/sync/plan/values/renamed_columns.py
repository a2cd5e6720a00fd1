"""Which header a field's column has now, where the one of the last file is gone."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.values.headers import named_fields

_ALIKE = 0.6
_SAME, _FEWEST = 0.8, 3
"""Share and number of values that have to be those a field had, for a column to be its successor by them."""


def successor(field: str, was: str, unread: Iterable[str]) -> str | None:
    """Which of these headers a field's column is called now: by what it names, else by how alike it is written."""
    names = list(unread)
    named = [name for name in names if field in {one for _, one in named_fields(name)}]
    if len(named) == 1:
        return named[0]
    before = _words(was)
    ranked = sorted((SequenceMatcher(None, before, _words(name)).ratio(), name) for name in (named or names))
    return ranked[-1][1] if was and ranked and ranked[-1][0] >= _ALIKE else None


def successor_by_values(field: str, had: pl.DataFrame, unread: pl.DataFrame) -> str | None:
    """Which column holds what a field had, whatever it is called: each person's own value, or, of IDs, anybody's.

    `had`: source_id and value; `unread`: one column per header, and source_id where the feed has it.
    """
    names = [name for name in unread.columns if name != "source_id"]
    if not names:
        return None
    if field == "source_id":
        columns = unread.select(pl.col(names).str.strip_chars())
        ids = had["source_id"].unique().implode()
        found = [(columns[name].is_in(ids).sum(), columns[name].count(), name) for name in names]
    elif "source_id" in unread.columns and had.height:
        both = unread.join(had.drop_nulls(), on="source_id", how="inner", maintain_order="left")
        value = _comparable(pl.col("value"), field)
        same = both.select((_comparable(pl.col(name), field) == value).sum().alias(name) for name in names)
        found = [(same[name][0], both[name].count(), name) for name in names]
    else:
        return None
    likely = [(some, name) for some, filled, name in found if some >= max(_FEWEST, _SAME * filled)]
    return max(likely)[1] if likely else None


def _comparable(value: pl.Expr, field: str) -> pl.Expr:
    if field == "phone":
        return value.str.replace_all(r"\D", "").str.slice(-10)
    return value.str.strip_chars().str.to_lowercase()


def _words(header: str) -> str:
    return " ".join(sorted(text.fold_header(header).split()))
