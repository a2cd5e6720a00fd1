"""What becomes of a plan when a person decides: holds released, records counted anew, a rest planned again. Pure.

The run keeps one plan through all of its applies, so that its page tells everything it did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from schedulepop.sync.plan.accounting import change_buckets
from schedulepop.sync.plan.frames.changes import CONTACT_MOVED, CONTACTS, DEFERRED, HOLDING
from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.records import PERSON_KEY

_NOBODY = pl.lit(None, dtype=pl.String)


def release_holds(plan: Plan, ids: Collection[str] | None = None) -> Plan:
    """The plan with every hold released, or only those of these payroll IDs. Holds stay listed, but not a person's
    own. Who is kept apart stays so unless named by ID.
    """
    plan = with_contacts(plan, ids)
    chosen = pl.col("held_by").is_not_null()
    if ids is None:
        chosen &= pl.col("held_by") != DEFERRED
    else:
        chosen &= pl.col("source_id").is_in(sorted(ids))
    free = plan.changes.filter(chosen)
    changes = plan.changes.with_columns(
        pl.when(chosen).then(pl.lit(None, kind)).otherwise(name).alias(name) for name, kind in HOLDING.items()
    )
    records = _recounted(plan.records, free, changes)
    counts = adjusted_counts(plan.counts, plan.records, records)
    gone = free.filter(pl.col("situation") == "missing")["source_id"].n_unique()
    holds = plan.holds
    if ids is not None:
        holds = holds.filter(~pl.col("source_id").is_in(sorted(ids)).fill_null(False))
    apart = changes.filter(pl.col("held_by") == DEFERRED)["source_id"].implode()
    return replace(
        plan,
        released=plan.released.filter(~pl.col("source_id").is_in(apart).fill_null(False)),
        changes=changes,
        records=records,
        holds=holds,
        counts=counts | {"removed_missing": counts["removed_missing"] + gone},
    )


def whole_people(plan: Plan, ids: Collection[str]) -> list[str]:
    """These payroll IDs and the others of the same people, as far as a change of theirs does not go through."""
    stopped = plan.stopped.with_columns(PERSON_KEY.alias("whole"))
    theirs = stopped.filter(pl.col("source_id").is_in(sorted(ids)))["whole"].implode()
    found: list[str] = stopped.filter(pl.col("whole").is_in(theirs))["source_id"].unique().sort().to_list()
    return found


def defer(plan: Plan, ids: Collection[str]) -> Plan:
    """The plan with these people kept apart: nothing of them waits for an approval any more."""
    chosen = pl.col("held_by").is_not_null() & pl.col("source_id").is_in(sorted(ids))
    was = plan.changes.filter(chosen).select("source_id", "held_by").unique()
    apart = {
        "held_by": pl.lit(DEFERRED),
        "held_scope": pl.lit("person"),
        "held_location": pl.lit(None, pl.Int64),
    }
    changes = plan.changes.with_columns(
        pl.when(chosen).then(apart.get(name, pl.col("source_id"))).otherwise(name).alias(name)
        for name in HOLDING
    )
    records = plan.records.join(
        was.select("source_id", pl.col("held_by").alias("reason"), pl.lit(True).alias("apart")),
        on=["source_id", "reason"],
        how="left",
        maintain_order="left",
    ).with_columns(pl.when("apart").then(pl.lit(DEFERRED)).otherwise("reason").alias("reason"))
    own = pl.col("source_id").is_in(sorted(ids)).fill_null(False)
    return replace(
        plan, changes=changes, records=records.select(plan.records.columns), holds=plan.holds.filter(~own)
    )


def without_decided_holds(
    plan: Plan, asks_about_feed: Collection[str], accepted: Collection[int] = ()
) -> Plan:
    """The plan without the holds that wait for nobody any more: all whom they could stop are decided on.

    A rule of `asks_about_feed` doubts the file itself, whoever waits: only its whole location, `accepted`, ends it.
    """
    held = plan.held
    places = pl.concat([held["location_id"], held["held_location"]]).drop_nulls().unique()
    people = pl.concat([held["source_id"], held["held_person"]]).drop_nulls().unique()
    waits = (
        pl.when(pl.col("rule").is_in(sorted(asks_about_feed)))
        .then(pl.col("location_id").is_null() | ~pl.col("location_id").is_in(sorted(accepted)))
        .when(pl.col("scope") == "person")
        .then(pl.col("source_id").is_in(people.implode()))
        .when(pl.col("scope") == "location")
        .then(pl.col("location_id").is_in(places.implode()))
        .otherwise(pl.lit(held.height > 0))
    )
    return replace(plan, holds=plan.holds.filter(waits))


def with_contacts(plan: Plan, ids: Collection[str] | None = None) -> Plan:
    """The plan with every held contact, or that of these payroll IDs, back in the change of its person at that
    location, where there is another one. Both are written at once then, and a new person has no account yet that could
    be updated.
    """
    apart = plan.changes.filter(pl.col("held_by") == CONTACT_MOVED)
    if ids is not None:
        apart = apart.filter(pl.col("source_id").is_in(sorted(ids)))
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


def without_people(plan: Plan, ids: pl.Series) -> Plan:
    """The plan without the held changes of these people: another run has made them true, and nothing is left to do."""
    held = pl.col("held_by").is_not_null() & pl.col("source_id").is_in(ids.implode())
    changes = plan.changes.filter(~held)
    theirs = pl.col("source_id").is_in(ids.implode()).fill_null(value=False) & (pl.col("bucket") == "held")
    records = plan.records.with_columns(
        pl.when(theirs).then(pl.lit("unchanged")).otherwise("bucket").alias("bucket"),
        pl.when(theirs).then(_NOBODY).otherwise("reason").alias("reason"),
    )
    own = pl.col("source_id").is_in(ids.implode()).fill_null(value=False)
    return replace(
        plan,
        changes=changes,
        fields=plan.fields.join(changes, on="change_no", how="semi", maintain_order="left"),
        extras=plan.extras.join(changes, on="change_no", how="semi", maintain_order="left"),
        records=records,
        holds=plan.holds.filter(~own),
        counts=adjusted_counts(plan.counts, plan.records, records),
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
    """The changes of the fresh plan that are held, or are those of people whose change waited so far; of nobody who is
    kept apart.
    """
    asked = stored.held["source_id"].unique().sort().implode()
    apart = pl.concat([stored.deferred["source_id"], fresh.deferred["source_id"]]).unique().implode()
    waits = pl.col("held_by").is_not_null() | pl.col("source_id").is_in(asked)
    return fresh.changes.filter(waits & ~pl.col("source_id").is_in(apart))


def _stopped_part(stored: Plan, fresh: Plan) -> pl.DataFrame:
    """`waiting_part` and those kept apart."""
    asked = stored.stopped["source_id"].unique().sort().implode()
    return fresh.changes.filter(pl.col("held_by").is_not_null() | pl.col("source_id").is_in(asked))


def replanned(stored: Plan, fresh: Plan) -> Plan:
    """The stored plan with its waiting part as it is planned now; what was applied stays as it was."""
    part = _stopped_part(stored, fresh)
    people = pl.concat([stored.stopped["source_id"], part["source_id"]]).unique().sort().implode()
    after = stored.changes["change_no"].max()
    first = int(str(after)) + 1 if after is not None else 0
    applied = stored.applicable
    moved = pl.lit(first, pl.UInt32) + pl.col("change_no")
    free = pl.col("held_by").is_null()
    before = stored.stopped.unique("source_id", keep="first", maintain_order=True).select(
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
