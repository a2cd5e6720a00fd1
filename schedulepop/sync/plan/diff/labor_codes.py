"""CMS labor codes: a duty's code at its location counts first, the record's own second (SPEC §8).

No payroll platform has a standard field for the code, so people map each duty once. A code that came with a duty
leaves with it; nothing is ever guessed.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_people
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot


def with_labor_code(going: pl.DataFrame, labor: pl.DataFrame) -> pl.DataFrame:
    """Replace `to_cms_code` by the code of the duty the person will have, where that duty has one.

    A duty that apply makes for a new code may be there under its name already. Without a code the record's own
    stays, else the current one, unless it came with a duty that is left now.
    """
    mapped = labor.drop_nulls("cms_code")
    if mapped.is_empty():
        return going
    before = pl.when(pl.col("from_membership_id").is_not_null()).then("left_duty_id").otherwise("now_duty_id")
    came_with_duty = (pl.col("now_cms_code") == _code_of(before, mapped)).fill_null(False)
    leaves = came_with_duty & pl.col("cms_code").is_null() & pl.col("to_duty_id").ne_missing(before)
    own = pl.when(~leaves).then("to_cms_code")
    by_name = mapped.select(
        "location_id", pl.col("name").alias("duty_new"), pl.col("cms_code").alias("named_code")
    )
    return (
        going.join(by_name, on=["location_id", "duty_new"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(_code_of(pl.col("to_duty_id"), mapped), "named_code", own).alias("to_cms_code")
        )
        .drop("named_code")
    )


def contradictions(
    matched: pl.DataFrame, snapshot: Snapshot, labor: pl.DataFrame, column: str
) -> pl.DataFrame:
    """One PROBLEM per record whose own code is not its duty's; both are named. `column`: the source's."""
    told = matched.filter(pl.col("cms_code").is_not_null() & pl.col("waits").is_null())
    mapped = labor.drop_nulls("cms_code")
    if told.is_empty() or mapped.is_empty():
        return empty(PROBLEM)
    now = snapshot.members.select("membership_id", pl.col("duty_id").alias("now_duty_id"))
    named = mapped.select("id", pl.col("name").alias("duty"), pl.col("cms_code").alias("of_duty"))
    told = (
        told.join(now, on="membership_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("duty_new").is_null()).then(pl.coalesce("duty_id", "now_duty_id")).alias("id")
        )
        .join(named, on="id", how="inner", maintain_order="left")
        .filter(pl.col("cms_code") != pl.col("of_duty"))
    )
    said = pl.struct(pl.col("cms_code").alias("own"), "duty", "of_duty")
    value = pl.col("cms_code").cast(pl.String)
    return about_people(told, "cms_contradicts", column=column, value=value, params=said)


def unmapped(snapshot: Snapshot, labor: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per duty somebody has, without a code, at an open location that has begun to choose codes.

    Where no duty has one yet the page of CMS codes lists them all; a customer who needs none is left in peace.
    """
    if not labor["waits"].any():
        return empty(PROBLEM)
    begun = labor.drop_nulls("cms_code")["location_id"].unique()
    waiting = labor.filter(pl.col("waits") & pl.col("location_id").is_in(begun.implode()))
    if waiting.is_empty():
        return empty(PROBLEM)
    places = snapshot.locations.select("location_id", pl.col("name").alias("place"))
    waiting = waiting.join(places, on="location_id", how="inner", maintain_order="left")
    said = pl.struct(pl.col("name").alias("duty"), "place")
    return about_people(waiting, "cms_unmapped", key=pl.format("duty {}", "id"), params=said)


def _code_of(duty: pl.Expr, mapped: pl.DataFrame) -> pl.Expr:
    return duty.replace_strict(mapped["id"], mapped["cms_code"], default=None, return_dtype=pl.Int16)
