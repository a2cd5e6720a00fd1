"""How much two people resemble each other, from 0 to 100, and what speaks for it in words.

A score only ever suggests: it decides whether a person is asked, never who somebody is (SPEC §5 Match, ADR
0007). The points are chosen by `tests/sync/plan/evaluation`, which prints what they find and what they miss.
"""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler

from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.nicknames import share_a_name
from schedulepop.sync.plan.names import one_named, with_folded_names

THRESHOLD = 60
"""From here on a person is asked."""
FIRST_NAME = {"same": 25, "short": 25, "part": 20, "alike": 15, "other": -30}
LAST_NAME = {"same": 25, "part": 20, "alike": 15, "other": -5}
SHARED = {"number": 40, "email": 35, "phone": 25, "hired": 20, "place": 10, "orphan": 10, "left": 10}
HIRE_DATES_DIFFER = -15
"""Counts only against people whose first names differ: a rehired person has two hire dates as well."""
_ALIKE = 0.92
_LONG_ENOUGH = 4


def with_similarity(pairs: pl.DataFrame, records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Pairs (row, candidate) with `score`, how their names compare (`first`, `last`), and what they share."""
    sides = _sides(pairs, records, snapshot)
    sides = _with_names_compared(sides)
    hired = pl.col("dates").list.set_intersection("their_dates").list.len() > 0
    differ = ~hired & (pl.col("dates").list.len() > 0) & (pl.col("their_dates").list.len() > 0)
    shared = sides.with_columns(
        (pl.col("employee_number").is_in(pl.col("their_numbers"))).fill_null(False).alias("number"),
        (pl.col("email") == pl.col("their_email")).fill_null(False).alias("email"),
        (pl.col("phone") == pl.col("their_phone")).fill_null(False).alias("phone"),
        hired.fill_null(False).alias("hired"),
        differ.fill_null(False).alias("hire_dates_differ"),
        (pl.col("location_id").is_in(pl.col("their_places"))).fill_null(False).alias("place"),
        pl.col("candidate").is_in(sorted(snapshot.orphans - snapshot.last_days.keys())).alias("orphan"),
        pl.col("candidate").is_in(sorted(snapshot.last_days)).alias("left"),
        _last_day(snapshot),
    )
    points = [
        pl.col("first").replace_strict(FIRST_NAME, default=0, return_dtype=pl.Int32),
        pl.col("last").replace_strict(LAST_NAME, default=0, return_dtype=pl.Int32),
        *(pl.when(name).then(worth).otherwise(0) for name, worth in SHARED.items()),
        pl.when(pl.col("hire_dates_differ") & (pl.col("first") == "other"))
        .then(HIRE_DATES_DIFFER)
        .otherwise(0),
    ]
    score = pl.sum_horizontal(points).clip(0, 100)
    near = pl.any_horizontal("place", "orphan", "left")
    asks = pl.col("number") | (pl.col("half_of_name") & near)
    asked = pl.when(asks).then(pl.max_horizontal(score, THRESHOLD)).otherwise(score)
    return shared.select(
        "row",
        "candidate",
        asked.cast(pl.Int16).alias("score"),
        "first",
        "last",
        "swapped",
        *SHARED,
        "hire_dates_differ",
        "last_day",
    )


def _last_day(snapshot: Snapshot) -> pl.Expr:
    days = {user: day for user, day in snapshot.last_days.items() if day is not None}
    return (
        pl.col("candidate")
        .replace_strict(list(days), list(days.values()), default=None, return_dtype=pl.Date)
        .alias("last_day")
    )


def _sides(pairs: pl.DataFrame, records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Each pair with the record's values and the candidate's (`their_…`)."""
    dates = pl.concat_list("hire_date", "original_hire_date").list.drop_nulls().list.unique()
    asking = with_folded_names(records).select(
        "row",
        "first_fold",
        "last_fold",
        "employee_number",
        "location_id",
        "phone",
        pl.col("email").str.to_lowercase(),
        dates.alias("dates"),
    )
    about = pairs["candidate"].unique().implode()
    people = with_folded_names(snapshot.people.filter(pl.col("user_id").is_in(about))).select(
        pl.col("user_id").alias("candidate"),
        pl.col("first_fold").alias("their_first"),
        pl.col("last_fold").alias("their_last"),
        pl.col("email").str.to_lowercase().alias("their_email"),
        pl.col("phone").alias("their_phone"),
    )
    works = (
        snapshot.members.filter(pl.col("user_id").is_in(about))
        .group_by("user_id", maintain_order=True)
        .agg(
            pl.col("employee_number").drop_nulls().alias("their_numbers"),
            pl.col("location_id").alias("their_places"),
            pl.concat([pl.col("hire_date"), pl.col("original_hire_date")])
            .drop_nulls()
            .unique()
            .alias("their_dates"),
        )
        .rename({"user_id": "candidate"})
    )
    return (
        pairs.join(asking, on="row", how="left", maintain_order="left")
        .join(people, on="candidate", how="left", maintain_order="left")
        .join(works, on="candidate", how="left", maintain_order="left")
    )


def _with_names_compared(sides: pl.DataFrame) -> pl.DataFrame:
    """`first` and `last`: same, short, part, alike or other; null where a name is not known. Swapped is same.

    And `half_of_name`: one of the two has one name only, and it is a half of the other's.
    """
    own, other = ("first_fold", "last_fold"), ("their_first", "their_last")
    swapped = (
        (pl.col("first_fold") == pl.col("their_last")) & (pl.col("last_fold") == pl.col("their_first"))
    ).fill_null(False)
    share = pl.any_horizontal((pl.col(m) == pl.col(t)).fill_null(False) for m in own for t in other)
    sides = sides.with_columns(
        swapped.alias("swapped"),
        (share & (one_named(*own) | one_named(*other))).alias("half_of_name"),
    )
    for name, mine, theirs in (("first", "first_fold", "their_first"), ("last", "last_fold", "their_last")):
        spellings = (
            sides.filter(pl.col(mine) != pl.col(theirs)).select(mine, theirs).unique(maintain_order=True)
        )
        compared = [compare(one, other, first=name == "first") for one, other in spellings.iter_rows()]
        found = spellings.with_columns(pl.Series("found", compared, dtype=pl.String))
        sides = (
            sides.join(found, on=[mine, theirs], how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("swapped") | (pl.col(mine) == pl.col(theirs)))
                .then(pl.lit("same"))
                .otherwise("found")
                .alias(name)
            )
            .drop("found")
        )
    return sides


def compare(one: str, other: str, *, first: bool) -> str:
    """How two folded names that are not equal compare: short (a nickname), part (of a longer one), alike, other."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return "same"
    mine, theirs = set(one.split()), set(other.split())
    if mine <= theirs or theirs <= mine:
        return "part"
    if first and share_a_name(one.split()[0], other.split()[0]):
        return "short"
    close = JaroWinkler.similarity(one, other) >= _ALIKE
    one_slip = min(len(one), len(other)) >= _LONG_ENOUGH and OSA.distance(one, other, score_cutoff=1) <= 1
    return "alike" if close or one_slip else "other"


def with_reasons(judged: pl.DataFrame) -> pl.DataFrame:
    """Add `why`: codes of what speaks for and against, strongest first, joined by commas: "name,email".

    One has a parameter behind a colon: "left:2026-10-30" of who is in the feed as somebody who left on that day.
    """
    whole = (pl.col("first") == "same") & (pl.col("last") == "same")
    halves = (
        pl.when(pl.col(half).is_not_null()).then(pl.format(f"{half}_{{}}", half))
        for half in ("first", "last")
    )
    name = (
        pl.when(pl.col("swapped"))
        .then(pl.lit("swapped"))
        .when(whole)
        .then(pl.lit("name"))
        .otherwise(pl.concat_str(*halves, separator=",", ignore_nulls=True))
    )
    said = {name: pl.lit(name) for name in (*SHARED, "hire_dates_differ")}
    said["left"] = pl.concat_str(
        pl.lit("left"), pl.col("last_day").cast(pl.String), separator=":", ignore_nulls=True
    )
    flags = [pl.when(flag).then(code) for flag, code in said.items()]
    why = pl.concat_str(pl.when(name != "").then(name), *flags, separator=",", ignore_nulls=True)
    return judged.with_columns(why.alias("why"))
