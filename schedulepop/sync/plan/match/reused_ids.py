"""IDs that name somebody else now: an account must never pass to another person unseen (SPEC §5 Guard, recycled id).

Name and hire date differ, says the rule. Where payroll gives no hire dates, or many people were hired on one day (a
building that was bought), these two cannot tell: then a name that differs as a whole, or that differs while nothing
personal beside it is the same, says so as well. It only makes the record wait; a person answers.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.match.scoring import compare
from schedulepop.sync.plan.names import with_folded_names

PERSONAL = ("employee_number", "email", "phone")
"""The most telling first: families share a phone, and sometimes an email."""
_NAMES = ("first_name", "last_name")
OF_A_RELATIVE, OF_THE_MARRIED = 1, 2
"""How many personal values have to be there, where only the first or only the last name differs. Of a relative the most
telling one has to differ, of the married all: a married name often comes with another email."""


def reused_ids(records: pl.DataFrame, snapshot: Snapshot) -> list[int]:
    """Rows whose ID names somebody else than so far. Whoever answered that it is the same person has seen it."""
    answered = snapshot.answers.filter(pl.col("user_id").is_not_null() & pl.col("name").is_not_null())[
        "source_id"
    ]
    people = snapshot.people.select(
        "user_id", pl.col("first_name").alias("first_now"), pl.col("last_name").alias("last_now")
    )
    named = records.join(people, on="user_id", how="left", maintain_order="left")
    moved = named.filter(~pl.col("source_id").is_in(answered.implode())).filter(
        (pl.col("first_name").is_not_null() & pl.col("first_name").ne_missing(pl.col("first_now")))
        | (pl.col("last_name").is_not_null() & pl.col("last_name").ne_missing(pl.col("last_now")))
    )
    if moved.is_empty():
        return []
    compared = _compared(moved)
    return sorted({*_by_dates(compared, moved, snapshot), *_strangers(compared, moved, snapshot)})


def _compared(moved: pl.DataFrame) -> pl.DataFrame:
    """row, user_id, the folded names now and said, and whether each differs; without names merely swapped.

    A name of one word stands for both halves: nobody takes over the account of somebody with one name unseen.
    """
    now = with_folded_names(moved.select("row", first_name="first_now", last_name="last_now"))
    said = with_folded_names(moved.select("row", first_name="first_name", last_name="last_name"))
    both = moved.select("row", "user_id").with_columns(
        now["first_fold"].alias("first_now"),
        now["last_fold"].alias("last_now"),
        said["first_fold"].alias("first_said"),
        said["last_fold"].alias("last_said"),
    )
    swapped = (pl.col("first_said") == pl.col("last_now")) & (pl.col("last_said") == pl.col("first_now"))
    both = both.filter(~swapped.fill_null(False)).with_columns(
        pl.coalesce(f"{name}_{side}", f"{other}_{side}").alias(f"{name}_{side}")
        for side in ("now", "said")
        for name, other in (("first", "last"), ("last", "first"))
    )
    said_one = pl.col("first_said") == pl.col("last_said")
    same = said_one & (
        (pl.col("first_said") == pl.col("first_now")) | (pl.col("last_said") == pl.col("last_now"))
    )
    return both.filter(~same.fill_null(False)).with_columns(
        (pl.col(f"{name}_said") != pl.col(f"{name}_now")).fill_null(False).alias(f"{name}_differs")
        for name in ("first", "last")
    )


def _by_dates(compared: pl.DataFrame, moved: pl.DataFrame, snapshot: Snapshot) -> list[int]:
    """Name and hire date differ; without hire dates to compare, both the first and the last name."""
    hires = snapshot.members.group_by("user_id", maintain_order=True).agg(
        pl.col("hire_date").drop_nulls().alias("hires"),
        pl.col("original_hire_date").drop_nulls().alias("originals"),
    )
    dated = compared.join(
        moved.select("row", "hire_date", "original_hire_date"), on="row", how="left", maintain_order="left"
    ).join(hires, on="user_id", how="left", maintain_order="left")
    comparable = pl.col("hire_date").is_not_null() & (pl.col("hires").list.len() > 0)
    hired_then = pl.col("hires").list.contains(pl.col("hire_date"))
    began_then = pl.col("originals").list.contains(pl.col("original_hire_date")).fill_null(False)
    first, last = pl.col("first_differs"), pl.col("last_differs")
    by_date = (first | last) & comparable & ~hired_then & ~began_then
    by_name = first & last & ~comparable
    return dated.filter((by_date | by_name).fill_null(False))["row"].to_list()


def _strangers(compared: pl.DataFrame, moved: pl.DataFrame, snapshot: Snapshot) -> list[int]:
    """Another name altogether, or another first or last name beside other personal values.

    Not where the name here is not payroll's: edited since the last run, or held by an override or a pin.
    """
    own = [
        frame.filter(pl.col("field").is_in(_NAMES))["user_id"]
        for frame in (snapshot.edits, snapshot.overrides)
    ]
    payrolls = compared.filter(~pl.col("user_id").is_in(pl.concat(own).implode()))
    named = payrolls.with_columns(_other(payrolls, name) for name in ("first", "last")).filter(
        pl.col("first_other") | pl.col("last_other")
    )
    if named.is_empty():
        return []
    beside = named.join(_shared(named, moved, snapshot), on="row", how="left", maintain_order="left")
    first, last, given = pl.col("first_other"), pl.col("last_other"), pl.col("given")
    relative = first & ~pl.col("last_differs") & ~pl.col("telling") & (given >= OF_A_RELATIVE)
    namesake = last & ~pl.col("first_differs") & ~pl.col("same") & (given >= OF_THE_MARRIED)
    return beside.filter((first & last) | relative | namesake)["row"].to_list()


def _other(names: pl.DataFrame, part: str) -> pl.Series:
    """Whether this part is another name altogether: no short form, no part of the other, no slip of the pen."""
    spellings = names.filter(f"{part}_differs").select(f"{part}_said", f"{part}_now")
    differ = spellings.unique(maintain_order=True)
    other = differ.with_columns(
        pl.Series(
            f"{part}_other",
            [compare(said, now, first=part == "first") == "other" for said, now in differ.iter_rows()],
            dtype=pl.Boolean,
        )
    )
    return names.join(other, on=[f"{part}_said", f"{part}_now"], how="left", maintain_order="left")[
        f"{part}_other"
    ].fill_null(False)


def _shared(named: pl.DataFrame, moved: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """row, `given` (personal values both sides have), `same` (one of them is the same), `telling` (the first of
    them is).
    """
    numbers = snapshot.members.group_by("user_id", maintain_order=True).agg(
        pl.col("employee_number").drop_nulls().alias("now_employee_number")
    )
    now = snapshot.people.select(
        "user_id",
        *(
            pl.concat_list(pl.col(name).str.to_lowercase()).list.drop_nulls().alias(f"now_{name}")
            for name in PERSONAL[1:]
        ),
    ).join(numbers, on="user_id", how="left", maintain_order="left")
    sides = (
        moved.join(named.select("row"), on="row", how="semi", maintain_order="left")
        .select("row", "user_id", *PERSONAL)
        .with_columns(pl.col("email").str.to_lowercase())
        .join(now, on="user_id", how="left", maintain_order="left")
    )
    there = {
        name: pl.col(name).is_not_null() & (pl.col(f"now_{name}").list.len() > 0).fill_null(False)
        for name in PERSONAL
    }
    same = {name: pl.col(f"now_{name}").list.contains(pl.col(name)).fill_null(False) for name in PERSONAL}
    telling = pl.lit(False)
    for name in reversed(PERSONAL):
        telling = pl.when(there[name]).then(same[name]).otherwise(telling)
    return sides.select(
        "row",
        pl.sum_horizontal(*(one.cast(pl.Int32) for one in there.values())).alias("given"),
        pl.any_horizontal(*same.values()).alias("same"),
        telling.alias("telling"),
    )
