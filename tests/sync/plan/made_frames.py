"""Frames for tests of the pure steps: only the values a test is about need to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from schedulepop.sync.plan.frames.changes import CHANGE
from schedulepop.sync.plan.frames.feed import EXCLUDED, PROBLEM, REJECTED, Feed, FileProfile, ProposedDate
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import NORMALIZED
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.guard import GuardContext, guard

TODAY = date(2026, 3, 10)
NORTH, SOUTH = 1, 2
RN, LPN, CNA = 11, 12, 13  # at Maple North; 21 to 23 at Maple South
EAST, WEST = 31, 32
_RECORD: dict[str, Any] = {
    "first_name": "Ann",
    "last_name": "Lee",
    "status": "active",
    "location_id": NORTH,
    "location_code": "mn",
    "status_doubt": None,
    "clean": True,
}
_PERSON: dict[str, Any] = {
    "first_name": "Ann",
    "last_name": "Lee",
    "confirmed_email": None,
    "local": False,
    "admin": False,
}
_MEMBER: dict[str, Any] = {
    "location_id": NORTH,
    "status": "active",
    "payroll_owned": True,
    "role": "staff",
}


def frame(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """A frame of this schema; what a row does not say is null."""
    return pl.DataFrame(
        [{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row"
    )


def records(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """NORMALIZED rows: active Ann Lee at Maple North, unless said otherwise."""
    return frame(
        ({"row": n, "source_id": f"{n:03d}", **_RECORD, **row} for n, row in enumerate(rows, 2)), NORMALIZED
    )


def understood(*rows: Mapping[str, Any], rejected: Iterable[Mapping[str, Any]] = ()) -> Normalized:
    """What normalize would hand on."""
    return Normalized(
        records=records(*rows),
        rejected=frame(rejected, REJECTED),
        excluded=empty(EXCLUDED),
        problems=empty(PROBLEM),
        codes=pl.DataFrame(),
    )


def nobody() -> Snapshot:
    """Maple Health before anybody works there: two locations, three duties and two zones each."""
    frames = {name: empty(schema) for name, schema in SNAPSHOT_SCHEMAS.items()}
    places = [(NORTH, "Maple North", TODAY, False, 0), (SOUTH, "Maple South", TODAY, False, 0)]
    duties = [("rn", "Registered Nurse"), ("lpn", "Practical Nurse"), ("cna", "Nurse Aide")]
    zones = [("e", "East"), ("w", "West")]
    frames["locations"] = pl.DataFrame(places, schema=SNAPSHOT_SCHEMAS["locations"], orient="row")
    frames["location_codes"] = pl.DataFrame({"code": ["mn", "ms"], "location_id": [NORTH, SOUTH]})
    for kind, known, first in (("duty", duties, 11), ("zone", zones, 31)):
        rows = [
            (place, code, first + 10 * (place - 1) + n, name)
            for place in (NORTH, SOUTH)
            for n, (code, name) in enumerate(known)
        ]
        codes = pl.DataFrame(rows, schema=SNAPSHOT_SCHEMAS[f"{kind}_codes"], orient="row")
        frames[f"{kind}_codes"], frames[f"{kind}_names"] = codes, codes.select("id", "name")
    return Snapshot(**frames, first_sync=False)


def snapshot(
    *people: Mapping[str, Any],
    members: Iterable[Mapping[str, Any]] | None = None,
    edits: Iterable[Mapping[str, Any]] = (),
    missing: Iterable[Mapping[str, Any]] = (),
    **other: Any,
) -> Snapshot:
    """Maple Health with these people: user ids from 1, each a member at Maple North unless `members` says otherwise.

    A person's own mapping may carry `source_id` (their link) and any value of their only membership.
    """
    told = [{"user_id": n, **_PERSON, **person} for n, person in enumerate(people, 1)]
    theirs = list(members) if members is not None else told
    worked = [{"membership_id": 100 + n, **_MEMBER, **member} for n, member in enumerate(theirs, 1)]
    frames = {
        "people": frame(told, SNAPSHOT_SCHEMAS["people"]),
        "members": frame(worked, SNAPSHOT_SCHEMAS["members"]),
        "links": frame((p for p in told if p.get("source_id")), SNAPSHOT_SCHEMAS["links"]),
        "edits": frame(edits, SNAPSHOT_SCHEMAS["edits"]),
        "missing": frame(missing, SNAPSHOT_SCHEMAS["missing"]),
    }
    return with_bases(replace(nobody(), **frames, **other))


def with_bases(now: Snapshot) -> Snapshot:
    """The same snapshot with the number of linked, active, payroll-owned people per location."""
    linked = now.members.filter(
        pl.col("payroll_owned")
        & pl.col("status").is_in(["active", "leave_of_absence", "fmla", "furlough", "quarantine"])
    ).join(now.links.unique("user_id"), on="user_id", how="semi")
    bases = linked.group_by("location_id").agg(pl.len().cast(pl.Int64).alias("linked_active"))
    places = now.locations.drop("linked_active").join(
        bases, on="location_id", how="left", maintain_order="left"
    )
    counted = places.with_columns(pl.col("linked_active").fill_null(0)).select(
        list(SNAPSHOT_SCHEMAS["locations"])
    )
    return replace(now, locations=counted)


def file_profile(
    table: pl.DataFrame, columns: dict[str, str], dates: dict[str, ProposedDate] | None = None
) -> FileProfile:
    """A file of this table, of which nothing but the table was ever there."""
    feed = Feed(
        table=table,
        stored=b"",
        sha256="",
        kind="csv",
        problems=empty(PROBLEM),
        broken_rows=empty(REJECTED),
        dropped={},
    )
    return FileProfile(feed, columns, (), dates or {})


def judged(context: GuardContext) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CHANGE with what the guard holds, and HOLD."""
    verdict = guard(context)
    return verdict.changes.rows, verdict.holds


def changes(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """CHANGE rows for tests of the guard: updates of people at Maple North, unless said otherwise."""
    usual = {
        "verb": "update",
        "location_id": NORTH,
        "situation": "linked",
        "removal": False,
        "status": "active",
    }
    return frame(
        (
            {
                "change_no": n,
                "source_id": f"{n:03d}",
                "first_name": "Ann",
                "last_name": f"Lee{n}",
                **usual,
                **row,
            }
            for n, row in enumerate(rows)
        ),
        CHANGE,
    )
