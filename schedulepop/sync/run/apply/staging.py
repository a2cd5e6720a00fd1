"""A plan's changes as the rows `directory.bulk` stages: ids reserved, names folded, words for the list.

All of it columnar. What the plan could not know is settled here: ids of duties and zones made for new codes,
and people or memberships that appeared since the plan was drawn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.directory import bulk, bulk_names, columns
from schedulepop.employee import BY_NAME, NEXT_PAY, TELLS_PAY, USER_FIELDS
from schedulepop.lib.text import fold_code
from schedulepop.sync.plan.frames.plan import Plan

NEW_FOR = timedelta(days=31)  # so long after the hire date somebody new on the list has "joined"
_UNITS = [name for name, kind in columns.PAY.items() if kind == "text"]
_OWN = ("first_name", "last_name", "email", "phone")
_TEXTS = [*_OWN, *_UNITS, *(name for name, kind in columns.MEMBERSHIP.items() if kind == "text")]
_KINDS = ("duty", "zone")


@dataclass(frozen=True, slots=True)
class Staged:
    """What goes into the staging tables, who is made, and how many codes got their duty or zone."""

    rows: bulk.Rows
    users: dict[str, int]  # source id → the user made for it
    codes: int  # new codes whose duty or zone is settled


def stage_changes(
    cursor: Cursor[Any],
    plan: Plan,
    changes: pl.DataFrame,
    welcome: Collection[str] | None,
    context: bulk.WriteContext,
) -> Staged:
    """Everything resolved and reserved."""
    extras = plan.extras.join(
        changes.select("change_no", "location_id"), on="change_no", how="inner", maintain_order="left"
    )
    changes, extras, codes = _with_codes(cursor, changes, extras, context)
    changes = _with_people(cursor, changes, context.integration)
    fields = plan.fields.join(changes.select("change_no"), on="change_no", how="semi", maintain_order="left")
    changes = changes.join(
        _named_fields(fields), on="change_no", how="left", maintain_order="left"
    ).with_columns(
        pl.lit(True).alias("welcome")
        if welcome is None
        else pl.col("source_id").is_in(sorted(welcome)).alias("welcome"),
        pl.col("user_id").is_null().alias("newcomer"),
        *(pl.col(name).fill_null("") for name in _TEXTS),
        *_pay(),
    )
    changes = _with_words(changes, plan.today).with_columns(
        pl.when((pl.col("verb") == "create") & pl.col("membership_id").is_not_null())
        .then(pl.lit("update"))
        .otherwise("verb")
        .alias("verb")
    )
    existing = changes.filter(~pl.col("newcomer"))
    known = existing.filter(pl.col("membership_id").is_not_null())
    new, users = _new(cursor, changes.filter(pl.col("membership_id").is_null()))
    rows = bulk.Rows(
        new=new,
        existing=known,
        person=_people(existing),
        extra=_extras(extras, new, known),
        field=fields.with_row_index("place"),
    )
    return Staged(rows, users, codes)


def _with_codes(
    cursor: Cursor[Any], changes: pl.DataFrame, extras: pl.DataFrame, context: bulk.WriteContext
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Make the duties and zones named for unknown codes, and fill in their ids."""
    asked = [
        changes.filter(pl.col(f"{kind}_id").is_null() & pl.col(f"{kind}_new").is_not_null()).select(
            pl.lit(kind).alias("kind"),
            "location_id",
            pl.col(f"{kind}_code").alias("raw"),
            pl.col(f"{kind}_new").alias("name"),
        )
        for kind in _KINDS
    ]
    further = extras.filter(pl.col("id").is_null()).select(
        "kind", "location_id", pl.col("code").alias("raw"), pl.col("new").alias("name")
    )
    wanted = pl.concat([*asked, further]).unique(maintain_order=True)
    if wanted.is_empty():
        return changes, extras, 0
    wanted = wanted.with_columns(
        pl.Series("code", [fold_code(raw) for raw in wanted["raw"].fill_null(wanted["name"])])
    )
    distinct = wanted.unique(["kind", "location_id", "code"], keep="first", maintain_order=True)
    made = bulk.make_codes(cursor, distinct, context)
    resolved = wanted.join(made, on=["kind", "location_id", "code"], how="left", maintain_order="left")
    made_extras = resolved.select(
        "kind",
        "location_id",
        pl.col("raw").alias("code"),
        pl.col("name").alias("new"),
        pl.col("id").alias("made"),
    )
    extras = extras.join(
        made_extras,
        on=["kind", "location_id", "code", "new"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(pl.coalesce("id", "made").alias("id"))
    for kind in _KINDS:
        ids = resolved.filter(pl.col("kind") == kind).select(
            "location_id",
            pl.col("raw").alias(f"{kind}_code"),
            pl.col("name").alias(f"{kind}_new"),
            pl.col("id").alias("made"),
        )
        changes = (
            changes.join(
                ids,
                on=["location_id", f"{kind}_code", f"{kind}_new"],
                how="left",
                nulls_equal=True,
                maintain_order="left",
            )
            .with_columns(pl.coalesce(f"{kind}_id", "made").alias(f"{kind}_id"))
            .drop("made")
        )
    return changes, extras, distinct.height


def _with_people(cursor: Cursor[Any], changes: pl.DataFrame, integration: int | None) -> pl.DataFrame:
    """Users and memberships that exist by now: the same plan twice must double nobody."""
    ids = changes.filter(pl.col("user_id").is_null())["source_id"].unique(maintain_order=True)
    if ids.len():
        cursor.execute(
            "SELECT source_id, user_id FROM sync_link WHERE integration_id = %s AND retired_at IS NULL"
            " AND source_id = ANY(%s)",
            (integration, ids.to_list()),
        )
        changes = _filled(changes, cursor.fetchall(), ["source_id"], "user_id")
    places = changes.filter(pl.col("membership_id").is_null() & pl.col("user_id").is_not_null())
    if places.height:
        cursor.execute(
            "SELECT user_id, location_id, id FROM directory_membership WHERE user_id = ANY(%s)",
            (places["user_id"].unique().to_list(),),
        )
        changes = _filled(changes, cursor.fetchall(), ["user_id", "location_id"], "membership_id")
    return changes


def _filled(changes: pl.DataFrame, rows: list[tuple[Any, ...]], keys: list[str], column: str) -> pl.DataFrame:
    if not rows:
        return changes
    found = pl.DataFrame(
        rows, schema={**{key: changes.schema[key] for key in keys}, "found": pl.Int64}, orient="row"
    )
    joined = changes.join(found, on=keys, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(column, "found").alias(column)).drop("found")


def _named_fields(fields: pl.DataFrame) -> pl.DataFrame:
    """change_no → `named`: its fields, joined by commas, in the order of the plan."""
    return fields.group_by("change_no", maintain_order=True).agg(pl.col("field").str.join(",").alias("named"))


def _pay() -> list[pl.Expr]:
    """A rate without unit or currency says nothing, and the database refuses it; so does one dated ahead."""
    kept = []
    for before in ("", "next_"):
        stated = pl.all_horizontal(
            pl.col(f"{before}pay_{name}").is_not_null() for name in ("rate", "unit", "currency")
        )
        kept.append(pl.when(stated).then(f"{before}pay_rate").alias(f"{before}pay_rate"))
    dated = pl.all_horizontal(pl.col(name).is_not_null() for name in NEXT_PAY)
    return [*kept, pl.when(dated).then("next_pay_on").alias("next_pay_on")]


def _extras(extras: pl.DataFrame, new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """EXTRA rows with the membership they belong to, those made by this plan included."""
    places = pl.concat([frame.select("change_no", "membership_id") for frame in (new, known)])
    return (
        extras.join(places, on="change_no", how="inner", maintain_order="left")
        .with_columns(
            pl.col("id").alias("part_id"), *_pay(), *(pl.col(name).fill_null("") for name in _UNITS)
        )
        .select(list(bulk.EXTRA))
    )


def _with_words(changes: pl.DataFrame, today: date) -> pl.DataFrame:
    """`what`: what happened, in the few words the User List shows; `fields` for the staging table."""
    named = pl.col("named").fill_null("")
    combinations = changes["named"].fill_null("").unique(maintain_order=True)
    words = {key: _words(tuple(key.split(",")) if key else ()) for key in combinations}
    arrays = {key: bulk.array(key.split(",") if key else ()) for key in combinations}
    by_verb = {"create": "Joined", "transfer": "Transferred here", "reactivate": "Back"}
    planned_whole = pl.col("verb").is_in(["create", "transfer"])
    return changes.with_columns(
        pl.when(pl.col("verb") == "update")
        .then(named.replace_strict(words, return_dtype=pl.String, default="Updated"))
        .when(pl.col("verb") == "deactivate")
        .then(pl.when(pl.col("status") == "canceled").then(pl.lit("Canceled")).otherwise(pl.lit("Left")))
        .when((pl.col("verb") == "create") & (pl.col("hire_date") < today - NEW_FOR))
        .then(pl.lit("Added"))
        .otherwise(pl.col("verb").replace(by_verb))
        .alias("what"),
        pl.when(planned_whole & pl.col("membership_id").is_not_null())
        .then(None)
        .otherwise(named.replace_strict(arrays, return_dtype=pl.String, default="{}"))
        .alias("fields"),
    )


def _words(fields: tuple[str, ...]) -> str:
    """ "Phone from payroll", "Duty and zone from payroll". Pay is not named: not everybody may see it."""
    short = {
        "duty": "Duty",
        "zone": "Zone",
        "ends_on": "Last day",
        "termination_date": "Last day",
        "status": "Status",
        "first_name": "Name",
        "last_name": "Name",
        "cms_code": "CMS code",
        "extra_duty": "Extra duty",
        "extra_zone": "Extra zone",
        "primary_location": "Primary location",
    }
    labels = list(
        dict.fromkeys(
            short.get(f) or (BY_NAME[f].label if f in BY_NAME else f) for f in fields if f not in TELLS_PAY
        )
    )
    if not labels:
        return "Details from payroll" if fields else "Now from payroll"
    rest = [label if label[1:2].isupper() else label[:1].lower() + label[1:] for label in labels[1:]]
    if len(rest) > 1:
        return f"{labels[0]} and {len(rest)} more from payroll"
    return f"{' and '.join([labels[0], *rest])} from payroll"


def _people(existing: pl.DataFrame) -> pl.DataFrame:
    """One row per existing person whose own values change: the change that tells them."""
    tells = pl.any_horizontal(
        *(("," + pl.col("named") + ",").str.contains(f",{name},", literal=True) for name in USER_FIELDS)
    )
    rows = existing.filter(tells.fill_null(False)).unique("user_id", keep="first", maintain_order=True)
    people = rows.with_columns(
        bulk_names.sort_names(rows["first_name"], rows["last_name"]).alias("sort_name"),
        ("{" + pl.col("named") + "}").alias("fields"),
    )
    return people.select(list(bulk.PERSON))


def _new(cursor: Cursor[Any], new: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Reserve ids; new people get one user each, however many memberships, with a free username."""
    first = pl.int_range(pl.len()).over("source_id") == 0
    new = new.with_columns(
        pl.Series("membership_id", bulk.reserve(cursor, "directory_membership", new.height), dtype=pl.Int64),
        (pl.col("newcomer") & first).alias("makes_user"),
    )
    makers = new.filter("makes_user")
    names = makers["first_name"], makers["last_name"]
    named = pl.col("primary_location").fill_null(False)
    new = new.with_columns(
        pl.when(pl.col("newcomer") & ~named.any().over("source_id"))
        .then("makes_user")
        .otherwise(named)
        .alias("primary_location")
    )
    people = makers.select(
        "source_id",
        pl.Series("made_id", bulk.reserve(cursor, "accounts_user", makers.height), dtype=pl.Int64),
        pl.Series("username", bulk.usernames(cursor, bulk_names.stems(*names).to_list()), dtype=pl.String),
        bulk_names.sort_names(*names).alias("sort_name"),
    )
    new = new.join(people, on="source_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("user_id", "made_id").alias("user_id")
    )
    return new.select(list(bulk.NEW)), dict(zip(people["source_id"], people["made_id"], strict=True))
