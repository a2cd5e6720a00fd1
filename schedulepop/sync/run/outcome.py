"""What a run leaves on its row and on its integration: the plan, what waits, the baseline of the next run."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Fingerprints, Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.plan import fingerprints, storage, unchanged_file
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import DOUBTS_FEED
from schedulepop.sync.run import lease, queries, report, snapshot
from schedulepop.sync.run.planner import PlannedRun
from schedulepop.sync.run.snapshot.probe import people_hash

Differences = dict[str, object]  # {people: number, first: comparison.told}
GOOD_RUNS = 7  # whose records are counted, to know how many are usual (SPEC §5 Guard)
MOST_WORDS, LONGEST_WORD = 1_000, 60  # of the status words kept


def doubts_feed(plan: Plan) -> bool:
    """Whether a hold says that the feed itself may be wrong."""
    return any(rule in DOUBTS_FEED for rule in plan.holds["rule"].to_list())


def audit_holds(run: Run, plan: Plan) -> None:
    """One audit entry per hold, by the run itself."""
    entries = [
        {
            "location_id": hold["location_id"],
            "run_id": run.pk,
            "changes": [audit.change(hold["rule"], hold["limit"], hold["figure"]) | {"why": hold["scope"]}],
        }
        for hold in plan.holds.iter_rows(named=True)
    ]
    if entries:
        actor = Actor(user=None, by=f"sync run {run.number}", door="sync")
        audit.record_each(actor, run.organization, "held", "run", run.pk, entries)


def end_without_plan(run: Run, *, code: str, message: str, state: str = RunState.FAILED) -> None:
    """The run is over without a plan, and its row says why; not when another process drives it now."""
    Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token).update(
        state=state, finished_at=clock(), error_code=code, error=message, stage=""
    )


def save_plan(run: Run, plan: Plan, differences: Differences | None = None) -> None:
    """A plan that waits: stored whole, named by its digest; older waiting ones are superseded.

    `differences`: to the one somebody wanted to approve.
    """
    with transaction.atomic():
        lease.confirm(run)
        record_outcome(run, plan, RunState.PLANNED, waiting=False, decided=False, differences=differences)
        Run.objects.filter(pk=run.pk).update(plan_hash=storage.digest(plan.changes, plan.fields))
        if run.integration.state in (IntegrationState.DRAFT, IntegrationState.TESTED):
            Integration.objects.filter(pk=run.integration_id).update(state=IntegrationState.PREVIEWED)


def save_rest(run: Run, plan: Plan, state: str, differences: Differences) -> None:
    """The rest of a run that waits, planned again; what the run has applied stays applied."""
    with transaction.atomic():
        lease.confirm(run)
        record_outcome(run, plan, state, waiting=True, decided=False, differences=differences)


def save_baseline(run: Run, plan: Plan, *, accepted: bool = False) -> None:
    """What the next run compares with: shares of blanks, columns, records, source time; and the integration's state.

    A feed in doubt is nothing to compare with, unless a person has `accepted` it.
    """
    integration = run.integration
    values: dict[str, object] = {"last_success_at": clock(), "failing_since": None}
    if accepted or not doubts_feed(plan):
        reads = [*integration.last_good.get("reads", ())[-(GOOD_RUNS - 1) :], plan.counts["read"]]
        good = {"blank": plan.blank, "columns": sorted(plan.columns), "headers": plan.columns, "reads": reads}
        values |= {"last_good": good | _seen_words(integration, plan)}
        values |= {"last_source_time": run.source_time}
    if not integration.first_sync_done:
        values["state"] = IntegrationState.FIRST_APPLIED
    elif integration.state == IntegrationState.QUARANTINED:
        values["state"] = IntegrationState.ACTIVE
    Integration.objects.filter(pk=integration.pk).update(**values)


def _seen_words(integration: Integration, plan: Plan) -> dict[str, object]:
    """The status words seen so far, with the records of this feed; a file that was not read again adds none."""
    last: dict[str, int] = integration.last_good.get("status_words", {})
    column = plan.columns.get("status", integration.last_good.get("status_column", ""))
    if not plan.status_words:
        return {"status_column": column, "status_words": last}
    now = {word[:LONGEST_WORD]: count for word, count in plan.status_words.items()}
    seen = now | dict.fromkeys(last.keys() - now.keys(), 0)
    return {"status_column": column, "status_words": dict(list(seen.items())[:MOST_WORDS])}


def save_fingerprints(integration: Integration, planned: PlannedRun) -> None:
    """Stores the fingerprints of the feed just applied, and a hash of a small feed's people as they are now.

    While a link is dirty, because somebody writes at this very moment, no hash is stored: then all are compared again.
    """
    queries.write(
        "fingerprints_save",
        **_reading_values(planned),
        integration=integration.pk,
        rules=planned.rules_hash,
        compared_on=planned.compared_on,
        blob=fingerprints.pack(planned.plan.fingerprints, planned.plan.carried),
        people=people_hash(integration) if planned.small and not snapshot.dirty_links(integration) else "",
    )


def save_reading(integration: Integration, planned: PlannedRun) -> None:
    """The cached reading of a file of which no record needs another look, for when it comes again."""
    Fingerprints.objects.filter(integration=integration).update(**_reading_values(planned))


def _reading_values(planned: PlannedRun) -> dict[str, object]:
    if planned.reading is None:
        return {"content_hmac": "", "sha256": "", "reading": None}
    return {
        "content_hmac": planned.content_hmac,
        "sha256": planned.reading.sha256,
        "reading": unchanged_file.pack(planned.reading),
    }


def record_outcome(
    run: Run, plan: Plan, state: str, *, waiting: bool, decided: bool, differences: Differences | None = None
) -> None:
    """The run's row after a plan: figures, holds, what waits; older waiting plans are superseded."""
    rest = run.rest
    if waiting:
        rest = Run.Rest.WAITING
    elif decided and rest == Run.Rest.WAITING:
        rest = Run.Rest.APPROVED
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
        setattr(run, name, value)
    Run.objects.filter(pk=run.pk).update(**values)
    queries.rows(
        "run_supersede",
        integration=run.integration_id,
        number=run.number,
        dates=run.trigger == Trigger.EFFECTIVE,
    )
