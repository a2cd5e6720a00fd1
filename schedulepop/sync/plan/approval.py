"""What becomes of a plan when a person decides: holds released, records counted anew, a rest planned again. Pure.

The run keeps one plan through all of its applies, so that its page tells everything it did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from schedulepop.sync.plan.accounting import change_buckets
from schedulepop.sync.plan.frames.changes import CONTACT_MOVED, CONTACTS, HOLDING
from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.sync.plan.frames.plan import Plan

_NOBODY = pl.lit(None, dtype=pl.String)


def release_holds(plan: Plan, ids: Collection[str] | None = None) -> Plan:
    """The plan with every hold released, or only those of these payroll IDs. Holds stay listed, but not a person's
    own. Who is added alone is added without a contact that was somebody else's: that goes on waiting.
    """
    chosen = pl.col("held_by").is_not_null()
    if ids is None:
        plan = with_contacts(plan)
    else:
        chosen &= pl.col("source_id").is_in(sorted(ids)) & (pl.col("held_by") != CONTACT_MOVED)
    free = plan.changes.filter(chosen)
    changes = plan.changes.with_columns(
        pl.when(chosen).then(pl.lit(None, kind)).otherwise(name).alias(name) for name, kind in HOLDING.items()
    )
    records = _recounted(plan.records, free, changes)
    counts = adjusted_counts(plan.counts, plan.records, records)
    gone = free.filter(pl.col("situation") == "missing")["source_id"].n_unique()
    holds = plan.holds
    if ids is not None:
        theirs = pl.col("source_id").is_in(sorted(ids)).fill_null(False)
        holds = holds.filter(~theirs | (pl.col("rule") == CONTACT_MOVED))
    return replace(
        plan,
        changes=changes,
        records=records,
        holds=holds,
        counts=counts | {"removed_missing": counts["removed_missing"] + gone},
    )


def with_contacts(plan: Plan) -> Plan:
    """The plan with every held contact back in the change of its person at that location, where there is another one.

    Both are written at once then, and a new person has no account yet that could be updated.
    """
    apart = plan.changes.filter(pl.col("held_by") == CONTACT_MOVED)
    keys = ["source_id", "location_id"]
    others = plan.changes.join(apart, on="change_no", how="anti", maintain_order="left")
    pairs = apart.select(*keys, pl.col("change_no").alias("apart")).join(
        others.select(*keys, pl.col("change_no").alias("whole")).unique(
            keys, keep="first", maintain_order=True
        ),
        on=keys,
        how="inner",
        maintain_order="left",
    )
    if pairs.is_empty():
        return plan
    moved = plan.fields.join(
        pairs.select(pl.col("apart").alias("change_no"), "whole", "source_id"),
        on="change_no",
        how="inner",
        maintain_order="left",
    )
    creates = plan.changes.filter((pl.col("verb") == "create") & pl.col("user_id").is_null())["change_no"]
    told = moved.filter(~pl.col("whole").is_in(creates.implode()))
    fields = plan.fields.filter(~pl.col("change_no").is_in(pairs["apart"].implode()))
    changes = plan.changes.filter(~pl.col("change_no").is_in(pairs["apart"].implode()))
    for name in CONTACTS:
        new = moved.filter(pl.col("field") == name).select(
            "source_id", pl.col("new"), pl.lit(True).alias("moves")
        )
        changes = changes.join(new.unique("source_id"), on="source_id", how="left", maintain_order="left")
        moves = pl.col("moves").fill_null(False)
        changes = changes.with_columns(pl.when(moves).then("new").otherwise(name).alias(name)).drop(
            "new", "moves"
        )
    named = told.with_columns(pl.col("whole").alias("change_no")).select(plan.fields.columns)
    return replace(
        plan, changes=changes, fields=pl.concat([fields, named]).sort("change_no", maintain_order=True)
    )


def only_people(plan: Plan, ids: pl.Series) -> Plan:
    """The plan with the links, answers and changed IDs of these people only."""
    theirs = ids.unique().implode()
    return replace(
        plan,
        links=plan.links.filter(pl.col("source_id").is_in(theirs)),
        retired=plan.retired.filter(pl.col("for_id").is_in(theirs)),
        id_changes=plan.id_changes.filter(pl.col("new_id").is_in(theirs)),
        answered=plan.answered.filter(pl.col("source_id").is_in(theirs)),
    )


def _recounted(records: pl.DataFrame, free: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The records whose hold was released, in the bucket of what happens to them."""
    now = change_buckets(changes.join(free, on="source_id", how="semi", maintain_order="left"))
    was = free.select("source_id", pl.col("held_by").alias("reason"), pl.lit(True).alias("free")).unique()
    here = pl.col("free").fill_null(False)
    return (
        records.join(
            now.select("source_id", pl.col("bucket").alias("new_bucket")),
            on="source_id",
            how="left",
            maintain_order="left",
        )
        .join(was, on=["source_id", "reason"], how="left", maintain_order="left")
        .with_columns(
            pl.when(here).then(pl.coalesce("new_bucket", "bucket")).otherwise("bucket").alias("bucket"),
            pl.when(here).then(_NOBODY).otherwise("reason").alias("reason"),
        )
        .select(records.columns)
    )


def adjusted_counts(counts: Mapping[str, int], before: pl.DataFrame, after: pl.DataFrame) -> dict[str, int]:
    """The counts when these records became those; records passed over as unchanged are in neither."""
    was, now = (dict(frame.group_by("bucket").len().iter_rows()) for frame in (before, after))
    moved = {bucket: counts.get(bucket, 0) + now.get(bucket, 0) - was.get(bucket, 0) for bucket in BUCKETS}
    return {**counts, "removed_missing": counts.get("removed_missing", 0), **moved}


def waiting_part(stored: Plan, fresh: Plan) -> pl.DataFrame:
    """The changes of the fresh plan that are held, or are those of people whose change waited so far."""
    asked = stored.held["source_id"].unique().sort().implode()
    return fresh.changes.filter(pl.col("held_by").is_not_null() | pl.col("source_id").is_in(asked))


def replanned(stored: Plan, fresh: Plan) -> Plan:
    """The stored plan with its waiting part as it is planned now; what was applied stays as it was."""
    part = waiting_part(stored, fresh)
    people = pl.concat([stored.held["source_id"], part["source_id"]]).unique().sort().implode()
    after = stored.changes["change_no"].max()
    first = int(str(after)) + 1 if after is not None else 0
    applied = stored.applicable
    moved = pl.lit(first, pl.UInt32) + pl.col("change_no")
    free = pl.col("held_by").is_null()
    before = stored.held.unique("source_id", keep="first", maintain_order=True).select(
        "source_id", *(pl.col(name).alias(f"was_{name}") for name in HOLDING)
    )
    waits = (
        part.join(before, on="source_id", how="left", maintain_order="left")
        .with_columns(
            moved.alias("change_no"),
            *(pl.when(free).then(f"was_{name}").otherwise(name).alias(name) for name in HOLDING),
        )
        .select(part.columns)
    )
    fields = pl.concat(
        [
            stored.fields.join(applied, on="change_no", how="semi", maintain_order="left"),
            fresh.fields.join(part, on="change_no", how="semi", maintain_order="left").with_columns(
                moved.alias("change_no")
            ),
        ]
    )
    extras = pl.concat(
        [
            stored.extras.join(applied, on="change_no", how="semi", maintain_order="left"),
            fresh.extras.join(part, on="change_no", how="semi", maintain_order="left").with_columns(
                moved.alias("change_no")
            ),
        ]
    )
    theirs = pl.col("source_id").is_in(people).fill_null(False)
    held = waits.unique("source_id", keep="first", maintain_order=True).select("source_id", "held_by")
    now = fresh.records.filter(theirs).join(held, on="source_id", how="left", maintain_order="left")
    waiting = pl.col("held_by").is_not_null() & (pl.col("bucket") != "held")
    now = now.with_columns(
        pl.when(waiting).then(pl.lit("held")).otherwise("bucket").alias("bucket"),
        pl.when(waiting).then("held_by").otherwise("reason").alias("reason"),
    ).drop("held_by")
    records = pl.concat([stored.records.filter(~theirs), now]).sort("row", maintain_order=True)
    return replace(
        fresh,
        changes=pl.concat([applied, waits]),
        fields=fields,
        records=records,
        extras=extras,
        counts=adjusted_counts(stored.counts, stored.records, records),
    )
