"""Findings about people whom the feed does not carry."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.missing.counters import KEY


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
    said = pl.struct("name", "source_id", pl.col("there").alias("place"), pl.col("since").cast(pl.String))
    return about_people(known.drop("row", strict=False), "missing_person", params=said)
