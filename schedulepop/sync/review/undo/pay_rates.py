"""The pay rates of further duties that an undo puts back, and their pin (SPEC §5 Undo).

History tells such a rate in words, "LPN 25.48" or "LPN 25.48 from 2027-01-01", since the field is the same for every
further duty. One pin holds the rates that payroll sends for all further duties of a person at a location.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.diff.field_changes import money
from schedulepop.sync.plan.diff.overrides.pay import FIELD, sent
from schedulepop.sync.plan.frames.changes import EXTRA
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.review.undo.memberships import ROW

_WORDS = r"^(?<duty>.*) (?<rate>\d+\.\d+)(?: from (?<on>\d{4}-\d\d-\d\d))?$"


def rates_back(
    history: pl.DataFrame, made: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame
) -> pl.DataFrame:
    """ROW of every rate the run moved; a duty that came or went with the run takes its rate along."""
    told = history.filter((pl.col("field") == FIELD) & ~pl.col("verb").is_in(["create", "transfer"])).join(
        made.select("membership_id"), on="membership_id", how="anti", maintain_order="left"
    )
    if told.is_empty():
        return empty(ROW)
    turned = history.filter(pl.col("field") == "extra_duty").select(
        "membership_id", pl.coalesce("new", "old").alias("duty")
    )
    told = told.with_columns(pl.coalesce("new", "old").str.extract_groups(_WORDS).struct.unnest()).join(
        turned, on=["membership_id", "duty"], how="anti", maintain_order="left"
    )
    joined = told.join(_now(snapshot, parts), on=["membership_id", "duty"], how="left", maintain_order="left")
    ahead = pl.col("on").is_not_null()
    joined = joined.with_columns(
        pl.when(ahead).then("now_ahead").otherwise("now_rate").alias("now"),
        pl.when(~ahead).then("old").alias("old"),  # of one dated ahead: nothing is dated ahead any more
    )
    return joined.with_columns(
        pl.when(pl.col("now").eq_missing(pl.col("old")))
        .then(pl.lit("already"))
        .when(pl.col("now").ne_missing(pl.col("new")))
        .then(pl.lit("changed"))
        .otherwise(pl.lit("back"))
        .alias("outcome")
    ).select(pl.col(name).cast(kind) for name, kind in ROW.items())


def _now(snapshot: Snapshot, parts: pl.DataFrame) -> pl.DataFrame:
    """membership_id, duty, now_rate, now_ahead: payroll's further duties with their rates as history writes them."""
    ahead = snapshot.next_pays.select("membership_id", "duty_id", pl.col("pay_rate").alias("next"), "on")
    names = parts.filter(pl.col("kind") == "duty").select(
        pl.col("id").alias("duty_id"), pl.col("name").alias("duty")
    )
    return (
        snapshot.extras.filter(pl.col("by_payroll") & pl.col("duty_id").is_not_null())
        .join(ahead, on=["membership_id", "duty_id"], how="left", maintain_order="left")
        .join(names, on="duty_id", how="inner", maintain_order="left")
        .select(
            "membership_id",
            "duty",
            pl.format("{} {}", "duty", money(pl.col("pay_rate"))).alias("now_rate"),
            pl.format("{} {} from {}", "duty", money(pl.col("next")), "on").alias("now_ahead"),
        )
    )


def rated_extras(placed: pl.DataFrame, snapshot: Snapshot, parts: pl.DataFrame) -> pl.DataFrame:
    """EXTRA of further duties whose rate goes back: the rates as they are, with what is put back over them."""
    rows = placed.filter(pl.col("field") == FIELD)
    if rows.is_empty():
        return empty(EXTRA)
    said = rows.with_columns(
        pl.coalesce("new", "old").str.extract_groups(_WORDS).struct.unnest()
    ).with_columns(pl.col("old").str.extract(_WORDS, 2).alias("before"))
    ahead = pl.col("on").is_not_null()
    wanted = said.group_by("change_no", "membership_id", "location_id", "duty", maintain_order=True).agg(
        (~ahead).any().alias("restores"),
        pl.col("before").filter(~ahead).first(),
        ahead.any().alias("clears"),
    )
    names = parts.filter(pl.col("kind") == "duty").select(
        "location_id", pl.col("id").alias("duty_id"), pl.col("name").alias("duty")
    )
    dated = snapshot.next_pays.rename(
        {"on": "next_pay_on", **{f"pay_{n}": f"next_pay_{n}" for n in ("rate", "unit", "currency")}}
    )
    now = (
        wanted.join(names, on=["location_id", "duty"], how="inner", maintain_order="left")
        .join(snapshot.extras, on=["membership_id", "duty_id"], how="inner", maintain_order="left")
        .join(dated, on=["membership_id", "duty_id"], how="left", maintain_order="left")
    )
    rate = (pl.col("before").cast(pl.Decimal(20, 4)) * 10_000).cast(pl.Int64)
    return now.with_columns(
        pl.lit("duty").alias("kind"),
        pl.col("duty_id").alias("id"),
        pl.lit(False).alias("gone"),
        pl.when("restores").then(rate).otherwise("pay_rate").alias("pay_rate"),
        *(pl.when(~pl.col("clears")).then(name).alias(name) for name in EXTRA if name.startswith("next_")),
    ).select(
        (pl.col(name) if name in (*_KNOWN, "change_no") else pl.lit(None)).cast(kind).alias(name)
        for name, kind in EXTRA.items()
    )


_KNOWN = ("kind", "id", "gone", *(name for name in EXTRA if "pay_" in name))


def rate_pins(going: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """user_id, location_id, field, value: the rates payroll sends for the further duties, as `keeping_rates` writes them."""
    rows = (
        going.filter(pl.col("field") == FIELD)
        .select("user_id", "membership_id", "location_id", "field")
        .unique(maintain_order=True)
    )
    rates = sent(snapshot, empty(EXTRA).with_columns(pl.lit(None, pl.Int64).alias("membership_id")))
    return rows.join(rates, on="membership_id", how="inner", maintain_order="left").rename({"said": "value"})
