"""How one plan differs from another, person by person: what an approver has to see anew, what a replay reports.

Pure. Two plans of the same feed differ because somebody edited the User List, because a day has passed, or
because they were drawn by other rules.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.records import VALUES
from schedulepop.sync.plan.names import full_names

KEYS = ["source_id", "location_id"]
DIFFERENCE: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    "location_id": pl.Int64,
    "name": pl.String,
    "was": pl.String,  # the verb in the first plan, null: nothing would have changed
    "now": pl.String,  # in the second
    "field": pl.String,  # null: only the verb tells
    "old": pl.String,  # what the first plan would have made of the field, null: left as it is
    "new": pl.String,
}
"""One row per person, location and field that the two plans treat differently."""
HELD = "held_by"
"""Stands among the fields where one plan holds a change and the other does not."""


def between(
    first: Plan,
    second: Plan,
    *,
    parts: tuple[pl.DataFrame, pl.DataFrame] | None = None,
    holds: bool = True,
) -> pl.DataFrame:
    """DIFFERENCE, by person. `parts`: only these changes of the plans; `holds`: whether a hold is a difference."""
    before, after = parts or (first.changes, second.changes)
    people = _people(before).join(
        _people(after), on=KEYS, how="full", coalesce=True, nulls_equal=True, suffix="_now"
    )
    values = _values(first, before, holds).join(
        _values(second, after, holds),
        on=[*KEYS, "field"],
        how="full",
        coalesce=True,
        nulls_equal=True,
        suffix="_now",
    )
    differing = values.filter(pl.col("value").ne_missing(pl.col("value_now")))
    found = people.join(differing, on=KEYS, how="left", nulls_equal=True).filter(
        pl.col("verb").ne_missing(pl.col("verb_now")) | pl.col("field").is_not_null()
    )
    return (
        found.select(
            *KEYS,
            pl.coalesce("name_now", "name").alias("name"),
            pl.col("verb").alias("was"),
            pl.col("verb_now").alias("now"),
            "field",
            pl.col("value").alias("old"),
            pl.col("value_now").alias("new"),
        )
        .sort("name", *KEYS, "field", nulls_last=True)
        .cast(pl.Schema(DIFFERENCE))
    )


def entries(differences: pl.DataFrame, most: int | None = None) -> list[dict[str, Any]]:
    """One entry per person and location: source_id, location_id, name, was, now, fields [{field, old, new}]."""
    found: list[dict[str, Any]] = []
    keys = ["source_id", "location_id", "name", "was", "now"]
    for key, group in differences.group_by(keys, maintain_order=True):
        if most is not None and len(found) == most:
            break
        fields = group.filter(pl.col("field").is_not_null()).select("field", "old", "new").to_dicts()
        found.append(dict(zip(keys, key, strict=True)) | {"fields": fields})
    return found


def people_in(differences: pl.DataFrame) -> int:
    """How many people the plans treat differently."""
    return differences["source_id"].n_unique() if differences.height else 0


def _people(changes: pl.DataFrame) -> pl.DataFrame:
    return changes.select(*KEYS, "verb", full_names(changes).alias("name")).unique(
        KEYS, keep="first", maintain_order=True
    )


def _values(plan: Plan, changes: pl.DataFrame, holds: bool) -> pl.DataFrame:
    """KEYS, field, value: what the changes would make of each field; a create makes all of them."""
    keyed = changes.select("change_no", *KEYS)
    edited = plan.fields.join(keyed, on="change_no", how="inner", maintain_order="left").select(
        *KEYS, "field", pl.col("new").alias("value")
    )
    makes = [*VALUES, "duty_code", "zone_code"]
    creates = changes.filter(pl.col("verb") == "create").select(
        *KEYS, *(pl.col(name).cast(pl.String) for name in makes)
    )
    made = creates.unpivot(makes, index=KEYS, variable_name="field", value_name="value").drop_nulls("value")
    held = changes.filter(pl.col(HELD).is_not_null() & pl.lit(holds)).select(
        *KEYS, pl.lit(HELD).alias("field"), pl.col(HELD).alias("value")
    )
    return pl.concat([edited, made, held]).unique([*KEYS, "field"], keep="last", maintain_order=True)
