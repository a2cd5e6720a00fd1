"""The door to User Sync for the web, the command line and jobs: request, drive, approve, discard, report."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Max
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.models import Integration, IntegrationState, RawFeed, Run, RunState, Trigger
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import approvals, driver, feeds, heartbeat, lease, outcome, report

COOL_DOWN = timedelta(minutes=10)  # of "Sync now" in the web (SPEC §4)
MOST_ATTEMPTS = 12  # of one run, further ones of a source in trouble included
SESSION_ERRORS = (OperationalError, InterfaceError, psycopg.OperationalError)
TAKEN_OVER = (
    "The sync went on without waiting for this, so nothing was written. Look at the run again in a minute."
)
LOST = (
    "The database ended the connection in the middle. Look at the run again in a minute: it says whether this was "
    "done."
)
BROKEN = (
    "Something went wrong inside User Sync. Nothing was changed. Start it again, and ask Client Success if it fails "
    "again."
)
INTERRUPTED = (
    "This run was interrupted again and again, so it was given up. Nothing was changed. Start a new one."
)
UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)
_ALL_BUT_PLAN = [field.name for field in Run._meta.concrete_fields if field.name != "plan"]
MAY_RUN = frozenset(IntegrationState.values) - {IntegrationState.DISABLED, IntegrationState.RETIRED}


def request(
    integration: Integration,
    *,
    trigger: str,
    actor: Actor,
    preview: bool = False,
    full: bool = False,
    upload: tuple[bytes, str] | None = None,
    feed: RawFeed | None = None,
) -> Run:
    """A queued run. An upload is read and kept at once, so that a wrong file is refused before anything starts.
    `feed`: a kept one, planned again instead of asking the source.
    `full`: everybody is compared, however little of the feed changed.

    Raises NotAllowed, Refused (one is under way already, the integration is switched off) or NeedsAdmin (the
    upload is no payroll export).
    """
    if trigger == Trigger.MANUAL and not actor.runs_syncs(integration.organization):
        raise NotAllowed("Only an admin or Client Success can start a sync.")
    if integration.state not in MAY_RUN:
        raise Refused(f"{integration} is {integration.get_state_display().lower()}, so it cannot run.")
    if not preview and trigger == Trigger.SCHEDULE and not integration.first_sync_done:
        raise Refused("The first sync is done by hand: preview it, approve it, then activate.")
    at = clock()
    raw = feed
    if upload is not None:
        raw, _ = feeds.receive(integration, upload[0], name=upload[1], source_time=at)
    with transaction.atomic():
        Integration.objects.select_for_update().get(pk=integration.pk)
        busy = Run.objects.filter(integration=integration, state__in=UNDER_WAY).first()
        if busy is not None:
            raise Refused(f"Run {busy.number} is already under way. Wait until it is done.")
        number = (Run.objects.filter(integration=integration).aggregate(n=Max("number"))["n"] or 0) + 1
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    organization=integration.organization,
                    integration=integration,
                    number=number,
                    trigger=trigger,
                    preview=preview,
                    full=full,
                    local_date=integration.local_date(at),
                    requested_by=actor.by,
                    requested_at=at,
                    raw=raw,
                    source_time=raw.source_time if raw else None,
                )
        except IntegrityError as error:
            raise Refused(f"Today's scheduled run of {integration} exists already.") from error
        audit.record(actor, integration.organization, "requested", ("run", run.pk))
    return run


def drive(run_id: int) -> Run:
    """Drives the run in this process, if nobody else does. Safe to call any number of times."""
    with lease.lock(Run.objects.values_list("integration_id", flat=True).get(pk=run_id)) as session:
        run = _read(run_id)
        if not session or run.state not in UNDER_WAY:
            return run
        try:
            lease.acquire(run, session)
            if run.attempt > MOST_ATTEMPTS:
                return _fail_interrupted(run)
            with heartbeat.beating(run, session):
                driver.execute(run)
        except lease.LeaseLostError:
            pass
        except SESSION_ERRORS:  # the run goes on later
            raise
        except Exception:
            outcome.end_without_plan(run, code="feed_unreadable", message=BROKEN)
            raise
    run.refresh_from_db(fields=_ALL_BUT_PLAN)  # its integration and feed are read when somebody asks for them
    return run


def _fail_interrupted(run: Run) -> Run:
    """A run that ends its drivers again and again fails, so that it cannot do so for ever."""
    outcome.end_without_plan(run, code="interrupted", message=INTERRUPTED)
    return reload(run)


def approve(
    run: Run, *, plan_hash: str, actor: Actor, welcome: Collection[str] | Literal["all"] | None = None
) -> Run:
    """Applies what waits in this run, by the digest the approver saw.

    The stored feed is planned again against SchedulePop as it is now; when that differs from what the approver
    saw, nothing is applied, the new plan takes its place and Refused says so. `welcome`: source ids ticked on a
    first sync (None: nobody who already works there); later runs welcome every new hire.
    """
    integration = run.integration
    first = not integration.first_sync_done
    allowed = actor.approves_first_sync if first else actor.runs_syncs
    if not allowed(integration.organization):
        raise NotAllowed(
            "Only Client Success can approve the first sync."
            if first
            else "Only an admin or Client Success can approve."
        )
    with refuse_lost_lease(), lease.lock(integration.pk) as session:
        if not session:
            raise Refused("A run is under way. Approve when it is done.")
        run = reload(run)
        _require_waiting(run, plan_hash)
        with _acquired(run, session) as (stored, waited_as):
            approvals.approve(run, stored, waited_as, actor, welcome)
    return reload(run)


def release(run: Run, source_id: str, *, actor: Actor) -> Run:
    """Applies one held create of this run alone, while everything else goes on waiting.

    Planned again like an approval. Raises Refused for anything but a create, and when it would be made otherwise
    than the plan said.
    """
    if not actor.runs_syncs(run.organization):
        raise NotAllowed("Only an admin or Client Success can add somebody who is on hold.")
    with refuse_lost_lease(), lease.lock(run.integration_id) as session:
        if not session:
            raise Refused("A run is under way. Try again when it is done.")
        run = reload(run)
        _require_waiting(run, run.plan_hash)
        if run.rest != Run.Rest.WAITING:
            raise Refused("This is a plan nobody has approved yet: approve it as a whole.")
        with _acquired(run, session) as (stored, waited_as):
            approvals.release(run, stored, source_id, waited_as, actor)
    return reload(run)


@contextmanager
def refuse_lost_lease() -> Iterator[None]:
    """Raises Refused, with what whoever decides can do, when another process drives on or the session is lost.

    A process that was silent for a minute loses its run to the next one (`lease`).
    """
    try:
        yield
    except lease.LeaseLostError as error:
        raise Refused(TAKEN_OVER) from error
    except SESSION_ERRORS as error:
        if not connection.in_atomic_block:
            connection.close()  # the next query opens another one
        raise Refused(LOST) from error


@contextmanager
def _acquired(run: Run, session: psycopg.Connection) -> Iterator[tuple[Plan, str]]:
    """This process drives the run for the block, with its stored plan; whatever fails, it waits as before."""
    waited_as, stored = run.state, stored_plan(run)
    if stored is None:
        raise NeedsAdmin("The plan of this run is not kept any more. Run the sync again.")
    lease.acquire(run, session)
    try:
        with heartbeat.beating(run, session):
            yield stored, waited_as
    except BaseException:
        Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token, state=RunState.RUNNING).update(
            state=waited_as, stage=""
        )
        raise


def discard(run: Run, *, actor: Actor) -> Run:
    """What waits is not applied. No opinion is stored: the next run looks at it anew."""
    if not actor.runs_syncs(run.organization):
        raise NotAllowed("Only an admin or Client Success can discard a plan.")
    with transaction.atomic():
        run = Run.objects.select_for_update().select_related("integration__organization").get(pk=run.pk)
        _require_waiting(run, run.plan_hash)
        values: dict[str, Any] = {"decided_by": actor.by, "decided_at": clock()}
        if run.rest == Run.Rest.WAITING:
            values["rest"] = Run.Rest.DISCARDED
        if run.state in (RunState.PLANNED, RunState.HELD):
            values["state"] = RunState.DISCARDED
        Run.objects.filter(pk=run.pk).update(**values)
        audit.record(actor, run.organization, "discarded", ("run", run.pk))
    return reload(run)


def is_waiting(run: Run) -> bool:
    """Whether something of this run waits for an approval."""
    return run.state in (RunState.PLANNED, RunState.HELD) or run.rest == Run.Rest.WAITING


def stored_plan(run: Run) -> Plan | None:
    """The run's stored plan, None when it has none (failed, skipped, still running)."""
    blob = Run.objects.values_list("plan", flat=True).get(pk=run.pk)
    return storage.unpack(blob) if blob else None


def reload(run: Run) -> Run:
    """The run as the database has it now."""
    return _read(run.pk)


def _read(run_id: int) -> Run:
    found = Run.objects.select_related("integration__organization", "raw").defer("plan", "raw__content")
    return found.get(pk=run_id)


def cool_down_left(integration: Integration, at: datetime) -> timedelta:
    """How long "Sync now" in the web still has to wait; zero or less: it may be pressed."""
    newest = integration.runs.filter(trigger=Trigger.MANUAL, preview=False).aggregate(at=Max("requested_at"))[
        "at"
    ]
    return newest + COOL_DOWN - at if newest else timedelta(0)


def as_json(run: Run) -> dict[str, Any]:
    """`--json` of SPEC §9."""
    return report.of_run(run)


def _require_waiting(run: Run, plan_hash: str) -> None:
    if run.state == RunState.SUPERSEDED or run.rest == Run.Rest.SUPERSEDED:
        raise Refused(f"A newer run has taken the place of run {run.number}. Look at the newest one.")
    if not is_waiting(run):
        raise Refused(f"Run {run.number} is {run.get_state_display().lower()}; nothing of it waits.")
    if run.plan_hash != plan_hash:
        raise Refused("This is not the plan that waits now. Look at the run again and approve what it shows.")
