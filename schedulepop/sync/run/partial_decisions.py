"""The door for deciding about a part of what a run holds: some people or whole locations approved, some kept apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Run
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import approvals, deferrals, lease, runs


def approve(
    run: Run,
    *,
    plan_hash: str,
    actor: Actor,
    people: Collection[str] = (),
    locations: Collection[int] = (),
) -> Run:
    """Applies the held changes of these people (payroll IDs), and of all who wait at these locations (ids).

    As `runs.approve`: planned again first, refused when what these people would get is not what was looked at, or once
    a newer plan exists. Everything else goes on waiting, and a person is approved whole.
    """
    with _waiting_run(run, plan_hash, actor) as (row, stored, waited_as):
        chosen = approvals.Chosen(frozenset(people), frozenset(locations))
        approvals.approve_people(row, stored, chosen, waited_as, actor)
    return runs.reload(run)


def defer(run: Run, *, plan_hash: str, actor: Actor, people: Collection[str], reason: str) -> Run:
    """Keeps these people apart for a week, with a reason: they stay held, and no run asks about them meanwhile."""
    with _waiting_run(run, plan_hash, actor) as (row, stored, waited_as):
        deferrals.defer(row, stored, people, waited_as, actor, reason=reason)
    return runs.reload(run)


@contextmanager
def _waiting_run(run: Run, plan_hash: str, actor: Actor) -> Iterator[tuple[Run, Plan, str]]:
    """The run, its plan, and how it waited, with its lease held for the block."""
    if not actor.runs_syncs(run.organization):
        raise NotAllowed("Only an admin or Client Success can decide about people who are on hold.")
    with runs.refuse_lost_lease(), lease.lock(run.integration_id) as session:
        if not session:
            raise Refused("A run is under way. Decide when it is done.")
        row = runs.reload(run)
        runs.require_waiting(row, plan_hash)
        if row.rest != Run.Rest.WAITING:
            raise Refused("This is a plan nobody has approved yet: approve it as a whole.")
        with runs.acquired(row, session) as (stored, waited_as):
            yield row, stored, waited_as
