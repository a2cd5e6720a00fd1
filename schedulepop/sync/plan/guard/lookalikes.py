"""Who in a feed resembles somebody leaving or missing: the same person under a new ID, perhaps (SPEC §5 Guard).

Folded names, an email, a phone, or a last name with the day of hire are enough, and of a
name of one word the half of another: this only makes people wait.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.guard.context import REMOVAL, GuardContext
from schedulepop.sync.plan.names import full_names, halves, with_folded_names
from schedulepop.sync.plan.pairs import matched_pairs

PAIR = {"source_id": pl.String, "name": pl.String, "user_id": pl.Int64, "leaver": pl.String}
_OWN = ("first_name", "last_name", "email", "phone")
WAYS = (["first_fold", "last_fold"], ["email"], ["phone"], ["last_fold", "hire_date"])
"""What one of must be shared."""


def look_alikes(context: GuardContext, hires: pl.DataFrame, others: pl.Series) -> pl.DataFrame:
    """PAIR: each of these creates that resembles people leaving, missing, or among `others` (user ids), and each of
    those.
    """
    leavers = _leavers(context, others)
    hires = hires.filter(pl.col("user_id").is_null()).sort("source_id", maintain_order=True)
    if hires.is_empty() or leavers.is_empty():
        return pl.DataFrame(schema=PAIR)
    hires = hires.with_columns(full_names(hires).alias("name"))
    hires = with_folded_names(hires.select("source_id", "name", *_OWN, "hire_date"))
    pairs = [
        matched_pairs(hires, leavers.select(*keys, "user_id", "leaver"), keys).select(list(PAIR))
        for keys in WAYS
    ]
    mine, theirs = halves(hires, "source_id", "name"), halves(leavers, "user_id", "leaver")
    pairs += [
        matched_pairs(some, others_, ["half"]).select(list(PAIR))
        for some, others_ in ((mine.filter("alone"), theirs), (mine, theirs.filter("alone")))
    ]
    return pl.concat(pairs).unique(["source_id", "user_id"], keep="first", maintain_order=True)


def _leavers(context: GuardContext, others: pl.Series) -> pl.DataFrame:
    """Names, contact and days of hire, before and after the run, of people leaving or missing, and of `others`."""
    leaving = context.changes.rows.filter(REMOVAL & pl.col("user_id").is_not_null())
    users = pl.concat([leaving["user_id"], context.missing["user_id"], others]).unique().sort()
    now = context.snapshot.people.filter(pl.col("user_id").is_in(users.implode()))
    before = now.select("user_id", *_OWN).join(
        context.snapshot.members.select("user_id", "hire_date"),
        on="user_id",
        how="left",
        maintain_order="left",
    )
    after = leaving.select("user_id", *_OWN, "hire_date")
    both = with_folded_names(pl.concat([before, after]).unique(maintain_order=True))
    return both.with_columns(full_names(both).alias("leaver"))
