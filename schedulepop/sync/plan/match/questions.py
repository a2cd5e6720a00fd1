"""Questions about who somebody is, with who they may be and why: what a person answers (SPEC §5 Match)."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.questions import QUESTION, QUESTIONS, SUGGESTION
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.confirmed_email import BY_EMAIL, by_email
from schedulepop.sync.plan.match.scoring import scored, words


def questions(matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """QUESTION: one per id that waits for an answer, in the feed's order; and who was matched by email alone."""
    asking = matched.filter(pl.col("waits").is_in(QUESTIONS))
    seen = by_email(matched, snapshot).with_columns(pl.lit(BY_EMAIL).alias("waits"))
    if seen.height:
        asking = pl.concat([asking, seen]).sort("row")
    return asking.unique("source_id", keep="first", maintain_order=True).select(
        pl.col("waits" if name == "code" else name).cast(kind).alias(name) for name, kind in QUESTION.items()
    )


def suggested(asked: pl.DataFrame, matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """SUGGESTION: everybody each question names, likeliest first. A recycled id asks about whose it was."""
    if asked.is_empty():
        return empty(SUGGESTION)
    asking = matched.join(asked, on="row", how="semi", maintain_order="left")
    whom = pl.coalesce("candidates", pl.concat_list("user_id"))
    pairs = asking.select("row", whom.alias("candidate")).explode("candidate").drop_nulls()
    judged = words(scored(pairs, asking, snapshot))
    return (
        judged.join(asked.select("row", "source_id"), on="row", how="left", maintain_order="left")
        .sort("row", "score", "candidate", descending=[False, True, False], maintain_order=True)
        .select("source_id", pl.col("candidate").alias("user_id"), "score", "why")
        .cast(pl.Schema(SUGGESTION))
    )
