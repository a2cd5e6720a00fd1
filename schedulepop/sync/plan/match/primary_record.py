"""Several records of one person: which one counts at a location (SPEC §5 Match).

At one location the primary flag decides, else the record that agrees with the current primary duty; else
nobody can know and the person waits. When every record says ended, the person has ended on the latest of the days,
whichever is primary. An ended job yields to one that goes on, and records that say exactly
the same, or differ in nothing but pay, are one (`pay_lines`). Records with one id that name two people wait, all of
them.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.records import GOES_ON, NORMALIZED
from schedulepop.sync.plan.match.pay_lines import one_rate
from schedulepop.sync.plan.match.reused_ids import PERSONAL
from schedulepop.sync.plan.match.scoring import compare
from schedulepop.sync.plan.names import with_folded_names

_CONTENT = [name for name in NORMALIZED if name not in ("row", "clears", "clean", "recheck_on")]


def contradictory(records: pl.DataFrame) -> list[str]:
    """Ids whose records name different people: another first and last name, or another one beside other values.

    Two namesakes become one when a spreadsheet takes the zeros from 00123 and 123: without this, the one who is not
    linked would pass for a further job of the other.
    """
    several = records.filter(pl.len().over("source_id") > 1)
    if several.is_empty():
        return []
    named = with_folded_names(several)
    differ = (
        pl.col("first_fold").drop_nulls().n_unique() > 1,
        pl.col("last_fold").drop_nulls().n_unique() > 1,
    )
    doubtful = (
        named.group_by("source_id", maintain_order=True)
        .agg(differ[0].alias("first"), differ[1].alias("last"))
        .filter(pl.col("first") | pl.col("last"))
    )
    both = doubtful.filter(pl.col("first") & pl.col("last"))["source_id"].to_list()
    one = doubtful.filter(pl.col("first") != pl.col("last")).select("source_id", "first")
    doubted = named.join(one, on="source_id", how="inner", maintain_order="left")
    others = [
        str(mine["source_id"][0])
        for mine in doubted.partition_by("source_id", maintain_order=True)
        if _two_people(mine, "first" if mine["first"][0] else "last")
    ]
    return both + others


def _two_people(mine: pl.DataFrame, part: str) -> bool:
    """Records of which one name differs altogether, and neither number nor email is the same wherever it is given.

    Without either the phone decides, at last the hire date: families share a phone, a building may have been bought on
    one day.
    """
    spellings = mine[f"{part}_fold"].drop_nulls().unique(maintain_order=True).to_list()
    if all(compare(spellings[0], spelling, first=part == "first") != "other" for spelling in spellings[1:]):
        return False
    for names in (PERSONAL[:2], PERSONAL[2:], ("hire_date",)):
        given = [values for values in (mine[name].drop_nulls() for name in names) if values.len() > 1]
        if given:
            return all(values.n_unique() > 1 for values in given)
    return False


def primary_records(records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """One record per person and location, `stop_reason` set where none can be chosen.

    `records` carry `person` (who it is, linked or not), `ended`, `today` and `stop_reason`. The other records are
    dropped; accounting gives them the bucket of the primary one.
    """
    place = ["person", "location_id"]
    several = pl.col("location_id").is_not_null() & GOES_ON & (pl.len().over(place) > 1)
    records = records.with_columns(several.alias("several"))
    if not records["several"].any():
        return records.drop("several")
    alone = records.filter(~pl.col("several")).drop("several")
    candidates = one_rate(_active(records.filter("several").drop("several"), place), members, place)
    return pl.concat([alone, _choose(candidates, members, place)]).sort("row")


def _active(candidates: pl.DataFrame, place: list[str]) -> pl.DataFrame:
    """Without the ended jobs, where the person has another one that goes on."""
    return candidates.filter(~pl.col("ended") | pl.col("ended").all().over(place))


def _choose(candidates: pl.DataFrame, members: pl.DataFrame, place: list[str]) -> pl.DataFrame:
    columns = candidates.columns
    primary = members.select("user_id", "location_id", pl.col("duty_id").alias("primary_duty")).unique(
        ["user_id", "location_id"], keep="first", maintain_order=True
    )
    candidates = candidates.join(primary, on=["user_id", "location_id"], how="left", maintain_order="left")
    flagged = pl.col("primary_flag").fill_null(False)
    agrees = (pl.col("duty_id") == pl.col("primary_duty")).fill_null(False)
    candidates = candidates.with_columns(
        flagged.alias("flagged"),
        agrees.alias("agrees"),
        (pl.int_range(pl.len()).over(place) == 0).alias("first"),
    ).with_columns(
        (pl.struct(_CONTENT).n_unique().over(place) == 1).alias("same"),
        (pl.col("flagged").sum().over(place) == 1).alias("one_flagged"),
        (pl.col("agrees").sum().over(place) == 1).alias("one_agrees"),
    )
    ended = pl.col("ended").all().over(place)
    known = pl.col("one_flagged") | pl.col("same") | pl.col("one_agrees") | ended
    last = pl.col("row") == pl.col("row").sort_by("termination_date", "row", nulls_last=False).last().over(
        place
    )
    picked = (
        pl.when("one_flagged")
        .then("flagged")
        .when("same")
        .then("first")
        .when("one_agrees")
        .then("agrees")
        .when(ended)
        .then(last)
        .otherwise(True)
    )
    last_day = pl.when(ended).then(pl.col("termination_date").max().over(place)).otherwise("termination_date")
    candidates = candidates.with_columns(last_day.alias("termination_date"))
    reason = pl.when(known).then("stop_reason").otherwise(pl.lit("several_records")).alias("stop_reason")
    return candidates.filter(picked).with_columns(reason).select(columns)
