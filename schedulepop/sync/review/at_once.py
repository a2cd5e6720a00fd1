"""Runs at once for whoever watches them: who may, whom they are about, and what became of each (SPEC §4 At once).

Also *Sync this person*: payroll's word for one person, now. Nobody learns of a run about people they do not look after.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory import access
from schedulepop.directory.models import Location, Membership
from schedulepop.messages.models import Message
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Integration, Link, Run
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.changes import CHANGE
from schedulepop.sync.plan.frames.outcomes import BUCKET_PRECEDENCE, RECORD
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import cool_downs, runs, speaking

Places = Collection[int] | None  # ids of locations; None: all


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person."""

    source_id: str
    name: str
    user_id: int | None
    location_id: int | None
    situation: str  # of match; "" where payroll does not carry them
    done: str  # a bucket of the accounting; "not_in_feed" where payroll does not carry them
    reason: str = ""  # why they wait: a guard rule or an issue code
    standing: bool = False  # behind a hold of an earlier run, which nothing is asked about here
    letter: str = ""  # the state of their welcome email, "" without one


def sync_person(
    integration: Integration, source_id: str, *, actor: Actor, at: datetime, cools_down: bool = True
) -> Run:
    """A queued run about this person. Payroll is asked now where it can be, else its newest feed that speaks counts.

    `cools_down`: within ten minutes of the last time nobody is asked, and what was read then counts (the web).
    Raises NotAllowed for whoever does not look after them, Refused where there is nothing to go by.
    """
    if not may_see(integration, [source_id], actor):
        raise NotAllowed("Only somebody who looks after this person can sync them.")
    asks = not cools_down or cool_downs.fetch_allowed_from(integration, at) is None
    run = requests.request(integration, [source_id], actor=actor, asks_source=asks)
    if run is None:
        raise Refused(
            "There is no payroll file to go by yet: the first sync comes first."
            if not integration.first_sync_done
            else f"{integration.name} is switched off, or has no file that counts."
        )
    return run


def may_see(integration: Integration, source_ids: Collection[str], actor: Actor) -> bool:
    """Whether this actor looks after one of them: by the list, or by payroll's location of a record."""
    organization = integration.organization
    if actor.runs_syncs(organization):
        return True
    managed = list(access.managed_locations(actor, organization).values_list("pk", flat=True))
    if not managed:
        return False
    users = Link.objects.filter(integration=integration, source_id__in=list(source_ids), retired_at=None)
    there = Membership.objects.filter(user__in=users.values("user"), location__in=managed)
    return there.exists() or _recorded_at(integration, source_ids, managed)


def _recorded_at(integration: Integration, source_ids: Collection[str], places: list[int]) -> bool:
    known = speaking.heard(integration)
    heard = [one.run.pk for one in known.speaking] + ([known.newer.pk] if known.newer else [])
    for blob in Run.objects.filter(pk__in=heard, plan__isnull=False).values_list("plan", flat=True):
        records = storage.parts(blob or b"", records=RECORD)["records"]
        here = pl.col("source_id").is_in(list(source_ids)) & pl.col("location_id").is_in(places)
        if records.filter(here).height:
            return True
    return False


def may_watch(run: Run, actor: Actor) -> bool:
    """Whether this actor may know of a run at once: who asked for it, until it has a plan; then by its people."""
    if actor.runs_syncs(run.organization):
        return True
    if not access.managed_locations(actor, run.organization).exists():
        return False
    plan = Run.objects.values_list("plan", flat=True).get(pk=run.pk)
    if not plan:
        asked = AuditEntry.objects.filter(
            subject="run", subject_id=run.pk, verb="requested", actor=actor.user
        )
        return asked.exists()
    managed = set(access.managed_locations(actor, run.organization).values_list("pk", flat=True))
    parts = storage.parts(plan, records=RECORD, changes=CHANGE)
    places = {*parts["records"]["location_id"], *parts["changes"]["location_id"]}
    return bool(managed & places) or may_see(run.integration, run.people, actor)


def outcomes(run: Run, places: Places) -> list[Outcome]:
    """What became of everybody it was about, in payroll's order; at these locations alone."""
    plan = runs.stored_plan(run)
    if plan is None:
        return []
    records = (
        plan.records if places is None else plan.records.filter(pl.col("location_id").is_in(list(places)))
    )
    made = dict(run.changes.values_list("source_id", "user_id"))
    stopped = {one["source_id"]: one["held_by"] for one in run.summary.get("stopped", [])}
    letters = dict(
        Message.objects.filter(run_id=run.pk, kind__startswith="welcome").values_list("user_id", "state")
    )
    found = []
    for row in records.iter_rows(named=True):
        user = made.get(row["source_id"]) or row["user_id"]
        rule = stopped.get(row["source_id"])
        found.append(
            Outcome(
                source_id=row["source_id"] or "",
                name=row["name"] or row["source_id"] or "",
                user_id=user,
                location_id=row["location_id"],
                situation=row["situation"] or "",
                done=row["bucket"],
                reason=rule or row["reason"] or "",
                standing=rule is not None,
                letter=letters.get(user or 0, ""),
            )
        )
    found = _one_a_person(found)
    return [*found, *_absent(run, {*plan.records["source_id"]}, places)]


def _one_a_person(found: list[Outcome]) -> list[Outcome]:
    """Of somebody with several records the weightiest, as the accounting has it."""
    weight = {bucket: place for place, bucket in enumerate(BUCKET_PRECEDENCE)}
    best: dict[object, Outcome] = {}
    for one in found:
        key: object = one.user_id or one.source_id
        if key not in best or weight.get(one.done, 99) < weight.get(best[key].done, 99):
            best[key] = one
    return list(best.values())


def _absent(run: Run, named: set[str], places: Places) -> list[Outcome]:
    """Whom payroll does not carry."""
    gone = [one for one in run.people if one not in named]
    links = Link.objects.filter(integration=run.integration_id, source_id__in=gone, retired_at=None)
    rows = Membership.objects.filter(user__in=links.values("user"))
    if places is not None:
        rows = rows.filter(location__in=list(places))
    here = {one.user_id: one.location_id for one in rows.order_by("-is_primary")}
    who = {one.source_id: one.user for one in links.select_related("user")}
    return [
        Outcome(
            source_id=one,
            name=who[one].full_name if one in who else one,
            user_id=who[one].pk if one in who else None,
            location_id=here.get(who[one].pk) if one in who else None,
            situation="",
            done="not_in_feed",
        )
        for one in gone
        if (one in who and who[one].pk in here) or places is None
    ]


def place_names(run: Run) -> dict[int, str]:
    """The organization's locations by id."""
    return dict(Location.objects.filter(organization=run.organization_id).values_list("pk", "name"))
