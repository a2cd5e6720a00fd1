"""Findings about people whom the feed does not carry."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.missing.counters import KEY
from schedulepop.wording.issues import TEXTS


def about_missing(counters: pl.DataFrame, missing: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per person who is missing and counted, or whom no record names at one of their places."""
    if counters.is_empty():
        return empty(PROBLEM)
    people = missing.filter(~pl.col("protected"), ~pl.col("has_open_question")).unique(
        KEY, keep="first", maintain_order=True
    )
    named = locations.select(pl.col("location_id").alias("place"), pl.col("name").alias("there"))
    known = (
        counters.filter(pl.col("feeds") > 0)
        .join(people, on=KEY, how="inner", nulls_equal=True, maintain_order="left")
        .join(named, on="place", how="left", maintain_order="left")
    )
    file = pl.lit("the payroll file")
    file = pl.when(pl.col("there").is_not_null()).then(pl.format("{} for {}", file, "there")).otherwise(file)
    return known.select(
        pl.lit("missing_person").alias("code"),
        pl.lit(None, pl.UInt32).alias("row"),
        "source_id",
        "location_id",
        pl.lit(None, pl.String).alias("column"),
        pl.lit(None, pl.String).alias("value"),
        pl.col("source_id").alias("key"),
        pl.format(
            "{} has not been in {} since {}. {}",
            pl.coalesce("name", "source_id"),
            file,
            "since",
            pl.lit(TEXTS["missing_person"].remedy),
        ).alias("message"),
    ).cast(pl.Schema(PROBLEM))
