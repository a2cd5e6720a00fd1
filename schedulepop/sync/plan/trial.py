"""A look at a file without any set-up: what its columns are, and what a first sync of it would do.

Pure: no Django, no database, no clock. `try` prints it, the set-up page asks it for columns and codes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from schedulepop.lib.nothing import or_null
from schedulepop.lib.text import fold_code, mask
from schedulepop.sync.plan import fingerprints, read
from schedulepop.sync.plan.frames.feed import Feed, FileProfile
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import columns
from schedulepop.sync.plan.read.likely_columns import likely_id
from schedulepop.sync.plan.read.unread_columns import unread_columns, usual_values
from schedulepop.sync.plan.values.dates import propose_dates

ASSUMED_LOCATION = "Assumed location"


def profile_file(data: bytes, *, name: str, mapping: Mapping | None = None, pay: bool = False) -> FileProfile:
    """Reads a file and recognizes its columns. Raises NeedsAdmin when it is no payroll export."""
    used = mapping or Mapping()
    return profile_feed(read.read(data, pay=pay, name=name, columns=used.columns, named=used.named), used)


def profile_feed(feed: Feed, mapping: Mapping) -> FileProfile:
    """The columns of a feed already read: the mapping's when it names some, else by their headers."""
    headers = [column for column in feed.table.columns if column != "row"]
    if mapping.columns:
        found = columns.mapped(headers, mapping.columns)
    else:
        found = columns.recognize(headers, columns.samples(feed.table))
    dates = propose_dates(feed.table, found.columns, mapping)
    unread = unread_columns(feed.table, found.unknown, mapping) if "status" not in found.columns else ()
    proposed = likely_id(feed.table, found.unknown) if "source_id" not in found.columns else None
    unknown = (*found.unknown, *(name for name in feed.not_kept if name not in found.unknown))
    return FileProfile(feed, found.columns, unknown, dates, unread, proposed)


def with_usual_values(file: FileProfile, active: pl.Series) -> FileProfile:
    """The file whose unread columns hold nobody for a value of nearly all of these people. `active`: payroll IDs."""
    unread = usual_values(file.feed.table, file.unread, active, file.columns["source_id"])
    return replace(file, unread=unread)


def with_assumed_status(file: FileProfile) -> tuple[FileProfile, str | None]:
    """The file with its status read from a column that reads as one, where no column is known as the status.

    The second value is that column; None: nothing had to be assumed.
    """
    column = next((one.name for one in file.unread if one.reads), None)
    if column is None:
        return file, None
    columns = {**file.columns, "status": column}
    unknown = tuple(name for name in file.unknown if name != column)
    return replace(file, columns=columns, unknown=unknown, unread=()), column


def first_sync(
    file: FileProfile, *, today: date, mapping: Mapping | None = None, policy: Policy | None = None
) -> Plan:
    """What a first sync into an empty organization would do; codes count as mapped to what they name."""
    used = (mapping or Mapping()).model_copy(update={"create_codes": frozenset({"duty", "zone"})})
    if "location" not in file.columns and used.default_location is None:
        used = used.model_copy(update={"default_location": ASSUMED_LOCATION})
    return _full_plan(file, assumed_snapshot(file, used, today), used, policy or Policy())


def people(made: Plan) -> dict[str, int]:
    """How many people each bucket of records stands for: several records of one payroll ID are one person."""
    counted = made.records.group_by("bucket").agg(pl.col("source_id").n_unique())
    return dict(counted.iter_rows())


def without_names(problems: pl.DataFrame) -> pl.DataFrame:
    """PROBLEM that names nobody: people are told by their payroll ID or row, others by a masked name."""
    named = problems["params"].str.contains('"(?:name|known|some)"').fill_null(value=False)
    if not named.any():
        return problems
    params = [_unnamed(one) if has else one for one, has in zip(problems["params"], named, strict=True)]
    return problems.with_columns(pl.Series("params", params, dtype=pl.String))


def _unnamed(params: str) -> str:
    said = json.loads(params)
    if "source_id" in said:
        said["name"] = None
    masked = {key: [mask(one) for one in said[key]] for key in ("some",) if said.get(key)}
    return json.dumps(said | masked, ensure_ascii=False)


def codes_found(
    file: FileProfile, *, today: date, mapping: Mapping, snapshot: Snapshot | None = None
) -> pl.DataFrame:
    """kind, location_id, code, count, known: the codes really in the file, for the mapping page."""
    snapshot = snapshot or assumed_snapshot(file, mapping, today)
    return _full_plan(file, replace(snapshot, first_sync=True), mapping, Policy()).codes


def _full_plan(file: FileProfile, snapshot: Snapshot, mapping: Mapping, policy: Policy) -> Plan:
    delta = fingerprints.full_delta(file.feed, file.columns, snapshot.links["source_id"])
    return plan(PlanInput(file, delta, snapshot, mapping, policy))


def assumed_snapshot(file: FileProfile, mapping: Mapping, today: date) -> Snapshot:
    """An organization without people whose locations are those the file names, or one assumed location."""
    names = [mapping.default_location or ASSUMED_LOCATION]
    if "location" in file.columns:
        column = or_null(file.feed.table[file.columns["location"]])
        written = column.drop_nulls().unique(maintain_order=True).to_list()
        names = list({fold_code(name): name.strip() for name in reversed(written)}.values()) or names
    ids = range(1, len(names) + 1)
    frames: dict[str, Any] = {name: empty(schema) for name, schema in SNAPSHOT_SCHEMAS.items()}
    frames["locations"] = pl.DataFrame(
        [(pk, name, today, True, 0) for pk, name in zip(ids, names, strict=True)],
        schema=SNAPSHOT_SCHEMAS["locations"],
        orient="row",
    )
    frames["location_codes"] = pl.DataFrame(
        [(fold_code(name), pk) for pk, name in zip(ids, names, strict=True)],
        schema=SNAPSHOT_SCHEMAS["location_codes"],
        orient="row",
    )
    return Snapshot(**frames, first_sync=True)
