"""What a run leaves on its row and on its integration: the plan, what waits, the baseline of the next run."""

from __future__ import annotations

from functools import cache

import polars as pl
import structlog
from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.lib.reasons import Params
from schedulepop.sync.models import Fingerprints, Integration, IntegrationState, Run, RunState, Trigger
from schedulepop.sync.plan import fingerprints, storage, unchanged_file
from schedulepop.sync.plan.frames.changes import CHANGE, FIELD
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import DOUBTS_FEED
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import (
    decided_issues,
    kept_feeds,
    lease,
    notify,
    queries,
    report,
    returned_letters,
    snapshot,
)
from schedulepop.sync.run.planner import PlannedRun
from schedulepop.sync.run.snapshot.probe import people_hash

log = structlog.get_logger("sync")
Differences = dict[str, object]  # {people: number, first: comparison.told}
GOOD_RUNS = 7  # whose records are counted, to know how many are usual (SPEC §5 Guard)
MOST_WORDS, LONGEST_WORD = 1_000, 60  # of the status words kept


@cache
def digest_of_nothing() -> str:
    """What names a plan that would change nobody. Not at import: polars has threads then, and no fork keeps them."""
    return storage.digest(empty(CHANGE), empty(FIELD))


def doubts_feed(plan: Plan) -> bool:
    """Whether a hold says that the feed itself may be wrong."""
    return any(rule in DOUBTS_FEED for rule in plan.holds["rule"].to_list())


def waits(plan: Plan) -> bool:
    """Whether something of this plan waits for somebody: a change, or the feed itself."""
    return plan.held.height > 0 or doubts_feed(plan)


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
        actor = Actor(user=None, by=run.by, door="sync")
        audit.record_each(actor, run.organization, "held", "run", run.pk, entries)


def end_without_plan(
    run: Run, *, code: str, reason: str, params: Params | None = None, state: str = RunState.FAILED
) -> None:
    """The run is over without a plan, and its row says why; not when another process drives it now."""
    mine = Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token)
    written = mine.update(
        state=state,
        finished_at=clock(),
        error_code=code,
        error_reason=reason,
        error_params=params or {},
        stage="",
        raw=run.raw_id,
        source_time=run.source_time,
    )
    if written:
        run.state = state


def deliver(run: Run) -> None:
    """Sends the notices that were queued; the outbox keeps what is left, whatever a mail server does."""
    try:
        notify.deliver(run)
    except Exception as error:
        log.error("letters_wait", run=run.pk, error=type(error).__name__)


def close_returned(run: Run, plan: Plan) -> None:
    """The run may have brought other addresses than those from which letters came back; else the hour settles it."""
    if plan.changes.is_empty():
        return
    try:
        returned_letters.renew_open(run.organization_id, clock())
    except Exception as error:
        log.error("addresses_wait", run=run.pk, error=type(error).__name__)


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


def record_rest(run: Run, plan: Plan, state: str, *, waiting: bool) -> None:
    """What is left of a run that waits, where a run at once has done a part of it. In that one's transaction."""
    record_outcome(run, plan, state, waiting=waiting, decided=not waiting)
    if waiting:
        decided_issues.close_spent_holds(run, plan, by=run.by)
    else:
        decided_issues.close_holds(run, by=run.by)


def save_baseline(run: Run, plan: Plan, *, accepted: bool = False) -> None:
    """What the next run compares with: shares of blanks, columns, records, source time; and the integration's state.

    A feed in doubt is nothing to compare with, unless a person has `accepted` it.
    """
    integration = run.integration
    values: dict[str, object] = {"last_success_at": clock(), "failing_since": None}
    if accepted or not doubts_feed(plan):
        reads = [*integration.last_good.get("reads", ())[-(GOOD_RUNS - 1) :], plan.counts["read"]]
        values |= {"last_good": _seen_columns(run, plan) | _seen_words(integration, plan) | {"reads": reads}}
        values |= {"last_source_time": run.source_time}
    if not integration.first_sync_done:
        values["state"] = IntegrationState.FIRST_APPLIED
    elif integration.state == IntegrationState.QUARANTINED:
        values["state"] = IntegrationState.ACTIVE
    Integration.objects.filter(pk=integration.pk).update(**values)


def _seen_columns(run: Run, plan: Plan) -> dict[str, object]:
    """The fields the feed gave. Of one whose column has no value kept in it, what was known before stays."""
    last, raw = run.integration.last_good, run.raw
    unkept = Mapping(**run.integration.mapping).naming(raw.not_kept) if raw else {}
    stays = last.get("headers", {}).keys() & unkept.keys() - plan.columns.keys()
    headers = plan.columns | {field: last["headers"][field] for field in stays}
    blank = plan.blank | {field: last["blank"][field] for field in stays & last.get("blank", {}).keys()}
    return {"blank": blank, "columns": sorted(headers), "headers": headers}


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
        return {"content_hmac": "", "reading": None}
    return {
        "content_hmac": planned.content_hmac,
        "reading": unchanged_file.pack(planned.reading),
    }


def note_stopped(run: Run, stopped: pl.DataFrame) -> None:
    """Of a run at once: who stays behind a hold that stands, by rule. Nothing of it is asked in this run."""
    if stopped.is_empty():
        return
    told = stopped.select("source_id", "held_by", "location_id").unique(maintain_order=True)
    run.summary = run.summary | {"stopped": told.to_dicts()}
    Run.objects.filter(pk=run.pk).update(summary=run.summary)


def record_outcome(
    run: Run,
    plan: Plan,
    state: str,
    *,
    waiting: bool,
    decided: bool,
    differences: Differences | None = None,
    replaces: bool = True,
    unread: bool = False,
) -> None:
    """The run's row after a plan: figures, holds, what waits; older waiting plans are superseded.

    `replaces`: False where it is known that none waits. `unread`: the file is the one applied last, and was not read.
    """
    rest = run.rest
    if waiting:
        rest = Run.Rest.WAITING
    elif decided and rest == Run.Rest.WAITING:
        rest = Run.Rest.APPROVED
    told = {"differences": differences} if differences else {}
    if run.raw is not None and run.raw.sheets:
        told["sheets"] = run.raw.sheets
    values = {
        "state": state,
        "finished_at": clock(),
        "counts": plan.counts,
        "holds": report.holds(plan),
        "rest": rest,
        "summary": report.summary(plan, unread=unread) | told,
        "stage": "",
        "raw_id": run.raw_id,
        "source_time": run.source_time,
        "guard_counts": plan.guard_counts,
        "plan": storage.pack(plan),
        "plan_hash": storage.digest(plan.held, plan.fields) if waiting else "",
    }
    for name, value in values.items():
        setattr(run, name, value)
    Run.objects.filter(pk=run.pk).update(**values)
    kept_feeds.take_out_erased(run, plan)
    if decided and not run.is_at_once:
        _supersede_at_once(run, plan)
    if not replaces or (state == RunState.PLANNED and plan.changes.is_empty() and plan.holds.is_empty()):
        return  # a preview that would change nothing takes nobody's place
    queries.rows(
        "run_supersede",
        integration=run.integration_id,
        number=run.number,
        dates=run.trigger == Trigger.EFFECTIVE,
        people=run.people if run.is_at_once else None,
    )


def _supersede_at_once(run: Run, plan: Plan) -> None:
    """Runs at once that ask about somebody whom this decision was about ask no more."""
    ids = plan.changes["source_id"].unique().to_list()
    asking = Run.objects.at_once().filter(integration=run.integration_id, people__has_any_keys=ids)
    asking.filter(state=RunState.HELD).update(state=RunState.SUPERSEDED)
    asking.filter(rest=Run.Rest.WAITING).update(rest=Run.Rest.SUPERSEDED)
