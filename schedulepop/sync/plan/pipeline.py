"""The seven steps on one screen: read → normalize → match → diff → guard → apply → notify.

Here is the pure half, `plan()`: the same feed, snapshot, mapping and policy give the same plan, for ever. The
effects at both ends, reading a feed and applying a plan, are the run's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from schedulepop.sync.plan import fingerprints
from schedulepop.sync.plan.accounting import account, counts, counts_of, of_changes
from schedulepop.sync.plan.diff import diff, labor_codes
from schedulepop.sync.plan.diff.effective_dates import due as due_by_date
from schedulepop.sync.plan.diff.extras import further_jobs, several_rates
from schedulepop.sync.plan.diff.overrides import expiry
from schedulepop.sync.plan.diff.overrides import fields as keeping
from schedulepop.sync.plan.diff.overrides.issues import kept_values, pinned_rows
from schedulepop.sync.plan.findings import together
from schedulepop.sync.plan.frames.changes import CHANGE, FIELD
from schedulepop.sync.plan.frames.feed import FINGERPRINT, PROBLEM, Delta, Feed
from schedulepop.sync.plan.frames.outcomes import RECORD, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.questions import LINK
from schedulepop.sync.plan.frames.records import Normalized
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.guard import guard
from schedulepop.sync.plan.guard.context import Scene
from schedulepop.sync.plan.guard.feed_rules import DOUBTING, rows_unusual
from schedulepop.sync.plan.guard.issues import on_hold
from schedulepop.sync.plan.guard.pay_rules import pay_jumps
from schedulepop.sync.plan.match import IDENTITY_WAITS, match
from schedulepop.sync.plan.match.answers import disowned, made, settle
from schedulepop.sync.plan.match.confirmed_email import told
from schedulepop.sync.plan.match.issues import waiting
from schedulepop.sync.plan.match.orphans import gone
from schedulepop.sync.plan.match.questions import questions, suggested
from schedulepop.sync.plan.missing.counters import ABSENT, ID, absentees, advanced, counted, due, frozen
from schedulepop.sync.plan.missing.issues import missing_people
from schedulepop.sync.plan.missing.partial import half_absent, ids_over
from schedulepop.sync.plan.missing.protection import all_rejects_tied
from schedulepop.sync.plan.normalize import normalize, without_records
from schedulepop.sync.plan.normalize.dates import ProposedDate
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.unchanged_file import CachedReading

Based = Callable[[Snapshot], Snapshot]


def plan(
    *,
    feed: Feed,
    delta: Delta,
    columns: dict[str, str],
    date_formats: dict[str, ProposedDate],
    snapshot: Snapshot,
    mapping: Mapping,
    policy: Policy,
    unknown_columns: tuple[str, ...] = (),
    sha256: str = "",
    source_time: datetime | None = None,
    today: date | None = None,
    stage: Callable[[str], None] = lambda name: None,
    based: Based = lambda held: held,
) -> Plan:
    """What a run would do. `columns`: canonical field → source column; `stage` hears the name of each step.

    `based` is asked once the guard has anything to judge: the snapshot with what it compares with, if that is not in it.

    `today` is the organization's day: the earliest of its locations' days when none is given.
    """
    clock = _Clock(stage)
    clock.step("normalize")
    given: dict[str, Any] = {
        "feed": feed,
        "delta": delta,
        "columns": columns,
        "snapshot": snapshot,
        "policy": policy,
        "unknown_columns": unknown_columns,
        "source_time": source_time,
        "today": today or organization_day(snapshot, source_time),
        "clock": clock,
    }
    if delta.look_at.is_empty() and not delta.absent and feed.broken_rows.is_empty():
        return at_rest(without_records(columns, date_formats), **given)
    normalized = normalize(delta.look_at, columns, mapping, policy, snapshot, date_formats)
    return drawn(normalized, sha256=sha256 or feed.sha256, based=based, **given)


def plan_unread(found: CachedReading, **given: Any) -> Plan:
    """The plan of the file applied last, come again, while nobody in it needs a look: as if it had been read.

    `given`: what `plan` takes beside the feed and what was found in it.
    """
    resting = plan(
        feed=found.feed,
        delta=found.delta,
        columns=found.columns,
        unknown_columns=found.unknown,
        date_formats=found.dates,
        **given,
    )
    return replace(resting, told=found.told)


def organization_day(snapshot: Snapshot, source_time: datetime | None) -> date:
    """The day every location has reached; without locations the day of the source."""
    days: list[date] = snapshot.locations["today"].drop_nulls().to_list()
    if days:
        return min(days)
    return source_time.date() if source_time else date.min


def drawn(
    normalized: Normalized,
    *,
    feed: Feed,
    delta: Delta,
    columns: dict[str, str],
    snapshot: Snapshot,
    policy: Policy,
    unknown_columns: tuple[str, ...],
    sha256: str,
    source_time: datetime | None,
    today: date,
    clock: _Clock,
    based: Based = lambda held: held,
) -> Plan:
    """The plan from what normalize understood on."""
    rejected = pl.concat([feed.broken_rows, normalized.rejected])
    clock.step("match")
    settled = settle(normalized.records, snapshot, delta.fingerprints["source_id"], delta.absent, today)
    snapshot = replace(
        settled.snapshot, gone=gone(normalized.records, settled.snapshot, settled.absent, today)
    )
    matched = match(normalized, snapshot, today)
    asked = questions(matched, snapshot)
    clock.step("diff")
    absent = absentees(settled.absent, snapshot, rejected, matched)
    tied = all_rejects_tied(rejected, snapshot, absent)
    half = (
        half_absent(normalized, matched, snapshot, settled.absent, rejected)
        if delta.complete
        else empty(ABSENT)
    )
    away = pl.concat([absent, half])
    absent = away.filter(pl.col("about") != ID)
    counters = counted(away, snapshot, sha256, today, tied)
    over = due(away, counters, policy.missing_feeds, policy.missing_days, today)
    retired, renumbered = ids_over(over, half, snapshot)
    leaving = pl.concat(
        [
            over.filter(pl.col("about") != ID).select("source_id", "membership_id", "about"),
            disowned(settled, matched),
        ]
    )
    duties = snapshot.duty_labor if policy.cms else snapshot.duty_labor.clear()
    jobs = further_jobs(normalized.records, matched, snapshot)
    changes, fields, extras, kept = diff(
        matched,
        snapshot,
        today=today,
        has_status="status" in columns,
        absent=settled.absent,
        leaving=leaving,
        jobs=jobs,
        mapped=frozenset(columns),
        labor=duties,
    )
    clock.step("guard")
    waits = matched.filter(pl.col("waits").is_not_null())
    if changes.height or absent.height or rejected.height or waits.height:
        snapshot = based(snapshot)
    scene = Scene(
        changes=changes,
        absent=absent,
        rejects=rejected.height,
        read=delta.read,
        mapped=frozenset(columns),
        blank=delta.blank,
        snapshot=snapshot,
        policy=policy,
        fields=fields,
        extras=extras,
        waiting=waits,
    )
    changes, holds = guard(scene)
    fields = fields.join(changes, on="change_no", how="semi", maintain_order="left")
    counters = advanced(
        counters, snapshot.missing, frozen(away, holds.filter(pl.col("rule").is_in(sorted(DOUBTING))))
    )
    records = account(normalized, feed.broken_rows, matched, changes, pinned_rows(kept))
    problems = pl.concat(
        [
            feed.problems,
            together([normalized.problems, delta.told.select(list(PROBLEM))]),
            several_rates(jobs, matched, columns.get("pay_rate")),
            waiting(matched, normalized.problems, snapshot),
            told(matched, snapshot),
            labor_codes.contradictions(matched, snapshot, duties, columns.get("cms_code", "")),
            labor_codes.unmapped(snapshot, duties),
            missing_people(counters, absent, snapshot.locations),
            rows_unusual(scene),
            pay_jumps(scene, changes),
            on_hold(holds),
            kept_values(kept, snapshot, columns),
        ]
    )
    prints = fingerprints.updated(delta.fingerprints, normalized.records, records, problems, changes)
    true = made(settled, matched.filter(pl.col("waits").is_in(IDENTITY_WAITS))["source_id"])
    return Plan(
        records=records,
        changes=changes,
        fields=fields,
        problems=problems,
        holds=holds,
        missing=counters,
        links=pl.concat([links_of(changes), true.links]),
        codes=normalized.codes,
        fingerprints=prints,
        told=fingerprints.findings_to_carry(feed.table["row"], prints, problems, records, delta.told),
        counts=counts(records, changes, delta),
        columns=columns,
        unknown_columns=unknown_columns,
        blank=delta.blank,
        today=today,
        source_time=source_time,
        released=_released(kept, snapshot, today, changes, holds),
        seconds=clock.stop(),
        extras=extras,
        retired=pl.concat([true.retired, retired]),
        id_changes=pl.concat([true.id_changes, renumbered]),
        answered=true.answered,
        questions=asked,
        suggestions=suggested(asked, matched, snapshot),
    )


def at_rest(
    normalized: Normalized,
    *,
    feed: Feed,
    delta: Delta,
    columns: dict[str, str],
    snapshot: Snapshot,
    policy: Policy,
    unknown_columns: tuple[str, ...],
    source_time: datetime | None,
    today: date,
    clock: _Clock,
) -> Plan:
    """The plan of a feed of which nobody needs a look: what `drawn` says then, at a tenth of its cost.

    Only what concerns the feed or a location as a whole can be told, and a feed rule may hold a feed of nobody.
    """
    clock.step("guard")
    changes, absent = empty(CHANGE), empty(ABSENT)
    scene = Scene(
        changes=changes,
        absent=absent,
        rejects=0,
        read=delta.read,
        mapped=frozenset(columns),
        blank=delta.blank,
        snapshot=snapshot,
        policy=policy,
    )
    _, holds = guard(scene)
    duties = snapshot.duty_labor if policy.cms else snapshot.duty_labor.clear()
    problems = pl.concat(
        [
            feed.problems,
            together([normalized.problems, delta.told.select(list(PROBLEM))]),
            labor_codes.unmapped(snapshot, duties),
            rows_unusual(scene),
            on_hold(holds),
        ]
    )
    records = empty(RECORD)
    return Plan(
        records=records,
        changes=changes,
        fields=empty(FIELD),
        problems=problems,
        holds=holds,
        missing=empty(SNAPSHOT_SCHEMAS["missing"]),
        links=empty(LINK),
        codes=normalized.codes,
        fingerprints=delta.fingerprints,
        told=fingerprints.findings_to_carry(
            feed.table["row"], delta.fingerprints, problems, records, delta.told
        ),
        counts=counts(records, changes, delta),
        columns=columns,
        unknown_columns=unknown_columns,
        blank=delta.blank,
        today=today,
        source_time=source_time,
        seconds=clock.stop(),
    )


def plan_due(snapshot: Snapshot, policy: Policy, *, today: date) -> Plan:
    """What falls due by itself: changes of the dates through the same guard. No feed is read or doubted."""
    clock = _Clock(lambda name: None)
    clock.step("diff")
    changes, fields, extras = due_by_date(snapshot)
    keeps, _ = expiry.split(snapshot.keeps, snapshot.locations, today)
    changes = expiry.not_by_date(changes, fields, keeps)
    fields, extras = (
        one.join(changes, on="change_no", how="semi", maintain_order="left") for one in (fields, extras)
    )
    clock.step("guard")
    scene = Scene(
        changes=changes,
        absent=empty(ABSENT),
        rejects=0,
        read=max(changes.height, 1),
        mapped=snapshot.last_columns,
        blank={},
        snapshot=snapshot,
        policy=policy,
    )
    changes, holds = guard(scene)
    records = of_changes(changes)
    return Plan(
        records=records,
        changes=changes,
        fields=fields,
        problems=on_hold(holds),
        holds=holds,
        missing=snapshot.missing,
        links=links_of(changes),
        codes=pl.DataFrame(),
        fingerprints=empty(FINGERPRINT),
        counts=counts_of(records),
        columns={},
        unknown_columns=(),
        blank={},
        today=today,
        seconds=clock.stop(),
        released=_released(empty(keeping.KEPT), snapshot, today, changes, holds),
        extras=extras,
    )


def weighed(drawn: Plan, snapshot: Snapshot, policy: Policy) -> pl.DataFrame:
    """What the guard says of changes that a person asked for: shown, and holding nothing (SPEC §5 Undo)."""
    scene = Scene(
        changes=drawn.changes,
        absent=empty(ABSENT),
        rejects=0,
        read=max(drawn.changes.height, 1),
        mapped=snapshot.last_columns,
        blank={},
        snapshot=snapshot,
        policy=policy,
    )
    return guard(scene)[1]


def _released(
    kept: pl.DataFrame, snapshot: Snapshot, today: date, changes: pl.DataFrame, holds: pl.DataFrame
) -> pl.DataFrame:
    """Overrides and pins that are over; what a doubted feed says releases nothing."""
    _, expired = expiry.split(snapshot.keeps, snapshot.locations, today)
    doubted = holds.filter(pl.col("rule").is_in(sorted(DOUBTING)))["location_id"].to_list()
    return expiry.released(kept, expired, changes, doubted)


def links_of(changes: pl.DataFrame) -> pl.DataFrame:
    """The links to make for existing people who were found; apply leaves out those whose change is held."""
    found = changes.filter(pl.col("situation") == "found")
    return found.select("source_id", "user_id", pl.lit(False).alias("further")).unique(maintain_order=True)


class _Clock:
    """Seconds per step, and the steps' names to whoever listens."""

    def __init__(self, stage: Callable[[str], None]) -> None:
        self._stage = stage
        self._name = ""
        self._since = 0.0
        self._seconds: dict[str, float] = {}

    def step(self, name: str) -> None:
        """The next step begins."""
        self.stop()
        self._stage(name)
        self._name, self._since = name, time.perf_counter()

    def stop(self) -> dict[str, float]:
        """The last step is over."""
        if self._name:
            self._seconds[self._name] = time.perf_counter() - self._since
        return dict(self._seconds)
