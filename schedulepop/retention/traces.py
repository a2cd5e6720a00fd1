"""Where one person stands in plans, kept files and findings: which rows of them are theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

import polars as pl

from schedulepop.retention.person import Person
from schedulepop.sync.models import Integration, RawFeed
from schedulepop.sync.plan import fingerprints, trial
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.policy import Mapping as Rules
from schedulepop.sync.plan.policy import Policy
from schedulepop.sync.run import feeds

Finding = Mapping[str, Any]


def rows_of_feed(person: Person, integration: Integration, feed: Feed) -> tuple[pl.Series, pl.Series]:
    """The numbers of their rows: of whole ones, and of those that could not be split into columns."""
    columns = trial.profile_feed(feed, Rules(**integration.mapping)).columns
    table = feed.table
    named = _names(table, columns)
    ids = fingerprints.record_ids(table, columns)
    theirs = _theirs(person, integration.pk, ids, named)
    broken = feed.broken_rows
    of_broken = _theirs(person, integration.pk, broken["source_id"], broken["name"])
    nameless = broken["source_id"].is_null() & pl.Series(
        [person.is_named(one) for one in broken["name"]], dtype=pl.Boolean
    )
    return table["row"].filter(theirs), broken["row"].filter(of_broken | nameless)


def _names(table: pl.DataFrame, columns: Mapping[str, str]) -> pl.Series:
    parts = [columns[name] for name in ("first_name", "last_name") if columns.get(name) in table.columns]
    if not parts and columns.get("full_name") in table.columns:
        parts = [columns["full_name"]]
    if not parts:
        return pl.Series("name", [None] * table.height, dtype=pl.String)
    return table.select(name=pl.concat_str(parts, separator=" ", ignore_nulls=True))["name"]


def _theirs(person: Person, integration: int, ids: pl.Series, names: pl.Series) -> pl.Series:
    """A mask. Names are looked at only where an ID has been somebody else's, too."""
    own = person.ids.get(integration, frozenset())
    shared = person.shared.get(integration, frozenset())
    found = ids.is_in(list(own)).fill_null(value=False)
    if not shared:
        return found
    doubtful = ids.is_in(list(shared)).fill_null(value=False)
    told = [not doubt or person.is_named(name) for doubt, name in zip(doubtful, names, strict=True)]
    return found & pl.Series(told, dtype=pl.Boolean)


def open_feed(raw: RawFeed, integration: Integration) -> Feed:
    """A kept file, with whatever pay is in it. Raises NeedsAdmin when nothing of it is kept."""
    raw.integration = integration
    return feeds.read_stored(raw, Policy(pay=True))


@dataclass(frozen=True, slots=True)
class Keys:
    """What of a plan is about them: payroll IDs, rows of its file, changes."""

    ids: pl.Series
    rows: pl.Series
    changes: pl.Series
    users: tuple[int, ...]

    def mask(self, frame: pl.DataFrame) -> pl.Series:
        """Which rows of a frame are about them."""
        found = pl.Series([False] * frame.height, dtype=pl.Boolean)
        for column in ("source_id", "for_id", "old_id", "new_id", "held_person"):
            if column in frame.columns:
                found |= frame[column].is_in(self.ids.implode()).fill_null(value=False)
        if "user_id" in frame.columns:
            found |= frame["user_id"].is_in(list(self.users)).fill_null(value=False)
        for column, numbers in (("row", self.rows), ("change_no", self.changes)):
            if column in frame.columns:
                found |= frame[column].is_in(numbers.implode()).fill_null(value=False)
        return found


def in_plan(person: Person, integration: int, plan: Plan) -> dict[str, pl.DataFrame]:
    """Of every frame of a plan the rows about them; only frames that have some."""
    keys = keys_of(person, integration, plan)
    found = {}
    for name, frame in frames_of(plan).items():
        about = frame.filter(keys.mask(frame))
        if about.height:
            found[name] = about
    return found


def frames_of(plan: Plan) -> dict[str, pl.DataFrame]:
    """The frames of a plan by name."""
    values = {item.name: getattr(plan, item.name) for item in dataclass_fields(Plan)}
    return {name: frame for name, frame in values.items() if isinstance(frame, pl.DataFrame)}


def keys_of(person: Person, integration: int, plan: Plan) -> Keys:
    """Of a payroll ID that has been somebody else's, too, only where the plan gives it their name or their user."""
    shared = person.shared.get(integration, frozenset())
    own = set(person.ids.get(integration, ())) - shared
    if shared:
        listed = plan.records.select("source_id", "name", "user_id").iter_rows()
        own |= {
            one
            for one, name, user in listed
            if one in shared and (user in person.users or person.is_named(name))
        }
        changed = plan.changes.select("source_id", "user_id").iter_rows()
        own |= {one for one, user in changed if one in shared and user in person.users}
    ids = pl.Series(sorted(own), dtype=pl.String)
    nothing = Keys(ids, pl.Series([], dtype=pl.UInt32), pl.Series([], dtype=pl.UInt32), person.users)
    told: list[pl.DataFrame] = [plan.records, plan.problems]
    rows = pl.concat([frame.filter(nothing.mask(frame))["row"] for frame in told])
    changes = plan.changes.filter(nothing.mask(plan.changes))["change_no"]
    return Keys(ids, rows.drop_nulls(), changes, person.users)


def of_findings(person: Person, integration: int, rows: Iterable[Finding]) -> list[Finding]:
    """Of an issue's rows those about them."""
    return [one for one in rows if person.has(integration, one.get("source_id"), one.get("name"))]
