"""What match made of the evaluation set, against the truth, as figures and as a table."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schedulepop.sync.plan.match.identification import identify
from tests.sync.plan.evaluation.pairs import Set, made
from tests.sync.plan.made_frames import TODAY, snapshot, understood


@dataclass(frozen=True, slots=True)
class Figures:
    """One kind of pair, or all of them."""

    kind: str
    records: int
    linked: int  # automatically, to the right person
    false_links: int  # automatically, to somebody else
    asked: int  # questions
    right: int  # questions that name the right person
    missed: int  # records of somebody on the list that neither link nor ask about them

    @property
    def precision(self) -> float:
        """Of the questions, how many name the person it is."""
        return self.right / self.asked if self.asked else 1.0

    @property
    def recall(self) -> float:
        """Of the records of people on the list that nothing proved, how many are asked about the right person."""
        unproved = self.right + self.missed
        return self.right / unproved if unproved else 1.0


def judge(pairs: Set | None = None, *, first_sync: bool = False) -> list[Figures]:
    """Figures per kind, and of all at the end."""
    pairs = pairs or made()
    now = snapshot(*pairs.people, first_sync=first_sync)
    found = identify(understood(*pairs.records), now, TODAY)
    judged = pl.DataFrame(
        {"source_id": [one["source_id"] for one in pairs.records], "truth": pairs.truth, "kind": pairs.kinds},
        schema_overrides={"truth": pl.Int64},
    ).join(
        found.select("source_id", "user_id", "situation", "stop_reason", "candidates"),
        on="source_id",
        how="left",
        maintain_order="left",
    )
    linked = pl.col("user_id").is_not_null() & pl.col("situation").is_in(["linked", "found"])
    asks = pl.col("stop_reason").is_not_null()
    named = asks & pl.col("candidates").list.contains(pl.col("truth")).fill_null(False)
    judged = judged.with_columns(
        (linked & (pl.col("user_id") == pl.col("truth")).fill_null(False)).alias("linked"),
        (linked & (pl.col("user_id") != pl.col("truth")).fill_null(True)).alias("false_links"),
        asks.alias("asked"),
        named.alias("right"),
    ).with_columns((pl.col("truth").is_not_null() & ~pl.col("linked") & ~pl.col("right")).alias("missed"))
    sums = ("linked", "false_links", "asked", "right", "missed")
    rows = judged.group_by("kind", maintain_order=True).agg(
        pl.len().alias("records"), *(pl.col(n).sum() for n in sums)
    )
    every = judged.select(
        pl.lit("all").alias("kind"), pl.len().alias("records"), *(pl.col(n).sum() for n in sums)
    )
    return [Figures(**row) for row in pl.concat([rows, every]).iter_rows(named=True)]


def table(figures: list[Figures]) -> str:
    """The figures as text."""
    head = (
        f"{'':42}{'records':>8}{'linked':>8}{'false':>7}{'asked':>7}"
        f"{'right':>7}{'missed':>8}{'precision':>11}{'recall':>8}"
    )
    lines = [
        f"{f.kind:42}{f.records:8}{f.linked:8}{f.false_links:7}{f.asked:7}{f.right:7}{f.missed:8}"
        f"{f.precision:11.3f}{f.recall:8.3f}"
        for f in figures
    ]
    return "\n".join([head, *lines])
