"""Columns nobody mapped: once an integration runs, only their names and counts are kept (SPEC §5 Read).

What a plan needs of them stays, since the kept copy has to give the same plan again: columns that may say who has left,
dates that prove how another column's are written, and what an open hold names. While a column of the last feed is gone,
or nothing gives the payroll ID, any other one may have taken its place, and all of them stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from schedulepop.lib.text import fold_header
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.read.columns import Recognition
from schedulepop.sync.plan.read.unread_columns import unread_columns
from schedulepop.sync.plan.values.dates import proving_columns


@dataclass(frozen=True, slots=True)
class Retention:
    """What decides which columns of a feed are kept."""

    mapping: Mapping
    expected: frozenset[str] = field(default_factory=frozenset)  # fields the last good feed gave
    held: frozenset[str] = field(default_factory=frozenset)  # columns an open hold or finding names


def not_kept(table: pl.DataFrame, found: Recognition, retention: Retention) -> dict[str, int]:
    """The columns of a feed that are let go → how many values each has, in the file's order."""
    mapping = retention.mapping
    if "source_id" not in found.columns or retention.expected - found.columns.keys():
        return {}
    by_rules = {fold_header(name) for name in mapping.named}
    stays = {*retention.held, *proving_columns(table, found.columns, mapping)}
    if "status" not in found.columns:
        stays |= {one.name for one in unread_columns(table, found.unknown, mapping)}
    spare = [name for name in found.unknown if name not in stays and fold_header(name) not in by_rules]
    counted = table.select(pl.col(spare).count()).row(0) if spare and len(found.columns) > 1 else ()
    return dict(zip(spare, counted, strict=False))
