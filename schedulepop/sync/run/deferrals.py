"""Keeping somebody apart: held for a week with a reason, while the rest of a hold is decided (ADR 0022).

The row is what the next plans read (`snapshot.deferrals`). It is over on its day, when somebody approves the person or
ends it, and when payroll takes back what it said.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import polars as pl
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Deferral, Integration, Run, RunState, Trigger
from schedulepop.sync.plan import approval
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import ASKS_ABOUT_FEED
from schedulepop.sync.plan.names import full_names
from schedulepop.sync.run import decided_issues, kept_feeds, lease, outcome

DAYS = 7
LONGEST_REASON = 200


def defer(run: Run, stored: Plan, ids: Collection[str], waited_as: str, actor: Actor, *, reason: str) -> None:
    """Keeps these people of the held rest apart. Nothing of SchedulePop changes; the run waits for the others.

    Called by `runs` with the lock held. Raises Refused for a blank reason and for somebody who does not wait.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused("Say why they are kept apart: whoever looks next week needs it.")
    ids = approval.whole_people(stored, ids)
    asked = stored.held.filter(pl.col("source_id").is_in(ids))
    if asked.is_empty():
        raise Refused("None of these people waits in this run.")
    after = approval.without_decided_holds(approval.defer(stored, ids), ASKS_ABOUT_FEED)
    waiting, at = outcome.waits(after), clock()
    with transaction.atomic():
        lease.confirm(run)
        _write(run, asked, actor, reason, at)
        state = waited_as if waiting else RunState.APPLIED
        if not waiting:
            Run.objects.filter(pk=run.pk).update(decided_by=actor.by, decided_at=at)
            if run.trigger != Trigger.EFFECTIVE:
                outcome.save_baseline(run, after, accepted=True)
                kept_feeds.let_go(run, ())
        outcome.record_outcome(run, after, state, waiting=waiting, decided=not waiting)
        if waiting:
            decided_issues.close_spent_holds(run, after, by=actor.by)
        else:
            decided_issues.close_holds(run, by=actor.by)


def _write(run: Run, asked: pl.DataFrame, actor: Actor, reason: str, at: datetime) -> None:
    people = asked.with_columns(full_names(asked).alias("name")).sort("removal", descending=True)
    people = people.unique("source_id", keep="first", maintain_order=True)
    close(run.integration, people["source_id"].to_list(), by=actor.by, why="expired", at=at)
    until = run.integration.local_date(at) + timedelta(days=DAYS)
    rows = list(people.iter_rows(named=True))
    Deferral.objects.bulk_create(
        Deferral(
            organization=run.organization,
            integration=run.integration,
            source_id=row["source_id"],
            user_id=row["user_id"],
            location_id=row["location_id"],
            name=row["name"] or "",
            verb=row["verb"],
            removal=row["removal"],
            reason=reason,
            until=until,
            run=run,
            by=actor.by,
            at=at,
        )
        for row in rows
    )
    audit.record_each(
        actor,
        run.organization,
        "deferred",
        "run",
        run.pk,
        [
            {
                "user_id": row["user_id"],
                "location_id": row["location_id"],
                "run_id": run.pk,
                "changes": [
                    audit.change("source_id", None, row["source_id"]),
                    audit.change("until", None, until.isoformat()) | {"why": reason},
                ],
            }
            for row in rows
        ],
    )


def end(deferral: Deferral, *, actor: Actor) -> None:
    """From the next run on this person counts again, and is asked about."""
    if not actor.runs_syncs(deferral.organization):
        raise NotAllowed("Only an admin or Client Success can decide about somebody who is kept apart.")
    with transaction.atomic():
        done = close(deferral.integration, [deferral.source_id], by=actor.by, why="by_hand", at=clock())
        if not done:
            raise Refused(f"{deferral.name or deferral.source_id} is not kept apart any more.")
        audit.record(
            actor,
            deferral.organization,
            "ended_deferral",
            ("deferral", deferral.pk),
            user=deferral.user,
            location_id=deferral.location_id,
            changes=[audit.change("source_id", deferral.source_id, None)],
        )


def close(integration: Integration, ids: Collection[str], *, by: str, why: str, at: datetime) -> int:
    """Marks the open deferrals of these payroll IDs as over; returns how many there were."""
    mine = Deferral.objects.filter(integration=integration, source_id__in=list(ids), ended_at=None)
    return mine.update(ended_at=at, ended_by=by, ended_why=why)


def end_unheld(run: Run, plan: Plan, at: datetime) -> None:
    """After an applied feed: over where payroll's word has changed so that nothing of the person is held any more.

    A record that was not looked at reads as it did when nothing of it was held; of a file that was not read at all
    that is everybody's.
    """
    mine = Deferral.objects.filter(integration=run.integration_id, ended_at=None)
    kept = list(mine.values_list("source_id", flat=True))
    if not kept:
        return
    prints = plan.fingerprints
    clean = set(prints.filter("clean")["source_id"].drop_nulls().to_list())
    unread = prints.is_empty() and plan.changes.is_empty() and plan.counts.get("read", 0) > 0
    stopped = set(plan.stopped["source_id"].to_list())
    free = [one for one in kept if one not in stopped and (unread or one in clean)]
    close(run.integration, free, by=run.by, why="settled", at=at)


def standing(organization: Organization, today: date) -> QuerySet[Deferral]:
    """Who is kept apart today; first those whose sign-in payroll would end."""
    found = Deferral.objects.filter(organization=organization, ended_at=None, until__gt=today)
    return found.select_related("user", "location", "integration__organization").order_by(
        "-removal", "until", "name"
    )
