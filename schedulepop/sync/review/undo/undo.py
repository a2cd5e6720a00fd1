"""The door to taking back what a run did, or what it did to one person (SPEC §5 Undo).

An undo is a run of its own. It is previewed, and applied by the hash of what was looked at. It sends no email, and
the guard is shown but holds nothing: a person asked for it. What went back is pinned, so that the same feed leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.timezone import now as clock

from schedulepop.accounts import audit, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant
from schedulepop.directory import bulk
from schedulepop.lib import sql
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Change, Run, RunState, Trigger
from schedulepop.sync.plan import accounting, storage
from schedulepop.sync.plan.frames.feed import FINGERPRINT, PROBLEM
from schedulepop.sync.plan.frames.outcomes import HOLD, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS
from schedulepop.sync.review.undo.plan import Restored, plan_undo
from schedulepop.sync.review.undo.values import CELL
from schedulepop.sync.review.undo.write import write
from schedulepop.sync.run import decided_issues, heartbeat, lease, report, runs, snapshot
from schedulepop.sync.run import planner as drawing


@dataclass(frozen=True, slots=True)
class Undo:
    """What an undo would do."""

    run: Run
    source_id: str | None  # one person of the run; None: all
    plan: Plan
    restored: Restored
    digest: str

    @property
    def conflicts(self) -> pl.DataFrame:
        """What stays as it is: somebody or a later run changed it, or it cannot be taken away."""
        return self.restored.conflicts


def can_undo(run: Run) -> bool:
    """Whether there is anything to take back at all."""
    return run.state == RunState.APPLIED and run.undo_of_id is None


def preview(run: Run, source_id: str | None = None) -> Undo:
    """What would go back, person by person, against SchedulePop as it is now. Raises Refused."""
    if run.undo_of_id is not None:
        raise Refused(
            "An undo is not undone: release what it pinned, and payroll's values return with the next sync."
        )
    if run.state == RunState.UNDONE:
        raise Refused(f"Run {run.number} was undone already.")
    if run.state != RunState.APPLIED:
        raise Refused(
            f"Run {run.number} is {run.get_state_display().lower()}: it changed nobody, so nothing is undone."
        )
    cells = journal_of(run, source_id)
    if cells.is_empty():
        whom = "anybody" if source_id is None else f"the person with payroll ID {source_id}"
        raise Refused(f"Run {run.number} did not change {whom}.")
    integration, at = run.integration, clock()
    now = snapshot.load(integration, now=at, ids=cells["source_id"].unique().to_list())
    restored = plan_undo(cells, now, run.number)
    plan = _plan(restored, run, at)
    plan = replace(plan, holds=drawing.guard_preview(plan, now, integration))
    return Undo(run, source_id, plan, restored, storage.digest(plan.changes, plan.fields))


def journal_of(run: Run, source_id: str | None) -> pl.DataFrame:
    """CELL of the run, or of one person in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("schedulepop.sync", "journal_of_run"), {"run": run.pk, "source_id": source_id}
        )
        return pl.DataFrame(cursor.fetchall(), schema=CELL, orient="row")


def apply(run: Run, source_id: str | None = None, *, plan_hash: str, actor: Actor) -> Run:
    """Takes it back, if it still is what was previewed; returns the run that did. Raises NotAllowed or Refused."""
    if not actor.runs_syncs(run.organization):
        raise NotAllowed("Only an admin or Client Success can undo a run.")
    with runs.refuse_lost_lease(), lease.lock(run.integration_id) as mine:
        if not mine:
            raise Refused("A run is under way. Undo when it is done.")
        with heartbeat.beating(run, mine), transaction.atomic():
            heartbeat.mark_writer(run.integration_id)
            run = runs.reload(Run.objects.select_for_update().get(pk=run.pk))
            undo = preview(run, source_id)
            if undo.digest != plan_hash:
                raise Refused(
                    "SchedulePop has changed since you looked. Here is what would go back now: look again."
                )
            return _write_run(undo, actor)


def _write_run(undo: Undo, actor: Actor) -> Run:
    """The run of the undo, and everything it writes."""
    run, at = undo.run, clock()
    one = {"person": undo.source_id} if undo.source_id is not None else {}
    number = (Run.objects.filter(integration=run.integration_id).aggregate(n=Max("number"))["n"] or 0) + 1
    made = Run.objects.create(
        organization=run.organization,
        integration=run.integration,
        number=number,
        trigger=Trigger.MANUAL,
        local_date=run.integration.local_date(at),
        requested_by=actor.by,
        requested_at=at,
        undo_of=run,
        state=RunState.APPLIED,
        started_at=at,
        finished_at=at,
        counts=undo.plan.counts,
        holds=report.holds(undo.plan),
        summary=report.summary(undo.plan) | one | {"conflicts": undo.conflicts.height},
        plan=storage.pack(undo.plan),
    )
    context = bulk.WriteContext(
        organization=run.organization_id,
        integration=run.integration_id,
        run=made.pk,
        by=actor.by,
        now=at,
        today=undo.plan.today,
    )
    reason = f"Undo of run {run.number}" + (" for one person" if one else "")
    write(undo.plan, undo.restored, context, undone=run.pk, reason=reason)
    _return_roles(undo, actor)
    if not one:
        decided_issues.take_back(run, by=actor.by)
        rest = Run.Rest.SUPERSEDED if run.rest == Run.Rest.WAITING else run.rest
        Run.objects.filter(pk=run.pk).update(state=RunState.UNDONE, rest=rest)
    audit.record(
        actor,
        run.organization,
        "undid",
        ("run", run.pk),
        run_id=made.pk,
        changes=[audit.change("person", None, undo.source_id)] if one else [],
    )
    return runs.reload(made)


def _return_roles(undo: Undo, actor: Actor) -> None:
    """Roles that ended with an employment return with it, unless they were given anew since."""
    plan = undo.plan.changes
    revived = plan.filter(pl.col("verb") == "reactivate")["user_id"].unique().to_list()
    ended = Change.objects.filter(run=undo.run, user=OuterRef("user"), at=OuterRef("ended_at"))
    given_anew = Grant.objects.filter(
        user=OuterRef("user"), role=OuterRef("role"), organization=OuterRef("organization"), ended_at=None
    )
    for grant in Grant.objects.filter(Exists(ended), ~Exists(given_anew), user__in=revived).order_by("pk"):
        Grant.objects.filter(pk=grant.pk).update(ended_at=None)
        invitations.revoke_handed_over([grant.user_id], clock())
        audit.record(
            actor,
            undo.run.organization,
            "granted",
            ("user", grant.user_id),
            user=grant.user,
            changes=[audit.change(grant.role, None, grant.organization.name)],
        )


def _plan(restored: Restored, run: Run, at: datetime) -> Plan:
    """The undo in the shape of a plan, so that pages show it like any other run."""
    records = accounting.list_due_people(restored.changes)
    return Plan(
        records=records,
        changes=restored.changes,
        fields=restored.fields,
        problems=empty(PROBLEM),
        holds=empty(HOLD),
        missing=empty(SNAPSHOT_SCHEMAS["missing"]),
        links=empty(SNAPSHOT_SCHEMAS["links"]),
        codes=pl.DataFrame(),
        fingerprints=empty(FINGERPRINT),
        counts=accounting.count_due_people(records),
        columns={},
        unknown_columns=(),
        blank={},
        today=run.integration.local_date(at),
        extras=restored.extras,
    )
