"""Which rows a mapping's rules leave out (SPEC §7 test rows)."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.policy import Exclusion


def rule_of(table: pl.DataFrame, rules: Iterable[Exclusion]) -> pl.Series:
    """Per row the name of the first rule that fits; null where none does."""
    rule = pl.Series("rule", [None] * table.height, dtype=pl.String)
    for exclusion in rules:
        if exclusion.column in table.columns:
            hit = _fits(exclusion, table[exclusion.column])
            rule = pl.select(rule=pl.when(rule.is_null() & hit).then(pl.lit(exclusion.name)).otherwise(rule))[
                "rule"
            ]
    return rule


def _fits(exclusion: Exclusion, values: pl.Series) -> pl.Series:
    words = values.fill_null("").unique().to_list()
    equals = None if exclusion.equals is None else text.fold(exclusion.equals)
    part = text.fold(exclusion.contains) if exclusion.contains else None
    hits = [w for w in words if text.fold(w) == equals or (part is not None and part in text.fold(w))]
    return values.fill_null("").is_in(hits)
