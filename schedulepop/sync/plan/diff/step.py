"""What would change: payroll's word against what SchedulePop holds now (SPEC §5 Diff, §6).

A local edit of an owned field is found here, because the comparison is with the present, not with the last
feed. Nothing but owned fields is ever compared or carried.

Removals are deactivations, transfers (at the location left), a status that no longer signs in, and a newly
staged end. A membership that payroll did not own so far is taken over by an update without fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, USER_FIELDS, Status
from schedulepop.sync.plan.diff.damaged_letters import keep_undamaged
from schedulepop.sync.plan.diff.extras import KINDS, extra_changes, further_jobs
from schedulepop.sync.plan.diff.field_changes import extra_rows, field_rows, missing_rows, secondary_rows
from schedulepop.sync.plan.diff.issues import (
    about_contradicting_codes,
    about_hours,
    about_several_rates,
    about_uncoded_duties,
    about_waiting_pay,
)
from schedulepop.sync.plan.diff.overrides.expiry import split_expired
from schedulepop.sync.plan.diff.overrides.extras import pin_extras, pin_primary_location
from schedulepop.sync.plan.diff.overrides.fields import apply_overrides, overridden_fields
from schedulepop.sync.plan.diff.overrides.issues import about_overrides
from schedulepop.sync.plan.diff.overrides.location import apply_location_override
from schedulepop.sync.plan.diff.overrides.pay import pin_extra_rates
from schedulepop.sync.plan.diff.overrides.removals import prevent_removals
from schedulepop.sync.plan.diff.primary_location import primary_rows, with_primary_location
from schedulepop.sync.plan.diff.target import PLACE_FIELDS, with_current, with_primary_values, with_target
from schedulepop.sync.plan.diff.transfers import find_transfers, only_records, secondary_changes, split_by_day
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD, HOLDING, TARGET
from schedulepop.sync.plan.frames.missing import Subject
from schedulepop.sync.plan.frames.records import GOES_ON, PERSON_KEY
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Changes, Matched, Missing, Normalized
from schedulepop.sync.plan.policy import Policy


def diff(
    normalized: Normalized,
    matched: Matched,
    missing: Missing,
    columns: Mapping[str, str],
    policy: Policy,
    today: date,
    *,
    encoding_doubted: bool = False,
) -> Changes:
    """CHANGE without holds, by source id and location, with its FIELD and EXTRA rows.

    `columns`: canonical field → source column of the feed; what it lacks is no opinion.
    """
    snapshot, labor = matched.snapshot, _labor(matched.snapshot, policy)
    if matched.records.is_empty() and missing.leaving.is_empty():
        return diff_unchanged(snapshot, policy)
    jobs = further_jobs(normalized.records, matched.records, snapshot)
    overrides, _ = split_expired(snapshot, today)
    going = matched.records.with_columns(pl.len().over(PERSON_KEY).alias("record_count")).filter(GOES_ON)
    only = only_records(going, snapshot, matched.missing_ids)
    going, moving, location = apply_location_override(going, only, find_transfers(only, snapshot), overrides)
    left, later = split_by_day(moving, snapshot)
    secondary = secondary_changes(going, later, snapshot, only)
    current = with_primary_values(with_current(going, snapshot, left, today))
    current, damaged = keep_undamaged(current, columns, doubted=encoding_doubted)
    aimed = with_target(current, "status" in columns)
    compared, fields = apply_overrides(aimed, overrides, "status" in columns, labor)
    leaving, removals = prevent_removals(missing.leaving, overrides, snapshot)
    extras = extra_changes(compared, jobs, snapshot, columns)
    extras, further = pin_extras(extras, compared, snapshot.extras, overrides)
    extras, rates = pin_extra_rates(extras, compared, snapshot, overrides)
    compared = with_primary_location(_differences(compared, extras), snapshot)
    compared, primary = pin_primary_location(compared, overrides)
    met = pl.concat([location, fields, removals, further, rates, primary])
    problems = pl.concat(
        [
            damaged,
            about_hours(aimed, columns.get("status")),
            about_several_rates(jobs, matched.records, columns.get("pay_rate")),
            about_waiting_pay(aimed, jobs, columns.get("pay_rate")),
            about_contradicting_codes(matched.records, snapshot, labor, columns.get("cms_code", "")),
            about_uncoded_duties(snapshot, labor),
            about_overrides(met, snapshot, columns),
        ]
    )
    changed = _with_removals(_with_verbs(compared).filter(pl.col("verb").is_not_null()), leaving, snapshot)
    changed = pl.concat(
        [changed.with_columns(pl.lit(False).alias("is_secondary")), secondary], how="diagonal_relaxed"
    )
    if changed.is_empty():
        return Changes(overrides=met, problems=problems)
    changed = changed.sort("source_id", "location_id", "membership_id").with_row_index("change_no")
    by_record = changed.filter(~pl.col("is_secondary"))
    extras = extras.join(by_record.select("row", "change_no"), on="row", how="inner", maintain_order="left")
    return Changes(
        rows=_changes(changed),
        fields=_fields(changed, extras, snapshot, overridden_fields(overrides, met)),
        extras=extras.select(pl.col(name).cast(kind) for name, kind in EXTRA.items()),
        overrides=met,
        problems=problems,
    )


def diff_unchanged(snapshot: Snapshot, policy: Policy) -> Changes:
    """What `diff` says where no record needs a look: nothing changes, and duties may lack a code."""
    return Changes(problems=about_uncoded_duties(snapshot, _labor(snapshot, policy)))


def _labor(snapshot: Snapshot, policy: Policy) -> pl.DataFrame:
    """The duties with their CMS codes, while the organization's switch is on."""
    return snapshot.duty_labor if policy.cms else snapshot.duty_labor.clear()


def _changes(changed: pl.DataFrame) -> pl.DataFrame:
    """CHANGE, held by nothing yet."""
    held = [pl.lit(None, kind).alias(name) for name, kind in HOLDING.items()]
    columns = [
        pl.col(f"to_{name}" if f"to_{name}" in changed.columns else name).cast(kind).alias(name)
        for name, kind in CHANGE.items()
        if name not in HOLDING
    ]
    return changed.select(*columns, *held)


def _fields(
    changed: pl.DataFrame, extras: pl.DataFrame, snapshot: Snapshot, overridden: pl.DataFrame
) -> pl.DataFrame:
    """FIELD of these changes, in the order in which fields are listed."""
    is_missing = pl.col("situation") == "missing"
    by_record = changed.filter(~is_missing & ~pl.col("is_secondary"))
    rows = [
        field_rows(by_record, snapshot, overridden),
        extra_rows(extras, snapshot),
        primary_rows(by_record, snapshot),
        missing_rows(changed.filter(is_missing)),
        secondary_rows(changed.filter("is_secondary")),
    ]
    order = {name: position for position, name in enumerate(FIELD_ORDER)}
    position = pl.col("field").replace_strict(order, return_dtype=pl.Int32)
    return pl.concat(rows).sort("change_no", position, maintain_order=True).select(list(FIELD))


FIELD_ORDER = (
    "location",
    "primary_location",
    *USER_FIELDS,
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
"""The order in which a change's fields are listed."""


def _differences(compared: pl.DataFrame, extras: pl.DataFrame) -> pl.DataFrame:
    """`differs_<field>`: the person's own values once, at their primary record."""

    def differs(field: str) -> pl.Expr:
        return pl.col(f"to_{field}").ne_missing(pl.col(f"now_{field}"))

    existing = pl.col("user_id").is_not_null()
    return compared.with_columns(
        *((differs(f) & pl.col("is_primary_record") & existing).alias(f"differs_{f}") for f in USER_FIELDS),
        *(
            differs(f).alias(f"differs_{f}")
            for f in (*PLACE_FIELDS, "next_pay_rate", "next_pay_on", "ends_on")
        ),
        pl.col("row").is_in(extras["row"].implode()).alias("differs_extras"),
        *((differs(f"{k}_id") | pl.col(f"{k}_new").is_not_null()).alias(f"differs_{k}") for k in KINDS),
    )


def _with_verbs(compared: pl.DataFrame) -> pl.DataFrame:
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


def _with_removals(changed: pl.DataFrame, leaving: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add the removals of missing people: terminated, or canceled before day one; everything else as it is.

    Where the person goes on elsewhere the membership ends as after a transfer: payroll did not say terminated.
    """
    if leaving.is_empty():
        return changed
    members = leaving.join(snapshot.members, on="membership_id", how="inner", maintain_order="left").join(
        snapshot.people, on="user_id", how="inner", maintain_order="left"
    )
    kept = [name for name in TARGET if name in members.columns and name not in ("status", "ends_on")]
    removals = members.select(
        "source_id",
        "membership_id",
        "user_id",
        "location_id",
        "about",
        *(pl.col(name).alias(f"to_{name}") for name in kept),
        pl.when(pl.col("status") == Status.UPCOMING)
        .then(pl.lit(Status.CANCELED.value))
        .when(pl.col("about") == Subject.PLACE)
        .then(pl.lit(Status.INACTIVE.value))
        .otherwise(pl.lit(Status.TERMINATED.value))
        .alias("to_status"),
        pl.col("status").alias("now_status"),
        pl.lit("deactivate").alias("verb"),
        pl.lit("missing").alias("situation"),
        pl.lit(True).alias("removal"),
        pl.lit(False).alias("primary_location"),
    )
    return pl.concat([changed, removals], how="diagonal_relaxed")
