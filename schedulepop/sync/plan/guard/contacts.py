"""A contact that changes hands: an email or phone that was another person's who is still in the feed (SPEC §5 Guard).

A column has slipped by a row, two values were swapped, or a leaver's address was given to a hire: whoever reads the
mailbox could take over an account. Only the contact is held, of both sides, so that the next night still knows whose it
was; everything else of these people goes through. A value that its owner keeps is shared, and nobody is held for it.

The held part of a change becomes a change of its own: an update of the contact, beside the person's other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import polars as pl

from schedulepop.sync.plan.employment import is_ended
from schedulepop.sync.plan.frames.changes import CHANGE, CONTACT_MOVED, CONTACTS, FIELD, HOLDING
from schedulepop.sync.plan.frames.records import PERSON_KEY
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard.context import GuardContext, Hold
from schedulepop.sync.plan.names import full_names

Contacts = Callable[[list[str]], pl.DataFrame]  # payroll IDs → source_id, email, phone of their records
MOVE: dict[str, pl.DataType | type[pl.DataType]] = {
    "change_no": pl.UInt32,
    "person": pl.String,  # PERSON_KEY
    "source_id": pl.String,
    "name": pl.String,
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
    "other": pl.String,  # whose it was, or who gets what was theirs
    "gains": pl.Boolean,  # False: it was theirs
}
"""One row per held field of a person."""


def hold_moved_contacts(context: GuardContext, changes: pl.DataFrame) -> tuple[Changes, list[Hold]]:
    """The changes with contacts that change hands apart and held, and a hold for each person concerned."""
    given = replace(context.changes, rows=changes)
    moves = moved_contacts(context, changes)
    if moves.is_empty():
        return given, []
    return _apart(given, moves), list(_holds(moves))


def moved_contacts(context: GuardContext, changes: pl.DataFrame) -> pl.DataFrame:
    """MOVE. Nothing without a feed: what people or dates bring about is no slip of payroll's."""
    if context.feed is None or context.snapshot.people.is_empty():
        return pl.DataFrame(schema=MOVE)
    given = _given(context, changes.filter(pl.col("held_by").is_null()))
    found = [
        _moved(context, changes, given.filter(pl.col("field") == name), name, context.feed.contacts)
        for name in CONTACTS
    ]
    moves = pl.concat(found).sort("change_no", "field", "gains", descending=[False, False, True])
    return moves.unique(["person", "field"], keep="first", maintain_order=True)


def _given(context: GuardContext, changes: pl.DataFrame) -> pl.DataFrame:
    """change_no, person, user_id, source_id, name, field, old, new: contacts that payroll changes, or gives new people.

    What an override puts back is not payroll's word.
    """
    about = changes.select(
        "change_no", PERSON_KEY.alias("person"), "user_id", "source_id", full_names(changes).alias("name")
    )
    told = context.changes.fields.filter(
        pl.col("field").is_in(CONTACTS) & (pl.col("why") != "override").fill_null(True)
    ).select("change_no", "field", "old", "new")
    edited = about.filter(pl.col("user_id").is_not_null()).join(
        told, on="change_no", how="inner", maintain_order="left"
    )
    hires = changes.filter((pl.col("verb") == "create") & pl.col("user_id").is_null())
    first = hires.unique("source_id", keep="first", maintain_order=True).select("change_no", *CONTACTS)
    news = first.unpivot(CONTACTS, index="change_no", variable_name="field", value_name="new").drop_nulls()
    news = news.with_columns(pl.lit(None, pl.String).alias("old"))
    created = about.join(news, on="change_no", how="inner", maintain_order="left")
    return pl.concat([edited, created.select(edited.columns)])


def _moved(
    context: GuardContext, changes: pl.DataFrame, given: pl.DataFrame, name: str, contacts: Contacts
) -> pl.DataFrame:
    """MOVE of this field: who gets another one's, and what changes for that other one."""
    owners = _owners(context, changes, name)
    gets = (
        given.drop_nulls("new")
        .with_columns(pl.col("new").str.to_lowercase().alias("value"))
        .join(owners, on="value", how="inner", maintain_order="left")
        .filter(pl.col("owner").ne_missing(pl.col("user_id")))
    )
    if gets.is_empty():
        return pl.DataFrame(schema=MOVE)
    kept = _keepers(context, changes, gets.select("owner", "value"), name, contacts)
    gets = gets.join(kept, on="value", how="anti", maintain_order="left").with_columns(
        pl.lit(True).alias("gains")
    )
    gives = given.rename({"user_id": "owner"}).join(
        gets.select("owner", pl.col("name").alias("other")).unique(
            "owner", keep="first", maintain_order=True
        ),
        on="owner",
        how="inner",
        maintain_order="left",
    )
    parts = (gets, gives.with_columns(pl.lit(False).alias("gains")))
    return pl.concat([part.select(list(MOVE)).cast(pl.Schema(MOVE)) for part in parts])


def _owners(context: GuardContext, changes: pl.DataFrame, name: str) -> pl.DataFrame:
    """owner, value, other (their name): who of the feed has which now, unless a person gave it to them by hand."""
    here = changes.filter(pl.col("situation") != "missing")["user_id"].drop_nulls()
    by_hand = context.snapshot.edits.filter(pl.col("field") == name)["user_id"]
    people = context.snapshot.people.with_columns(full_names(context.snapshot.people).alias("other"))
    return (
        people.filter(
            pl.col("user_id").is_in([*context.snapshot.in_feed, *here])
            & ~pl.col("user_id").is_in(by_hand.implode())
        )
        .select(pl.col("user_id").alias("owner"), pl.col(name).str.to_lowercase().alias("value"), "other")
        .drop_nulls("value")
    )


def _keepers(
    context: GuardContext, changes: pl.DataFrame, owned: pl.DataFrame, name: str, contacts: Contacts
) -> pl.DataFrame:
    """value: those that a record of an owner still carries; a blank carries nothing. A leaver keeps no email: who gets
    it is somebody else, and the leaver may still read the mailbox.
    """
    links = pl.concat(
        [context.snapshot.links.select("source_id", "user_id"), changes.select("source_id", "user_id")]
    ).drop_nulls()
    links = links.rename({"user_id": "owner"}).filter(pl.col("owner").is_in(owned["owner"].implode()))
    carried = contacts(links["source_id"].unique().sort().to_list())
    over = changes.filter(is_ended("status"))["membership_id"].drop_nulls()
    works = context.snapshot.members.filter(
        ~is_ended("status") & ~pl.col("membership_id").is_in(over.implode())
    )["user_id"]
    reads_it = pl.col("owner").is_in(works.implode()) if name == "email" else pl.lit(True)
    return (
        carried.select("source_id", pl.col(name).str.to_lowercase().alias("value"))
        .drop_nulls()
        .join(links, on="source_id", how="inner", maintain_order="left")
        .filter(reads_it)
        .join(owned, on=["owner", "value"], how="semi", maintain_order="left")
        .select("value")
        .unique(maintain_order=True)
    )


def _holds(moves: pl.DataFrame) -> Iterator[Hold]:
    """One per person, with both fields where both move."""
    for _, theirs in moves.group_by("person", maintain_order=True):
        gains = theirs.filter("gains")
        told = gains if gains.height else theirs
        params = {
            "name": told["name"][0],
            "source_id": told["source_id"][0],
            "fields": theirs["field"].to_list(),
            "other": told["other"][0],
            "gains": bool(gains.height),
        }
        yield Hold(CONTACT_MOVED, float(theirs.height), 1.0, params, source_id=theirs["source_id"][0])


def _apart(changes: Changes, moves: pl.DataFrame) -> Changes:
    """The held contacts as changes of their own, at the end of the plan; a change of nothing else is held as it is."""
    rows, fields = changes.rows, changes.fields
    contact = fields.join(moves, on=["change_no", "field"], how="semi", maintain_order="left")
    rest = fields.join(moves, on=["change_no", "field"], how="anti", maintain_order="left")
    numbers = moves.select("change_no", "source_id").unique("change_no", keep="first", maintain_order=True)
    keeps = pl.concat([rest.select("change_no"), changes.extras.select("change_no")])["change_no"]
    alone = (
        (pl.col("verb") == "update")
        & (pl.col("situation") == "linked")
        & ~pl.col("primary_location")
        & ~pl.col("change_no").is_in(keeps.implode())
        & ~pl.col("change_no").is_in(_adopting(changes).implode())
    ).fill_null(False)
    concerned = rows.join(numbers.select("change_no"), on="change_no", how="semi", maintain_order="left")
    whole = concerned.filter(alone)["change_no"]
    split = concerned.filter(~alone)
    first = int(str(rows["change_no"].max())) + 1
    moved_to = (
        split.select("change_no")
        .with_row_index("at")
        .select("change_no", (pl.col("at") + first).cast(pl.UInt32).alias("moved_to"))
    )
    free = pl.col("held_by").is_null()
    rows = rows.with_columns(
        pl.when(pl.col("change_no").is_in(whole.implode()) & free).then(by).otherwise(name).alias(name)
        for name, by in _by(pl.col("source_id")).items()
    )
    apart = split.join(moved_to, on="change_no", how="left", maintain_order="left").with_columns(
        pl.col("moved_to").alias("change_no"),
        pl.lit("update").alias("verb"),
        pl.lit(None, pl.Int64).alias("from_membership_id"),
        pl.lit(False).alias("removal"),
        pl.lit(False).alias("primary_location"),
        *(by.alias(name) for name, by in _by(pl.col("source_id")).items()),
    )
    told = contact.join(moved_to, on="change_no", how="left", maintain_order="left").with_columns(
        pl.coalesce("moved_to", "change_no").alias("change_no")
    )
    given = moves.join(
        split.filter(pl.col("user_id").is_null()), on="change_no", how="semi", maintain_order="left"
    )
    given = given.join(moved_to, on="change_no", how="left", maintain_order="left").select(
        pl.col("moved_to").alias("change_no"),
        "field",
        "old",
        "new",
        pl.lit("payroll").alias("why"),
        pl.lit(None, pl.String).alias("params"),
    )
    return replace(
        changes,
        rows=pl.concat([_without(rows, moves, whole), apart.select(list(CHANGE))]),
        fields=pl.concat([rest, told.select(list(FIELD)), given.select(list(FIELD)).cast(pl.Schema(FIELD))]),
    )


def _adopting(changes: Changes) -> pl.Series:
    """Updates that say no field: the membership becomes payroll's own."""
    return changes.rows.join(changes.fields, on="change_no", how="anti", maintain_order="left")["change_no"]


def _by(source_id: pl.Expr) -> dict[str, pl.Expr]:
    values = (pl.lit(CONTACT_MOVED), pl.lit("person"), pl.lit(None, pl.Int64), source_id)
    return dict(zip(HOLDING, values, strict=True))


def _without(rows: pl.DataFrame, moves: pl.DataFrame, whole: pl.Series) -> pl.DataFrame:
    """The other changes of these people, with the contact as it is now."""
    rows = rows.with_columns(PERSON_KEY.alias("person"), pl.int_range(pl.len()).alias("at"))
    for name in CONTACTS:
        now = moves.filter(pl.col("field") == name).select(
            "person", pl.col("old").alias("stays"), pl.lit(True).alias("moves")
        )
        rows = rows.join(now, on="person", how="left", maintain_order="left")
        stays = pl.col("moves").fill_null(False) & ~pl.col("change_no").is_in(whole.implode())
        rows = rows.with_columns(pl.when(stays).then("stays").otherwise(name).alias(name)).drop(
            "stays", "moves"
        )
    return rows.sort("at").select(list(CHANGE))
