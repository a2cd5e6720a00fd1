"""Findings of diff: several rates for one duty, and CMS labor codes that contradict or are not chosen yet."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.diff.pay import RATE
from schedulepop.sync.plan.diff.target import says_only_hours
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.findings import about_people, about_rows
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import GOES_ON
from schedulepop.sync.plan.frames.snapshot import Snapshot


def about_several_rates(jobs: pl.DataFrame, matched: pl.DataFrame, column: str | None) -> pl.DataFrame:
    """PROBLEM: further jobs that name another rate than the record before for the same duty and days of the same
    person.
    """
    paid = jobs.filter(pl.col("pay_rate").is_not_null())
    if paid.is_empty():
        return empty(PROBLEM)
    primary = matched.with_columns(pl.col("row").alias("primary_row")).join(
        paid.select("primary_row").unique(), on="primary_row", how="semi", maintain_order="left"
    )
    duty = ["primary_row", "duty_id", "duty_code"]
    names = ["row", "source_id", "location_id", *duty, *RATE, "pay_effective_date"]
    every = pl.concat([primary.select(names).filter(pl.col("pay_rate").is_not_null()), paid.select(names)])
    rate = pl.struct(RATE)
    others = (rate != rate.first().over(duty)) & pl.col("pay_effective_date").eq_missing(
        pl.col("pay_effective_date").first().over(duty)
    )
    odd = every.filter(others).unique(duty, keep="first", maintain_order=True)
    return about_rows(odd.sort("row"), "several_rates", column=column)


def about_waiting_pay(compared: pl.DataFrame, jobs: pl.DataFrame, column: str | None) -> pl.DataFrame:
    """PROBLEM: rates of records and further jobs without a duty to lie on. `compared`: with targets."""
    without = [pl.col("pay_rate").is_not_null(), pl.col("duty_new").is_null()]
    names = ["row", "source_id", "location_id", "duty_code"]
    ended = is_ended("to_status")
    own = compared.filter(*without, pl.col("to_duty_id").is_null(), ~ended).select(names)
    further = jobs.filter(*without, pl.col("duty_id").is_null()).select(names)
    waiting = pl.concat([own, further]).sort("row")
    unmapped = waiting.drop_nulls("duty_code")
    return pl.concat(
        [
            about_rows(
                unmapped, "pay_waits", column=column, params=pl.struct(pl.col("duty_code").alias("duty"))
            ),
            about_rows(
                waiting.filter(pl.col("duty_code").is_null()),
                "pay_waits",
                reason="pay_without_duty",
                column=column,
            ),
        ]
    )


def about_hours(compared: pl.DataFrame, column: str | None) -> pl.DataFrame:
    """PROBLEM: words for hours that did not end a leave or a suspension. `compared`: with targets."""
    return about_rows(
        compared.filter(says_only_hours()), "status_says_hours", column=column, value="status_raw"
    )


def about_contradicting_codes(
    matched: pl.DataFrame, snapshot: Snapshot, labor: pl.DataFrame, column: str
) -> pl.DataFrame:
    """One PROBLEM per record whose own code is not its duty's; both are named. `column`: the source's."""
    coded = matched.filter(pl.col("cms_code").is_not_null() & GOES_ON)
    mapped = labor.drop_nulls("cms_code")
    if coded.is_empty() or mapped.is_empty():
        return empty(PROBLEM)
    now = snapshot.members.select("membership_id", pl.col("duty_id").alias("now_duty_id"))
    named = mapped.select("id", pl.col("name").alias("duty"), pl.col("cms_code").alias("of_duty"))
    coded = (
        coded.join(now, on="membership_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("duty_new").is_null()).then(pl.coalesce("duty_id", "now_duty_id")).alias("id")
        )
        .join(named, on="id", how="inner", maintain_order="left")
        .filter(pl.col("cms_code") != pl.col("of_duty"))
    )
    said = pl.struct(pl.col("cms_code").alias("own"), "duty", "of_duty")
    value = pl.col("cms_code").cast(pl.String)
    return about_people(coded, "cms_contradicts", column=column, value=value, params=said)


def about_uncoded_duties(snapshot: Snapshot, labor: pl.DataFrame) -> pl.DataFrame:
    """One PROBLEM per duty somebody has, without a code, at an open location that has begun to choose codes.

    Where no duty has one yet the page of CMS codes lists them all; a customer who needs none is left in peace.
    """
    if not labor["needs_code"].any():
        return empty(PROBLEM)
    begun = labor.drop_nulls("cms_code")["location_id"].unique()
    waiting = labor.filter(pl.col("needs_code") & pl.col("location_id").is_in(begun.implode()))
    if waiting.is_empty():
        return empty(PROBLEM)
    places = snapshot.locations.select("location_id", pl.col("name").alias("place"))
    waiting = waiting.join(places, on="location_id", how="inner", maintain_order="left")
    said = pl.struct(pl.col("name").alias("duty"), "place")
    return about_people(waiting, "cms_unmapped", key=pl.format("duty {}", "id"), params=said)
