"""Runs of the dates: what falls due at a location's midnight is applied without a feed (SPEC §5 Effective dates).

Such a run is a run like any other: same lock, guard, apply, audit and history. It is requested only when something
is due, reads no feed, and so says nothing about payroll's health: freshness, fingerprints and the marks of edited
people stay as they are. What it holds waits for an approval like any held rest; it is not asked again that day.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.timezone import now as clock

from schedulepop.directory.models import Location
from schedulepop.sync.errors import LIST_BUSY, RetryLater
from schedulepop.sync.models import Integration, Run, RunState, Trigger
from schedulepop.sync.plan import pipeline, storage
from schedulepop.sync.run import driver as driving
from schedulepop.sync.run import feeds, lease, snapshot
from schedulepop.sync.run.planner import Drawn
from schedulepop.sync.run.snapshot.due import due_ids


def is_due(integration: Integration, *, at: datetime) -> bool:
    """Whether something falls due now that would be applied, or that nobody has been asked about today."""
    drawn = draw(integration, at=at)
    if drawn is None or drawn.plan.changes.is_empty():
        return False
    if drawn.plan.going.height:
        return True
    asked = integration.runs.filter(trigger=Trigger.EFFECTIVE, local_date=_day(integration, at))
    return not asked.filter(plan_hash=storage.digest(drawn.plan.held, drawn.plan.fields)).exists()


def draw(integration: Integration, *, at: datetime) -> Drawn | None:
    """The plan of what is due at this moment; None when there is nothing."""
    open_places = Location.objects.filter(organization=integration.organization_id, closed_at=None).order_by(
        "pk"
    )
    places = {pk: ZoneInfo(zone) for pk, zone in open_places.values_list("pk", "timezone")}
    marks = snapshot.touched(integration)
    ids = due_ids(integration, places, at=at) if places else []
    if not ids:
        return None
    held = snapshot.load(integration, now=at, ids=ids)
    plan = pipeline.plan_due(held, feeds.policy_of(integration), today=_day(integration, at))
    return Drawn(plan=plan, rules="", touched=marks, whole=False, fresh_prints=False)


def run(row: Run, *, at: datetime | None = None) -> None:
    """From `running` to applied or held. People somebody writes in between are looked at anew."""
    for attempt in range(driving.DRAWS):
        drawn = draw(row.integration, at=at or clock()) or _nothing(row)
        try:
            return driving.write(row, drawn, drawn.plan.going)
        except RetryLater as error:
            if attempt == driving.DRAWS - 1:
                _give_up(row, str(error))
    return None


def redrawn(row: Run) -> Drawn:
    """The plan again, for an approval of what it holds."""
    return draw(row.integration, at=clock()) or _nothing(row)


def _nothing(row: Run) -> Drawn:
    """What was due when the run was requested is not any more."""
    held = snapshot.load(row.integration, now=clock(), ids=[])
    plan = pipeline.plan_due(held, feeds.policy_of(row.integration), today=row.local_date)
    return Drawn(plan=plan, rules="", touched=[], whole=False, fresh_prints=False)


def _day(integration: Integration, at: datetime) -> date:
    return at.astimezone(ZoneInfo(integration.organization.timezone)).date()


def _give_up(row: Run, message: str) -> None:
    """The next hour tries again; the integration itself is in no trouble."""
    lease.stage(row, "")
    Run.objects.filter(pk=row.pk, epoch=row.epoch).update(
        state=RunState.FAILED, finished_at=clock(), error_code=LIST_BUSY, error=message
    )
