"""Plans a run at once: the whole feed and the whole list are read, and some people are planned."""

from __future__ import annotations

import time
from dataclasses import replace

from django.utils.timezone import now as clock

from schedulepop.sync.models import Run
from schedulepop.sync.plan import fingerprints
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.plan import PlanInput
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.some_people import Concerned, plan_some
from schedulepop.sync.plan.stopwatch import Stopwatch
from schedulepop.sync.run import feeds, lease, planner, snapshot, speaking
from schedulepop.sync.run.at_once.earlier_changes import changes_since_full_run
from schedulepop.sync.run.at_once.open_holds import open_holds
from schedulepop.sync.run.planner import PlannedRun
from schedulepop.sync.run.snapshot import tombstones


def plan_run(run: Run, feed: Feed) -> PlannedRun:
    """The plan for the people of this run, against what SchedulePop holds at this moment."""
    integration, at, started = run.integration, clock(), time.perf_counter()
    mapping, policy = Mapping(**integration.mapping), feeds.policy_of(integration)
    dirty = snapshot.dirty_links(integration)
    profile = planner.profiled(integration, feed, mapping)
    held = snapshot.load(integration, now=at)
    delta = fingerprints.full_delta(feed, profile.columns, held.links["source_id"])
    ids = (delta.fingerprints["source_id"], feed.broken_rows["source_id"])
    held = replace(held, erased=tombstones.erased_in(integration, ids, held.links))
    if planner.is_partial(integration):
        delta = replace(delta, missing_ids=(), complete=False)
    about = Concerned(
        ids=run.people,
        at_once=changes_since_full_run(run),
        standing=open_holds(integration),
        released=run.release_of_id is not None,
        speaks=run.release_of_id is not None or _speaks(run),
    )
    given = PlanInput(profile, delta, held, mapping, policy, run.source_time)
    loaded = time.perf_counter() - started
    some = plan_some(given, about, Stopwatch(lease.throttled_progress(run)))
    some.plan.seconds["read"] = loaded
    return PlannedRun(
        plan=some.plan,
        rules_hash="",
        dirty_links=dirty,
        full=False,
        fingerprints_changed=False,
        some=some,
    )


def _speaks(run: Run) -> bool:
    """Whether its feed is one that speaks already; another one may be in doubt."""
    return any(one.run.raw_id == run.raw_id for one in speaking.heard(run.integration).speaking)
