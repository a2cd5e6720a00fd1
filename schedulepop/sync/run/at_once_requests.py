"""The door to runs at once: for whom, by which feed, and whether somebody else goes first (SPEC §4 At once).

What people decide is kept before a run is asked for, so nothing is lost where none can be made: the next night
makes it true. Rights are those of the decision; *Sync this person* has its own.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl
from django.db import transaction
from django.db.models import Q

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.models import Integration, RawFeed, Run, RunState, Trigger
from schedulepop.sync.plan.frames.changes import CONTACT_MOVED
from schedulepop.sync.run import feeds, fetching, runs, speaking
from schedulepop.sync.run.at_once.request import AtOnceRequest


def request(
    integration: Integration, people: Collection[str], *, actor: Actor, asks_source: bool = False
) -> Run | None:
    """A queued run about these payroll IDs, or the one about them that has not begun yet.

    None where there is nothing to plan by: before the first sync is approved, while the integration is switched off,
    or without a kept feed that speaks. `asks_source`: payroll is read first, where it can be asked.
    """
    if not people or not integration.first_sync_done or integration.state not in runs.MAY_RUN:
        return None
    asks = asks_source and feeds.can_fetch(integration)
    feed = None if asks else speaking_feed(integration)
    if feed is None and not asks:
        return None
    with transaction.atomic():
        Integration.objects.select_for_update().get(pk=integration.pk)
        same = integration.runs.at_once().filter(
            state=RunState.QUEUED, people=sorted(people), asks_source=asks, release_of=None
        )
        found = same.first()
        if found is not None:
            return found
        run = runs.request(
            integration,
            trigger=Trigger.ANSWER,
            actor=actor,
            feed=feed,
            at_once=AtOnceRequest(people, asks),
        )
        fetching.must_wait(run)  # from now on it waits for its feed, unless another run has the source's turn
    return run


def release(run: Run, source_id: str, *, actor: Actor) -> Run:
    """A queued run that adds somebody new who waits in `run`, alone and by its feed, while the others go on waiting.

    Through the same guard: who is let go one by one counts like one file of them. Raises NotAllowed or Refused.
    """
    if not actor.runs_syncs(run.organization):
        raise NotAllowed("Only an admin or Client Success can add somebody who is on hold.")
    run = runs.reload(run)
    place = _location_of_new(run, source_id)
    if run.raw is None:
        raise NeedsAdmin("plan_file_gone")
    with transaction.atomic():
        Integration.objects.select_for_update().get(pk=run.integration_id)
        same = run.releases.filter(people=[source_id])
        asked = same.filter(Q(state=RunState.HELD) | Q(rest=Run.Rest.WAITING)).first()
        if asked is not None:
            raise Refused(f"Run {asked.number} was asked to add them, and waits for an approval of its own.")
        found = same.filter(state__in=runs.UNDER_WAY).first()
        if found is not None:
            return found
        made = runs.request(
            run.integration,
            trigger=Trigger.ANSWER,
            actor=actor,
            feed=run.raw,
            at_once=AtOnceRequest([source_id], release_of=run),
        )
        audit.record(
            actor,
            run.organization,
            "released",
            ("run", run.pk),
            run_id=made.pk,
            location_id=place,
            changes=[audit.change("source_id", None, source_id)],
        )
    return made


def _location_of_new(run: Run, source_id: str) -> int | None:
    """Where the new person with this payroll ID waits in the run. Raises Refused when nobody new does, NeedsAdmin."""
    if run.state == RunState.SUPERSEDED or run.rest == Run.Rest.SUPERSEDED:
        raise Refused(f"A newer run has taken the place of run {run.number}. Look at the newest one.")
    if run.state == RunState.PLANNED:
        raise Refused("This is a plan nobody has approved yet: approve it as a whole.")
    if run.rest != Run.Rest.WAITING:
        raise Refused(f"Run {run.number} is {run.get_state_display().lower()}; nothing of it waits.")
    plan = runs.stored_plan(run)
    if plan is None:
        raise NeedsAdmin("plan_gone")
    contact_apart = (pl.col("held_by") != CONTACT_MOVED).fill_null(value=True)
    theirs = (pl.col("source_id") == source_id) & contact_apart
    asked = plan.held.filter(theirs)
    if asked.is_empty():
        raise Refused("Nobody with this payroll ID waits in this run.")
    if (asked["verb"] != "create").any() or asked["user_id"].null_count() < asked.height:
        raise Refused("Only a new person can be added alone. Approve or discard the plan for everybody else.")
    place: int | None = asked["location_id"][0]
    return place


def speaking_feed(integration: Integration) -> RawFeed | None:
    """The newest kept feed that speaks somewhere; None before the first sync is done."""
    known = speaking.heard(integration)
    if not integration.first_sync_done or not known.speaking:
        return None
    newest = known.speaking[0].run
    kept = RawFeed.objects.defer("content").filter(content__isnull=False)
    return kept.filter(pk=newest.raw_id).first() if newest.raw_id else None


def goes_first(run: Run) -> Run | None:
    """The run this one waits for, while it is queued and another is under way."""
    if run.state != RunState.QUEUED:
        return None
    under_way = Run.objects.filter(integration=run.integration_id, state__in=runs.UNDER_WAY).exclude(
        pk=run.pk
    )
    return under_way.filter(Q(state=RunState.RUNNING) | Q(number__lt=run.number)).order_by("number").first()


def drive_next(integration_id: int) -> list[Run]:
    """Drives what waited its turn while a run of this integration was under way, in the order of their requests."""
    driven: list[Run] = []
    waiting = Run.objects.filter(integration=integration_id, state=RunState.QUEUED, fetch=None)
    for pk in waiting.order_by("number").values_list("pk", flat=True):
        run = runs.drive(pk)
        if run.state in runs.UNDER_WAY:
            break
        driven.append(run)
    return driven
