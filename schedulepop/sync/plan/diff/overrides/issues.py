"""Findings about overrides and pins: one issue per person with overrides, one per run taken back."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schedulepop.employee import BY_NAME, MASKED_FIELDS, TELLS_PAY
from schedulepop.lib import text
from schedulepop.sync.plan.frames.changes import IN_FORCE, OVERRIDE
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.names import full_names


def about_overrides(met: pl.DataFrame, snapshot: Snapshot, columns: Mapping[str, str]) -> pl.DataFrame:
    """One PROBLEM per value that stands against payroll's, with payroll's value, masked when personal, never pay."""
    against = met.filter(pl.col("outcome") == IN_FORCE)
    if against.is_empty():
        return empty(PROBLEM)
    names = {kind: dict(getattr(snapshot, f"{kind}_names").iter_rows()) for kind in ("duty", "zone")}
    names["location"] = dict(snapshot.locations.select("location_id", "name").iter_rows())
    rows = [
        _row(one, name, columns, _shown(one["field"], one["payroll_value"], names))
        for one, name in zip(against.iter_rows(named=True), full_names(against), strict=True)
    ]
    return pl.DataFrame(rows, schema=PROBLEM, orient="row")


def _row(
    one: dict[str, object], name: str, columns: Mapping[str, str], shown: str | None
) -> tuple[object, ...]:
    overridden = one["kind"] == OVERRIDE
    key = one["source_id"] if overridden or one["run"] is None else f"run {one['run']}"
    says = (
        "does not have the person any more"
        if one["payroll_value"] is None
        else _says(str(one["field"]), shown)
    )
    return (
        "overridden" if overridden else "undone",
        one["row"],
        one["source_id"],
        one["location_id"],
        columns.get(str(one["field"])),
        shown,
        key,
        _message(one, name, says),
    )


def _message(one: dict[str, object], name: str, says: str) -> str:
    label = _label(str(one["field"]))
    if one["kind"] == OVERRIDE:
        return (
            f"{label} of {name} is kept against payroll until {one['until']}. Payroll {says}. Nothing to do: it goes "
            "by itself on that day, or when payroll agrees."
        )
    if one["run"] is not None:
        return (
            f"Run {one['run']} was undone, and payroll still sends values it brought. They stay out until payroll "
            "sends others: correct them there, or release them on the person’s page."
        )
    return (
        f"{label} of {name} was undone, and payroll still sends the same. It stays out until payroll sends another "
        "value: correct it there, or release it on the person’s page."
    )


def _label(field: str) -> str:
    return BY_NAME[field].label if field in BY_NAME else field.replace("_", " ").capitalize()


def _says(field: str, shown: str | None) -> str:
    if field in TELLS_PAY:
        return "sends another one"
    return f"says {shown}" if shown else "says it is blank"


def _shown(field: str, said: object, names: dict[str, dict[int, str]]) -> str | None:
    value = str(said or "")
    if not value or field in TELLS_PAY:
        return None
    if field.startswith("extra_"):
        known = names[field.removeprefix("extra_")]
        return ", ".join(known.get(int(one), "a new one") for one in value.split(","))
    if field == "primary_location":
        field = "location"
    if field in names:
        return names[field].get(int(value))
    if field == "status":
        return value.replace("_", " ")
    return text.mask(value) if field in MASKED_FIELDS else value
