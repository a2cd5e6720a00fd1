"""What the feed carries of a few people: for the guard, which asks whether somebody still has an address."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.normalize.readers import Source, read_contact
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.source_ids import read_ids


def contacts_of(file: FileProfile, mapping: Mapping, ids: Collection[str]) -> pl.DataFrame:
    """source_id, email, phone of every record with one of these payroll IDs, whether or not it needs a look."""
    if "source_id" not in file.columns:
        return pl.DataFrame(schema={"source_id": pl.String, "email": pl.String, "phone": pl.String})
    table = file.feed.table
    written = table[file.columns["source_id"]]
    asked = table.filter(written.str.strip_chars().is_in(list(ids)).fill_null(False))
    source = Source(asked, file.columns, mapping)
    found = read_ids(asked[written.name]).select(pl.col("value").alias("source_id"))
    return pl.concat([found, read_contact(source, asked.select("row")).values], how="horizontal")
