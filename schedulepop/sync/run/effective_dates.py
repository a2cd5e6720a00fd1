"""Runs of the dates: what falls due at a location's midnight is applied without a feed (SPEC §5 Effective dates).

Such a run is a run like any other: same lease, guard, apply, audit and history. It is requested only when something
is due, reads no feed, and so says nothing about payroll's health: freshness, fingerprints and dirty links stay as
they are. What it holds waits for an approval like any held rest; it is not asked again that day.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.timezone import now as clock

from schedulepop.directory.models import Location
from schedulepop.sync.models import Integration, Run, Trigger
from schedulepop.sync.plan import storage, without_feed
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run import feeds, snapshot
from schedulepop.sync.run.planner import PlannedRun
from schedulepop.sync.run.snapshot.due import due_ids


def is_due(integration: Integration, *, at: datetime) -> bool:
    """Whether something falls due now that would be applied, or that nobody has been asked about today."""
    ids = _due_ids(integration, at)
    if not ids:
        return False
    plan = _plan(integration, ids, at)
    if plan.changes.is_empty():
        return False
    if plan.applicable.height:
        return True
    if plan.held.is_empty():  # all of them are kept apart
        return False
    asked = integration.runs.filter(trigger=Trigger.EFFECTIVE, local_date=integration.local_date(at))
    return not asked.filter(plan_hash=storage.digest(plan.held, plan.fields)).exists()


def midnight_somewhere(at: datetime) -> bool:
    """Whether a location's day begins in this minute, off the hour: there the hourly tick would be late."""
    if at.astimezone(UTC).minute not in (
        15,
        30,
        45,
    ):  # every zone on earth is whole quarters of an hour from UTC
        return False
    zones = Location.objects.filter(closed_at=None).order_by().values_list("timezone", flat=True).distinct()
    return any((local := at.astimezone(ZoneInfo(zone))).hour == 0 and local.minute == 0 for zone in zones)


def plan_run(run: Run) -> PlannedRun:
    """What is due at this moment: nobody, when what was due when the run was requested is not any more."""
    at, integration = clock(), run.integration
    dirty_links = snapshot.dirty_links(integration)
    plan = _plan(integration, _due_ids(integration, at), at)
    return PlannedRun(
        plan=plan, rules_hash="", dirty_links=dirty_links, full=False, fingerprints_changed=False
    )


def _plan(integration: Integration, ids: list[str], at: datetime) -> Plan:
    held = snapshot.load(integration, now=at, ids=ids)
    return without_feed.plan_due(held, feeds.policy_of(integration), today=integration.local_date(at))


def _due_ids(integration: Integration, at: datetime) -> list[str]:
    open_places = Location.objects.filter(organization=integration.organization_id, closed_at=None)
    places = {pk: ZoneInfo(zone) for pk, zone in open_places.order_by("pk").values_list("pk", "timezone")}
    return due_ids(integration, places, at=at) if places else []
