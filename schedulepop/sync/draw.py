"""Draws a run's plan: reads what SchedulePop holds now, as far as the feed can touch it, and asks the pure `plan`.

Small feeds are always compared in full; of larger ones only the records that may plan differently than last time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import polars as pl
from django.db import connection
from django.utils.timezone import now as clock
from psycopg import Cursor

from schedulepop import connectors
from schedulepop.sync import exclusive, feeds, fingerprints, look, pipeline, snapshot
from schedulepop.sync.frames import Delta, Feed, Plan, Snapshot
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.policy import Mapping
from schedulepop.sync.snapshots import answered

AHEAD_OF_UTC = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan and what it was drawn from."""

    plan: Plan
    rules: str  # the rules hash
    touched: list[tuple[int, str, int]]
    whole: bool
    fresh_prints: bool  # whether fingerprints differ from the stored ones


def draw(row: Run, feed: Feed, *, whole: bool = False) -> Drawn:
    """The plan for this feed against what SchedulePop holds at this moment."""
    integration, at = row.integration, clock()
    mapping, policy = Mapping(**integration.mapping), feeds.policy_of(integration)
    started = time.perf_counter()
    seen = look.at_feed(feed, mapping)
    formats = seen.formats
    marks = snapshot.touched(integration)
    with connection.cursor() as cursor:
        codes = snapshot.codes(cursor.cursor, integration.organization_id)
    rules = fingerprints.rules_hash(mapping, policy, snapshot.codes_hash(codes), formats)
    left = _left(integration, rules)
    known = left and left[0]
    whole = whole or known is None or feed.table.height < policy.whole_compare_below
    if whole or left is None:
        counted = True
        held = snapshot.load(integration, now=at, code_maps=codes)
        delta = fingerprints.whole(feed, seen.columns, held.links["source_id"])
    else:
        delta, held, counted = _changed(integration, feed, seen.columns, left, marks, at, codes)
    if connectors.get(integration.connector).capabilities.snapshot != "full":
        delta = replace(
            delta, absent=()
        )  # who is not in a part of the truth is not missing (SPEC §5 Missing)
    drawn_in = time.perf_counter() - started
    plan = partial(
        pipeline.plan,
        feed=feed, delta=delta, columns=seen.columns, unknown_columns=seen.unknown, date_formats=seen.dates,
        mapping=mapping, policy=policy, sha256=feed.sha256, source_time=row.source_time,
        stage=exclusive.now_and_then(row),
    )  # fmt: skip
    drawn = plan(snapshot=held)
    if drawn.changes.height and not counted:
        drawn = plan(snapshot=snapshot.based(held, integration, now=at))
    drawn.seconds["read"] = drawn.seconds.get("read", 0.0) + drawn_in
    fresh = known is None or not drawn.fingerprints.equals(known)
    return Drawn(plan=drawn, rules=rules, touched=marks, whole=held.whole and whole, fresh_prints=fresh)


def weighed(plan: Plan, held: Snapshot, integration: Integration) -> pl.DataFrame:
    """What the guard would say of an undo: shown beside it, and holding nothing."""
    return pipeline.weighed(plan, held, feeds.policy_of(integration))


def _left(integration: Integration, rules: str) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """The last feed's fingerprints and carried findings when they were taken by the same rules."""
    query = "SELECT blob FROM sync_fingerprints WHERE integration_id = %s AND rules_hash = %s"
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:  # in binary: as text a blob is twice as long
        kept = cursor.execute(query, [integration.pk, rules], binary=True).fetchone()
    return None if kept is None else fingerprints.unpack(kept[0])


def _changed(
    integration: Integration, feed: Feed, names: dict[str, str], left: tuple[pl.DataFrame, pl.DataFrame],
    marks: list[tuple[int, str, int]], at: datetime, codes: dict[str, pl.DataFrame],
) -> tuple[Delta, Snapshot, bool]:  # fmt: skip
    """Only what may plan differently; a record that is linked to nobody needs every candidate in the snapshot.

    The guard's bases are counted (the third value) when a record or a person is new or gone; records that are
    only looked at again because something of them is open seldom change anything.
    """
    today = (at + AHEAD_OF_UTC).date()  # the first place on earth to reach a day
    known, told = left
    answers = answered.concerned(integration)
    delta = fingerprints.changed(
        feed, names, known, told=told, touched=[*(mark[1] for mark in marks), *answers.together],
        already_missing=snapshot.already_missing(integration), today=today,
    )  # fmt: skip
    looked = fingerprints.record_ids(delta.look_at, names).drop_nulls().unique()
    linked = snapshot.linked_ids(integration, looked) if looked.len() else looked
    if linked.len() < looked.len() or looked.is_in(answers.pending).any():
        concerned = [*looked.to_list(), *answers.together]
        return delta, snapshot.load(integration, now=at, code_maps=codes, concerned=concerned), True
    ids = [*linked.to_list(), *delta.absent]
    counted = bool(delta.absent) or fingerprints.differs(delta, known)
    return delta, snapshot.load(integration, now=at, ids=ids, bases=counted, code_maps=codes), counted
