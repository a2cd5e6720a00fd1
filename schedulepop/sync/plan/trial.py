"""A look at a file without any set-up: what its columns are, and what a first sync of it would do.

Pure: no Django, no database, no clock. `try` prints it, the set-up page asks it for columns and codes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from schedulepop.lib.text import fold_code
from schedulepop.sync.plan import fingerprints, pipeline, read
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.normalize.dates import formats
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import columns
from schedulepop.sync.plan.read.columns import ProposedDate

ASSUMED_LOCATION = "Assumed location"


@dataclass(frozen=True, slots=True)
class Look:
    """What a file's columns are."""

    feed: Feed
    columns: dict[str, str]  # canonical field → source column
    unknown: tuple[str, ...]
    dates: dict[str, ProposedDate]  # canonical date field → what its values prove

    @property
    def formats(self) -> dict[str, str]:
        """Only formats that are declared or proven: the others are not read (SPEC §4)."""
        return formats(self.dates)


def look(data: bytes, *, name: str, mapping: Mapping | None = None, pay: bool = False) -> Look:
    """Reads a file and recognizes its columns. Raises NeedsAdmin when it is no payroll export."""
    used = mapping or Mapping()
    return at_feed(read.read(data, pay=pay, name=name, columns=used.columns), used)


def at_feed(feed: Feed, mapping: Mapping) -> Look:
    """The columns of a feed already read: the mapping's when it names some, else by their headers."""
    headers = [column for column in feed.table.columns if column != "row"]
    if mapping.columns:
        found = columns.mapped(headers, mapping.columns)
    else:
        found = columns.recognize(headers, columns.samples(feed.table))
    return Look(feed, found.columns, found.unknown, columns.propose_dates(feed.table, found.columns, mapping))


def first_sync(
    seen: Look, *, today: date, mapping: Mapping | None = None, policy: Policy | None = None
) -> Plan:
    """What a first sync into an empty organization would do; codes count as mapped to what they name."""
    used = (mapping or Mapping()).model_copy(update={"create_codes": frozenset({"duty", "zone"})})
    if "location" not in seen.columns and used.default_location is None:
        used = used.model_copy(update={"default_location": ASSUMED_LOCATION})
    held = assumed_snapshot(seen, used, today)
    delta = fingerprints.full_delta(seen.feed, seen.columns, held.links["source_id"])
    return pipeline.plan(
        feed=seen.feed,
        delta=delta,
        columns=seen.columns,
        date_formats=seen.dates,
        snapshot=held,
        mapping=used,
        policy=policy or Policy(),
        unknown_columns=seen.unknown,
    )


def assumed_snapshot(seen: Look, mapping: Mapping, today: date) -> Snapshot:
    """An organization without people whose locations are those the file names, or one assumed location."""
    names = [mapping.default_location or ASSUMED_LOCATION]
    if "location" in seen.columns:
        written = seen.feed.table[seen.columns["location"]].drop_nulls().unique(maintain_order=True).to_list()
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


def codes_found(
    seen: Look, *, today: date, mapping: Mapping, snapshot: Snapshot | None = None
) -> pl.DataFrame:
    """kind, location_id, code, count, known: the codes really in the file, for the mapping page."""
    held = snapshot or assumed_snapshot(seen, mapping, today)
    delta = fingerprints.full_delta(seen.feed, seen.columns, held.links["source_id"])
    planned = pipeline.plan(
        feed=seen.feed,
        delta=delta,
        columns=seen.columns,
        date_formats=seen.dates,
        snapshot=replace(held, first_sync=True),
        mapping=mapping,
        policy=Policy(),
    )
    return planned.codes
