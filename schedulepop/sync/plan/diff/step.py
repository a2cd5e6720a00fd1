"""What would change: payroll's word against what SchedulePop holds now (SPEC §5 Diff, §6).

A local edit of an owned field is found here, because the comparison is with the present, not with the last
feed. Nothing but owned fields is ever compared or carried.

Removals are deactivations, transfers (at the location left), a status that no longer signs in, and a newly
staged end. A membership that payroll did not own so far is taken over by an update without fields.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import partial

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, Status
from schedulepop.sync.plan.diff import future_transfers
from schedulepop.sync.plan.diff.extras import KINDS, extras_moved
from schedulepop.sync.plan.diff.field_changes import aside_rows, extra_rows, field_rows, missing_rows
from schedulepop.sync.plan.diff.labor_codes import with_labor_code
from schedulepop.sync.plan.diff.overrides import expiry
from schedulepop.sync.plan.diff.overrides import fields as keeping
from schedulepop.sync.plan.diff.overrides.extras import kept_extras, kept_primary
from schedulepop.sync.plan.diff.overrides.pay import kept_rates
from schedulepop.sync.plan.diff.primary_location import primary_rows, with_primary_location
from schedulepop.sync.plan.diff.target import (
    OWN_FIELDS,
    PLACE_FIELDS,
    one_voice,
    only_records,
    transfers,
    with_current,
    with_target,
)
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD, HOLDING, TARGET
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import NORMALIZED
from schedulepop.sync.plan.frames.snapshot import Snapshot


def diff(
    matched: pl.DataFrame,
    snapshot: Snapshot,
    *,
    today: date,
    has_status: bool,
    absent: tuple[str, ...] = (),
    leaving: pl.DataFrame | None = None,
    jobs: pl.DataFrame | None = None,
    mapped: Collection[str] = KINDS,
    labor: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """CHANGE without holds, by source id and location, its FIELD and EXTRA rows, and KEPT: what overrides and pins met.

    `jobs` are the further jobs (`diffing.extras.further_jobs`), `mapped` the canonical fields of the feed.
    `absent` are the linked ids without a record; `leaving` (source_id, membership_id, about: person or
    place) are the missing people whose removal is due; `has_status` says whether the feed has a status column; `labor` are the duties with their
    CMS codes, while the organization's switch is on.
    """
    if matched.is_empty() and (leaving is None or leaving.is_empty()):
        return empty(CHANGE), empty(FIELD), empty(EXTRA), empty(keeping.KEPT)
    records = pl.len().over(pl.coalesce(pl.format("user {}", "user_id"), pl.format("id {}", "source_id")))
    going = matched.with_columns(records.alias("jobs")).filter(pl.col("waits").is_null())
    only = only_records(going, snapshot, absent)
    keeps, _ = expiry.split(snapshot.keeps, snapshot.locations, today)
    going, moving, at_home = keeping.at_home(going, only, transfers(only, snapshot), keeps)
    left, later = future_transfers.split(moving, snapshot)
    aside = future_transfers.changes_aside(future_transfers.aside(going, later, snapshot, only), snapshot)
    compared = with_target(one_voice(with_current(going, snapshot, left, today)), has_status)
    labored = partial(with_labor_code, labor=labor) if labor is not None else _as_is
    compared, kept = keeping.kept(compared, keeps, has_status, labored)
    leaving, stay = keeping.staying(leaving, keeps, snapshot)
    further = _no_jobs() if jobs is None else jobs
    moved = extras_moved(compared, further, snapshot, mapped)
    moved, beside = kept_extras(moved, compared, snapshot.extras, keeps)
    moved, rates = kept_rates(moved, compared, snapshot, keeps)
    compared, primary = kept_primary(with_primary_location(_differences(compared, moved), snapshot), keeps)
    kept = pl.concat([at_home, kept, stay, beside, rates, primary])
    compared = _verbs(compared)
    changed = _missing(compared.filter(pl.col("verb").is_not_null()), leaving, snapshot)
    changed = pl.concat([changed.with_columns(pl.lit(False).alias("aside")), aside], how="diagonal_relaxed")
    if changed.is_empty():
        return empty(CHANGE), empty(FIELD), empty(EXTRA), kept
    changed = changed.sort("source_id", "location_id", "membership_id").with_row_index("change_no")
    speaking = changed.filter(~pl.col("aside")).select("row", "change_no")
    moved = moved.join(speaking, on="row", how="inner", maintain_order="left")
    fields = pl.concat(
        [
            field_rows(_of_records(changed), snapshot, keeping.overridden(keeps, kept)),
            extra_rows(moved, snapshot),
            primary_rows(_of_records(changed), snapshot),
            missing_rows(changed.filter(pl.col("situation") == "missing")),
            aside_rows(changed.filter("aside")),
        ]
    )
    changes = changed.select(
        pl.col(f"to_{name}" if f"to_{name}" in changed.columns else name).cast(kind).alias(name)
        for name, kind in CHANGE.items()
        if name not in HOLDING
    ).with_columns(pl.lit(None, kind).alias(name) for name, kind in HOLDING.items())
    order = {name: position for position, name in enumerate(FIELD_ORDER)}
    fields = fields.sort(
        "change_no", pl.col("field").replace_strict(order, return_dtype=pl.Int32), maintain_order=True
    )
    extras = moved.select(pl.col(name).cast(kind) for name, kind in EXTRA.items())
    return changes.select(list(CHANGE)), fields.select(list(FIELD)), extras, kept


FIELD_ORDER = (
    "location",
    "primary_location",
    *OWN_FIELDS,
    "duty",
    "zone",
    "extra_duty",
    "extra_zone",
    *PLACE_FIELDS,
    "extra_pay_rate",
    "next_pay_rate",
    "next_pay_on",
    "ends_on",
)
"""The order in which a change's fields are told."""


def _of_records(changed: pl.DataFrame) -> pl.DataFrame:
    """Changes that a record of this place asks for."""
    return changed.filter((pl.col("situation") != "missing") & ~pl.col("aside"))


def _as_is(compared: pl.DataFrame) -> pl.DataFrame:
    return compared


def _no_jobs() -> pl.DataFrame:
    return pl.DataFrame(schema={**NORMALIZED, "spoken": pl.UInt32})


def _differences(compared: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """`differs_<field>`: the person's own values once, at the record that speaks for them."""

    def differs(field: str) -> pl.Expr:
        return pl.col(f"to_{field}").ne_missing(pl.col(f"now_{field}"))

    existing = pl.col("user_id").is_not_null()
    return compared.with_columns(
        *((differs(f) & pl.col("leads") & existing).alias(f"differs_{f}") for f in OWN_FIELDS),
        *(
            differs(f).alias(f"differs_{f}")
            for f in (*PLACE_FIELDS, "next_pay_rate", "next_pay_on", "ends_on")
        ),
        pl.col("row").is_in(moved["row"].implode()).alias("differs_extras"),
        *(
            (differs(f"{k}_id") | pl.col(f"{k}_new").is_not_null()).alias(f"differs_{k}")
            for k in ("duty", "zone")
        ),
    )


def _verbs(compared: pl.DataFrame) -> pl.DataFrame:
    """The verb, null when nothing changes, and whether the change is a removal."""
    any_difference = pl.any_horizontal(pl.col(r"^differs_.*$"))
    was_ended, is_over = is_ended("now_status"), is_ended("to_status")
    adopts = (pl.col("situation") == "found") | ~pl.col("payroll_owned").fill_null(False)
    verb = (
        pl.when(pl.col("from_membership_id").is_not_null())
        .then(pl.lit("transfer"))
        .when(pl.col("membership_id").is_null())
        .then(pl.lit("create"))
        .when(is_over & ~was_ended)
        .then(pl.lit("deactivate"))
        .when(was_ended & ~is_over)
        .then(pl.lit("reactivate"))
        .when(any_difference | adopts)
        .then(pl.lit("update"))
    )
    signed_in = pl.col("now_status").is_in(sorted(MAY_SIGN_IN)).fill_null(False)
    signs_in = pl.col("to_status").is_in(sorted(MAY_SIGN_IN)).fill_null(False)
    staged = pl.col("to_ends_on").is_not_null() & pl.col("now_ends_on").is_null()
    removal = pl.col("verb").is_in(["deactivate", "transfer"]) | (
        (pl.col("verb") == "update") & ((signed_in & ~signs_in) | staged)
    )
    return compared.with_columns(verb.alias("verb")).with_columns(removal.fill_null(False).alias("removal"))


def _missing(changed: pl.DataFrame, leaving: pl.DataFrame | None, snapshot: Snapshot) -> pl.DataFrame:
    """Add the removals of missing people: terminated, or canceled before day one; everything else as it is.

    Where the person goes on elsewhere the membership ends as after a transfer: payroll did not say terminated.
    """
    if leaving is None or leaving.is_empty():
        return changed
    gone = (
        leaving.select("source_id", "membership_id", "about")
        .join(snapshot.members, on="membership_id", how="inner", maintain_order="left")
        .join(snapshot.people, on="user_id", how="inner", maintain_order="left")
    )
    kept = [name for name in TARGET if name in gone.columns and name not in ("status", "ends_on")]
    gone = gone.select(
        "source_id",
        "membership_id",
        "user_id",
        "location_id",
        "about",
        *(pl.col(name).alias(f"to_{name}") for name in kept),
        pl.when(pl.col("status") == Status.UPCOMING)
        .then(pl.lit(Status.CANCELED.value))
        .when(pl.col("about") == "place")
        .then(pl.lit(Status.INACTIVE.value))
        .otherwise(pl.lit(Status.TERMINATED.value))
        .alias("to_status"),
        pl.col("status").alias("now_status"),
        pl.lit("deactivate").alias("verb"),
        pl.lit("missing").alias("situation"),
        pl.lit(True).alias("removal"),
        pl.lit(False).alias("primary_location"),
    )
    return pl.concat([changed, gone], how="diagonal_relaxed")
