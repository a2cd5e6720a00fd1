"""What a run wrote, value by value, beside what is there now: the three columns that every undo compares.

Values are those of the journal: days as ISO, amounts in ten-thousandths, duties, zones and locations by id. Words are
made last, for whoever looks.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schedulepop.employee import NEXT_PAY, USER_FIELDS
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.values.money import money_text

CELL: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_id": pl.Int64,
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "verb": pl.String,
    "table": pl.String,  # null: the change has no image
    "key": pl.Int64,
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
}
"""One row per column of every row image of a run (run/journal.py), beside the change that wrote it."""
ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "field": pl.String,
    "part": pl.Int64,  # the further duty or zone whose value it is
    "old": pl.String,  # what was so before the run, and is put back
    "new": pl.String,  # what the run made of it
    "now": pl.String,
    "outcome": pl.String,  # back, already, changed, stays, closed, not_recorded
}
"""One row per field of a person that the run changed."""
MEMBERSHIP = "directory_membership"
TURNS = ("extra_duty", "extra_zone")
_KEYS = ("membership_id", "user_id", "location_id", "payroll_owned", "role", "is_primary")
_UNTOLD = (
    *("next_pay_unit", "next_pay_currency", "extra_pay_unit", "extra_pay_currency"),
    *("extra_next_pay_unit", "extra_next_pay_currency", "extra_next_pay_on"),
)
"""Told by the rate they go with."""
_KINDS = {"duty": "duty", "zone": "zone", "location": "location", "primary_location": "location"}
_PREFIX = {"directory_membershipduty": "duty", "directory_membershipzone": "zone"}


def shaped(frame: pl.DataFrame, schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The frame with these columns; what it lacks is null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def outcome_of(stays: pl.Expr | None = None) -> pl.Expr:
    """Whether a value goes back: only when it still is what the run made of it."""
    return (
        pl.when(pl.col("now").eq_missing(pl.col("old")))
        .then(pl.lit("already"))
        .when(pl.col("now").ne_missing(pl.col("new")))
        .then(pl.lit("changed"))
        .when(pl.lit(False) if stays is None else stays)
        .then(pl.lit("stays"))
        .otherwise(pl.lit("back"))
        .alias("outcome")
    )


def current_values(snapshot: Snapshot) -> pl.DataFrame:
    """holder (user_id or membership_id), field, part, now: every value as the journal writes it."""
    members = with_next_pay(snapshot.members, snapshot).rename({"duty_id": "duty", "zone_id": "zone"})
    extras = current_extras(snapshot)
    rates = [f"extra_{name}" for name in ("pay_rate", "pay_unit", "pay_currency", *NEXT_PAY)]
    extras = extras.rename({name.removeprefix("extra_"): name for name in rates})
    turns = extras.with_columns(pl.lit("true").alias("now"), pl.format("extra_{}", "kind").alias("field"))
    parts = [
        _unpivoted(snapshot.people, "user_id", list(USER_FIELDS)),
        _unpivoted(members, "membership_id", [n for n in members.columns if n not in _KEYS]),
        turns.select(pl.col("membership_id").alias("holder"), "field", "part", "now"),
        _unpivoted(extras, "membership_id", rates, part="part"),
    ]
    return pl.concat([one.select("holder", "field", pl.col("part").cast(pl.Int64), "now") for one in parts])


def _unpivoted(frame: pl.DataFrame, holder: str, names: list[str], part: str | None = None) -> pl.DataFrame:
    keys = [pl.col(holder).alias("holder"), (pl.col(part) if part else pl.lit(None)).alias("part")]
    texts = frame.select(*keys, *(pl.col(name).cast(pl.String) for name in names))
    long = texts.unpivot(names, index=["holder", "part"], variable_name="field", value_name="now")
    return long.with_columns(pl.when(pl.col("now") != "").then("now").alias("now"))


def current_extras(snapshot: Snapshot) -> pl.DataFrame:
    """Payroll's further duties and zones: membership_id, kind, part, their rate and the one dated ahead."""
    mine = with_next_pay(snapshot.extras.filter("by_payroll"), snapshot)
    kind = pl.when(pl.col("duty_id").is_not_null()).then(pl.lit("duty")).otherwise(pl.lit("zone"))
    return mine.with_columns(kind.alias("kind"), pl.coalesce("duty_id", "zone_id").alias("part"))


def with_next_pay(frame: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add NEXT_PAY to a frame of memberships or of their duties."""
    names = {
        "on": "next_pay_on",
        **{f"pay_{name}": f"next_pay_{name}" for name in ("rate", "unit", "currency")},
    }
    ahead = snapshot.next_pays.rename(names)
    return frame.join(ahead, on=["membership_id", "duty_id"], how="left", maintain_order="left")


def undo_values(cells: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """ROW of every value of a person, or of a membership that was there before and did not move.

    A run that was applied twice (its held rest later) goes back to what was so before the first time. A further duty
    that came with the run takes its rate along, and the primary one of before is none when it is primary again; a
    primary duty or zone that was empty before stays.
    """
    made = cells.filter((pl.col("verb") == "create") & (pl.col("table") == MEMBERSHIP))["membership_id"]
    own = pl.col("table") == "accounts_user"
    stayed = ~pl.col("verb").is_in(["create", "transfer"]) & ~pl.col("membership_id").is_in(made.implode())
    kind = pl.col("table").replace_strict(_PREFIX, default=None)
    told = (
        cells.filter((own | stayed) & (pl.col("field") != "primary_location"))
        .with_columns(
            pl.when(own).then("user_id").otherwise("membership_id").alias("holder"),
            pl.when(kind.is_not_null()).then("key").alias("part"),
            pl.when(kind.is_null())
            .then("field")
            .when(pl.col("field") == "by_payroll")
            .then(pl.format("extra_{}", kind))
            .otherwise(pl.format("extra_{}", "field"))
            .alias("field"),
        )
        .group_by("holder", "field", "part", maintain_order=True)
        .agg(
            pl.col("old").first(),
            pl.col("new").last(),
            pl.col("source_id", "user_id", "membership_id", "location_id").last(),
        )
    )
    turns = pl.col("field").is_in(TURNS)
    came = told.filter(turns & (pl.col("old") == "false")).select("holder", "part")
    primary = told.filter(pl.col("field").is_in(["duty", "zone"])).select(
        "holder", pl.format("extra_{}", "field").alias("field"), pl.col("old").cast(pl.Int64).alias("part")
    )
    with_came = pl.struct("holder", "part").is_in(came.to_struct().implode())
    told = told.filter(turns | ~with_came).join(
        primary, on=["holder", "field", "part"], how="anti", maintain_order="left"
    )
    found = told.join(
        now.with_columns(pl.lit(True).alias("there")),
        on=["holder", "field", "part"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    found = found.filter(pl.col("there").is_not_null() | pl.col("part").is_not_null())
    absent = pl.when(turns).then(pl.lit("false"))
    empty_before = pl.col("old").is_null() & pl.col("field").is_in(["duty", "zone"])
    found = found.with_columns(pl.coalesce("now", absent).alias("now"))
    return shaped(found.with_columns(outcome_of(empty_before)), ROW)


def alone(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without the rates of further duties that come or go themselves."""
    turns = pl.col("field").is_in(TURNS)
    turned = rows.filter(turns).select("membership_id", "part")
    rates = rows.filter(~turns).join(turned, on=["membership_id", "part"], how="anti", maintain_order="left")
    return pl.concat([rates, rows.filter(turns)])


def in_words(rows: pl.DataFrame, now: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """The rows that are told, with old, new and now as history writes them; `now` is current_values."""
    ahead = pl.concat(
        [
            rows.filter(pl.col("field") == "extra_next_pay_on").select(
                "membership_id", "part", "old", "new", "now"
            ),
            now.filter(pl.col("field") == "extra_next_pay_on").select(
                pl.col("holder").alias("membership_id"),
                "part",
                *(pl.col("now").alias(n) for n in ("old", "new", "now")),
            ),
        ]
    ).unique(["membership_id", "part"], keep="first", maintain_order=True)
    told = rows.filter(~pl.col("field").is_in(_UNTOLD))
    told = told.join(
        ahead.rename({name: f"{name}_on" for name in ("old", "new", "now")}),
        on=["membership_id", "part"],
        how="left",
        maintain_order="left",
    )
    names = _names(snapshot)
    kind = pl.coalesce(
        pl.col("field").replace_strict(_KINDS, default=None),
        pl.when(pl.col("field") == "extra_zone")
        .then(pl.lit("zone"))
        .when(pl.col("part").is_not_null())
        .then(pl.lit("duty")),
    )
    told = told.with_columns(kind.alias("kind"))
    for side in ("old", "new", "now"):
        named = pl.coalesce("part", pl.col(side).cast(pl.Int64, strict=False))
        told = told.with_columns(named.alias("id")).join(
            names, on=["kind", "id"], how="left", maintain_order="left"
        )
        told = told.with_columns(_words(side).alias(side)).drop("id", "name")
    shown = pl.col("field").replace({"extra_next_pay_rate": "extra_pay_rate"})
    return told.with_columns(shown.alias("field")).drop("kind", "old_on", "new_on", "now_on")


def _words(side: str) -> pl.Expr:
    field, value = pl.col("field"), pl.col(side)
    rate = money_text(value.cast(pl.Int64, strict=False))
    return (
        pl.when(field.is_in(TURNS))
        .then(pl.when(value == "true").then("name"))
        .when(field == "extra_pay_rate")
        .then(pl.format("{} {}", "name", rate))
        .when(field == "extra_next_pay_rate")
        .then(pl.format("{} {} from {}", "name", rate, f"{side}_on"))
        .when(field.is_in(["pay_rate", "next_pay_rate"]))
        .then(rate)
        .when(pl.col("kind").is_not_null())
        .then("name")
        .otherwise(side)
    )


def _names(snapshot: Snapshot) -> pl.DataFrame:
    """kind, id, name of every duty, zone and location."""
    places = snapshot.locations.select(pl.col("location_id").alias("id"), "name")
    frames = {"duty": snapshot.duty_names, "zone": snapshot.zone_names, "location": places}
    return pl.concat(
        [frame.select(pl.lit(kind).alias("kind"), "id", "name") for kind, frame in frames.items()]
    )
