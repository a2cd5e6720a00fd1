"""Findings about people whom the feed does not carry."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty


def missing_people(counters: pl.DataFrame, absent: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per person who is missing and counted, or whom no record names at one of their places."""
    if counters.is_empty():
        return empty(PROBLEM)
    key = ["source_id", "about", "place"]
    people = absent.filter(~pl.col("shielded"), ~pl.col("asked")).unique(
        key, keep="first", maintain_order=True
    )
    named = places.select(pl.col("location_id").alias("place"), pl.col("name").alias("there"))
    known = (
        counters.filter(pl.col("feeds") > 0)
        .join(people, on=key, how="inner", nulls_equal=True, maintain_order="left")
        .join(named, on="place", how="left", maintain_order="left")
    )
    said = pl.struct("name", "source_id", pl.col("there").alias("place"), pl.col("since").cast(pl.String))
    return about_people(known.drop("row", strict=False), "missing_person", params=said)
