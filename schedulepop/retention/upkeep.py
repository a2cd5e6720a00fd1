"""What is past its time goes: an organization a day, a batch a transaction, so that it can be killed at any moment.

Plans, files, history and the audit trail have the organization's own periods (`accounts.retention_periods`), counted
back from the day's midnight in UTC, so that a day has one pass. Whatever was killed is done by the next hour's call: an
organization is over when `upkeep_on` says so. What went is counted on the organization in the transaction that removes
it, logged, and audited where it was history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.lib import sql
from schedulepop.retention import needed, sizes
from schedulepop.sync.models import Run

log = structlog.get_logger("retention")

HERE = "schedulepop.retention"
BATCH = 500  # rows of one transaction
UPKEEP = Actor(user=None, by="retention", door="sync")
HISTORY = frozenset({"runs", "audit"})
"""What a reader of the trail will miss one day: its going is said there."""

Gone = dict[str, int]


def due(at: datetime) -> list[int]:
    """Organizations whose day has not been done yet."""
    todo = Organization.objects.filter(Q(upkeep_on=None) | Q(upkeep_on__lt=_midnight(at).date()))
    return list(todo.order_by("upkeep_on", "pk").values_list("pk", flat=True))


def of_all(at: datetime, *, go_on: Callable[[], bool] = lambda: True) -> Gone:
    """Every organization that is due, then what is nobody's own. Stops between batches once `go_on` says no."""
    gone: Gone = {}
    for pk in due(at):
        if not go_on():
            return gone
        try:
            told = of_organization(pk, at, go_on=go_on)
        except Exception as error:  # the others are done all the same, and this one at the next call
            log.error("upkeep_broke", organization=pk, error=type(error).__name__)
            continue
        gone = {name: gone.get(name, 0) + told.get(name, 0) for name in gone | told}
    return gone | of_everybody(at)


def of_organization(pk: int, at: datetime, *, go_on: Callable[[], bool] = lambda: True) -> Gone:
    """What is past its time in one organization goes; returns how much of what."""
    organization = Organization.objects.get(pk=pk)
    midnight, gone = _midnight(at), Gone()
    for name, batch in _steps(organization, midnight):
        while go_on():
            with transaction.atomic():
                count = batch()
                _counted(pk, midnight, name, count)
            if count == 0:
                break
            gone[name] = gone.get(name, 0) + count
        else:
            return gone
    with transaction.atomic():
        _finished(organization, midnight, gone)
    if gone:
        log.info("upkeep", organization=pk, **gone)
    return gone


def of_everybody(at: datetime) -> Gone:
    """What is looked through once for all: sessions that are over, and decisions that were long taken back."""
    gone: Gone = {}
    sizes.record(at)
    for name in ("sessions", "over_answers", "over_deferrals", "over_overrides"):
        while count := _deleted(name, at=at):
            gone[name] = gone.get(name, 0) + count
    if gone:
        log.info("upkeep_of_everybody", **gone)
    return gone


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def years_before(at: datetime, years: int) -> datetime:
    """The same day and time so many years earlier; of February 29 the 28th."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


def _steps(organization: Organization, midnight: datetime) -> Iterator[tuple[str, Callable[[], int]]]:
    """(what, a batch of it) in order: a run goes when its plan and file have gone. A batch says how many went."""
    keeps = needed.of(organization)
    mine: dict[str, Any] = {"organization": organization.pk}
    plans = mine | {
        "before": midnight - timedelta(days=organization.keep_plans_days),
        "needed": sorted(keeps.runs),
    }
    files = mine | {
        "before": midnight - timedelta(days=organization.keep_feeds_days),
        "needed": sorted(keeps.feeds),
    }
    past = mine | {"before": years_before(midnight, organization.keep_history_years)}
    yield "plans", lambda: _deleted("plans", **plans)
    yield "files", lambda: _deleted("feeds", **files)
    yield "runs", lambda: _old_runs(past)
    for name in ("issues", "messages", "invitations", "erased_employments"):
        yield name, lambda name=name: _deleted(name, **past)  # type: ignore[misc]
    yield "audit", lambda: int(_rows("audit", **past)[0][0])


def _old_runs(past: dict[str, Any]) -> int:
    """The oldest runs with what they changed; of many changes as many as one transaction takes."""
    runs = [pk for (pk,) in _rows("oldest_runs", **past)]
    if not runs:
        return 0
    changes = _deleted("changes_of_runs", organization=past["organization"], runs=runs)
    if changes < BATCH:
        Run.objects.filter(pk__in=runs).delete()
    return max(changes, len(runs))


def _rows(name: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, name), {"most": BATCH, **given})
        return list(cursor.fetchall())


def _deleted(name: str, **given: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, name), {"most": BATCH, **given})
        return int(cursor.rowcount)


def _counted(pk: int, midnight: datetime, name: str, count: int) -> None:
    """On the organization, in the same transaction: `{"on": day, "last": {what: rows}, "all": {what: rows}}`."""
    if count == 0:
        return
    organization = Organization.objects.select_for_update(no_key=True).get(pk=pk)
    told, today = organization.upkeep, midnight.date().isoformat()
    last = told.get("last", {}) if told.get("on") == today else {}
    everything = told.get("all", {})
    organization.upkeep = {
        "on": today,
        "last": last | {name: last.get(name, 0) + count},
        "all": everything | {name: everything.get(name, 0) + count},
    }
    organization.save(update_fields=["upkeep"])


def _finished(organization: Organization, midnight: datetime, gone: Gone) -> None:
    Organization.objects.filter(pk=organization.pk).update(upkeep_on=midnight.date())
    if HISTORY.intersection(gone):
        changes = [audit.change(name, count, 0) for name, count in gone.items()]
        audit.record(UPKEEP, organization, "expired", ("organization", organization.pk), changes=changes)
