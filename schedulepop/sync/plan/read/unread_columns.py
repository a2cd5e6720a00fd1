"""Columns that nothing reads and that may say who has left: nobody new is added past them (SPEC §5 Match)."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.frames.feed import UnreadColumn
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.status_words import may_say_ended, reads_as_status

NEARLY_ALL = 0.9
"""Share of those who work from which on a value says nothing."""


def unread_columns(table: pl.DataFrame, names: Iterable[str], mapping: Mapping) -> tuple[UnreadColumn, ...]:
    """Those of these columns that may say who has left, by their header or by their values, in the file's order.

    A column of which a person said that it is no status (`mapping.no_status`) is none.
    """
    said_no = {text.fold_header(name) for name in mapping.no_status}
    found = []
    for name in names:
        if name not in table.columns or text.fold_header(name) in said_no:
            continue
        values = table[name].drop_nulls().unique()
        reads = reads_as_status(values)
        if reads or (len(values) and may_say_ended(name)):
            found.append(UnreadColumn(name, reads))
    return tuple(found)


def usual_values(
    table: pl.DataFrame, unread: Iterable[UnreadColumn], ids: pl.Series, id_column: str
) -> tuple[UnreadColumn, ...]:
    """The same with the values that nearly all of these people carry: they hold nobody. `ids`: linked and active."""
    theirs = table.filter(table[id_column].str.strip_chars().is_in(ids.implode()))
    found = []
    for one in unread:
        shares = theirs[one.name].value_counts().filter(pl.col("count") >= NEARLY_ALL * theirs.height)
        found.append(UnreadColumn(one.name, one.reads, frozenset(shares[one.name].drop_nulls().to_list())))
    return tuple(found)
