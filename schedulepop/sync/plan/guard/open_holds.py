"""What an open hold goes on holding when somebody is looked at between two nights (SPEC §4 At once).

A doubt about the feed covers everything in its scope, a quantity rule its kind of change, and whom a lookalike rule
holds stays held. The other rules about one person are asked anew: they look at that person, not at the night.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.guard.context import REMOVAL, GuardContext, Hold
from schedulepop.sync.plan.guard.feed_rules import FEED_RULE_NAMES

HOLDS_PEOPLE = frozenset({"resembles_leaver"})
"""Person rules whose holds stand: they rest on what else the night held."""
_CREATE = pl.col("verb") == "create"
_NOTHING = pl.lit(value=False)


def covered_by(hold: Hold, context: GuardContext) -> pl.Expr:
    """Which changes within its scope an open hold covers, as a mask of `context`'s changes."""
    if hold.rule in FEED_RULE_NAMES:
        return pl.lit(value=True)
    if hold.rule in HOLDS_PEOPLE:
        return pl.col("source_id") == hold.source_id
    if hold.rule.startswith("creates_"):
        return _CREATE
    if hold.rule.startswith("removals_"):
        return REMOVAL
    if hold.rule == "status_words":
        stated = context.changes.fields.filter(pl.col("field").is_in(["status", "ends_on"]))["change_no"]
        return _CREATE | pl.col("change_no").is_in(stated.unique().implode())
    return _NOTHING
