"""A file that is byte for byte the one applied last: what was found in it then stands, so it is not read again.

Kept beside the fingerprints while every record of the file is at rest. Nothing of a person is in it but the findings
that an unchanged night carries on (CARRIED).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from schedulepop.sync.plan import fingerprints
from schedulepop.sync.plan.frames.feed import (
    CARRIED,
    FINGERPRINT,
    PROBLEM,
    REJECTED,
    Delta,
    Feed,
    FileProfile,
    ProposedDate,
)
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan

_TABLE = {"row": pl.UInt32}


@dataclass(frozen=True, slots=True)
class UnreadFeed:
    """Such a file, and how to read it should anybody in it need a look."""

    read: Callable[[], Feed]


@dataclass(frozen=True, slots=True)
class CachedReading:
    """All a plan needs of the file while nobody in it needs a look."""

    sha256: str  # of what was kept of it
    kind: str
    columns: dict[str, str]
    unknown: tuple[str, ...]
    dates: dict[str, ProposedDate]
    blank: dict[str, float]
    read: int
    excluded: int
    recheck_on: date | None  # the first day on which one of its records could plan differently
    problems: pl.DataFrame  # PROBLEM of the file itself
    carried: pl.DataFrame  # CARRIED of every record, by row

    @property
    def file(self) -> FileProfile:
        """The feed without its table: nobody looks into it."""
        feed = Feed(
            table=pl.DataFrame(schema=_TABLE),
            stored=b"",
            sha256=self.sha256,
            kind=self.kind,
            problems=self.problems,
            broken_rows=empty(REJECTED),
            dropped={},
        )
        return FileProfile(feed, self.columns, self.unknown, self.dates)

    @property
    def delta(self) -> Delta:
        """Every record skipped, nobody missing."""
        return Delta(
            look_at=pl.DataFrame(schema=_TABLE),
            skipped=self.read,
            missing_ids=(),
            fingerprints=empty(FINGERPRINT),
            blank=self.blank,
            read=self.read,
            skipped_excluded=self.excluded,
            carried=self.carried,
        )


def cached_reading(file: FileProfile, plan: Plan) -> CachedReading | None:
    """What stands of this file after its plan; None when one of its records needs another look anyway."""
    feed, prints = file.feed, plan.fingerprints
    if feed.broken_rows.height or prints.height < feed.table.height or not prints["clean"].all():
        return None
    recheck_on = prints["recheck_on"].min()
    return CachedReading(
        sha256=feed.sha256,
        kind=feed.kind,
        columns=plan.columns,
        unknown=plan.unknown_columns,
        dates=file.dates,
        blank=plan.blank,
        read=plan.counts["read"],
        excluded=int(prints["excluded"].sum()),
        recheck_on=recheck_on if isinstance(recheck_on, date) else None,
        problems=feed.problems,
        carried=fingerprints.carry_findings(feed.table["row"], prints["hash"], prints["clean"], plan.carried),
    )


def pack(one: CachedReading) -> bytes:
    """Plain values as JSON, then both frames; the lengths of the first two parts lead."""
    plain = {
        "sha256": one.sha256,
        "kind": one.kind,
        "columns": one.columns,
        "unknown": one.unknown,
        "dates": {name: (d.format, d.proven, d.why, d.by) for name, d in one.dates.items()},
        "blank": one.blank,
        "read": one.read,
        "excluded": one.excluded,
        "recheck_on": one.recheck_on.isoformat() if one.recheck_on else None,
    }
    parts = [json.dumps(plain).encode(), _arrow(one.problems), _arrow(one.carried)]
    return b"".join([*(len(part).to_bytes(8, "big") for part in parts[:2]), *parts])


def unpack(blob: bytes | memoryview) -> CachedReading:
    """The packed one again."""
    view = memoryview(blob)
    one, two = (int.from_bytes(view[at : at + 8], "big") for at in (0, 8))
    plain = json.loads(bytes(view[16 : 16 + one]))
    frames = view[16 + one : 16 + one + two], view[16 + one + two :]
    return CachedReading(
        **plain
        | {
            "unknown": tuple(plain["unknown"]),
            "dates": {name: ProposedDate(*d) for name, d in plain["dates"].items()},
            "recheck_on": date.fromisoformat(plain["recheck_on"]) if plain["recheck_on"] else None,
        },
        problems=pl.read_ipc(frames[0].tobytes()) if frames[0] else empty(PROBLEM),
        carried=pl.read_ipc(frames[1].tobytes()) if frames[1] else empty(CARRIED),
    )


def _arrow(frame: pl.DataFrame) -> bytes:
    if frame.is_empty():
        return b""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()
