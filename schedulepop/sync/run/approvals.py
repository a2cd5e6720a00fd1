"""What waits in a run is applied, as a whole or one new person alone (SPEC §5 Guard).

The stored feed is always planned again first: only what the approver saw is written. What differs takes its
place, with the differences beside it, and the approver is asked again. Called by `runs` with the lock held.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import polars as pl

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NeedsAdmin, Refused
from schedulepop.sync.models import Link, Run, RunState, Trigger
from schedulepop.sync.plan import approval, comparison, storage
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import driver, effective_dates, feeds, outcome
from schedulepop.sync.run.apply import Applied
from schedulepop.sync.run.planner import Drawn, draw

DIFFERENT = "SchedulePop or the day has changed since this plan was made. Here is the new one: look again."


def approve(
    run: Run, stored: Plan, waited_as: str, actor: Actor, welcome: Collection[str] | str | None
) -> None:
    """The approved plan, drawn again and compared, then written with every hold lifted."""
    first = not run.integration.first_sync_done
    drawn = _again(run)
    if first and drawn.plan.changes.is_empty():
        outcome.keep_plan(run, drawn.plan, RunState.PLANNED)
        raise Refused(
            "This first sync would create nobody. Look at what its records wait for, solve that, and preview again."
        )
    if run.rest == Run.Rest.WAITING:
        return _approve_rest(run, stored, drawn, waited_as, actor)
    if _digest(drawn.plan, drawn.plan.changes) != run.plan_hash:
        outcome.keep_plan(run, drawn.plan, RunState.PLANNED, _told(comparison.between(stored, drawn.plan)))
        raise Refused(DIFFERENT)
    whole = replace(drawn, plan=approval.lifted(drawn.plan))
    ticked = None if welcome == "all" or not first else frozenset(welcome or ())

    def decide(at: datetime, applied: Applied) -> None:
        _approved(run, drawn.plan, actor, at)

    driver.write(run, whole, whole.plan.changes, welcome=ticked, decide=decide)
    return None


def _approve_rest(run: Run, stored: Plan, drawn: Drawn, waited_as: str, actor: Actor) -> None:
    """The held rest as a further apply of the same run; what needs no approval is the next run's."""
    part = approval.waiting_part(stored, drawn.plan)
    _same_or_refused(run, stored, drawn, waited_as, (stored.held, part))

    def decide(at: datetime, applied: Applied) -> None:
        _approved(run, drawn.plan, actor, at)

    driver.write_further(run, drawn, part, kept=approval.lifted(stored), decide=decide)


def release(run: Run, stored: Plan, source_id: str, waited_as: str, actor: Actor) -> None:
    """One held create alone. Everything else goes on waiting; raises Refused for anything but a create."""
    asked = stored.held.filter(pl.col("source_id") == source_id)
    if asked.is_empty():
        raise Refused("Nobody with this payroll ID waits in this run.")
    if (asked["verb"] != "create").any() or asked["user_id"].null_count() < asked.height:
        raise Refused("Only a new person can be added alone. Approve or discard the plan for everybody else.")
    drawn = _again(run)
    part = drawn.plan.changes.filter(pl.col("source_id") == source_id)
    _same_or_refused(run, stored, drawn, waited_as, (asked, part))

    def decide(at: datetime, applied: Applied) -> None:
        audit.record(
            actor,
            run.organization,
            "released",
            "run",
            run.pk,
            run_id=run.pk,
            location_id=asked["location_id"][0],
            changes=[
                audit.change("source_id", None, source_id),
                audit.change("user", None, applied.users.get(source_id)),
            ],
        )

    driver.write_further(
        run, drawn, part, kept=approval.lifted(stored, [source_id]), decide=decide, alone=[source_id]
    )


def _again(run: Run) -> Drawn:
    if run.trigger == Trigger.EFFECTIVE:
        return effective_dates.redrawn(run)
    if run.raw is None:
        raise NeedsAdmin("The file of this plan is not kept any more. Run the sync again.")
    return draw(run, feeds.stored(run.raw, feeds.policy_of(run.integration)), whole=True)


def _same_or_refused(
    run: Run, stored: Plan, drawn: Drawn, waited_as: str, parts: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    """Raises Refused, with the new plan in the old one's place, when these parts of the plans are not the same."""
    if _digest(stored, parts[0]) == _digest(drawn.plan, parts[1]):
        return
    now = approval.replanned(stored, drawn.plan)
    found = comparison.between(
        stored, drawn.plan, holds=False, parts=(stored.held, approval.waiting_part(stored, drawn.plan))
    )
    outcome.keep_rest(run, now, waited_as, _told(found))
    raise Refused(DIFFERENT)


def _digest(plan: Plan, part: pl.DataFrame) -> str:
    return storage.digest(part, plan.fields)


def _told(found: pl.DataFrame) -> dict[str, object]:
    return {"people": comparison.people_in(found), "first": comparison.told(found, DIFFERENCES_KEPT)}


DIFFERENCES_KEPT = 50  # people named on the run; the number is always whole


def _approved(run: Run, plan: Plan, actor: Actor, at: datetime) -> None:
    Run.objects.filter(pk=run.pk).update(decided_by=actor.by, decided_at=at)
    _accept_short(run, plan)
    audit.record(actor, run.organization, "approved", "run", run.pk, run_id=run.pk)


def _accept_short(run: Run, plan: Plan) -> None:
    """The feed is the new normal: the people a `short` hold named no longer count toward it (SPEC §5)."""
    short = plan.holds.filter(pl.col("rule") == "short")
    if short.is_empty():
        return
    missing = plan.missing.filter(pl.col("about") != "id")["source_id"].unique()
    named = Link.objects.filter(integration=run.integration, source_id__in=missing.to_list())
    if short["location_id"].null_count() == 0:
        there = Membership.objects.filter(location__in=short["location_id"].to_list(), payroll_owned=True)
        named = named.filter(user__in=there.values("user"))
    named.update(short_accepted=True)
