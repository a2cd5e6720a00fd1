"""Questions about who somebody is, with who they may be and why: what a person answers (SPEC §5 Match)."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.questions import QUESTION, QUESTIONS, SUGGESTION
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.confirmed_email import MATCHED_BY_EMAIL, matched_by_email
from schedulepop.sync.plan.match.scoring import with_reasons, with_similarity


def open_questions(matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """QUESTION: one per id that waits for an answer, in the feed's order; and who was matched by email alone."""
    asking = matched.filter(pl.col("stop_reason").is_in(QUESTIONS))
    by_email = matched_by_email(matched, snapshot).with_columns(pl.lit(MATCHED_BY_EMAIL).alias("stop_reason"))
    if by_email.height:
        asking = pl.concat([asking, by_email]).sort("row")
    return asking.unique("source_id", keep="first", maintain_order=True).select(
        pl.col("stop_reason" if name == "code" else name).cast(kind).alias(name)
        for name, kind in QUESTION.items()
    )


def suggestions(questions: pl.DataFrame, matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """SUGGESTION: everybody each question names, likeliest first. A recycled id asks about whose it was."""
    if questions.is_empty():
        return empty(SUGGESTION)
    asking = matched.join(questions, on="row", how="semi", maintain_order="left")
    whom = pl.coalesce("candidates", pl.concat_list("user_id"))
    pairs = asking.select("row", whom.alias("candidate")).explode("candidate").drop_nulls()
    pairs = with_reasons(with_similarity(pairs, asking, snapshot))
    return (
        pairs.join(questions.select("row", "source_id"), on="row", how="left", maintain_order="left")
        .sort("row", "score", "candidate", descending=[False, True, False], maintain_order=True)
        .select("source_id", pl.col("candidate").alias("user_id"), "score", "why")
        .cast(pl.Schema(SUGGESTION))
    )
