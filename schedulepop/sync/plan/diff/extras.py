"""Further jobs of one person at one location: payroll's extra duties and zones (SPEC §5 Match).

Of several records one speaks; the others are further jobs, and each makes its duty, and its zone, an extra of
payroll's with a pay rate of its own. They go when payroll drops them. What a manager added is never touched: an
extra of the same name becomes payroll's too, and the manager's alone again when payroll drops it.

An extra only goes when payroll has really dropped it: not while a code of that person's records is unmapped, not
when the feed has no such column, and not when the employment itself ends, whose duties are kept for history.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schedulepop.sync.plan.diff.pay import RATE, with_next, with_rates
from schedulepop.sync.plan.employment import is_ended, is_over
from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.frames.changes import EXTRA
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot

KINDS = ("duty", "zone")
_NOW = tuple(f"now_{name}" for name in RATE)
MOVED: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,  # of the record that speaks
    "was": pl.Boolean,  # payroll's extra already
    "theirs": pl.Boolean,  # a manager's extra too
    "now_pay_rate": pl.Int64,
    **{name: kind for name, kind in EXTRA.items() if name != "change_no"},
}
"""An extra that appears, goes, or whose pay moves, before the changes have numbers."""


def further_jobs(records: pl.DataFrame, matched: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The records that do not speak for their person at their location, without those whose job is over.

    Their own values, and `spoken`: the row of the record that speaks. `matched` are the records that speak.
    """
    silent = records.join(matched, on="row", how="anti", maintain_order="left")
    if silent.is_empty():
        return silent.with_columns(pl.lit(None, pl.UInt32).alias("spoken"))
    users = pl.concat(
        [
            snapshot.links.select("source_id", "user_id"),
            matched.select("source_id", "user_id").drop_nulls("user_id"),
        ]
    ).unique("source_id", keep="last", maintain_order=True)
    person = pl.coalesce(pl.format("user {}", "user_id"), pl.format("id {}", "source_id")).alias("person")
    speaking = matched.filter(pl.col("waits").is_null()).with_columns(person)
    days = snapshot.locations.select("location_id", "today")
    return (
        silent.join(users, on="source_id", how="left", maintain_order="left")
        .with_columns(person)
        .join(
            speaking.select(
                "person", "location_id", pl.col("row").alias("spoken"), pl.col("hire_date").alias("begins")
            ),
            on=["person", "location_id"],
            how="inner",
            maintain_order="left",
        )
        .join(days, on="location_id", how="left", maintain_order="left")
        .filter(~is_over() & ~_begins_later())
    )


def _begins_later() -> pl.Expr:
    """A further job whose first day is still to come, of somebody who works here already."""
    day = pl.col("today")
    return (pl.col("hire_date") > day).fill_null(False) & ~(pl.col("begins") > day).fill_null(False)


def extras_moved(
    compared: pl.DataFrame, jobs: pl.DataFrame, snapshot: Snapshot, mapped: Collection[str]
) -> pl.DataFrame:
    """MOVED: what differs between payroll's further jobs and the extras it has given so far.

    `compared` are the records that speak with their target; `mapped` are the canonical fields of the feed.
    """
    kept = snapshot.extras.filter("by_payroll")
    if jobs.is_empty() and kept.is_empty():
        return pl.DataFrame(schema=MOVED)
    goes_on = compared.filter(~is_ended("to_status"))
    wanted, held = _wanted(goes_on, jobs), _held(goes_on, snapshot)
    both = wanted.join(held, on=["row", "kind", "id"], how="full", coalesce=True, maintain_order="left_right")
    unsure = _unsure(jobs)
    both = both.with_columns(
        pl.col("was").fill_null(False),
        pl.col("theirs").fill_null(False),
        pl.col("asked").is_null().alias("gone"),
        pl.struct("row", "kind").is_in(unsure).alias("unsure")
        if len(unsure)
        else pl.lit(False).alias("unsure"),
        pl.col("kind").is_in(list(mapped)).alias("told"),
    )
    appears = ~pl.col("gone") & ~pl.col("was")
    drops = pl.col("gone") & pl.col("was") & pl.col("told") & ~pl.col("unsure")
    rated = _rated(both, goes_on, snapshot)
    paid = ~pl.col("gone") & pl.any_horizontal(
        pl.col(f"to_{name}").ne_missing(pl.col(f"now_{name}"))
        for name in (*RATE, "next_pay_rate", "next_pay_on")
    )
    return (
        rated.filter(appears | drops | (pl.col("was") & paid))
        .select(
            pl.col(f"to_{name}" if f"to_{name}" in rated.columns else name).cast(kind).alias(name)
            for name, kind in MOVED.items()
        )
        .sort("row", "kind", "id", "code")
    )


def _wanted(goes_on: pl.DataFrame, jobs: pl.DataFrame) -> pl.DataFrame:
    """One row per person, kind and duty or zone of a further job that is not the primary one."""
    primary = goes_on.select(
        "row",
        "location_id",
        "today",
        *(pl.col(f"to_{kind}_id").alias(f"own_{kind}_id") for kind in KINDS),
        *(pl.col(f"{kind}_new").alias(f"own_{kind}_new") for kind in KINDS),
    )
    mine = jobs.drop("row", "location_id", "today", strict=False).join(
        primary, left_on="spoken", right_on="row", how="inner", maintain_order="left"
    )
    parts = []
    for kind in KINDS:
        paid = pl.lit(kind == "duty")
        same = pl.col(f"{kind}_id").eq_missing(pl.col(f"own_{kind}_id")) & pl.col(f"{kind}_new").eq_missing(
            pl.col(f"own_{kind}_new")
        )
        known = pl.col(f"{kind}_id").is_not_null() | pl.col(f"{kind}_new").is_not_null()
        parts.append(
            mine.filter(known & ~same).select(
                pl.col("spoken").alias("row"),
                pl.lit(kind).alias("kind"),
                pl.col(f"{kind}_id").alias("id"),
                pl.col(f"{kind}_code").alias("code"),
                pl.col(f"{kind}_new").alias("new"),
                "clears",
                *(pl.when(paid).then(name).alias(name) for name in (*RATE, "pay_effective_date")),
                pl.lit(True).alias("asked"),
                "source_id",
            )
        )
    found = pl.concat(parts).sort(
        "row", "kind", "id", "new", "pay_rate", "code", "source_id", nulls_last=True
    )
    return found.unique(["row", "kind", "id", "new"], keep="first", maintain_order=True).drop("source_id")


def _held(goes_on: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Extras as they are at the places of these records, without what is the primary one after the run."""
    here = goes_on.filter(pl.col("membership_id").is_not_null()).select(
        "row", "membership_id", "to_duty_id", "to_zone_id"
    )
    beside = snapshot.extras.join(here, on="membership_id", how="inner", maintain_order="left")
    return (
        beside.with_columns(
            pl.when(pl.col("duty_id").is_not_null())
            .then(pl.lit("duty"))
            .otherwise(pl.lit("zone"))
            .alias("kind"),
            pl.coalesce("duty_id", "zone_id").alias("id"),
        )
        .filter(
            ~(pl.col("duty_id") == pl.col("to_duty_id")).fill_null(False)
            & ~(pl.col("zone_id") == pl.col("to_zone_id")).fill_null(False)
        )
        .select(
            "row",
            "kind",
            "id",
            pl.col("by_payroll").alias("was"),
            pl.col("by_manager").alias("theirs"),
            *(pl.when("by_payroll").then(name).alias(f"now_{name}") for name in RATE),
        )
    )


def several_rates(jobs: pl.DataFrame, matched: pl.DataFrame, column: str | None) -> pl.DataFrame:
    """PROBLEM: further jobs that name another rate than the record before for the same duty and days of the same person."""
    paid = jobs.filter(pl.col("pay_rate").is_not_null())
    if paid.is_empty():
        return empty(PROBLEM)
    spoke = matched.with_columns(pl.col("row").alias("spoken")).join(
        paid.select("spoken").unique(), on="spoken", how="semi", maintain_order="left"
    )
    duty = ["spoken", "duty_id", "duty_code"]
    names = ["row", "source_id", "location_id", *duty, *RATE, "pay_effective_date"]
    every = pl.concat([spoke.select(names).filter(pl.col("pay_rate").is_not_null()), paid.select(names)])
    rate = pl.struct(RATE)
    others = (rate != rate.first().over(duty)) & pl.col("pay_effective_date").eq_missing(
        pl.col("pay_effective_date").first().over(duty)
    )
    odd = every.filter(others).unique(duty, keep="first", maintain_order=True)
    return about_rows(odd.sort("row"), "several_rates", column=column)


def _unsure(jobs: pl.DataFrame) -> pl.Series:
    """(row, kind) of people with a further job whose code is not set up: it may be the extra that seems dropped."""
    parts = [
        jobs.filter(
            pl.col(f"{kind}_code").is_not_null()
            & pl.col(f"{kind}_id").is_null()
            & pl.col(f"{kind}_new").is_null()
        ).select(pl.col("spoken").alias("row"), pl.lit(kind).alias("kind"))
        for kind in KINDS
    ]
    return pl.concat(parts).unique(maintain_order=True).to_struct("unsure")


def _rated(both: pl.DataFrame, goes_on: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The same with the rate in force and the one dated ahead; a zone has none."""
    places = goes_on.select("row", "membership_id", "today")
    return with_rates(
        with_next(
            both.join(places, on="row", how="left", maintain_order="left").with_columns(
                pl.when(pl.col("kind") == "duty").then("id").alias("paid_duty"),
                pl.col("clears").fill_null([]),
            ),
            snapshot,
            "membership_id",
            "paid_duty",
        )
    )


def with_names(moved: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add `name`: the duty's or zone's, or the one it is created with."""
    names = pl.concat(
        [
            snapshot.duty_names.select(pl.lit("duty").alias("kind"), "id", "name"),
            snapshot.zone_names.select(pl.lit("zone").alias("kind"), "id", "name"),
        ]
    ).unique(["kind", "id"], maintain_order=True)
    return moved.join(names, on=["kind", "id"], how="left", maintain_order="left").with_columns(
        pl.coalesce("new", "name").alias("name")
    )
