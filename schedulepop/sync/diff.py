"""What would change: payroll's word against what SchedulePop holds now (SPEC §5 Diff, §6).

A local edit of an owned field is found here, because the comparison is with the present, not with the last
feed. Nothing but owned fields is ever compared or carried.

Removals are deactivations, transfers (at the location left), a status that no longer signs in, and a newly
staged end. A membership that payroll did not own so far is taken over by an update without fields.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, Status
from schedulepop.sync.diffing.field_rows import field_rows, missing_rows
from schedulepop.sync.diffing.target import OWN_FIELDS, PLACE_FIELDS, one_voice, with_current, with_target
from schedulepop.sync.frames import CHANGE, FIELD, TARGET, Snapshot, empty
from schedulepop.sync.matching.standing import is_ended


def diff(
    matched: pl.DataFrame,
    snapshot: Snapshot,
    *,
    today: date,
    has_status: bool,
    absent: tuple[str, ...] = (),
    leaving: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CHANGE without holds, by source id and location, and its FIELD rows.

    `absent` are the linked ids without a record; `leaving` (source_id, membership_id) are the missing people
    whose removal is due; `has_status` says whether the feed has a status column.
    """
    jobs = pl.len().over(pl.coalesce(pl.format("user {}", "user_id"), pl.format("id {}", "source_id")))
    going = matched.with_columns(jobs.alias("jobs")).filter(pl.col("waits").is_null())
    compared = with_target(one_voice(with_current(going, snapshot, absent, today)), has_status)
    compared = _verbs(_differences(compared))
    changed = _missing(compared.filter(pl.col("verb").is_not_null()), leaving, snapshot)
    if changed.is_empty():
        return empty(CHANGE), empty(FIELD)
    changed = changed.sort("source_id", "location_id", "membership_id").with_row_index("change_no")
    fields = pl.concat([field_rows(changed.filter(pl.col("situation") != "missing"), snapshot),
                        missing_rows(changed.filter(pl.col("situation") == "missing"))])  # fmt: skip
    changes = changed.select(
        pl.col(f"to_{name}" if f"to_{name}" in changed.columns else name).cast(kind).alias(name)
        for name, kind in CHANGE.items() if name not in ("held_by", "held_scope")
    ).with_columns(pl.lit(None, pl.String).alias("held_by"), pl.lit(None, pl.String).alias("held_scope"))  # fmt: skip
    order = {name: position for position, name in enumerate(FIELD_ORDER)}
    fields = fields.sort(
        "change_no", pl.col("field").replace_strict(order, return_dtype=pl.Int32), maintain_order=True
    )
    return changes.select(list(CHANGE)), fields.select(list(FIELD))


FIELD_ORDER = ("location", *OWN_FIELDS, "duty", "zone", *PLACE_FIELDS, "ends_on")
"""The order in which a change's fields are told."""


def _differences(compared: pl.DataFrame) -> pl.DataFrame:
    """`differs_<field>`: the person's own values once, at the record that speaks for them."""

    def differs(field: str) -> pl.Expr:
        return pl.col(f"to_{field}").ne_missing(pl.col(f"now_{field}"))

    existing = pl.col("user_id").is_not_null()
    return compared.with_columns(
        *((differs(f) & pl.col("leads") & existing).alias(f"differs_{f}") for f in OWN_FIELDS),
        *(differs(f).alias(f"differs_{f}") for f in (*PLACE_FIELDS, "ends_on")),
        *(
            (differs(f"{k}_id") | pl.col(f"{k}_new").is_not_null()).alias(f"differs_{k}")
            for k in ("duty", "zone")
        ),
    )


def _verbs(compared: pl.DataFrame) -> pl.DataFrame:
    """The verb, null when nothing changes, and whether the change is a removal."""
    any_difference = pl.any_horizontal(f"differs_{f}" for f in FIELD_ORDER if f != "location")
    was_ended, is_over = is_ended("now_status"), is_ended("to_status")
    adopts = (pl.col("situation") == "found") | ~pl.col("payroll_owned").fill_null(False)
    verb = (
        pl.when(pl.col("from_membership_id").is_not_null()).then(pl.lit("transfer"))
        .when(pl.col("membership_id").is_null()).then(pl.lit("create"))
        .when(is_over & ~was_ended).then(pl.lit("deactivate"))
        .when(was_ended & ~is_over).then(pl.lit("reactivate"))
        .when(any_difference | adopts).then(pl.lit("update"))
    )  # fmt: skip
    signed_in = pl.col("now_status").is_in(sorted(MAY_SIGN_IN)).fill_null(False)
    signs_in = pl.col("to_status").is_in(sorted(MAY_SIGN_IN)).fill_null(False)
    staged = pl.col("to_ends_on").is_not_null() & pl.col("now_ends_on").is_null()
    removal = pl.col("verb").is_in(["deactivate", "transfer"]) | (
        (pl.col("verb") == "update") & ((signed_in & ~signs_in) | staged)
    )
    return compared.with_columns(verb.alias("verb")).with_columns(removal.fill_null(False).alias("removal"))


def _missing(changed: pl.DataFrame, leaving: pl.DataFrame | None, snapshot: Snapshot) -> pl.DataFrame:
    """Add the removals of missing people: terminated, everything else as it is."""
    if leaving is None or leaving.is_empty():
        return changed
    gone = (
        leaving.select("source_id", "membership_id")
        .join(snapshot.members, on="membership_id", how="inner", maintain_order="left")
        .join(snapshot.people, on="user_id", how="inner", maintain_order="left")
    )
    kept = [name for name in TARGET if name in gone.columns and name not in ("status", "ends_on")]
    gone = gone.select(
        "source_id", "membership_id", "user_id", "location_id",
        *(pl.col(name).alias(f"to_{name}") for name in kept),
        pl.lit(Status.TERMINATED.value).alias("to_status"), pl.col("status").alias("now_status"),
        pl.lit("deactivate").alias("verb"), pl.lit("missing").alias("situation"), pl.lit(True).alias("removal"),
    )  # fmt: skip
    return pl.concat([changed, gone], how="diagonal_relaxed")
