"""The door to User Sync for the web, the command line and jobs: request, drive, approve, discard, report."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.timezone import now as clock

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.models import Fetch, Integration, IntegrationState, RawFeed, Run, RunState, Trigger
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import (
    approvals,
    decided_issues,
    driver,
    feeds,
    fetching,
    heartbeat,
    lease,
    outcome,
)
from schedulepop.sync.run.at_once.request import AtOnceRequest

MOST_ATTEMPTS = 12  # of one run, further ones of a source in trouble included
TAKEN_OVER = (
    "The sync went on without waiting for this, so nothing was written. Look at the run again in a minute."
)
LOST = (
    "The database ended the connection in the middle. Look at the run again in a minute: it says whether this was "
    "done."
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
    upload: tuple[bytes | BinaryIO, str] | None = None,
    feed: RawFeed | None = None,
    at_once: AtOnceRequest | None = None,
) -> Run:
    """A queued run. An upload is read and kept at once, so that a wrong file is refused before anything starts.
    `feed`: a kept one, planned again instead of asking the source.
    `full`: everybody is compared, however little of the feed changed. `at_once`: about some people
    (`at_once_requests`); such a run waits its turn while another is under way.

    Raises NotAllowed, Refused (one is under way already, the integration is switched off) or NeedsAdmin (the
    upload is no payroll export).
    """
    if trigger == Trigger.MANUAL and not actor.runs_syncs(integration.organization):
        raise NotAllowed("Only an admin or Client Success can start a sync.")
    if integration.state not in MAY_RUN:
        raise Refused(f"{integration} is {integration.get_state_display().lower()}, so it cannot run.")
    if not preview and trigger in (Trigger.SCHEDULE, Trigger.PUSH) and not integration.first_sync_done:
        raise Refused("The first sync is done by hand: preview it, approve it, then activate.")
    at = clock()
    raw = feed
    if upload is not None:
        raw, _ = feeds.receive(integration, upload[0], name=upload[1], source_time=at)
    with transaction.atomic():
        Integration.objects.select_for_update().get(pk=integration.pk)
        busy = Run.objects.full().filter(integration=integration, state__in=UNDER_WAY).first()
        if busy is not None and trigger != Trigger.ANSWER:
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
                    people=sorted(at_once.people) if at_once else [],
                    asks_source=at_once is not None and at_once.asks_source,
                    release_of=at_once.release_of if at_once else None,
                    local_date=integration.local_date(at),
                    requested_by=actor.by,
                    requested_at=at,
                    raw=raw,
                    source_time=raw.source_time if raw else None,
                )
        except IntegrityError as error:
            raise Refused(f"Today's scheduled run of {integration} exists already.") from error
        if (
            raw is None
            and trigger not in (Trigger.EFFECTIVE, Trigger.ANSWER)
            and fetching.is_fetched(integration)
        ):
            fetching.want(run)
        audit.record(actor, integration.organization, "requested", ("run", run.pk))
    return run


def drive(run_id: int, *, fresh: bool = True) -> Run:
    """Drives the run in this process, if nobody else does. Safe to call any number of times.

    One that waits for its feed is fetched for first. `fresh`: what is given is read once more afterwards; for who only
    looks at state and counts, False.
    """
    run, asks = _begun(run_id)
    if asks:
        if fetching.must_wait(run):
            return run  # another run has the source's turn
        if run.state == RunState.QUEUED and fetching.is_waited_for(run):
            fetching.fetch(run)
            if fetching.is_waited_for(run):  # somebody else asks the source
                return reload(run)
        run = reload(run)
    if run.state not in UNDER_WAY:
        return run
    with lease.lock(run.integration_id) as session:
        if not session:
            return reload(run)
        fresh |= _drive(run, session)
    if fresh:
        run.refresh_from_db(
            fields=_ALL_BUT_PLAN
        )  # its integration and feed are read when somebody asks for them
    return run


def _drive(run: Run, session: psycopg.Connection) -> bool:
    """Drives a run whose integration's lock `session` has; whether somebody else has taken it."""
    try:
        lease.acquire(run, session)
        if run.attempt > MOST_ATTEMPTS:
            outcome.end_without_plan(run, code="interrupted", reason="run_interrupted")
            return False
        with heartbeat.beating(run, session):
            driver.execute(run)
    except lease.LeaseLostError:
        return True
    except lease.SESSION_ERRORS:  # the run goes on later
        raise
    except Exception:
        outcome.end_without_plan(run, code="feed_unreadable", reason="broken_inside")
        raise
    return False


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
        require_waiting(run, plan_hash)
        with acquired(run, session) as (stored, waited_as):
            approvals.approve(run, stored, waited_as, actor, welcome)
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
    except lease.SESSION_ERRORS as error:
        if not connection.in_atomic_block:
            connection.close()  # the next query opens another one
        raise Refused(LOST) from error


@contextmanager
def acquired(run: Run, session: psycopg.Connection) -> Iterator[tuple[Plan, str]]:
    """This process drives the run for the block, with its stored plan; whatever fails, it waits as before."""
    waited_as, stored = run.state, stored_plan(run)
    if stored is None:
        raise NeedsAdmin("plan_gone")
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
        require_waiting(run, run.plan_hash)
        values: dict[str, Any] = {"decided_by": actor.by, "decided_at": clock()}
        if run.rest == Run.Rest.WAITING:
            values["rest"] = Run.Rest.DISCARDED
        if run.state in (RunState.PLANNED, RunState.HELD):
            values["state"] = RunState.DISCARDED
        Run.objects.filter(pk=run.pk).update(**values)
        decided_issues.close_holds(run, by=actor.by)
        audit.record(actor, run.organization, "discarded", ("run", run.pk))
    return reload(run)


def is_waiting(run: Run) -> bool:
    """Whether something of this run waits for an approval."""
    if run.state == RunState.PLANNED:
        return run.plan_hash != outcome.digest_of_nothing() or bool(run.holds)
    return run.state == RunState.HELD or run.rest == Run.Rest.WAITING


def waiting(organization: Organization) -> QuerySet[Run]:
    """The organization's runs of which something waits: `is_waiting`, for a list; the newest first."""
    waits = Q(rest=Run.Rest.WAITING) | Q(state__in=[RunState.PLANNED, RunState.HELD])
    empty = Q(state=RunState.PLANNED, plan_hash=outcome.digest_of_nothing(), holds=[])
    return Run.objects.filter(waits & ~empty, organization=organization).order_by("-id")


def stored_plan(run: Run) -> Plan | None:
    """The run's stored plan, None when it has none (failed, skipped, still running)."""
    blob = Run.objects.values_list("plan", flat=True).get(pk=run.pk)
    return storage.unpack(blob) if blob else None


def reload(run: Run) -> Run:
    """The run as the database has it now."""
    return with_id(run.pk)


def with_id(run_id: int) -> Run:
    """A run with its integration, without its plan and feed."""
    return _readable().get(pk=run_id)


def _begun(run_id: int) -> tuple[Run, bool]:
    """The same, and whether its source may have to be asked first."""
    waits = Exists(Fetch.objects.filter(run=OuterRef("pk")))
    run = _readable().annotate(waits=waits).get(pk=run_id)
    return run, run.asks_source or run.waits


def _readable() -> QuerySet[Run]:
    return Run.objects.select_related("integration__organization", "raw").defer("plan", "raw__content")


def require_waiting(run: Run, plan_hash: str) -> None:
    """Raises Refused unless just this plan of the run waits."""
    if run.state == RunState.SUPERSEDED or run.rest == Run.Rest.SUPERSEDED:
        raise Refused(f"A newer run has taken the place of run {run.number}. Look at the newest one.")
    if not is_waiting(run) and run.integration.first_sync_done:
        raise Refused(f"Run {run.number} is {run.get_state_display().lower()}; nothing of it waits.")
    if run.plan_hash != plan_hash:
        raise Refused("This is not the plan that waits now. Look at the run again and approve what it shows.")
