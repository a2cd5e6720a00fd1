"""Plans a run: loads what SchedulePop holds now, as far as the feed can touch it, and asks the pure `plan`.

Small feeds are always compared in full; of larger ones only the records that may plan differently than last time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl
from django.utils.timezone import now as clock

from schedulepop import connectors
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan import fingerprints, pipeline, trial, without_feed
from schedulepop.sync.plan.frames.feed import Delta, Feed, FileProfile
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.normalize import contacts_of, normalize
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.some_people import SomePlan
from schedulepop.sync.plan.stopwatch import Stopwatch
from schedulepop.sync.plan.unchanged_file import CachedReading, UnreadFeed, cached_reading, unpack
from schedulepop.sync.plan.values.emails import read_emails
from schedulepop.sync.run import feeds, lease, snapshot
from schedulepop.sync.run.snapshot import contact_owners, guard_baseline, tombstones
from schedulepop.sync.run.snapshot.probe import ChangeProbe, probe_changes

AHEAD_OF_UTC = timedelta(hours=14)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A plan, and what it leaves for the next run to skip records by."""

    plan: Plan
    rules_hash: str
    dirty_links: list[tuple[int, str, int]]  # (link id, source id, version) the plan has seen
    full: bool  # everybody was compared
    fingerprints_changed: bool  # against the stored ones
    small: bool = False  # the feed is one of those whose people are compared every night
    content_hmac: str = ""  # of the file
    reading: CachedReading | None = None  # what to keep of the file, when no record of it needs another look
    compared_on: date | None = None  # today, when everybody was compared
    some: SomePlan | None = None  # of a run at once
    unread: bool = False  # the file is the one applied last, and was not read


def plan_run(
    run: Run, feed: Feed | UnreadFeed, *, full: bool = False, rules: tuple[Mapping, Policy] | None = None
) -> PlannedRun:
    """The plan for this feed against what SchedulePop holds at this moment.

    `rules`: others than the integration's, for a replay; then no stage is written to the run's row either.
    """
    integration, at = run.integration, clock()
    mapping, policy = rules or (Mapping(**integration.mapping), feeds.policy_of(integration))
    started = time.perf_counter()
    if isinstance(feed, UnreadFeed):
        unread = _plan_unread(run, mapping, policy, at)
        if unread is not None:
            return unread
        feed = feed.read()
    profile = profiled(integration, feed, mapping)
    probe = probe_changes(integration)
    rules_hash = fingerprints.rules_hash(mapping, policy, probe.codes, profile.formats)
    small = feed.table.height < policy.whole_compare_below
    known = None
    if not (full or run.full) and _may_skip(probe, rules_hash, at, small=small):
        known = fingerprints.unpack(probe.blob or b"")
    if known is None:
        held = snapshot.load(integration, now=at, bases=False)
        delta = fingerprints.full_delta(feed, profile.columns, held.links["source_id"])
    else:
        delta, held = _load_changed(integration, profile, mapping, known, probe, at)
    if is_partial(integration):
        delta = replace(
            delta, missing_ids=(), complete=False
        )  # a partial feed misses nobody (SPEC §5 Missing)
    if delta.look_at.height or delta.missing_ids or feed.broken_rows.height:
        held = guard_baseline.load(integration, at).onto(held)
        ids = (fingerprints.record_ids(delta.look_at, profile.columns), feed.broken_rows["source_id"])
        held = replace(held, erased=tombstones.erased_in(integration, ids, held.links))
    loaded = time.perf_counter() - started
    watch = Stopwatch(lease.throttled_progress(run) if rules is None else _no_stage)
    plan = pipeline.plan(PlanInput(profile, delta, held, mapping, policy, run.source_time), watch)
    plan.seconds["read"] = plan.seconds.get("read", 0.0) + loaded
    return PlannedRun(
        plan=plan,
        rules_hash=rules_hash,
        dirty_links=probe.dirty_links,
        full=known is None,
        fingerprints_changed=known is None or not plan.fingerprints.equals(known[0]),
        small=small,
        content_hmac=feed.content_hmac,
        reading=cached_reading(profile, plan) if feed.content_hmac else None,
        compared_on=at.date() if known is None else None,
    )


def profiled(integration: Integration, feed: Feed, mapping: Mapping) -> FileProfile:
    """The feed and what its columns are, with the usual values of those that may say who has left."""
    profile = trial.profile_feed(feed, mapping)
    if profile.unread and "source_id" in profile.columns:
        profile = trial.with_usual_values(profile, snapshot.active_ids(integration))
    return profile


def is_partial(integration: Integration) -> bool:
    """Whether a feed names only some people, so that nobody is missing from it."""
    return connectors.get(integration.connector).capabilities.snapshot != "full"


def _plan_unread(run: Run, mapping: Mapping, policy: Policy, at: datetime) -> PlannedRun | None:
    """The plan of the file applied last, coming again; None: a record of it may plan differently, so read it."""
    started = time.perf_counter()
    integration, probe = run.integration, probe_changes(run.integration, same=True)
    if run.full or probe.blob is None or not probe.quiet:
        return None
    reading = unpack(probe.blob)
    if reading.recheck_on is not None and reading.recheck_on <= (at + AHEAD_OF_UTC).date():
        return None
    rules_hash = fingerprints.rules_hash(mapping, policy, probe.codes, reading.file.formats)
    small = reading.read < policy.whole_compare_below
    if not _may_skip(probe, rules_hash, at, small=small):
        return None
    held, loaded = snapshot.load_feed_level(integration, now=at), time.perf_counter()
    watch = Stopwatch(lease.throttled_progress(run))
    plan = without_feed.plan_unread(reading, held, mapping, policy, source_time=run.source_time, watch=watch)
    plan.seconds["read"] = loaded - started
    return PlannedRun(
        plan=plan, rules_hash=rules_hash, dirty_links=[], full=False, fingerprints_changed=False, unread=True
    )


def _no_stage(name: str) -> None:
    """No stage is written."""


def guard_preview(plan: Plan, held: Snapshot, integration: Integration) -> pl.DataFrame:
    """What the guard would say of an undo: shown beside it, and holding nothing."""
    return without_feed.guard_preview(plan, held, feeds.policy_of(integration))


def _may_skip(probe: ChangeProbe, rules_hash: str, at: datetime, *, small: bool) -> bool:
    """Whether what the last run left still counts, so that unchanged records may be skipped.

    Everybody is compared when the rules are others, a week after the last time, and for a small feed when anything
    about anybody differs from what the last run left (docs/adr/0004).
    """
    if probe.blob is None or probe.rules_hash != rules_hash:
        return False
    if probe.compared_on is None or at.date() - probe.compared_on >= WEEK:
        return False
    return not small or probe.people == probe.people_now


def _load_changed(
    integration: Integration,
    profile: FileProfile,
    mapping: Mapping,
    known: tuple[pl.DataFrame, pl.DataFrame],
    probe: ChangeProbe,
    at: datetime,
) -> tuple[Delta, Snapshot]:
    """Only what may plan differently; a record that is linked to nobody needs every candidate in the snapshot, unless
    its person was erased and nobody is made of it.

    Of the others whoever has an email or a phone of theirs is needed as well: the guard asks whose it was.
    """
    feed, columns = profile.feed, profile.columns
    today = (at + AHEAD_OF_UTC).date()  # the first place on earth to reach a day
    prints, carried = known
    delta = fingerprints.incremental_delta(
        feed,
        columns,
        prints,
        carried=carried,
        dirty_ids=[*(source_id for _, source_id, _ in probe.dirty_links), *probe.shared_ids],
        already_missing=probe.missing_ids,
        today=today,
        read_emails=read_emails,
    )
    if delta.look_at.is_empty() and not delta.missing_ids:
        return delta, snapshot.load_feed_level(integration, now=at)
    looked = fingerprints.record_ids(delta.look_at, columns).drop_nulls().unique()
    owners = contact_owners.owners_of(integration, contacts_of(profile, mapping, looked.to_list()))
    ids = list(dict.fromkeys([*looked.to_list(), *delta.missing_ids, *owners]))
    links = snapshot.links_of(integration, ids)
    unlinked = looked.filter(~looked.is_in(links["source_id"].implode()))
    nobody_new = unlinked.is_empty() or _are_erased(integration, profile, mapping, delta, unlinked, at)
    if not nobody_new or looked.is_in(probe.pending_ids).any():
        concerned = [*looked.to_list(), *probe.shared_ids]
        return delta, snapshot.load(integration, now=at, concerned=concerned, bases=False)
    return delta, snapshot.load(integration, now=at, ids=ids, links=links, bases=False)


def _are_erased(
    integration: Integration,
    profile: FileProfile,
    mapping: Mapping,
    delta: Delta,
    unlinked: pl.Series,
    at: datetime,
) -> bool:
    """Whether all of these IDs are of people who were erased, and no record says that one of them works again."""
    erased = tombstones.erased_in(integration, [unlinked], pl.DataFrame({"source_id": unlinked.clear()}))
    if len(erased) < unlinked.len():
        return False
    theirs = fingerprints.record_ids(delta.look_at, profile.columns).is_in(unlinked.implode())
    held = replace(snapshot.load_feed_level(integration, now=at), erased=erased)
    rows = delta.look_at.filter(theirs.fill_null(value=False))
    return normalize(profile, rows, mapping, feeds.policy_of(integration), held).records.is_empty()
