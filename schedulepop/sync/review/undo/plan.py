"""What an undo puts back, what it cannot, and what it pins (SPEC §5 Undo). Pure.

A field goes back when it still is what the run made of it. Whatever somebody or a later run changed since is kept
and reported; a primary duty or zone that was empty before stays, since it cannot be taken away. A membership the run
made ends: `canceled` where nobody had started yet, else `inactive`, since payroll did not say terminated.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, NEXT_PAY, USER_FIELDS
from schedulepop.sync.plan.diff.field_changes import money
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD, TARGET
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.review.undo.memberships import (
    ROW,
    ended_again,
    extras_back,
    primary_back,
    transfers_back,
)
from schedulepop.sync.review.undo.pay_rates import rated_extras, rates_back
from schedulepop.sync.review.undo.pins import conflicts_of, extras_of, pins_of

HISTORY: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_id": pl.Int64,
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "verb": pl.String,
    "before": pl.String,  # JSON of what the fields of a transfer do not tell
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
    "why": pl.String,
}
"""One row per field of every change of the run."""
PARTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,
    "location_id": pl.Int64,
    "id": pl.Int64,
    "name": pl.String,
}
_PLACE = (
    "employee_number",
    "status",
    "hire_date",
    "original_hire_date",
    "termination_date",
    "leave_end",
    "cms_code",
    "pay_rate",
    "pay_unit",
    "pay_currency",
    "ends_on",
    "next_pay_rate",
    "next_pay_on",
)
_KINDS = ("duty", "zone")
_RATES = ("pay_rate", "next_pay_rate")


@dataclass(frozen=True, slots=True)
class Restored:
    """An undo as a plan: what would be written, what is pinned, and what stays as it is."""

    changes: pl.DataFrame  # CHANGE
    fields: pl.DataFrame  # FIELD, from what is so now to what was so before
    extras: pl.DataFrame  # EXTRA
    pins: pl.DataFrame  # back.PIN
    conflicts: pl.DataFrame  # back.CONFLICT


def restore(history: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame, number: int) -> Restored:
    """`history` of run `number` against what SchedulePop holds now."""
    now = _now(snapshot, parts)
    made = history.filter(pl.col("verb") == "create").unique("change_id", keep="first", maintain_order=True)
    rows = pl.concat(
        [
            _own(history, snapshot),
            _places(history, made, now),
            ended_again(history, made, now),
            transfers_back(history, now),
            primary_back(history, snapshot),
            extras_back(history, made, snapshot, parts),
            rates_back(history, made, snapshot, parts),
        ]
    )
    rows = _not_due(rows, snapshot)
    going = rows.filter(pl.col("outcome") == "back")
    changes = _changes(going, snapshot, parts)
    placed = going.join(
        changes.select("change_no", "user_id", "membership_id"),
        on=["user_id", "membership_id"],
        how="inner",
        maintain_order="left",
    )
    fields = (
        _with_places(placed, snapshot)
        .select(
            "change_no",
            "field",
            pl.col("now").alias("old"),
            pl.col("old").alias("new"),
            pl.lit(f"undo of run {number}").alias("why"),
        )
        .cast(pl.Schema(FIELD))
        .sort("change_no", maintain_order=True)
    )
    return Restored(
        changes=changes.select(list(CHANGE)),
        fields=fields,
        extras=pl.concat([extras_of(placed, parts), rated_extras(placed, snapshot, parts)]).cast(
            pl.Schema(EXTRA)
        ),
        pins=pins_of(going, made, snapshot, parts),
        conflicts=conflicts_of(rows),
    )


def _with_places(placed: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """A move is told by the names of the locations."""
    moved = (pl.col("field") == "primary_location") & pl.col("new").str.contains(r"^\d+$")
    names = snapshot.locations.select("location_id", pl.col("name").alias("home"))
    there = names.select(pl.col("location_id").cast(pl.String).alias("new"), pl.col("home").alias("away"))
    return (
        placed.join(names, on="location_id", how="left", maintain_order="left")
        .join(there, on="new", how="left", maintain_order="left")
        .with_columns(
            pl.when(moved).then("home").otherwise("old").alias("old"),
            pl.when(moved).then("away").otherwise("now").alias("now"),
            pl.when(moved).then(pl.lit("location")).otherwise("field").alias("field"),
        )
    )


def _now(snapshot: Snapshot, parts: pl.DataFrame) -> pl.DataFrame:
    """membership_id, field, now: every value of a membership as history writes it."""
    pays = snapshot.next_pays.select(
        "membership_id",
        "duty_id",
        pl.col("pay_rate").alias("next_pay_rate"),
        pl.col("on").alias("next_pay_on"),
    )
    members = snapshot.members.join(pays, on=["membership_id", "duty_id"], how="left", maintain_order="left")
    for kind in _KINDS:
        named = parts.filter(pl.col("kind") == kind).select(
            pl.col("id").alias(f"{kind}_id"), pl.col("name").alias(kind)
        )
        members = members.join(named, on=f"{kind}_id", how="left", maintain_order="left")
    texts = [
        (money(pl.col(name)) if name in _RATES else pl.col(name).cast(pl.String)).alias(name)
        for name in (*_PLACE, *_KINDS)
    ]
    return members.select("membership_id", *texts).unpivot(
        index="membership_id", variable_name="field", value_name="now"
    )


def _judged(told: pl.DataFrame) -> pl.DataFrame:
    """ROW with its outcome: `back`, `already`, `changed`, or `stays`. `told` has old, new and now."""
    blank = [pl.when(pl.col(name) != "").then(name).alias(name) for name in ("old", "new", "now")]
    cannot = pl.col("old").is_null() & pl.col("field").is_in(_KINDS)
    return (
        told.with_columns(blank)
        .with_columns(
            pl.when(pl.col("now").eq_missing(pl.col("old")))
            .then(pl.lit("already"))
            .when(pl.col("now").ne_missing(pl.col("new")))
            .then(pl.lit("changed"))
            .when(cannot)
            .then(pl.lit("stays"))
            .otherwise(pl.lit("back"))
            .alias("outcome")
        )
        .select(pl.col(name).cast(kind) for name, kind in ROW.items())
    )


def _first_to_last(told: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """A run that was applied twice (its held rest later) goes back to what was so before the first time."""
    return told.group_by([*key, "field"], maintain_order=True).agg(
        pl.col("old").first(),
        pl.col("new").last(),
        *(
            pl.col(name).last()
            for name in ("source_id", "user_id", "membership_id", "location_id")
            if name not in key
        ),
    )


def _own(history: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The person's own values; a new user's are not taken away."""
    told = history.filter(pl.col("field").is_in(USER_FIELDS) & pl.col("why").is_not_null())
    now = snapshot.people.select("user_id", *USER_FIELDS).unpivot(
        index="user_id", variable_name="field", value_name="now"
    )
    return _judged(
        _first_to_last(told, ["user_id"]).join(
            now, on=["user_id", "field"], how="inner", maintain_order="left"
        )
    )


def _not_due(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """An end that was staged for a day that has come since is not staged again: it would come at once."""
    days = snapshot.locations.select("location_id", pl.col("today").cast(pl.String))
    dated = rows.join(days, on="location_id", how="left", maintain_order="left")
    over = (pl.col("field") == "ends_on") & (pl.col("old") <= pl.col("today")).fill_null(False)
    settled = over & pl.col("now").is_null() & (pl.col("outcome") == "back")
    return dated.with_columns(
        pl.when(~over).then("old").alias("old"),
        pl.when(settled).then(pl.lit("already")).otherwise("outcome").alias("outcome"),
    ).drop("today")


def _places(history: pl.DataFrame, made: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Values of memberships that were there before and did not move."""
    told = history.filter(
        pl.col("field").is_in([*_PLACE, *_KINDS]) & ~pl.col("verb").is_in(["create", "transfer"])
    ).join(made.select("membership_id").unique(), on="membership_id", how="anti", maintain_order="left")
    return _judged(
        _first_to_last(told, ["membership_id"]).join(
            now, on=["membership_id", "field"], how="inner", maintain_order="left"
        )
    )


def _changes(going: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame) -> pl.DataFrame:
    """CHANGE of every membership with something to put back: its state now, with that over it."""
    pays = snapshot.next_pays.rename(
        {"on": "next_pay_on", **{f"pay_{n}": f"next_pay_{n}" for n in ("rate", "unit", "currency")}}
    )
    here = going.select("source_id", "user_id", "membership_id").unique(
        ["user_id", "membership_id"], keep="first", maintain_order=True
    )
    wanted = (
        here.join(snapshot.members, on=["user_id", "membership_id"], how="inner", maintain_order="left")
        .join(snapshot.people, on="user_id", how="inner", maintain_order="left")
        .join(pays, on=["membership_id", "duty_id"], how="left", maintain_order="left")
        .with_columns(pl.col("status").alias("now_status"), pl.lit(False).alias("primary_location"))
        .sort("source_id", "location_id", "membership_id")
    )
    for field in going["field"].unique().sort().to_list():
        wanted = _put_back(wanted, going.filter(pl.col("field") == field), field, parts)
    was, over = is_ended("now_status"), is_ended("status")
    signs_in = sorted(MAY_SIGN_IN)
    lost = pl.col("now_status").is_in(signs_in) & ~pl.col("status").is_in(signs_in)
    wanted = wanted.with_row_index("change_no").with_columns(
        pl.when(over & ~was)
        .then(pl.lit("deactivate"))
        .when(was & ~over)
        .then(pl.lit("reactivate"))
        .otherwise(pl.lit("update"))
        .alias("verb"),
        lost.fill_null(False).alias("removal"),
        pl.lit("linked").alias("situation"),
    )
    return wanted.select(
        (pl.col(name) if name in wanted.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in CHANGE.items()
    )


def _put_back(wanted: pl.DataFrame, rows: pl.DataFrame, field: str, parts: pl.DataFrame) -> pl.DataFrame:
    """One field over the state now."""
    if field.startswith("extra_"):
        return wanted
    key = ["user_id"] if field in USER_FIELDS else ["membership_id"]
    if field == "primary_location":
        return wanted.with_columns(
            pl.col("membership_id").is_in(rows["membership_id"].implode()).alias(field)
        )
    if field in _KINDS:
        ids = parts.filter(pl.col("kind") == field).select(
            "location_id", pl.col("id").alias("value"), pl.col("name").alias("old")
        )
        typed = rows.join(ids, on=["location_id", "old"], how="left", maintain_order="left")
        column = f"{field}_id"
    else:
        typed, column = rows.with_columns(typed_value(field, "old").alias("value")), field
    typed = typed.select(*key, "value", pl.lit(True).alias("given")).unique(
        key, keep="first", maintain_order=True
    )
    joined = wanted.join(typed, on=key, how="left", maintain_order="left")
    joined = joined.with_columns(pl.when("given").then("value").otherwise(column).alias(column))
    if field == "next_pay_rate":
        gone = pl.col("given").fill_null(False) & pl.col("value").is_null()
        joined = joined.with_columns(
            pl.when(gone)
            .then(None)
            .when("given")
            .then(pl.coalesce(name, name.removeprefix("next_")))
            .otherwise(name)
            .alias(name)
            for name in NEXT_PAY[1:3]
        )
    return joined.drop("value", "given")


def typed_value(field: str, column: str) -> pl.Expr:
    """History's text of this field as the value it was."""
    text, kind = pl.col(column), TARGET[field]
    if field in _RATES:
        return (text.cast(pl.Decimal(20, 4)) * 10_000).cast(pl.Int64)
    return text.str.to_date("%Y-%m-%d") if kind == pl.Date else text.cast(kind)
