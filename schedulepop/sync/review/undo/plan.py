"""What an undo puts back, what it cannot, and what it pins (SPEC §5 Undo). Pure.

A field goes back when it still is what the run made of it. Whatever somebody or a later run changed since is kept and
reported; a primary duty or zone that was empty before stays, since it cannot be taken away. Nobody comes back to a
location that was closed since. A membership the run made ends: `canceled` where nobody had started yet, else
`inactive`, since payroll did not say terminated.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, USER_FIELDS
from schedulepop.sync.plan.diff import FIELD_ORDER
from schedulepop.sync.plan.diff.overrides.values import from_text
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.review.undo.memberships import (
    STATE,
    created,
    undo_creates,
    undo_primary,
    undo_transfers,
)
from schedulepop.sync.review.undo.pins import pins_of
from schedulepop.sync.review.undo.values import (
    ROW,
    TURNS,
    alone,
    current_extras,
    current_values,
    in_words,
    shaped,
    undo_values,
    with_next_pay,
)

CONFLICT = {name: kind for name, kind in ROW.items() if name not in ("membership_id", "part")}


@dataclass(frozen=True, slots=True)
class Restored:
    """An undo as a plan: what would be written, what is pinned, and what stays as it is."""

    changes: pl.DataFrame  # CHANGE
    fields: pl.DataFrame  # FIELD, from what is so now to what was so before
    extras: pl.DataFrame  # EXTRA
    pins: pl.DataFrame  # pins.PIN
    conflicts: pl.DataFrame  # CONFLICT, values in words


def plan_undo(cells: pl.DataFrame, snapshot: Snapshot, number: int) -> Restored:
    """The journal (values.CELL) of run `number` against what SchedulePop holds now."""
    now = current_values(snapshot)
    rows = pl.concat(
        [
            undo_values(cells, now),
            undo_creates(cells, now),
            undo_transfers(cells, now, snapshot),
            undo_primary(cells, snapshot),
        ]
    )
    rows = _not_at_closed(_not_due(rows, snapshot), snapshot)
    going = rows.filter(pl.col("outcome") == "back")
    changes = _changes(going, snapshot)
    numbers = changes.select("change_no", "user_id", "membership_id")
    placed = going.join(numbers, on=["user_id", "membership_id"], how="inner", maintain_order="left")
    order = {name: position for position, name in enumerate(FIELD_ORDER)}
    fields = (
        in_words(alone(placed), now, snapshot)
        .select(
            "change_no",
            "field",
            pl.col("now").alias("old"),
            pl.col("old").alias("new"),
            pl.lit("undo").alias("why"),
            pl.lit(f'{{"run":{number}}}').alias("params"),
        )
        .cast(pl.Schema(FIELD))
        .sort("change_no", pl.col("field").replace_strict(order, return_dtype=pl.Int32), maintain_order=True)
    )
    stay = rows.filter(pl.col("outcome").is_in(["changed", "stays", "closed", "not_recorded"]))
    return Restored(
        changes=changes,
        fields=fields,
        extras=_extras(placed, snapshot),
        pins=pins_of(pl.concat([going, _ended_by_closing(rows, cells, snapshot)]), created(cells), snapshot),
        conflicts=in_words(alone(stay), now, snapshot).select(list(CONFLICT)),
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


def _not_at_closed(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Whoever has ended at a location that is closed stays so: neither a status nor its days go back there."""
    open_places = snapshot.locations["location_id"].implode()
    ended = snapshot.members.filter(is_ended("status"))["membership_id"].implode()
    closed = (
        (pl.col("outcome") == "back")
        & pl.col("field").is_in(STATE)
        & ~pl.col("location_id").is_in(open_places)
        & pl.col("membership_id").is_in(ended)
    )
    return rows.with_columns(pl.when(closed).then(pl.lit("closed")).otherwise("outcome").alias("outcome"))


def _ended_by_closing(rows: pl.DataFrame, cells: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Whom the run made and a closed location has ended already: pinned, so that they stay out when it opens again."""
    made = created(cells)["membership_id"].implode()
    return rows.filter(
        (pl.col("outcome") == "already")
        & (pl.col("field") == "status")
        & pl.col("membership_id").is_in(made)
        & ~pl.col("location_id").is_in(snapshot.locations["location_id"].implode())
    )


def _changes(going: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """CHANGE of every membership with something to put back: its state now, with that over it."""
    here = going.select("source_id", "user_id", "membership_id").unique(
        ["user_id", "membership_id"], keep="first", maintain_order=True
    )
    back = going.filter(pl.col("field").is_in(["location", "primary_location"]))["membership_id"]
    wanted = (
        here.join(snapshot.members, on=["user_id", "membership_id"], how="inner", maintain_order="left")
        .join(snapshot.people, on="user_id", how="inner", maintain_order="left")
        .with_columns(
            pl.col("status").alias("now_status"),
            pl.col("membership_id").is_in(back.implode()).alias("primary_location"),
        )
        .sort("source_id", "location_id", "membership_id")
    )
    single = going.filter(pl.col("part").is_null() & ~pl.col("field").is_in(["location", "primary_location"]))
    own = pl.col("field").is_in(USER_FIELDS)
    wanted = _over(with_next_pay(wanted, snapshot), single.filter(own), ["user_id"])
    wanted = _over(wanted, single.filter(~own), ["membership_id"])
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
    return shaped(wanted, CHANGE)


def _over(frame: pl.DataFrame, rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The frame with what was so before over its columns."""
    for field in rows["field"].unique().sort().to_list():
        column = f"{field}_id" if field in ("duty", "zone") else field
        values = (
            rows.filter(pl.col("field") == field)
            .select(*key, from_text(field, "old").alias("value"), pl.lit(True).alias("given"))
            .unique(key, keep="first", maintain_order=True)
        )
        joined = frame.join(values, on=key, how="left", maintain_order="left")
        frame = joined.with_columns(pl.when("given").then("value").otherwise(column).alias(column)).drop(
            "value", "given"
        )
    return frame


def _extras(placed: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """EXTRA of further duties and zones that go again, or come back with their rates, and of those whose rate goes
    back: the rates as they are, with what is put back over them."""
    key = ["membership_id", "part"]
    parts = placed.filter(pl.col("part").is_not_null())
    turns = parts.filter(pl.col("field").is_in(TURNS)).with_columns(
        pl.col("field").str.strip_prefix("extra_").alias("kind"), (pl.col("old") == "false").alias("gone")
    )
    rates = parts.filter(~pl.col("field").is_in(TURNS)).with_columns(
        pl.col("field").str.strip_prefix("extra_")
    )
    rated = alone(parts).filter(~pl.col("field").is_in(TURNS)).unique(key, maintain_order=True)
    here = rated.select("change_no", *key).join(
        current_extras(snapshot), on=key, how="inner", maintain_order="left"
    )
    wanted = pl.concat(
        [turns.select("change_no", *key, "kind", "gone"), here.with_columns(pl.lit(False).alias("gone"))],
        how="diagonal",
    )
    extras = _over(wanted, rates, key).with_columns(pl.col("part").alias("id"))
    return shaped(extras, EXTRA)
