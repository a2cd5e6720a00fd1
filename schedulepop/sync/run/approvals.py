"""What waits in a run is applied, as a whole or for some people alone (SPEC §5 Guard).

The stored feed is always planned again first: only what the approver saw is written. What differs takes its
place, with the differences beside it, and the approver is asked again. Called by `runs` with the lock held.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import NeedsAdmin, Refused
from schedulepop.sync.models import Link, Run, Trigger
from schedulepop.sync.plan import approval, comparison, storage
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import ASKS_ABOUT_FEED
from schedulepop.sync.run import deferrals, driver, effective_dates, feeds, outcome
from schedulepop.sync.run.apply import Applied
from schedulepop.sync.run.at_once import planning
from schedulepop.sync.run.planner import PlannedRun, plan_run

PLAN_CHANGED = "SchedulePop or the day has changed since this plan was made. Here is the new one: look again."


def approve(
    run: Run, stored: Plan, waited_as: str, actor: Actor, welcome: Collection[str] | str | None
) -> None:
    """The approved plan, made again and compared, then applied with every hold released."""
    first = not run.integration.first_sync_done
    planned = _replan(run)
    if first:
        _refuse_unread_status(planned.plan)
    if first and planned.plan.changes.is_empty() and planned.plan.links.is_empty():
        outcome.save_plan(run, planned.plan)
        raise Refused(
            "This first sync would create nobody. Look at what its records wait for, solve that, and preview again."
        )
    if run.rest == Run.Rest.WAITING:
        _approve_rest(run, stored, planned, waited_as, actor)
        return
    if _digest(planned.plan, planned.plan.changes) != run.plan_hash:
        outcome.save_plan(run, planned.plan, _differences(comparison.between(stored, planned.plan)))
        raise Refused(PLAN_CHANGED)
    released = replace(planned, plan=approval.release_holds(planned.plan))
    ticked = None if welcome == "all" or not first else frozenset(welcome or ())

    def decide(at: datetime, applied: Applied) -> None:
        _record_approval(run, planned.plan, actor, at)

    driver.apply_changes(run, released, released.plan.changes, welcome=ticked, decide=decide)


def _refuse_unread_status(plan: Plan) -> None:
    """A first sync adds nobody past a column that may say who has left: somebody has to say what it is (SPEC §5)."""
    unread = plan.problems.filter(pl.col("code") == "status_unread")["column"].unique().sort().to_list()
    if unread:
        raise Refused(
            f"{' and '.join(unread)} may say who has left, and nothing reads it. On the columns page choose "
            "“Employment status”, or say that it is no status. Then preview again."
        )


def _approve_rest(run: Run, stored: Plan, planned: PlannedRun, waited_as: str, actor: Actor) -> None:
    """The held rest as a further apply of the same run; what needs no approval is the next run's."""
    part = approval.waiting_part(stored, planned.plan)
    _same_or_refused(run, stored, planned, waited_as, (stored.held, part))

    def decide(at: datetime, applied: Applied) -> None:
        _record_approval(run, planned.plan, actor, at)

    driver.apply_waiting(run, planned, part, stored=approval.release_holds(stored), decide=decide)


def approve_people(run: Run, stored: Plan, chosen: Chosen, waited_as: str, actor: Actor) -> None:
    """Those of the held rest alone, as a further apply of the same run; everybody else goes on waiting.

    A whole location is also the answer to a hold of that location's file: it is the new normal there. Who is kept apart
    is approved by ID only.
    """
    ids = chosen.of(stored)
    if not ids and not chosen.locations:
        raise Refused("None of these people waits in this run.")
    planned = _replan(run)
    of_ids = pl.col("source_id").is_in(ids)
    asked = stored.stopped.filter(of_ids)
    part = planned.plan.changes.filter(of_ids)
    _same_or_refused(run, stored, planned, waited_as, (asked, part))
    after = approval.release_holds(stored, ids)
    after = approval.without_decided_holds(after, ASKS_ABOUT_FEED, chosen.locations)

    def decide(at: datetime, applied: Applied) -> None:
        if not outcome.waits(after):
            Run.objects.filter(pk=run.pk).update(decided_by=actor.by, decided_at=at)
        _accept_short(run, planned.plan, chosen.locations)
        deferrals.close(run.integration, ids, by=actor.by, why="approved", at=at)
        people = asked.unique("source_id", keep="first", maintain_order=True)
        audit.record_each(
            actor,
            run.organization,
            "approved",
            "run",
            run.pk,
            [
                {
                    "user_id": applied.users.get(source_id, user_id),
                    "location_id": location_id,
                    "run_id": run.pk,
                    "changes": [audit.change("source_id", None, source_id)],
                }
                for source_id, user_id, location_id in people.select(
                    "source_id", "user_id", "location_id"
                ).iter_rows()
            ],
        )

    driver.apply_waiting(run, planned, part, stored=after, decide=decide, alone=ids)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom somebody approves of a held rest: payroll IDs, and all who wait at some locations (ids)."""

    people: frozenset[str] = frozenset()
    locations: frozenset[int] = frozenset()

    def of(self, plan: Plan) -> list[str]:
        """The payroll IDs of all of them, and of the same people."""
        there = plan.held.filter(pl.col("location_id").is_in(sorted(self.locations)))["source_id"]
        return approval.whole_people(plan, {*self.people, *there.to_list()})


def _replan(run: Run) -> PlannedRun:
    if run.trigger == Trigger.EFFECTIVE:
        return effective_dates.plan_run(run)
    if run.is_at_once and run.raw is not None:
        return planning.plan_run(run, feeds.read_stored(run.raw, feeds.policy_of(run.integration)))
    if run.raw is None:
        raise NeedsAdmin("plan_file_gone")
    return plan_run(run, feeds.read_stored(run.raw, feeds.policy_of(run.integration)), full=True)


def _same_or_refused(
    run: Run, stored: Plan, planned: PlannedRun, waited_as: str, parts: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    """Raises Refused, with the new plan in the old one's place, when these parts of the plans are not the same."""
    if _digest(stored, parts[0]) == _digest(planned.plan, parts[1]):
        return
    now = approval.replanned(stored, planned.plan)
    found = comparison.between(
        stored, planned.plan, holds=False, parts=(stored.held, approval.waiting_part(stored, planned.plan))
    )
    outcome.save_rest(run, now, waited_as, _differences(found))
    raise Refused(PLAN_CHANGED)


def _digest(plan: Plan, part: pl.DataFrame) -> str:
    return storage.digest(part, plan.fields)


def _differences(found: pl.DataFrame) -> dict[str, object]:
    return {"people": comparison.people_in(found), "first": comparison.entries(found, DIFFERENCES_KEPT)}


DIFFERENCES_KEPT = 50  # people named on the run; the number is always whole


def _record_approval(run: Run, plan: Plan, actor: Actor, at: datetime) -> None:
    Run.objects.filter(pk=run.pk).update(decided_by=actor.by, decided_at=at)
    _accept_short(run, plan)
    audit.record(actor, run.organization, "approved", ("run", run.pk), run_id=run.pk)


def _accept_short(run: Run, plan: Plan, locations: Collection[int] | None = None) -> None:
    """The feed is the new normal, at these locations or everywhere: the people a `short` hold named no longer count
    toward it (SPEC §5).
    """
    here = pl.lit(locations is None) | pl.col("location_id").is_in(sorted(locations or ()))
    ids = plan.short.filter(here)["source_id"].unique().to_list()
    if ids:
        named = Link.objects.filter(integration=run.integration, source_id__in=ids, retired_at=None)
        named.update(short_accepted=True)
