"""Findings about overrides and pins: one issue per person with overrides, one per run taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from schedulepop.employee import MASKED_FIELDS, TELLS_PAY
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
    return pl.DataFrame(rows, schema=PROBLEM)


def _row(one: dict[str, Any], name: str, columns: Mapping[str, str], shown: str | None) -> dict[str, object]:
    code, reason, key = "overridden", "overridden", one["source_id"]
    params = {"field": one["field"], "name": name}
    if one["kind"] == OVERRIDE:
        params |= {"until": str(one["until"]), "gone": one["payroll_value"] is None}
    elif one["run"] is None:
        code, reason = "undone", "undone"
    else:
        code, reason, key, params = "undone", "run_undone", f"run {one['run']}", {"run": one["run"]}
    return {
        "code": code,
        "reason": reason,
        "row": one["row"],
        "source_id": one["source_id"],
        "location_id": one["location_id"],
        "column": columns.get(one["field"]),
        "value": shown,
        "key": key,
        "params": json.dumps(params, ensure_ascii=False),
    }


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
