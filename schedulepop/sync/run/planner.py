"""Draws a run's plan: reads what SchedulePop holds now, as far as the feed can touch it, and asks the pure `plan`.

Small feeds are always compared in full; of larger ones only the records that may plan differently than last time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

import polars as pl
from django.utils.timezone import now as clock

from schedulepop import connectors
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan import fingerprints, pipeline, trial
from schedulepop.sync.plan.frames.feed import Delta, Feed
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.unchanged_file import CachedReading, UnreadFeed, cached_reading, unpack
from schedulepop.sync.run import feeds, lease, snapshot
from schedulepop.sync.run.snapshot import guard_baseline
from schedulepop.sync.run.snapshot.probe import Glance, everybody, glance

AHEAD_OF_UTC = timedelta(hours=14)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan and what it was drawn from."""

    plan: Plan
    rules: str  # the rules hash
    touched: list[tuple[int, str, int]]
    whole: bool  # everybody was compared
    fresh_prints: bool  # whether fingerprints differ from the stored ones
    small: bool = False  # the feed is one of those whose people are compared every night
    seal: str = ""  # of the file
    reading: CachedReading | None = None  # what to keep of it, when nobody in it needs another look
    compared_on: date | None = None  # today, when everybody was compared


def draw(
    row: Run, feed: Feed | UnreadFeed, *, whole: bool = False, under: tuple[Mapping, Policy] | None = None
) -> Drawn:
    """The plan for this feed against what SchedulePop holds at this moment.

    `under`: other rules than the integration's, for a replay; then nothing is said on the run's row either.
    """
    integration, at = row.integration, clock()
    mapping, policy = under or (Mapping(**integration.mapping), feeds.policy_of(integration))
    started = time.perf_counter()
    if isinstance(feed, UnreadFeed):
        stands = _unread(row, mapping, policy, at)
        if stands is not None:
            return stands
        feed = feed.read()
    seen = trial.at_feed(feed, mapping)
    formats = seen.formats
    glanced = glance(integration)
    rules = fingerprints.rules_hash(mapping, policy, glanced.codes, formats)
    small = feed.table.height < policy.whole_compare_below
    left = None
    if not (whole or row.full) and _stands(integration, glanced, rules, at, small=small):
        left = fingerprints.unpack(glanced.blob or b"")
    if left is None:
        likely = True
        held = snapshot.load(integration, now=at, bases=False)
        delta = fingerprints.full_delta(feed, seen.columns, held.links["source_id"])
    else:
        delta, held, likely = _changed(integration, feed, seen.columns, left, glanced, at)
    if connectors.get(integration.connector).capabilities.snapshot != "full":
        delta = replace(
            delta, absent=(), complete=False
        )  # who is not in a part of the truth is not missing (SPEC §5 Missing)
    drawn_in = time.perf_counter() - started
    plan = partial(
        pipeline.plan,
        feed=feed,
        delta=delta,
        columns=seen.columns,
        unknown_columns=seen.unknown,
        date_formats=seen.dates,
        mapping=mapping,
        policy=policy,
        sha256=feed.sha256,
        source_time=row.source_time,
        stage=lease.now_and_then(row) if under is None else _in_silence,
    )
    with guard_baseline.beside(integration, at, soon=likely) as based:
        drawn = plan(snapshot=held, based=based)
    drawn.seconds["read"] = drawn.seconds.get("read", 0.0) + drawn_in
    fresh = left is None or not drawn.fingerprints.equals(left[0])
    return Drawn(
        plan=drawn,
        rules=rules,
        touched=glanced.marks,
        whole=left is None,
        fresh_prints=fresh,
        small=small,
        seal=feed.seal,
        reading=cached_reading(feed, seen.dates, drawn) if feed.seal else None,
        compared_on=at.date() if left is None else None,
    )


def _unread(row: Run, mapping: Mapping, policy: Policy, at: datetime) -> Drawn | None:
    """The plan of the file applied last, coming again; None: somebody in it may plan differently, so read it."""
    started = time.perf_counter()
    integration, glanced = row.integration, glance(row.integration, same=True)
    if row.full or glanced.blob is None or not glanced.quiet:
        return None
    last = unpack(glanced.blob)
    if last.wakes is not None and last.wakes <= (at + AHEAD_OF_UTC).date():
        return None
    rules = fingerprints.rules_hash(mapping, policy, glanced.codes, last.formats)
    small = last.read < policy.whole_compare_below
    if not _stands(integration, glanced, rules, at, small=small):
        return None
    held, plan_from = snapshot.resting(integration, now=at), time.perf_counter()
    plan = pipeline.plan_unread(
        last,
        snapshot=held,
        mapping=mapping,
        policy=policy,
        source_time=row.source_time,
        stage=lease.now_and_then(row),
    )
    plan.seconds["read"] = plan_from - started
    return Drawn(plan=plan, rules=rules, touched=[], whole=False, fresh_prints=False)


def _in_silence(name: str) -> None:
    """No stage is said."""


def weighed(plan: Plan, held: Snapshot, integration: Integration) -> pl.DataFrame:
    """What the guard would say of an undo: shown beside it, and holding nothing."""
    return pipeline.weighed(plan, held, feeds.policy_of(integration))


def _stands(integration: Integration, glanced: Glance, rules: str, at: datetime, *, small: bool) -> bool:
    """Whether what the last run left still counts, so that records at rest may be passed over.

    Everybody is compared when the rules are others, a week after the last time, and for a small feed when anything
    about anybody differs from what the last run left (ADR 0004).
    """
    if glanced.blob is None or glanced.rules != rules:
        return False
    if glanced.compared_on is None or at.date() - glanced.compared_on >= WEEK:
        return False
    return not small or glanced.people == everybody(integration)


def _changed(
    integration: Integration,
    feed: Feed,
    names: dict[str, str],
    left: tuple[pl.DataFrame, pl.DataFrame],
    glanced: Glance,
    at: datetime,
) -> tuple[Delta, Snapshot, bool]:
    """Only what may plan differently; a record that is linked to nobody needs every candidate in the snapshot.

    Somebody most likely changes (the third value) when a record or a person is new or gone; records that are only
    looked at again because something of them is open seldom change anything.
    """
    today = (at + AHEAD_OF_UTC).date()  # the first place on earth to reach a day
    known, told = left
    answers = glanced.answers
    delta = fingerprints.incremental_delta(
        feed,
        names,
        known,
        told=told,
        touched=[*(mark[1] for mark in glanced.marks), *answers.together],
        already_missing=glanced.missing,
        today=today,
    )
    if delta.look_at.is_empty() and not delta.absent:
        return delta, snapshot.resting(integration, now=at), False
    looked = fingerprints.record_ids(delta.look_at, names).drop_nulls().unique()
    ids = [*looked.to_list(), *delta.absent]
    links = snapshot.links_of(integration, ids)
    if not looked.is_in(links["source_id"].implode()).all() or looked.is_in(answers.pending).any():
        concerned = [*looked.to_list(), *answers.together]
        return delta, snapshot.load(integration, now=at, concerned=concerned, bases=False), True
    likely = bool(delta.absent or glanced.missing) or fingerprints.differs(delta, known)
    return delta, snapshot.load(integration, now=at, ids=ids, links=links, bases=False), likely
