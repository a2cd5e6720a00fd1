"""What a run leaves on its row and on its integration: the plan, what waits, what the next run compares with."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.lib import sql
from schedulepop.sync.models import Fingerprints, Integration, IntegrationState, Run, Trigger
from schedulepop.sync.plan import fingerprints, storage, unchanged_file
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard.feed_rules import DOUBTING
from schedulepop.sync.run import lease, report, snapshot
from schedulepop.sync.run.planner import Drawn
from schedulepop.sync.run.snapshot.probe import binary_cursor, everybody

Differences = dict[str, object]  # {people, first: differences.told}
GOOD_RUNS = 7  # whose records are counted, to know how many are usual (SPEC §5 Guard)


def doubts_feed(plan: Plan) -> bool:
    return any(rule in DOUBTING for rule in plan.holds["rule"].to_list())


def say_trips(row: Run, plan: Plan) -> None:
    """Every rule that tripped, once, in the audit trail: by the run itself."""
    entries = [
        {
            "location_id": hold["location_id"],
            "run_id": row.pk,
            "changes": [audit.change(hold["rule"], hold["limit"], hold["figure"]) | {"why": hold["scope"]}],
        }
        for hold in plan.holds.iter_rows(named=True)
    ]
    if entries:
        machine = Actor(user=None, by=f"sync run {row.number}", door="sync")
        audit.record_each(machine, row.organization, "held", "run", row.pk, entries)


def keep_plan(row: Run, plan: Plan, state: str, differences: Differences | None = None) -> None:
    """A plan that waits: stored whole, named by its digest; older waiting ones are superseded.

    `differences`: to the one somebody wanted to approve.
    """
    with transaction.atomic():
        lease.confirm(row)
        settle(row, plan, state, waiting=False, decided=False, differences=differences)
        Run.objects.filter(pk=row.pk).update(plan_hash=storage.digest(plan.changes, plan.fields))
        if row.integration.state in (IntegrationState.DRAFT, IntegrationState.TESTED):
            Integration.objects.filter(pk=row.integration_id).update(state=IntegrationState.PREVIEWED)


def keep_rest(row: Run, plan: Plan, state: str, differences: Differences) -> None:
    """The rest of a run that waits, planned again; what the run has applied stays applied."""
    with transaction.atomic():
        lease.confirm(row)
        settle(row, plan, state, waiting=True, decided=False, differences=differences)


def remember(row: Run, plan: Plan, *, accepted: bool = False) -> None:
    """What the next run compares with: shares of blanks, columns, records, source time; and the integration's state.

    A feed in doubt is nothing to compare with, unless a person has `accepted` it.
    """
    integration = row.integration
    held_feed = doubts_feed(plan) and not accepted
    values: dict[str, object] = {"last_success_at": clock(), "failing_since": None}
    if not held_feed:
        reads = [*integration.last_good.get("reads", ())[-(GOOD_RUNS - 1) :], plan.counts["read"]]
        values |= {"last_good": {"blank": plan.blank, "columns": sorted(plan.columns), "reads": reads}}
        values |= {"last_source_time": row.source_time}
    if not integration.first_sync_done:
        values["state"] = IntegrationState.FIRST_APPLIED
    elif integration.state == IntegrationState.QUARANTINED:
        values["state"] = IntegrationState.ACTIVE
    Integration.objects.filter(pk=integration.pk).update(**values)


def keep_fingerprints(integration: Integration, drawn: Drawn) -> None:
    """Stores the fingerprints of the feed just applied, and of a small feed's people as they are now.

    Somebody written at this very moment has left a mark; then the people are not taken down, and all are compared again.
    """
    with binary_cursor() as cursor:
        cursor.execute(
            sql.load("schedulepop.sync", "fingerprints_keep"),
            _found(drawn)
            | {
                "integration": integration.pk,
                "rules": drawn.rules,
                "compared_on": drawn.compared_on,
                "blob": fingerprints.pack(drawn.plan.fingerprints, drawn.plan.told),
                "people": everybody(integration) if drawn.small and not snapshot.touched(integration) else "",
            },
        )


def keep_found(integration: Integration, drawn: Drawn) -> None:
    """What was found in a file of which nobody needed a look, so that it need not be read when it comes again."""
    Fingerprints.objects.filter(integration=integration).update(**_found(drawn))


def _found(drawn: Drawn) -> dict[str, object]:
    if drawn.reading is None:
        return {"seal": "", "sha256": "", "found": None}
    return {"seal": drawn.seal, "sha256": drawn.reading.sha256, "found": unchanged_file.pack(drawn.reading)}


def settle(
    row: Run, plan: Plan, state: str, *, waiting: bool, decided: bool, differences: Differences | None = None
) -> None:
    """The run's row after a plan: figures, holds, what waits; older waiting plans are superseded."""
    rest = (
        Run.Rest.WAITING
        if waiting
        else (Run.Rest.APPROVED if decided and row.rest == Run.Rest.WAITING else row.rest)
    )
    values = {
        "state": state,
        "finished_at": clock(),
        "counts": plan.counts,
        "holds": report.holds(plan),
        "rest": rest,
        "summary": report.summary(plan) | ({"differences": differences} if differences else {}),
        "stage": "",
        "plan": storage.pack(plan),
        "plan_hash": storage.digest(plan.held, plan.fields) if waiting else "",
    }
    for name, value in values.items():
        setattr(row, name, value)
    Run.objects.filter(pk=row.pk).update(**values)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("schedulepop.sync", "run_supersede"),
            {
                "integration": row.integration_id,
                "number": row.number,
                "dates": row.trigger == Trigger.EFFECTIVE,
            },
        )
