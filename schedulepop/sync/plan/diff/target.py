"""What a person's record should be after the run: the record's values over the current ones.

Null in a record is no opinion and keeps; a field named in `clears` is removed. The person's own values
(name, email, phone) are one set for all their records: the primary job's record comes first.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.employee import NEXT_PAY, ON_LEAVE, USER_FIELDS, Status
from schedulepop.sync.plan.diff.pay import RATE, with_next, with_rates
from schedulepop.sync.plan.employment import effective_status, is_ended, leave_is_over
from schedulepop.sync.plan.frames.records import PERSON_KEY, VALUES
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.names import fold_names

PLACE_FIELDS = tuple(name for name in VALUES if name not in USER_FIELDS)


def with_current(going: pl.DataFrame, snapshot: Snapshot, left: pl.DataFrame, today: date) -> pl.DataFrame:
    """Add `now_<field>`, `today`, and the membership a transfer leaves: `from_membership_id`, `from_location` of
    `left`.
    """
    own = snapshot.people.select("user_id", *(pl.col(f).alias(f"now_{f}") for f in USER_FIELDS))
    places = snapshot.members.select(
        pl.col("membership_id").alias("base"),
        "payroll_owned",
        *(pl.col(f).alias(f"now_{f}") for f in (*PLACE_FIELDS, "duty_id", "zone_id", "ends_on")),
    )
    there = snapshot.members.select(
        "membership_id", pl.col("duty_id").alias("here_duty_id"), pl.col("zone_id").alias("here_zone_id")
    )
    days = snapshot.locations.select("location_id", "today")
    moved = pl.col("from_membership_id").is_not_null()
    going = (
        going.join(own, on="user_id", how="left", maintain_order="left")
        .join(
            left.select("row", "from_membership_id", "from_location"),
            on="row",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.coalesce("from_membership_id", "membership_id").alias("base"))
        .join(places, on="base", how="left", maintain_order="left")
    )
    going = _without_known_half(going)
    return (
        with_next(going, snapshot, "base", "now_duty_id")
        .join(there, on="membership_id", how="left", maintain_order="left")
        .join(days, on="location_id", how="left", maintain_order="left")
        .with_columns(
            (pl.col("today").is_null() & pl.col("location_id").is_not_null()).alias("closed"),
            pl.col("today").fill_null(today),
            pl.col("here_duty_id").alias("now_duty_id"),
            pl.col("here_zone_id").alias("now_zone_id"),
            pl.when(moved).then("now_duty_id").alias("left_duty_id"),
            pl.when(moved).then("now_zone_id").alias("left_zone_id"),
        )
    )


def _without_known_half(going: pl.DataFrame) -> pl.DataFrame:
    """A name of one word that stands here as the other half is no news: nobody becomes Thiri Thiri for a column."""
    folded = {
        name: fold_names(going[name])
        for name in ("first_name", "last_name", "now_first_name", "now_last_name")
    }
    alone = going["first_name"].is_null() != going["last_name"].is_null()
    crossed = (folded["first_name"] == folded["now_last_name"]).fill_null(False) | (
        folded["last_name"] == folded["now_first_name"]
    ).fill_null(False)
    if not (alone & crossed).any():
        return going
    return going.with_columns(
        pl.when(~(alone & crossed)).then(name).alias(name) for name in ("first_name", "last_name")
    )


def with_primary_values(going: pl.DataFrame) -> pl.DataFrame:
    """Give all records of one person the same own values, and mark the one they come from (`is_primary_record`)."""
    going = going.with_columns(PERSON_KEY.alias("person"))
    going = going.with_columns((pl.len().over("person") > 1).alias("several"))
    if not going["several"].any():
        return going.with_columns(pl.lit(True).alias("is_primary_record")).drop("several", "person")
    alone = going.filter(~pl.col("several")).with_columns(pl.lit(True).alias("is_primary_record"))
    shared = (
        going.filter("several")
        .with_columns(
            pl.col("primary_flag").fill_null(False).alias("flagged"),
            pl.col("membership_id").is_not_null().alias("here"),
        )
        .sort("person", "flagged", "here", "location_id", descending=[False, True, True, False])
        .drop("flagged", "here")
    )
    first = [pl.col(f).drop_nulls().first().over("person").alias(f) for f in USER_FIELDS]
    shared = shared.with_columns(
        *first, (pl.int_range(pl.len()).over("person") == 0).alias("is_primary_record")
    )
    return pl.concat([alone, shared]).sort("row").drop("several", "person")


def with_target(going: pl.DataFrame, has_status: bool) -> pl.DataFrame:
    """Add `to_<field>` for every owned value, duty, zone and the staged end.

    A revived employment without a last day of its own loses the old one, and a last day still to come is withdrawn
    when payroll blanks it, although blanks keep elsewhere: nobody may be ended against payroll's word. Pay belongs to a
    duty: without one it waits with the duty.
    """
    stated = effective_status(has_status, "now_status")
    over = pl.col("closed") & is_ended("now_status")  # who ended with a location does not come back to it
    going = going.with_columns(pl.when(~over.fill_null(value=False)).then(stated).alias("stated_status"))
    revived = is_ended("now_status") & pl.col("stated_status").is_not_null() & ~is_ended("stated_status")
    going = going.with_columns(
        revived.alias("revived"),
        *(_value(f).alias(f"to_{f}") for f in VALUES if f not in ("status", "leave_end", *RATE)),
        _status().alias("to_status"),
        _code("duty"),
        _code("zone"),
    )
    going = with_rates(going)
    payless = pl.col("to_duty_id").is_null() & pl.col("duty_new").is_null()
    going = going.with_columns(
        pl.when(payless).then(f"now_{f}").otherwise(f"to_{f}").alias(f"to_{f}") for f in (*RATE, *NEXT_PAY)
    )
    silent = pl.col("termination_date").is_null()
    withdrawn = pl.col("end_blank") & (pl.col("now_ends_on") > pl.col("today")) & ~is_ended("to_status")
    stale = silent & (pl.col("revived") | withdrawn.fill_null(False))
    going = going.with_columns(
        pl.when(stale).then(None).otherwise("to_termination_date").alias("to_termination_date")
    )
    staged = (pl.col("to_termination_date") > pl.col("today")) & ~is_ended("to_status")
    going = going.with_columns(pl.when(staged).then("to_termination_date").alias("to_ends_on"))
    return going.with_columns(_first_day_back().alias("to_leave_end"))


def _status() -> pl.Expr:
    stated = pl.coalesce("stated_status", "now_status")
    return pl.when(says_only_hours()).then("now_status").otherwise(stated)


def says_only_hours() -> pl.Expr:
    """The word says how much somebody works, and they are on leave or suspended: it is no return (SPEC §5 Guard)."""
    away = pl.col("now_status").is_in(sorted({*ON_LEAVE, Status.SUSPENDED}))
    returns = pl.col("says_hours") & away & (pl.col("stated_status") == Status.ACTIVE)
    return returns.fill_null(value=False) & ~leave_is_over("now_status")


def _first_day_back() -> pl.Expr:
    """The day a leave ends: payroll's while it is still to come, or the one it ended on while payroll repeats it.

    A blank withdraws it, as it does a last day: nobody may be put back on the schedule against payroll's word.
    """
    stated, current = pl.col("leave_end"), pl.col("now_leave_end")
    counts = ((stated > pl.col("today")) | (stated == current)).fill_null(False)
    silent = stated.is_null() & ~pl.col("leave_blank").fill_null(False)
    away = pl.col("to_status").is_in(sorted(ON_LEAVE)) | leave_is_over("now_status")
    return pl.when(away & counts).then(stated).when(away & silent).then(current)


def _value(field: str) -> pl.Expr:
    cleared = pl.col("clears").list.contains(field).fill_null(False) & pl.col(field).is_null()
    return pl.when(cleared).then(None).otherwise(pl.coalesce(field, f"now_{field}"))


def _code(kind: str) -> pl.Expr:
    """Duty or zone: the record's, else the current one; null with `<kind>_new` means that it is created."""
    new = pl.col(f"{kind}_new").is_not_null()
    kept = pl.when(new).then(f"{kind}_id").otherwise(pl.coalesce(f"{kind}_id", f"now_{kind}_id"))
    return kept.alias(f"to_{kind}_id")
