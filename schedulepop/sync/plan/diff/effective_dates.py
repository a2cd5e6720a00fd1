"""What falls due by itself at a location's midnight, without a feed (SPEC §5 Effective dates).

Staged ends, first days, first days back from a leave, and pay rates dated ahead. The snapshot says what is staged and
which day each location has. It gives changes like `diff`, each marked as the work of the dates, and they go through the
same guard and the same apply. What has fallen due once is not due again.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import NEXT_PAY, ON_LEAVE, Status
from schedulepop.sync.plan.diff.field_changes import BY_DATES, NO_PARAMS, extra_rows
from schedulepop.sync.plan.diff.pay import RATE
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD, TARGET
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.values.money import money_text


def due_changes(snapshot: Snapshot) -> Changes:
    """What is due at each location's day, of payroll's linked people only."""
    staged = _staged(snapshot)
    extras = _extras_due(staged, snapshot)
    moved = staged.with_columns(
        pl.col("membership_id").is_in(extras["membership_id"].implode()).alias("extra_paid")
    ).filter(pl.any_horizontal("over", "begins", "returns", "paid", "extra_paid"))
    moved = moved.sort("source_id", "location_id", "membership_id").with_row_index("change_no")
    changes = _changes(moved)
    extras = extras.join(
        moved.select("membership_id", "change_no"), on="membership_id", how="inner", maintain_order="left"
    )
    fields = pl.concat([_fields(moved), extra_rows(extras, snapshot)]).with_columns(
        pl.lit(BY_DATES).alias("why")
    )
    return Changes(
        rows=changes,
        fields=fields.sort("change_no", maintain_order=True),
        extras=extras.select(pl.col(name).cast(kind) for name, kind in EXTRA.items()),
    )


def _staged(snapshot: Snapshot) -> pl.DataFrame:
    """Payroll's linked people who go on, each with their location's day, and what of them is due."""
    links = snapshot.links.sort("source_id").unique("user_id", keep="first", maintain_order=True)
    local = snapshot.people.filter(pl.col("local").fill_null(False))
    pays = snapshot.next_pays.select(
        "membership_id",
        "duty_id",
        *(pl.col(name).alias(f"next_{name}") for name in RATE),
        pl.col("on").alias("next_pay_on"),
    )
    day, first = pl.col("today"), pl.coalesce("hire_date", "original_hire_date")
    fixed, fixed_pay = _is_overridden(snapshot, "status"), _is_overridden(snapshot, "pay_rate")
    over = ~fixed & (pl.col("ends_on") <= day).fill_null(False)
    return (
        snapshot.members.filter(pl.col("payroll_owned") & ~is_ended("status"))
        .join(
            snapshot.locations.select("location_id", "today"),
            on="location_id",
            how="inner",
            maintain_order="left",
        )
        .join(links, on="user_id", how="inner", maintain_order="left")
        .join(snapshot.people, on="user_id", how="inner", maintain_order="left")
        .join(local, on="user_id", how="anti", maintain_order="left")
        .join(pays, on=["membership_id", "duty_id"], how="left", maintain_order="left")
        .with_columns(
            over.alias("over"),
            (~fixed & ~over & (pl.col("status") == Status.UPCOMING) & (first <= day).fill_null(False)).alias(
                "begins"
            ),
            (
                ~fixed
                & ~over
                & pl.col("status").is_in(sorted(ON_LEAVE))
                & (pl.col("leave_end") <= day).fill_null(False)
            ).alias("returns"),
            (~fixed_pay & ~over & (pl.col("next_pay_on") <= day).fill_null(False)).alias("paid"),
        )
    )


def _is_overridden(snapshot: Snapshot, field: str) -> pl.Expr:
    """An override or pin holds this field of the person here: the dates do not move it either."""
    here = (
        snapshot.overrides.filter(pl.col("field") == field)
        .select("user_id", "location_id")
        .unique()
        .to_struct()
    )
    return pl.struct("user_id", "location_id").is_in(here.implode()) if len(here) else pl.lit(False)


def _ended_as() -> pl.Expr:
    """A staged end without a termination date is a move: payroll did not say terminated. Before day one: canceled."""
    return (
        pl.when(pl.col("status") == Status.UPCOMING)
        .then(pl.lit(Status.CANCELED.value))
        .when(pl.col("termination_date").is_null())
        .then(pl.lit(Status.INACTIVE.value))
        .otherwise(pl.lit(Status.TERMINATED.value))
    )


def _changes(moved: pl.DataFrame) -> pl.DataFrame:
    """The whole state after the day has come."""
    status = (
        pl.when("over")
        .then(_ended_as())
        .when(pl.col("begins") | pl.col("returns"))
        .then(pl.lit(Status.ACTIVE.value))
        .otherwise("status")
    )
    by_move = pl.col("over") & pl.col("termination_date").is_null()
    after = moved.with_columns(
        status.alias("status"),
        pl.when(by_move).then("ends_on").otherwise("termination_date").alias("termination_date"),
        pl.when(~pl.col("over")).then("ends_on").alias("ends_on"),
        *(pl.when("paid").then(f"next_{name}").otherwise(name).alias(name) for name in RATE),
        *(pl.when(~pl.col("paid")).then(name).alias(name) for name in NEXT_PAY),
        pl.when("over").then(pl.lit("deactivate")).otherwise(pl.lit("update")).alias("verb"),
        pl.lit("linked").alias("situation"),
        pl.col("over").alias("removal"),
        pl.lit(False).alias("primary_location"),
    )
    return after.select(
        (pl.col(name) if name in after.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in CHANGE.items()
    )


def _fields(moved: pl.DataFrame) -> pl.DataFrame:
    """FIELD of the same: status, last day, pay."""
    status = pl.when("over").then(_ended_as()).otherwise(pl.lit(Status.ACTIVE.value))
    by_move = pl.col("over") & pl.col("termination_date").is_null()
    ends, nothing = pl.col("ends_on").cast(pl.String), pl.lit(None, pl.String)
    values = [
        ("status", pl.any_horizontal("over", "begins", "returns"), pl.col("status"), status),
        ("termination_date", by_move, nothing, ends),
        ("pay_rate", pl.col("paid"), money_text(pl.col("pay_rate")), money_text(pl.col("next_pay_rate"))),
        *(
            (n, pl.col("paid") & pl.col(n).ne_missing(pl.col(f"next_{n}")), pl.col(n), pl.col(f"next_{n}"))
            for n in RATE[1:]
        ),
        ("next_pay_rate", pl.col("paid"), money_text(pl.col("next_pay_rate")), nothing),
        ("next_pay_on", pl.col("paid"), pl.col("next_pay_on").cast(pl.String), nothing),
        ("ends_on", pl.col("over"), ends, nothing),
    ]
    rows = [
        moved.filter(when).select(
            "change_no",
            pl.lit(name).alias("field"),
            old.alias("old"),
            new.alias("new"),
            pl.lit(BY_DATES).alias("why"),
            NO_PARAMS,
        )
        for name, when, old, new in values
    ]
    return pl.concat(rows).cast(pl.Schema(FIELD))


def _extras_due(staged: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Payroll's further duties whose rate dated ahead comes into force, as EXTRA_CHANGE with their membership."""
    pays = snapshot.next_pays.rename({"on": "due_on", **{name: f"due_{name}" for name in RATE}})
    here = staged.filter(~pl.col("over")).select("membership_id", "today")
    return (
        snapshot.extras.filter(pl.col("by_payroll") & pl.col("duty_id").is_not_null())
        .join(pays, on=["membership_id", "duty_id"], how="inner", maintain_order="left")
        .join(here, on="membership_id", how="inner", maintain_order="left")
        .filter(pl.col("due_on") <= pl.col("today"))
        .select(
            "membership_id",
            pl.lit("duty").alias("kind"),
            pl.col("duty_id").alias("id"),
            pl.lit(None, pl.String).alias("code"),
            pl.lit(None, pl.String).alias("new"),
            pl.lit(False).alias("gone"),
            pl.lit(True).alias("is_current"),
            "by_manager",
            pl.col("pay_rate").alias("now_pay_rate"),
            *(pl.col(f"due_{name}").alias(name) for name in RATE),
            *(pl.lit(None, TARGET[name]).alias(name) for name in NEXT_PAY),
        )
    )
