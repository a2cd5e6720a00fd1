"""Old, new and why of every field that changes, in words a person reads (SPEC §5 Diff)."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import MEMBERSHIP_FIELDS, USER_FIELDS, Status
from schedulepop.sync.plan.diff.extras import with_names
from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import FIELD
from schedulepop.sync.plan.frames.missing import Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import VALUES
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.values.money import money_text

KEYS = ("change_no", "user_id", "location_id")
BY_DATES = "dates"
BY_PAYROLL = "payroll"
BY_OVERRIDE = "override"
MISSING = "missing"
MISSING_HERE = "missing_here"
STILL_MANAGERS = "still_managers"
LOCAL_EDIT = "local_edit"
NO_PARAMS = pl.lit(None, pl.String).alias("params")


def field_rows(changed: pl.DataFrame, snapshot: Snapshot, overridden: pl.DataFrame) -> pl.DataFrame:
    """FIELD of every change but creates; a create for an existing person has what changes of their own.

    `overridden` (user_id, location_id, field): what an override puts back, whoever edited it.
    """
    edits = changed.filter(pl.col("verb") != "create")
    existing = changed.filter((pl.col("verb") == "create") & pl.col("user_id").is_not_null())
    rows = [_own(pl.concat([edits, existing]), field) for field in USER_FIELDS]
    rows += [_plain(edits, field) for field in VALUES if field not in USER_FIELDS]
    rows += [_coded(edits, "duty", snapshot.duty_names), _coded(edits, "zone", snapshot.zone_names)]
    rows += [_plain(edits, name) for name in ("next_pay_rate", "next_pay_on", "ends_on")]
    rows += [_location(edits.filter(pl.col("verb") == "transfer"), snapshot)]
    found = _with_editors(pl.concat([r for r in rows if not r.is_empty()] or [_nothing()]), snapshot)
    return _with_overrides(found, overridden).select(list(FIELD))


def missing_rows(leaving: pl.DataFrame) -> pl.DataFrame:
    """FIELD of the removals of missing people: their status."""
    if leaving.is_empty():
        return empty(FIELD)
    here = pl.col("about") == Subject.PLACE
    return leaving.select(
        "change_no",
        pl.lit("status").alias("field"),
        pl.col("now_status").alias("old"),
        pl.col("to_status").alias("new"),
        pl.when(here).then(pl.lit(MISSING_HERE)).otherwise(pl.lit(MISSING)).alias("why"),
        NO_PARAMS,
    ).cast(pl.Schema(FIELD))


def secondary_rows(changed: pl.DataFrame) -> pl.DataFrame:
    """FIELD of memberships at another location than the record's: a staged end, or a start that will not be."""
    if changed.is_empty():
        return empty(FIELD)
    over = pl.col("verb") == "deactivate"
    return changed.select(
        "change_no",
        pl.when(over).then(pl.lit("status")).otherwise(pl.lit("ends_on")).alias("field"),
        pl.when(over).then("now_status").otherwise(pl.col("now_ends_on").cast(pl.String)).alias("old"),
        pl.when(over).then("to_status").otherwise(pl.col("to_ends_on").cast(pl.String)).alias("new"),
        pl.when(over).then(pl.lit(BY_PAYROLL)).otherwise(pl.lit(BY_DATES)).alias("why"),
        NO_PARAMS,
    ).cast(pl.Schema(FIELD))


def extra_rows(extra_changes: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """FIELD of payroll's further duties and zones, creates included: what appears, what goes, and their rates.

    `extra_changes` is EXTRA_CHANGE with `change_no`. What a manager added too stays when payroll drops it, and says so.
    """
    if extra_changes.is_empty():
        return empty(FIELD)
    named = with_names(extra_changes, snapshot)
    comes_or_goes = named.filter(pl.col("gone") | ~pl.col("is_current")).select(
        "change_no",
        pl.format("extra_{}", "kind").alias("field"),
        pl.when("gone").then("name").alias("old"),
        pl.when(~pl.col("gone")).then("name").alias("new"),
        pl.when(pl.col("gone") & pl.col("by_manager"))
        .then(pl.lit(STILL_MANAGERS))
        .otherwise(pl.lit(BY_PAYROLL))
        .alias("why"),
        NO_PARAMS,
    )
    old, new = money_text(pl.col("now_pay_rate")), money_text(pl.col("pay_rate"))
    rates = named.filter(~pl.col("gone") & pl.col("pay_rate").ne_missing(pl.col("now_pay_rate"))).select(
        "change_no",
        pl.lit("extra_pay_rate").alias("field"),
        pl.format("{} {}", "name", old).alias("old"),
        pl.format("{} {}", "name", new).alias("new"),
        pl.lit(BY_PAYROLL).alias("why"),
        NO_PARAMS,
    )
    ahead = named.filter(pl.col("next_pay_rate").is_not_null()).select(
        "change_no",
        pl.lit("extra_pay_rate").alias("field"),
        pl.format("{} {}", "name", old).alias("old"),
        pl.format("{} {} from {}", "name", money_text(pl.col("next_pay_rate")), "next_pay_on").alias("new"),
        pl.lit(BY_DATES).alias("why"),
        NO_PARAMS,
    )
    return pl.concat([comes_or_goes, rates, ahead]).select(
        pl.col(name).cast(kind) for name, kind in FIELD.items()
    )


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={**FIELD, "user_id": pl.Int64, "location_id": pl.Int64})


def _row(changed: pl.DataFrame, field: str, old: pl.Expr, new: pl.Expr, why: pl.Expr) -> pl.DataFrame:
    differing = changed[f"differs_{field}"]
    if not differing.any():  # most fields on most nights
        return _nothing()
    return changed.filter(differing).select(
        pl.col("change_no").cast(pl.UInt32),
        pl.lit(field).alias("field"),
        old.cast(pl.String).alias("old"),
        new.cast(pl.String).alias("new"),
        why.alias("why"),
        NO_PARAMS,
        "user_id",
        "location_id",
    )


def _own(changed: pl.DataFrame, field: str) -> pl.DataFrame:
    return _row(changed, field, pl.col(f"now_{field}"), pl.col(f"to_{field}"), pl.lit(BY_PAYROLL))


def _plain(changed: pl.DataFrame, field: str) -> pl.DataFrame:
    why = pl.lit(BY_PAYROLL)
    if field in ("ends_on", "next_pay_on"):
        why = pl.lit(BY_DATES)
    if field == "status":
        why = pl.when(_by_dates()).then(pl.lit(BY_DATES)).otherwise(pl.lit(BY_PAYROLL))
    if field in ("pay_rate", "pay_unit", "pay_currency", "next_pay_rate"):
        why = pl.when("pay_by_date").then(pl.lit(BY_DATES)).otherwise(pl.lit(BY_PAYROLL))
    return _row(changed, field, _text(f"now_{field}", field), _text(f"to_{field}", field), why)


def _by_dates() -> pl.Expr:
    """The day moved the status and not payroll's word: a first day or a staged last day has come."""
    stated = (pl.col("status") == pl.col("to_status")).fill_null(False)
    begun = (pl.col("now_status") == Status.UPCOMING) & (pl.col("to_status") == Status.ACTIVE)
    over = is_ended("to_status") & (pl.col("now_ends_on") <= pl.col("today"))
    return ~stated | (begun | over).fill_null(False)


def _text(column: str, field: str) -> pl.Expr:
    value = pl.col(column)
    if field in ("pay_rate", "next_pay_rate"):
        return money_text(value)
    return value.cast(pl.String)


def _coded(changed: pl.DataFrame, kind: str, names: pl.DataFrame) -> pl.DataFrame:
    """Duty or zone by name; what is created now by the name it gets. A transfer shows the one left behind."""
    differing = changed.filter(pl.col(f"differs_{kind}"))
    if differing.is_empty():
        return _nothing()
    old = names.select(pl.col("id").alias("old_id"), pl.col("name").alias("old_name")).unique(
        "old_id", maintain_order=True
    )
    new = names.select(pl.col("id").alias("new_id"), pl.col("name").alias("new_name")).unique(
        "new_id", maintain_order=True
    )
    worded = (
        differing.with_columns(
            pl.coalesce(f"now_{kind}_id", f"left_{kind}_id").alias("old_id"),
            pl.col(f"to_{kind}_id").alias("new_id"),
        )
        .join(old, on="old_id", how="left", maintain_order="left")
        .join(new, on="new_id", how="left", maintain_order="left")
    )
    new_name = pl.coalesce(f"{kind}_new", "new_name")
    news = worded.filter(pl.col("old_name").ne_missing(new_name))  # the same words elsewhere are no news
    return _row(news, kind, pl.col("old_name"), new_name, pl.lit(BY_PAYROLL))


def _location(transfers: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    if transfers.is_empty():
        return _nothing()
    places = snapshot.locations.select("location_id", "name")
    worded = (
        transfers.with_columns(pl.lit(True).alias("differs_location"))
        .join(places.rename({"name": "to_name"}), on="location_id", how="left", maintain_order="left")
        .join(
            places.rename({"location_id": "from_location", "name": "from_name"}),
            on="from_location",
            how="left",
            maintain_order="left",
        )
    )
    return _row(worded, "location", pl.col("from_name"), pl.col("to_name"), pl.lit(BY_PAYROLL))


def _with_editors(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """`why` and `params` name whose edit is overwritten, where there is one."""
    if snapshot.edits.is_empty() or rows.is_empty():
        return rows
    newest = snapshot.edits.sort("at", descending=True, maintain_order=True)
    local = pl.col("field").is_in([*MEMBERSHIP_FIELDS])
    at_place = (
        newest.filter(local)
        .drop_nulls("location_id")
        .unique(["user_id", "location_id", "field"], keep="first", maintain_order=True)
    )
    own = (
        newest.filter(pl.col("location_id").is_null())
        .drop("location_id")
        .unique(["user_id", "field"], keep="first", maintain_order=True)
    )
    joined = rows.join(
        at_place, on=["user_id", "location_id", "field"], how="left", maintain_order="left"
    ).join(own, on=["user_id", "field"], how="left", suffix="_own", maintain_order="left")
    editor, at = pl.coalesce("editor", "editor_own"), pl.coalesce("at", "at_own")
    edited = pl.struct(editor.alias("editor"), at.cast(pl.String).alias("on")).struct.json_encode()
    return joined.with_columns(
        pl.when(editor.is_not_null()).then(pl.lit(LOCAL_EDIT)).otherwise("why").alias("why"),
        pl.when(editor.is_not_null()).then(edited).alias("params"),
    )


def _with_overrides(rows: pl.DataFrame, overridden: pl.DataFrame) -> pl.DataFrame:
    """`why` of what an override puts back is the override."""
    if overridden.is_empty() or rows.is_empty():
        return rows
    own = overridden.filter(pl.col("location_id").is_null()).select("user_id", "field").to_struct()
    here = overridden.drop_nulls("location_id").select("user_id", "location_id", "field").to_struct()
    held = pl.lit(False)
    if len(own):
        held |= pl.struct("user_id", "field").is_in(own.implode())
    if len(here):
        held |= pl.struct("user_id", "location_id", "field").is_in(here.implode())
    return rows.with_columns(
        pl.when(held).then(pl.lit(BY_OVERRIDE)).otherwise("why").alias("why"),
        pl.when(~held).then("params").alias("params"),
    )
